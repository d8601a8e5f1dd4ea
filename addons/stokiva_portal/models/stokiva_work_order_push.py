from odoo import models

# After these a technician has something to look at.
RINGING = ('accept', 'plan', 'cancel')


class WorkOrder(models.Model):
    """Technicians' phones ring when they get a job, or lose one."""
    _inherit = 'stokiva.work.order'

    def _post_event(self, events):
        """Ring the technicians' phones, but for who did it himself."""
        res = super()._post_event(events)
        event = events[:1]
        if event.event in RINGING:
            for order in self:
                user = order.personnel_id.user_id
                if user and (event.actor_kind, event.actor_id) != ('user', user.id):
                    self.env['mail.push.device']._stokiva_ring(user, order, order._get_ring_text(event.event, user.lang))
        return res

    def _get_ring_text(self, event, lang):
        """Return what a phone shows that rings: the district, nothing of the customer.

        :param str event: what happened
        :param str lang: code of the language
        """
        self.ensure_one()
        order = self.with_context(lang=lang or self.env.lang)
        place = order.city_id.name or ""
        if event == 'cancel':
            return order.env._("The job was canceled. %s", place).strip()
        return order.env._("New or changed job. %s", place).strip()
