from odoo import api, fields, models

from .. import sla

# What ends the clocks for good: then somebody still knows why it was late.
EXPLAINING = ('submit', 'cancel', 'return')


class WorkOrder(models.Model):
    """Why promises were not kept: asked when a late order ends, or given later by a dispatcher."""
    _inherit = 'stokiva.work.order'

    late_reason_id = fields.Many2one(
        'stokiva.late.reason', "Why late", compute='_compute_late_reason_id', inverse='_inverse_late_reason_id',
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement',
        domain="[('company_id', 'in', (company_id, False))]")
    is_unexplained = fields.Boolean("Lateness unexplained", compute='_compute_late_reason_id',
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement')

    @api.depends('sla_clock_ids.reason_id', 'sla_clock_ids.is_broken')
    def _compute_late_reason_id(self):
        for order in self:
            broken = order.sla_clock_ids.filtered('is_broken')
            order.late_reason_id = broken.reason_id[:1]
            order.is_unexplained = any(not clock.reason_id for clock in broken)

    def _inverse_late_reason_id(self):
        for order in self:
            order.sla_clock_ids.filtered('is_broken').write({'reason_id': order.late_reason_id.id})

    def _post_event(self, events):
        """Note what was given as the reason, once the clocks have ended."""
        res = super()._post_event(events)
        if events[:1].event in EXPLAINING:
            self._explain_lateness(events[0]._get_payload().get('late_reason_id'))
        return res

    def _get_anonymous_values(self):
        return [*super()._get_anonymous_values(), (self.sla_clock_ids.filtered('reason_note'), {'reason_note': False})]

    def _anonymise(self):  # pylint: disable=missing-return
        super()._anonymise()
        self.env['stokiva.event']._forget_personal([
            # sudo: the caller has checked who may
            ('model', '=', 'stokiva.sla.clock'), ('res_id', 'in', self.sudo().sla_clock_ids.ids)])

    def _has_to_be_asked(self, event):
        return super()._has_to_be_asked(event) or event == 'submit' and self._has_unexplained_lateness()

    def _has_unexplained_lateness(self):
        """Tell whether a promise was broken, or is just being, and nobody has said why."""
        if not any(self.mapped('sla_policy_id')):
            return False
        now = fields.Datetime.now()
        return any(
            (clock.is_broken or clock.state == sla.RUNNING and clock.deadline and clock.deadline < now) and not clock.reason_id
            for clock in self.sudo().sla_clock_ids)  # sudo: tells only whether there is one

    def _explain_lateness(self, reason_id):
        """Note why promises were broken, on those that nobody has explained yet.

        :param reason_id: id of a stokiva.late.reason, None if nothing was said
        """
        if reason_id:
            reason = self.env['stokiva.late.reason'].browse(reason_id).exists()
            self.sla_clock_ids.filtered(
                lambda clock: clock.is_broken and not clock.reason_id
                and reason.company_id in (clock.company_id, reason.browse().company_id)).reason_id = reason
