from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .test_sla import MONDAY, SlaCommon


@tagged('post_install', '-at_install')
class TestSlaAlerts(SlaCommon):
    """At risk, missed, level by level: each is told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.escalation_ids = [
            Command.create({'minutes': 30}), Command.create({'minutes': 90, 'user_id': cls.user_call_centre.id})]
        cls.policy.write({'accept_hours': 0, 'arrive_hours': 0, 'complete_hours': 0})
        cls.env['stokiva.sla.clock'].search([]).sudo().alert_at = False

    def _run(self, minutes, **options):
        """The job, so many minutes after MONDAY."""
        with freeze_time(MONDAY + timedelta(minutes=minutes)), patch.object(
                type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env['stokiva.sla.clock']._cron_alert(**options)
        self.env.flush_all()

    def _activities(self, order):
        return order.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref('stokiva_service.mail_activity_type_sla'))

    def _messages(self, order):
        return self.env['stokiva.message'].search(
            [('work_order_id', '=', order.id), ('event', 'like', 'sla_')], order='id').mapped('event')

    def _rule(self, event):
        return self.env['stokiva.message.rule'].create({
            'name': event, 'event': event, 'audience': 'customer', 'channel': 'email',
            'template_id': self.env.ref('stokiva_service.mail_template_sla_risk').id})

    def test_risk_breach_and_escalation_once_each(self):
        self.env['stokiva.message.rule'].search([('event', 'like', 'sla_')]).action_archive()
        for event in ('sla_risk', 'sla_breach', 'sla_escalate'):
            self._rule(event)
        with freeze_time(MONDAY):
            order = self._open_order()
        self._run(44)
        self.assertFalse(self._activities(order) or self._messages(order))
        for minutes, events, users, broken in (
            (45, ['sla_risk'], 1, 0), (50, ['sla_risk'], 1, 0), (61, ['sla_risk', 'sla_breach'], 1, 1),
            (70, ['sla_risk', 'sla_breach'], 1, 1), (91, ['sla_risk', 'sla_breach', 'sla_escalate'], 2, 1),
            (151, ['sla_risk', 'sla_breach', 'sla_escalate', 'sla_escalate'], 3, 1),
            (500, ['sla_risk', 'sla_breach', 'sla_escalate', 'sla_escalate'], 3, 1),
        ):
            self._run(minutes)
            self.assertEqual(self._messages(order), events, minutes)
            self.assertEqual(len(self._activities(order)), users, minutes)
            self.assertEqual(self._clock(order, 'assign').is_broken, broken, minutes)
        self.assertIn(self.user_call_centre, self._activities(order).user_id)
        self.assertFalse(self._clock(order, 'assign').alert_at)

    def test_to_do_ends_with_what_it_is_about(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        self._run(45)
        self.assertEqual(self._activities(order).user_id, order._get_dispatcher())
        with freeze_time(MONDAY + timedelta(minutes=50)):
            self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertFalse(self._activities(order))

    def test_paused_clock_tells_nothing(self):
        with freeze_time(MONDAY):
            order = self._open_order()
            self._do(order, 'pause', reason="Customer travels")
        self._run(300)
        self.assertFalse(self._activities(order))
        with freeze_time(MONDAY + timedelta(minutes=300)):
            self._do(order, 'resume')
        self._run(346)
        self.assertTrue(self._activities(order))

    def test_as_many_queries_with_many_orders(self):
        with freeze_time(MONDAY):
            few, many = (
                self.env['stokiva.work.order'].union(*(self._open_order() for _number in range(count))) for count in (3, 12))
        counts = []
        self._run(45)  # warms what is cached
        for orders in (few, many):
            (few | many).sla_clock_ids.sudo().alert_at = False
            orders.sla_clock_ids.sudo().write({'alert_at': MONDAY + timedelta(minutes=60)})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._run(60)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(set(orders.sla_clock_ids.mapped('stage')), {2})
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[1], 60)

    def test_batch_leaves_the_rest_for_the_next_call(self):
        with freeze_time(MONDAY):
            orders = self.env['stokiva.work.order'].union(*(self._open_order() for _number in range(3)))
        self._run(45, batch_size=2)
        self.assertEqual(sorted(orders.sla_clock_ids.mapped('stage')), [0, 1, 1])
        self._run(45, batch_size=2)
        self.assertEqual(set(orders.sla_clock_ids.mapped('stage')), {1})

    def test_mail_says_what_is_due(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        self.env['stokiva.message.rule'].search([('event', 'like', 'sla_')]).action_archive()
        self._rule('sla_breach')
        self._run(61)
        message = self.env['stokiva.message'].search([('work_order_id', '=', order.id), ('event', '=', 'sla_breach')])
        with freeze_time(MONDAY + timedelta(minutes=61)):
            message._deliver()
        self.assertEqual(message.state, 'sent')
        mail = self.env['mail.mail'].search([], order='id desc', limit=1)
        self.assertIn("was due on", mail.body_html)
