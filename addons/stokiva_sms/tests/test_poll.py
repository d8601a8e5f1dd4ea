from datetime import timedelta
from unittest.mock import patch

import requests

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import sms_api
from ..tools.sms_api import SmsApiHttp
from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestPoll(SmsCommon):
    """Gateways that push no reports are asked for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sms_provider = 'gateway'
        cls.gateway = cls.env['stokiva.sms.gateway'].create({
            'name': "Netgsm", 'company_id': cls.company.id, 'provider': 'http', 'http_preset': 'netgsm',
            'username': 'user', 'password': 'secret'})

    def _send(self, ref='17'):
        sms = self.env['sms.sms'].create({
            'number': '+905321234567', 'body': "Hello", 'record_company_id': self.company.id})
        with patch.object(SmsApiHttp, '_send_one', lambda *args: ('sent', False, ref)):
            self.env['sms.sms']._process_queue()
        return self.env['stokiva.sms.log'].search([('uuid', '=', sms.uuid)])

    def _poll(self, *found):
        with patch.object(SmsApiHttp, 'poll', return_value=list(found)) as poll:
            self.env['stokiva.sms.gateway']._cron_poll()
        self.env['stokiva.sms.report']._cron_apply()
        return [call.args[0] for call in poll.call_args_list]

    def test_what_was_asked_for_is_applied(self):
        log, other = self._send('17'), self._send('18')
        self.assertEqual((log.state, log.gateway_ref), ('sent', '17'))
        asked = self._poll(('17', 'delivered', 'status=1'), ('99', 'delivered', 'status=1'))
        self.assertEqual(asked, [['17', '18']])
        self.assertEqual((log.state, other.state), ('delivered', 'sent'))
        self.assertFalse(self._poll(), "Not again at once.")
        other.polled_at = fields.Datetime.now() - timedelta(minutes=5)
        self.assertEqual(self._poll(('18', 'invalid_destination', 'status=3')), [['18']])
        self.assertEqual(other.state, 'failed')

    def test_who_is_not_asked(self):
        self._send(ref=None)
        old = self._send()
        old.date_sent = fields.Datetime.now() - timedelta(hours=73)
        self.assertFalse(self._poll())
        self._send('20')
        self.gateway.http_poll = False
        self.assertFalse(self._poll())

    def test_dead_gateway_changes_nothing(self):
        log = self._send()
        with patch.object(requests.Session, 'post', side_effect=requests.ConnectionError("http://user:secret@host")) as post, \
                patch.object(sms_api._logger, 'info') as logged:
            self.env['stokiva.sms.gateway']._cron_poll()
        self.assertEqual(post.call_count, 1)
        logged.assert_called_once_with("Polling failed: %s", 'ConnectionError')
        self.assertEqual(log.state, 'sent')

    def test_incomplete_settings_are_refused(self):
        for text in ('{', '[]', '{"url": "https://x"}', self.gateway.http_poll.replace('"expired"', '"lost"'),
                     self.gateway.http_poll.replace('https://', 'file://')):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.gateway.http_poll = text
