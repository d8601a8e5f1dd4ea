import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import signing


@tagged('post_install', '-at_install')
class TestWebhooks(HttpCase):
    """What gateways may hand in, and that nobody else may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "W", 'sms_twilio_auth_token': 't' * 32})
        cls.kannel, cls.http_gateway, cls.twilio = cls.env['stokiva.sms.gateway'].create([
            {'name': provider, 'provider': provider, 'company_id': cls.company.id, 'endpoint': 'http://127.0.0.1:9/'}
            for provider in ('kannel', 'http', 'twilio')])
        cls.uuid = 'a' * 32

    def _get_path(self, gateway, kind):
        return f'/stokiva_sms/{gateway.id}/{kind}/{signing.get_reply_signature(gateway.webhook_secret, gateway.id)}'

    def _get_report_path(self, gateway, query=''):
        signature = signing.get_report_signature(gateway.webhook_secret, gateway.id, self.uuid)
        return f'/stokiva_sms/{gateway.id}/report/{self.uuid}/{signature}?{query}'

    def _get_reports(self):
        return self.env['stokiva.sms.report'].search([('uuid', '=', self.uuid)])

    def _get_inbound(self):
        return self.env['stokiva.sms.inbound'].search([('company_id', '=', self.company.id)])

    def _assert_taken(self, response):
        self.assertEqual((response.status_code, response.text), (200, ''))

    def test_kannel_report(self):
        self._assert_taken(self.url_open(self._get_report_path(self.kannel, 'n=2&type=1&reply=stat:DELIVRD')))
        self.assertRecordValues(self._get_reports(), [{'status': 'delivered', 'attempt': 2, 'gateway_id': self.kannel.id}])

    def test_report_without_sense_is_taken_and_says_nothing(self):
        for query in ('', 'type=8', 'type=x&n=y', 'type=2&n=' + '9' * 30 + '&reply=%00%ff'):
            self._assert_taken(self.url_open(self._get_report_path(self.kannel, query)))
        self.assertEqual(self._get_reports().mapped('status'), ['not_delivered'])

    def test_kannel_reply(self):
        for _copy in range(5):
            response = self.url_open(
                self._get_path(self.kannel, 'kannel') + '?id=42&to=5000', data="Evet 4821 ş".encode(),
                headers={'Content-Type': 'text/plain; charset=UTF-8', 'X-Kannel-From': '+905321234567'})
            self._assert_taken(response)
        self.assertRecordValues(self._get_inbound(), [{
            'text': "Evet 4821 ş", 'number_raw': '+905321234567', 'number_to': '5000', 'message_ref': '42', 'state': 'new'}])

    def test_odd_replies_are_taken(self):
        path = self._get_path(self.kannel, 'kannel')
        for body in (b'', b'\xff\xfe\x00', "👍".encode() * 2000, b'{"a":'):
            self._assert_taken(self.url_open(path, data=body or None, method='POST', headers={'Content-Type': 'text/plain'}))
        self.assertEqual(set(self._get_inbound().mapped('state')), {'new'})

    def test_too_much_is_refused(self):
        response = self.url_open(
            self._get_path(self.kannel, 'kannel'), data=b'x' * 20_000, headers={'Content-Type': 'text/plain'})
        self.assertEqual(response.status_code, 413)

    def test_http_push(self):
        self.env['stokiva.sms.log'].create({
            'uuid': self.uuid, 'company_id': self.company.id, 'gateway_id': self.http_gateway.id})
        path = self._get_path(self.http_gateway, 'push')
        rows = [
            {'type': 'outbound', 'message_custom_id': self.uuid, 'status': 'UNDELIVERED'},
            {'type': 'outbound', 'message_custom_id': 'b' * 32, 'status': 'DELIVERED'},
            {'type': 'inbound', 'message_id': 1, 'source_addr': '905321234567', 'content': "EVET"}]
        self._assert_taken(self.url_open(path, data=json.dumps(rows), headers={'Content-Type': 'application/json'}))
        self._assert_taken(self.url_open(path, data={'from': '905321234568', 'text': "hayır", 'id': '2'}))
        for nonsense in ('[', '[[', '3', '"x"', '[' * 8000):
            self._assert_taken(self.url_open(path, data=nonsense, headers={'Content-Type': 'application/json'}))
        self.assertEqual(self._get_reports().mapped('status'), ['not_delivered'])
        self.assertEqual(sorted(self._get_inbound().mapped('text')), ["EVET", "hayır"])
        self.assertFalse(self.env['stokiva.sms.report'].search([('uuid', '=', 'b' * 32)]))

    def test_http_report(self):
        self._assert_taken(self.url_open(self._get_report_path(self.http_gateway, 'status=delivered')))
        self.assertEqual(self._get_reports().status, 'delivered')

    def test_twilio_reply(self):
        path = f'/stokiva_sms/{self.twilio.id}/twilio'
        form = {'From': '+905321234567', 'To': '+15005550006', 'Body': "evet 4821", 'MessageSid': 'SM1'}
        signature = signing.get_twilio_signature('t' * 32, self.twilio._get_reply_url(), form)
        self.assertEqual(self.url_open(path, data=form, headers={'X-Twilio-Signature': 'x'}).status_code, 404)
        self.assertEqual(self.url_open(path, data={**form, 'Body': "hayır"}, headers={
            'X-Twilio-Signature': signature}).status_code, 404)
        self._assert_taken(self.url_open(path, data=form, headers={'X-Twilio-Signature': signature}))
        self.assertEqual(self._get_inbound().text, "evet 4821")

    @mute_logger('odoo.http')
    def test_wrong_proofs_look_alike(self):
        signature = signing.get_report_signature(self.kannel.webhook_secret, self.kannel.id, self.uuid)
        reply = signing.get_reply_signature(self.kannel.webhook_secret, self.kannel.id)
        for path in (
            f'/stokiva_sms/{self.kannel.id}/report/{"b" * 32}/{signature}?type=1',
            f'/stokiva_sms/{self.kannel.id}/report/{self.uuid}/{reply}?type=1',
            f'/stokiva_sms/{self.kannel.id}/report/{self.uuid}/ş?type=1',
            f'/stokiva_sms/{self.http_gateway.id}/report/{self.uuid}/{signature}?type=1',
            f'/stokiva_sms/{self.kannel.id + 1000}/report/{self.uuid}/{signature}?type=1',
            f'/stokiva_sms/99999999999999999999/report/{self.uuid}/{signature}?type=1',
            f'/stokiva_sms/{self.kannel.id}/kannel/{signature}', f'/stokiva_sms/{self.http_gateway.id}/kannel/{reply}',
            f'/stokiva_sms/{self.kannel.id}/push/x',
        ):
            with self.subTest(path=path):
                response = self.url_open(path)
                self.assertEqual((response.status_code, response.text), (404, ''))
        self.assertFalse(self._get_reports() or self._get_inbound())

    @mute_logger('odoo.http')
    def test_only_from_where_it_may_come(self):
        self.kannel.allowed_ips = '10.0.0.0/8'
        self.assertEqual(self.url_open(self._get_report_path(self.kannel, 'type=1')).status_code, 404)
        self.kannel.allowed_ips = '10.0.0.0/8, 127.0.0.1, ::1'
        self._assert_taken(self.url_open(self._get_report_path(self.kannel, 'type=1')))

    def test_new_secret_closes_old_addresses(self):
        path = self._get_report_path(self.kannel, 'type=1')
        self.kannel.action_new_secret()
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 404)
