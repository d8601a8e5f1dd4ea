from collections import defaultdict

from odoo import api, fields, models

from .. import audit, sla
from ..rows import append, get_held

ACTIVITY = 'stokiva_service.mail_activity_type_sla'


class SlaClock(models.Model):
    """What clocks tell, once each: at risk, missed, and then level by level whom else."""
    _inherit = 'stokiva.sla.clock'

    @api.model
    def _cron_alert(self, batch_size=500):
        """Tell what has come due since the last time: as many queries however many orders are open.

        A batch needs so many queries as its orders have people to be told.
        """
        now = fields.Datetime.now()
        domain = [('alert_at', '<=', now)]
        clocks = self.search(domain, order='alert_at, id', limit=batch_size)
        self.env['ir.cron']._commit_progress(remaining=self.search_count(domain))
        clocks = clocks.try_lock_for_update().filtered_domain(domain)
        clocks._alert(now)
        self.env['ir.cron']._commit_progress(len(clocks))

    def _alert(self, now):
        """Note which stage each clock has reached, and tell of those that have reached a new one.

        :param datetime now: naive UTC
        """
        told, orders = {}, defaultdict(self.env['stokiva.work.order'].browse)
        for clock in self:
            levels = self.env['stokiva.sla.policy']._get_policy(clock.policy_id.id)['levels']
            stage, following = sla.get_alert(clock, levels, now)
            is_new = stage > clock.stage
            clock.write({'stage': stage, 'alert_at': following, 'is_broken': int(stage >= sla.BREACH)})
            if is_new:
                order = clock.work_order_id
                told[order] = max(told.get(order, clock), clock, key=lambda other: other.stage)
                orders[sla.ALERTS[min(stage, len(sla.ALERTS)) - 1]] |= order
        for kind, late in orders.items():
            self.env['stokiva.message']._tell(late, kind, audit.iso(now))
        self.union(*told.values())._make_activities()

    def _make_activities(self):
        """Give whoever has to act a to-do for each of these clocks, instead of what he was told before."""
        if not self:
            return
        self.env.flush_all()
        self._find_activities().unlink()
        activity_type = self.env.ref(ACTIVITY)
        model_id = self.env['ir.model']._get_id('stokiva.work.order')
        today = fields.Date.today()
        # The message rules tell by mail; Odoo's own mail for each to-do would be the second.
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([
            {
                'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': clock.work_order_id.id,
                'user_id': user.id, 'summary': activity_type.with_context(lang=user.lang).summary, 'note': clock._get_alert_text(user), 'date_deadline': today,
                'automated': True,
            }
            for clock in self for user in clock._get_told()])

    def _get_told(self):
        """Return who has to act on an alert: the dispatcher, and from the first escalation on those of each level.

        :return: res.users records
        """
        self.ensure_one()
        order = self.work_order_id
        levels = self.policy_id.escalation_ids[:max(self.stage - sla.BREACH, 0)]
        users = order._get_dispatcher()
        for level in levels:
            users |= level.user_id or order.company_id._stokiva_get_manager()
        return users

    def _get_alert_text(self, user):
        """Return in one sentence what is due, in a user's language.

        :param user: res.users record
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        tz = user.tz or company.partner_id.tz or self.provider_id.tz or company.resource_calendar_id.tz or 'UTC'
        orders = self.env['stokiva.work.order'].with_context(lang=user.lang or company.partner_id.lang)
        return orders._describe_due(self.clock, self.deadline, self.stage >= sla.BREACH, tz)

    def _find_activities(self):
        """Return the to-dos about promised times of these clocks' orders."""
        return self.env['mail.activity'].search([
            ('res_model', '=', 'stokiva.work.order'), ('res_id', 'in', self.work_order_id.ids),
            ('activity_type_id', '=', self.env.ref(ACTIVITY).id)])

    @api.model
    def _keep(self, created, ended):
        """Create the clocks that events have started, and end the to-dos of those that they have ended.

        :param list created: values of new clocks
        :param list ended: ids
        """
        if created and get_held(self.work_order_id) >= {values['work_order_id'] for values in created}:
            clocks = append(self, created)  # with their orders, of which nothing is derived yet
            self._fields['runs']._insert_cache(clocks, [values['runs'] for values in created])
        elif created:
            self.create(created)
        if ended:
            self.browse(ended)._close_activities()

    def _close_activities(self):
        """End the to-dos of these ended clocks, but of orders where another one still runs of which was told."""
        alarmed = self.work_order_id.sla_clock_ids.filtered(
            lambda clock: clock.stage and clock.state == sla.RUNNING).work_order_id
        settled = self.filtered(lambda clock: clock.work_order_id not in alarmed)
        if settled:
            settled._find_activities().unlink()
