import json

import requests
from urllib3.exceptions import NewConnectionError

from odoo.tests import BaseCase, tagged

from .. import signing
from ..tools import outcomes, presets, reports
from ..tools.sms_api import SmsApiHttp, SmsApiKannel


def response(status, text=''):
    result = requests.Response()
    result.status_code, result._content, result.encoding = status, text.encode(), 'utf-8'
    return result


class Company:
    company = None


SETTINGS = {
    'endpoint': 'http://127.0.0.1:9/x', 'username': 'user', 'password': 'pass', 'sender': "STOKIVA",
    'report_url': lambda uuid, attempt: f'http://here/{uuid}?n={attempt}', 'http_method': 'POST', 'http_auth': 'basic',
    'http_format': 'json', 'http_headers': '', 'http_body': '{"t": ["{text}"], "n": "{number}"}',
    'http_code_path': 'a.b', 'http_codes': "00=ok\n80=busy\n40=config", 'number_format': 'national',
}


@tagged('post_install', '-at_install')
class TestTools(BaseCase):
    """What gateways say, without one."""

    def test_kannel_answers(self):
        api = SmsApiKannel(Company, SETTINGS)
        for status, text, outcome in (
            (202, "0: Accepted for delivery", outcomes.TAKEN), (202, "3: Queued for later delivery", outcomes.TAKEN),
            (503, "Temporal failure, try again later.", outcomes.DOWN), (403, "Authorization failed", outcomes.CONFIG),
            (400, "Missing receiver number, rejected", outcomes.FINAL), (500, "", outcomes.UNCERTAIN),
            (302, "", outcomes.UNCERTAIN), (404, "", outcomes.CONFIG),
        ):
            with self.subTest(status=status):
                self.assertEqual(outcomes.outcome_of(api._read_response(response(status, text))[0]), outcome)

    def test_kannel_request_holds_no_secret_in_its_url(self):
        request = SmsApiKannel(Company, SETTINGS)._prepare_request('+905321112233', "Şirket", 'u' * 32, 2).prepare()
        self.assertEqual(request.url, 'http://127.0.0.1:9/x')
        self.assertEqual(request.body, "Şirket".encode())
        self.assertEqual((request.headers['X-Kannel-Coding'], request.headers['X-Kannel-To']), ('2', '+905321112233'))
        self.assertEqual(request.headers['X-Kannel-DLR-Url'], f'http://here/{"u" * 32}?n=2&type=%d&reply=%A')

    def test_failures_of_the_connection(self):
        api = SmsApiKannel(Company, SETTINGS)
        refused = requests.ConnectionError(NewConnectionError(None, "refused"))
        for error, outcome in (
            (refused, outcomes.DOWN), (requests.ConnectTimeout(), outcomes.DOWN),
            (requests.ReadTimeout(), outcomes.UNCERTAIN), (requests.ConnectionError("reset"), outcomes.UNCERTAIN),
            (requests.exceptions.InvalidURL(), outcomes.CONFIG),
        ):
            with self.subTest(error=error):
                self.assertEqual(outcomes.outcome_of(api._read_failure(error)[0]), outcome)

    def test_kannel_reports(self):
        for kind, reply, status in (
            ('1', "id:1 stat:DELIVRD err:000", 'delivered'), ('2', "stat:UNDELIV err:005", 'not_delivered'),
            ('34', "stat:EXPIRED", 'expired'), ('2', "stat:REJECTD err:001", 'rejected'), ('8', "ACK/", None),
            ('4', "", None), ('16', "NACK/0x0000000b/Invalid Destination", 'invalid_destination'),
            ('16', "NACK/0x00000058/Throttling", 'not_delivered'), ('16', "NACK/Retries Exceeded", 'not_delivered'),
            ('16', "", 'rejected'), ('', "", None), ('x', "", None), ('99999', "", None), ('-1', "", None),
        ):
            with self.subTest(kind=kind, reply=reply):
                self.assertEqual(reports.read_kannel(kind, reply)[0], status)

    def test_http_request_is_filled_without_changing_its_structure(self):
        request = SmsApiHttp(Company, SETTINGS)._prepare_request('+905321112233', '"], "x": {text} \n ş', 'u', 1).prepare()
        self.assertEqual(json.loads(request.body), {'t': ['"], "x": {text} \n ş'], 'n': '5321112233'})
        self.assertTrue(request.headers['Authorization'].startswith('Basic '))

    def test_http_form_and_headers(self):
        headers, data = presets.fill(
            "X-Key: {password}\nX-Text: {text}", "to={number}\nmsg={text}", 'form',
            {'number': '1', 'text': "a\r\nB: c", 'password': 'p'})
        self.assertEqual(headers, {'X-Key': 'p', 'X-Text': "a B: c"})
        self.assertEqual(data, {'to': '1', 'msg': "a\r\nB: c"})

    def test_http_answers(self):
        for status, text, outcome in (
            (200, '{"a": {"b": "00"}}', outcomes.TAKEN), (406, '{"a": {"b": "80"}}', outcomes.BUSY),
            (406, '{"a": {"b": "40"}}', outcomes.CONFIG), (200, 'no json', outcomes.UNCERTAIN),
            (200, '[]', outcomes.UNCERTAIN), (429, '', outcomes.DOWN), (401, '', outcomes.CONFIG),
            (422, '', outcomes.FINAL), (500, '', outcomes.UNCERTAIN),
        ):
            with self.subTest(status=status, text=text):
                state, _reason = presets.read_answer(status, text, 'a.b', SETTINGS['http_codes'])
                self.assertEqual(outcomes.outcome_of(state), outcome)

    def test_presets_answer_each_documented_code(self):
        for name, preset in presets.PRESETS.items():
            json.loads(preset['http_body'])
            for line in preset['http_codes'].splitlines():
                code, meaning = line.split('=')
                path = preset['http_code_path']
                body = code
                for key in reversed(path.split('.') if path else []):
                    body = {key: body}
                with self.subTest(preset=name, code=code):
                    state, _reason = presets.read_answer(int(code), json.dumps(body), path, preset['http_codes'])
                    self.assertEqual(state, presets.MEANINGS[meaning])

    def test_polls(self):
        poll = json.loads(presets.PRESETS['netgsm']['http_poll'])
        self.assertLessEqual(presets.POLL_KEYS, poll.keys())
        self.assertEqual(json.loads(presets.fill_poll(poll, ['1', '2"'], {})), {'jobids': ['1', '2"']})
        rows = [{'jobid': 1, 'status': 1}, {'jobid': '2', 'status': 0}, {'jobid': '3', 'status': '2'}, {}, None, 7]
        self.assertEqual(presets.read_poll(poll, json.dumps({'jobs': rows})), [
            ('1', 'delivered', 'status=1'), ('3', 'expired', 'status=2')])
        for nonsense in ('', 'x', '[]', '{"jobs": 3}', 'null'):
            self.assertEqual(presets.read_poll(poll, nonsense), [])
        self.assertEqual(presets.read_ref('{"jobid": 12}', 'jobid'), '12')
        for text in ('', '[]', '{"jobid": {}}'):
            self.assertIsNone(presets.read_ref(text, 'jobid'))

    def test_pushes(self):
        self.assertEqual(presets.read_push([
            {'type': 'outbound', 'message_custom_id': 'abc', 'status': 'DELIVERED'},
            {'type': 'inbound', 'message_id': 7, 'source_addr': '905321112233', 'destination_addr': '5000', 'content': "EVET"},
        ]), [('report', 'abc', 'delivered', 'DELIVERED'), ('reply', '905321112233', '5000', "EVET", '7')])
        self.assertEqual(presets.read_push({'uuid': 'abc', 'status': 'expired'}), [('report', 'abc', 'expired', 'expired')])
        self.assertEqual(presets.read_push({'from': '1', 'text': "x"}), [('reply', '1', '', 'x', '')])
        for nonsense in (None, 3, "x", [], [[]], {}, {'status': {}}, {'report': []}, [None, {'a': []}]):
            self.assertEqual(presets.read_push(nonsense), [])

    def test_backoff(self):
        self.assertEqual([outcomes.backoff(number) for number in (0, 1, 2, 3, 4, 9)], [1, 1, 5, 15, 60, 60])
        self.assertEqual([outcomes.pause('down', number) for number in (1, 2, 3, 9)], [1, 2, 5, 5])

    def test_signatures_differ_by_purpose_gateway_and_message(self):
        found = {
            signing.get_report_signature('s', 1, 'a'), signing.get_report_signature('s', 2, 'a'),
            signing.get_report_signature('s', 1, 'b'), signing.get_report_signature('t', 1, 'a'),
            signing.get_reply_signature('s', 1)}
        self.assertEqual({len(item) for item in found}, {32})
        self.assertEqual(len(found), 5)
        self.assertFalse(signing.is_same('ş', 'a'))
