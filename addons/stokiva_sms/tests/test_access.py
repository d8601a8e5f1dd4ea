from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestAccess(SmsCommon):
    """Who reads the journal; that nobody writes it."""

    def setUp(self):
        super().setUp()
        self.order = self._submitted()
        _message, self.log = self._hand_over(self.order, 'submit')
        self.env['sms.sms']._process_queue()

    def test_readers(self):
        for user, allowed in [
            (self.user_dispatcher, True), (self.user_manager, True),
            (self.user_call_centre, False), (self.user_settlement, False), (self.user_technician, False),
            (self.user_sales, False), (self.user_provider_a, False), (self.user_customer, False),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(self.log.with_user(user).has_access('read'), allowed)

    def test_nobody_writes(self):
        for user in (self.user_dispatcher, self.user_manager, self.user_provider_a):
            log = self.log.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    log.write({'state': 'delivered'})
                with self.assertRaises(AccessError):
                    log.unlink()
                with self.assertRaises(AccessError):
                    log.create({'company_id': self.company.id})

    def test_reports_are_simulated_by_the_office_only(self):
        for user in (self.user_call_centre, self.user_technician, self.user_provider_a, self.user_customer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.log.with_user(user).action_simulate_delivery()
        self.assertEqual(self.log.state, 'sent')

    def test_reports_are_simulated_for_recorded_messages_only(self):
        self.log.gateway = 'twilio'
        with self.assertRaises(UserError):
            self.log.with_user(self.user_manager).action_simulate_delivery()
        self.log.write({'gateway': 'log', 'state': 'queued'})
        with self.assertRaises(UserError):
            self.log.with_user(self.user_manager).action_simulate_delivery()

    def test_order_shows_its_sms_to_the_office(self):
        order = self.order.with_user(self.user_dispatcher)
        expected = self.env['stokiva.sms.log'].search_count([('work_order_id', '=', self.order.id)])
        self.assertEqual(order.sms_count, expected)
        action = order.action_view_sms()
        self.assertIn(self.log, self.env['stokiva.sms.log'].search(action['domain']))
        with self.assertRaises(AccessError):
            self.order.with_user(self.user_call_centre).read(['sms_count'])
