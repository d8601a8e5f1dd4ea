from odoo.tests import new_test_user, tagged

from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestQueue(SmsCommon):
    """Odoo's queue with several companies, and reports that come in any order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['sms.sms'].search([('state', '=', 'outgoing')]).unlink()
        cls.other, cls.third = cls.env['res.company'].create([
            {'name': "Other", 'sms_provider': 'log', 'country_id': cls.country.id},
            {'name': "Third", 'sms_provider': 'iap', 'country_id': cls.country.id},
        ])

    def _queue_sms(self, company, number='+905321234567', **values):
        return self.env['sms.sms'].create({
            'number': number, 'body': "Hello", 'record_company_id': company.id, **values})

    def _get_log(self, sms):
        return self.env['stokiva.sms.log'].search([('uuid', 'in', sms.mapped('uuid'))])

    def test_two_companies_in_one_queue(self):
        first, second = self._queue_sms(self.company), self._queue_sms(self.other)
        self.env['sms.sms']._process_queue()
        self.assertEqual((first.state, second.state), ('pending', 'pending'))
        self.assertEqual(self._get_log(first).company_id, self.company)
        self.assertEqual(self._get_log(second).company_id, self.other)

    def test_only_another_company_in_the_queue(self):
        """Not the account of the company that the cron's user happens to be in."""
        self.company.sms_provider = 'iap'
        sms = self._queue_sms(self.other)
        self.env['sms.sms']._process_queue()
        self.assertEqual((sms.state, self._get_log(sms).company_id), ('pending', self.other))

    def test_failing_gateway_of_one_company_leaves_the_others_alone(self):
        # Odoo's own gateway is unreachable in tests, which it does not tell from an answer that got lost.
        queued = [self._queue_sms(company) for company in (self.company, self.third, self.other)]
        self.env['sms.sms']._process_queue()
        self.assertEqual([sms.state for sms in queued], ['pending', 'outgoing', 'pending'])
        self.assertTrue(queued[1].stokiva_is_uncertain)
        queued[1].stokiva_next_try = False
        self.env['sms.sms']._process_queue()
        self.assertEqual(queued[1].state, 'error')

    def test_send_button_only_wakes_the_queue(self):
        messages = self._queue_sms(self.company) + self._queue_sms(self.other)
        with self.capture_triggers('sms.ir_cron_sms_scheduler_action') as capture:
            messages.send(unlink_sent=False)
        self.assertEqual(messages.mapped('state'), ['outgoing', 'outgoing'])
        self.assertTrue(capture.records)
        self.env['sms.sms']._process_queue()
        self.assertEqual(messages.mapped('state'), ['pending', 'pending'])
        self.assertEqual(self._get_log(messages).company_id, self.company + self.other)

    def test_orders_beside_another_companys_sms(self):
        submitted, departed = self._submitted(), self._accepted()
        self._do(departed, 'depart', self.user_technician_a, 'portal')
        self.env['stokiva.message']._cron_send()
        logs = self._get_logs(self._get_messages(submitted, 'submit') + self._get_messages(departed, 'depart'))
        foreign = self._queue_sms(self.other)
        self.assertEqual(len(logs), 2)
        self.env['sms.sms']._process_queue()
        self.assertEqual(set(logs.mapped('state')), {'sent'})
        self.assertEqual(foreign.state, 'pending')

    def test_sms_of_others_are_recorded_masked(self):
        sms = self._queue_sms(self.company, body="See https://example.com/o/abcdefghijklmnopqrstuvw")
        self.env['sms.sms']._process_queue()
        log = self._get_log(sms)
        self.assertRecordValues(log, [{
            'body': "See {link}", 'state': 'sent', 'gateway': 'log', 'number': '+905321234567',
            'message_id': False, 'work_order_id': False}])
        log.with_user(self.user_dispatcher).action_simulate_delivery()
        self.assertEqual((log.state, sms.state), ('delivered', 'sent'))

    def test_sms_without_number_ends_as_an_error(self):
        sms = self._queue_sms(self.company, number=False)
        self.env['sms.sms']._process_queue()
        self.assertEqual((sms.state, sms.failure_type), ('error', 'sms_number_missing'))

    def test_failure_after_delivery_is_dropped(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.env['sms.sms']._process_queue()
        tracker = self.env['sms.tracker'].search([('sms_uuid', '=', log.uuid)])
        tracker._action_update_from_sms_state('sent')
        tracker._action_update_from_provider_error('not_delivered')
        self.assertEqual((log.state, message.state), ('delivered', 'sent'))
        self.assertEqual(tracker.mail_notification_id.notification_status, 'sent')

    def test_delivery_after_failure_counts(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.env['sms.sms']._process_queue()
        tracker = self.env['sms.tracker'].search([('sms_uuid', '=', log.uuid)])
        tracker._action_update_from_provider_error('expired')
        self.assertEqual((log.state, message.state), ('failed', 'failed'))
        tracker._action_update_from_sms_state('sent')
        self.assertEqual((log.state, log.reason, message.state, message.error), ('delivered', False, 'sent', False))

    def test_canceled_in_the_queue_is_seen_in_the_outbox(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self._get_queued(log).action_set_canceled()
        self.assertEqual((log.state, message.state), ('canceled', 'canceled'))
        self.assertTrue(message.error)

    def test_journal_of_another_company_is_closed(self):
        sms = self._queue_sms(self.other)
        self.env['sms.sms']._process_queue()
        reader = new_test_user(
            self.env, 'sms_reader', 'stokiva_service.group_stokiva_dispatcher', company_id=self.company.id)
        self.assertFalse(self.env['stokiva.sms.log'].with_user(reader).search([('uuid', '=', sms.uuid)]))
