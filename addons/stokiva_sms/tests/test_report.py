from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestReport(SmsCommon):
    """Delivery reports: stored first, applied later, in any order and any number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['sms.sms'].search([('state', '=', 'outgoing')]).unlink()
        cls.gateway = cls.env['stokiva.sms.gateway'].create({'name': "Log", 'company_id': cls.company.id})
        cls.company.sms_provider = 'gateway'

    def setUp(self):
        super().setUp()
        self.order = self._submitted()
        self.message, self.log = self._hand_over(self.order, 'submit')
        self.sms = self._get_queued(self.log)
        self.env['sms.sms']._process_queue()
        self.assertEqual(self.sms.state, 'pending')

    def _report(self, status, attempt=1):
        self.env['stokiva.sms.report']._store(self.gateway, self.sms.uuid, attempt, status, "words")

    def _apply(self):
        self.env['stokiva.sms.report']._cron_apply()

    def test_stored_once_and_applied_later(self):
        for _copy in range(5):
            self._report('delivered')
        rows = self.env['stokiva.sms.report'].search([('uuid', '=', self.sms.uuid)])
        self.assertEqual(len(rows), 1)
        self.assertEqual(self.log.state, 'sent')
        self._apply()
        self.assertEqual((self.log.state, self.sms.state, rows.is_applied), ('delivered', 'sent', True))
        notification = self.env['sms.tracker'].search([('sms_uuid', '=', self.log.uuid)]).mail_notification_id
        self.assertEqual(notification.notification_status, 'sent')

    def test_waits_while_the_message_is_handed_over(self):
        self.sms.state = 'process'
        self._report('delivered')
        self._apply()
        self.assertEqual(self.log.state, 'sent')
        self.sms.state = 'pending'
        self._apply()
        self.assertEqual(self.log.state, 'delivered')

    def test_failure_after_delivery_changes_nothing(self):
        self._report('delivered')
        self._report('rejected')
        self._apply()
        self.assertEqual((self.log.state, self.message.state), ('delivered', 'sent'))

    def test_final_failure_reaches_outbox_and_order(self):
        self._report('invalid_destination')
        self._apply()
        self.assertEqual((self.log.state, self.sms.state, self.message.state), ('failed', 'error', 'failed'))
        self.assertIn("words", self.log.reason)
        self.assertTrue(self.order.activity_ids)

    def test_unreachable_phone_is_tried_once_more(self):
        self._report('expired')
        self._apply()
        self.assertEqual((self.sms.state, self.log.state), ('outgoing', 'queued'))
        self.assertGreater(self.sms.stokiva_next_try, fields.Datetime.now() + timedelta(minutes=50))
        self.sms.stokiva_next_try = False
        self.env['sms.sms']._process_queue()
        self.assertEqual((self.sms.state, self.log.attempts), ('pending', 2))
        self._report('not_delivered')  # of the first time, overtaken
        self._apply()
        self.assertEqual(self.log.state, 'sent')
        self._report('expired', attempt=2)
        self._apply()
        self.assertEqual((self.sms.state, self.log.state), ('error', 'failed'))

    def test_not_tried_again_when_it_would_be_too_late(self):
        self.sms.stokiva_valid_until = fields.Datetime.now() + timedelta(minutes=30)
        self._report('expired')
        self._apply()
        self.assertEqual(self.log.state, 'failed')

    def test_delivery_of_what_was_put_back(self):
        self.sms.write({'state': 'outgoing', 'stokiva_is_uncertain': True})
        self._report('delivered')
        self._apply()
        self.assertEqual((self.sms.state, self.log.state), ('sent', 'delivered'))

    def test_report_of_an_unknown_message_is_no_error(self):
        self.env['stokiva.sms.report']._store(self.gateway, 'f' * 32, 1, 'delivered', "")
        self._apply()
        self.assertTrue(self.env['stokiva.sms.report'].search([('uuid', '=', 'f' * 32)]).is_applied)
