import logging

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError

from odoo.addons.sms.tools.sms_api import SmsApiBase

from .. import segments
from . import presets

_logger = logging.getLogger(__name__)
# Seconds to connect, and to wait for the answer.
TIMEOUT = (5, 20)
MAX_PARTS = 6
DLR_MASK = 1 + 2 + 16


class SmsApiGateway(SmsApiBase):
    """A gateway of ours. Answers one result per uuid and never raises: what is left out would be sent for ever.

    Holds plain values and one HTTP session, so that it serves a whole run of the queue.

    :param env: environment
    :param dict settings: of `stokiva.sms.gateway._get_settings()`
    """
    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        'gateway_down': 'sms_server', 'gateway_busy': 'sms_server', 'gateway_uncertain': 'sms_server',
        'gateway_config': 'sms_acc', 'gateway_refused': 'sms_rejected'}

    def __init__(self, env, settings):
        super().__init__(env)
        self.settings = settings
        self.session = requests.Session()
        # Neither a proxy nor a .netrc of the machine's user is meant for the gateway.
        self.session.trust_env = False

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Hand messages over, one request each.

        :param list messages: ``[{'content': str, 'numbers': [{'number': E.164, 'uuid': str, 'attempt': int,
            'is_commercial': bool}]}]``
        :param delivery_reports_url: unused, each message has its own
        :return: ``[{'uuid': str, 'state': str, 'failure_reason': str or False, 'ref': str or None}]``; states as in
            ``outcomes``, the reference is the gateway's own
        """
        results = []
        for message in messages:
            for number in message['numbers']:
                state, reason, ref = self._send_one(
                    number['number'], message['content'] or '', number['uuid'], number.get('attempt', 1),
                    number.get('is_commercial', False))
                results.append({'uuid': number['uuid'], 'state': state, 'failure_reason': reason, 'ref': ref})
        return results

    def _send_one(self, number, text, uuid, attempt, is_commercial=False):
        """Hand one message over.

        :return: state, reason, the gateway's own reference or None
        """
        if not number:
            return 'sms_number_missing', False, None
        try:
            response = self.session.send(
                self.session.prepare_request(self._prepare_request(number, text, uuid, attempt, is_commercial)),
                timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            return *self._read_failure(error), None
        return *self._read_response(response), self._read_ref(response)

    def _read_failure(self, error):
        """Tell what an exception of the HTTP client means. Its text may hold the URL, hence only its name is kept."""
        cause = error.args[0] if error.args else error
        cause = getattr(cause, 'reason', cause)
        if isinstance(error, requests.ConnectTimeout) or isinstance(cause, (NewConnectionError, NameResolutionError)):
            return 'gateway_down', "No connection"
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema,
                              requests.exceptions.InvalidSchema, requests.exceptions.InvalidHeader)):
            return 'gateway_config', type(error).__name__
        return 'gateway_uncertain', type(error).__name__

    def _prepare_request(self, number, text, uuid, attempt, is_commercial=False):
        """Return the ``requests.Request`` that hands one message over."""
        raise NotImplementedError

    def _read_response(self, response):
        """Return state and reason that a response means."""
        raise NotImplementedError

    def _read_ref(self, response):
        """Return the id that the gateway gave the message, None without."""
        return None


class SmsApiLog(SmsApiBase):
    """Gateway that sends nothing: the journal is where its messages end, for demos and tests."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Take every message.

        :param list messages: ``[{'content': str, 'numbers': [{'number': E.164, 'uuid': str}]}]``
        :param delivery_reports_url: unused, reports are simulated from the journal
        :return: ``[{'uuid': str, 'state': str}]``, one per uuid
        """
        return [
            {'uuid': number['uuid'], 'state': 'sent' if number['number'] else 'sms_number_missing'}
            for message in messages for number in message['numbers']]


class SmsApiKannel(SmsApiGateway):
    """Kannel's `sendsms`: text as body, everything else in headers, so that no URL or log holds a password."""

    def _prepare_request(self, number, text, uuid, attempt, is_commercial=False):
        size = segments.measure(text)
        settings = self.settings
        headers = {
            'Content-Type': 'text/plain; charset=UTF-8',
            'X-Kannel-Username': settings['username'] or '',
            'X-Kannel-Password': settings['password'] or '',
            'X-Kannel-To': number,
            # Kannel guesses nothing: the wrong alphabet turns letters into question marks, with 202.
            'X-Kannel-Coding': '2' if size.encoding == segments.UCS2 else '0',
            'X-Kannel-DLR-Mask': f'{DLR_MASK}',
            'X-Kannel-DLR-Url': settings['report_url'](uuid, attempt) + '&type=%d&reply=%A',
        }
        if settings['sender']:
            headers['X-Kannel-From'] = settings['sender']
        return requests.Request('POST', settings['endpoint'], headers=headers, data=text.encode())

    def _read_response(self, response):
        answer = response.text[:200].strip()
        if response.status_code == 202:
            return 'sent', False
        if response.status_code == 503:
            return 'gateway_down', answer
        if response.status_code == 403:
            # No route may also be the number's fault; a report says so, but nobody else gets through either.
            return 'gateway_config', answer
        if response.status_code == 400:
            return 'gateway_refused', answer
        if response.status_code == 404:
            return 'gateway_config', f"HTTP {response.status_code}"
        return 'gateway_uncertain', f"HTTP {response.status_code}"


class SmsApiHttp(SmsApiGateway):
    """A gateway that is described by its settings: URL, headers, body and what its answers mean."""

    def _prepare_request(self, number, text, uuid, attempt, is_commercial=False):
        settings = self.settings
        values = {
            'number': presets.format_number(number, settings['number_format']), 'text': text, 'uuid': uuid,
            'sender': settings['sender'] or '', 'username': settings['username'] or '',
            'password': settings['password'] or '', 'dlr_url': settings['report_url'](uuid, attempt),
            # Netgsm's and İleti Merkezi's words for the consent register; advertisements to consumers are looked up in it.
            'iysfilter': '11' if is_commercial else '0', 'iys': '1' if is_commercial else '0',
            'encoding': 'TR' if segments.measure(text).encoding == segments.UCS2 else '',
        }
        headers, data = presets.fill(settings['http_headers'], settings['http_body'], settings['http_format'], values)
        auth = (settings['username'] or '', settings['password'] or '') if settings['http_auth'] == 'basic' else None
        return requests.Request(
            settings['http_method'], settings['endpoint'], headers=headers, auth=auth,
            **({'params': data} if settings['http_method'] == 'GET' else {'data': data}))

    def _read_response(self, response):
        settings = self.settings
        return presets.read_answer(
            response.status_code, response.text[:4000], settings['http_code_path'], settings['http_codes'])

    def _read_ref(self, response):
        return presets.read_ref(response.text[:4000], self.settings['http_ref_path'])

    def poll(self, refs):
        """Ask what became of messages; a gateway that does not answer is asked again later.

        :param list refs: the gateway's own references
        :return: see ``presets.read_poll``
        """
        settings, poll = self.settings, self.settings['poll']
        user = (settings['username'] or '', settings['password'] or '')
        try:
            response = self.session.post(
                poll['url'], data=presets.fill_poll(poll, refs, {'username': user[0], 'password': user[1]}),
                headers={'Content-Type': 'application/json; charset=utf-8'},
                auth=user if settings['http_auth'] == 'basic' else None, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:  # its text may hold the URL, hence only its name is kept
            _logger.info("Polling failed: %s", type(error).__name__)
            return []
        return presets.read_poll(poll, response.text[:1_000_000])


APIS = {'kannel': SmsApiKannel, 'http': SmsApiHttp}
