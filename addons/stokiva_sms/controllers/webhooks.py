import json

from odoo import http
from odoo.http import request

from ..signing import get_reply_signature, get_report_signature, get_twilio_signature, is_same
from ..tools import presets, reports

MAX_BODY = 16_384
OPTIONS = {'type': 'http', 'auth': 'public', 'csrf': False, 'save_session': False, 'max_content_length': MAX_BODY}


class SmsWebhooks(http.Controller):
    """Where gateways report and hand in replies.

    They add rows and nothing else. Whoever has the right signature gets 200 whatever he sends, since gateways
    repeat everything else for ever; whoever has not gets 404, the same for each reason.
    """

    @http.route(
        '/stokiva_sms/<int:gateway_id>/report/<string:uuid>/<string:signature>', methods=['GET', 'POST'], **OPTIONS)
    def sms_report(self, gateway_id, uuid, signature, n='1', **values):
        """Take a delivery report for one message; Kannel's by `type` and `reply`, others' by `status`."""
        gateway = self._get_gateway(gateway_id)
        if not gateway or not is_same(get_report_signature(gateway.webhook_secret, gateway_id, uuid), signature):
            return self._refuse()
        if gateway.provider == 'kannel':
            status, words = reports.read_kannel(values.get('type') or '', values.get('reply') or '')
            found = [('report', uuid, status, words)]
        else:
            found = [row for row in presets.read_push(self._get_data()) if row[0] == 'report']
        attempt = int(n) if n.isdecimal() and len(n) < 6 else 1
        for _kind, _uuid, status, words in found[:1]:
            self._store_report(gateway, uuid, attempt, status, words)
        return self._accept()

    @http.route('/stokiva_sms/<int:gateway_id>/kannel/<string:signature>', methods=['GET', 'POST'], **OPTIONS)
    def sms_kannel(self, gateway_id, signature, to='', **values):
        """Take a reply from Kannel: the text as body, the sender in a header."""
        gateway = self._get_gateway(gateway_id, signature)
        if not gateway:
            return self._refuse()
        text = request.httprequest.get_data().decode('utf-8', 'replace')
        self._store_reply(gateway, request.httprequest.headers.get('X-Kannel-From', ''), to, text, values.get('id', ''))
        return self._accept()

    @http.route('/stokiva_sms/<int:gateway_id>/push/<string:signature>', methods=['GET', 'POST'], **OPTIONS)
    def sms_push(self, gateway_id, signature, **_values):
        """Take replies and reports from an HTTP gateway, one or a list of them."""
        gateway = self._get_gateway(gateway_id, signature)
        if not gateway:
            return self._refuse()
        for row in presets.read_push(self._get_data()):
            if row[0] == 'reply':
                self._store_reply(gateway, *row[1:])
            elif self._is_own(gateway, row[1]):
                self._store_report(gateway, row[1], 1, *row[2:])
        return self._accept()

    @http.route('/stokiva_sms/<int:gateway_id>/twilio', methods=['POST'], **OPTIONS)
    def sms_twilio(self, gateway_id, **_values):
        """Take a reply from Twilio, which signs address and form."""
        gateway = self._get_gateway(gateway_id)
        form = request.httprequest.form.to_dict()
        token = gateway and gateway.provider == 'twilio' and gateway.company_id.sms_twilio_auth_token
        if not token or not is_same(
                get_twilio_signature(token, gateway._get_reply_url(), form),
                request.httprequest.headers.get('X-Twilio-Signature')):
            return self._refuse()
        self._store_reply(gateway, form.get('From'), form.get('To'), form.get('Body'), form.get('MessageSid'))
        return self._accept()

    # === PARTS === #

    def _get_gateway(self, gateway_id, signature=None):
        """Return a gateway that may call from where the request comes, in sudo, else None.

        :param int gateway_id: from the path
        :param str signature: from the path of replies; None when the caller checks another one
        """
        if gateway_id > 2**31 - 1:
            return None
        # sudo: gateways have no user; the signature is their right
        gateway = request.env['stokiva.sms.gateway'].sudo().browse(gateway_id).exists()
        if not gateway or not gateway.webhook_secret:
            return None
        if not gateway._is_allowed_source(request.httprequest.remote_addr):
            return None
        if signature is not None and not is_same(get_reply_signature(gateway.webhook_secret, gateway_id), signature):
            return None
        return gateway

    def _get_data(self):
        """Return what was sent: the JSON of the body, else the values of form and address."""
        if request.httprequest.mimetype == 'application/json' or request.httprequest.get_data()[:1] in (b'{', b'['):
            try:
                return json.loads(request.httprequest.get_data())
            except (ValueError, RecursionError):
                return {}
        return request.httprequest.values.to_dict()

    def _is_own(self, gateway, uuid):
        """Tell whether a gateway sent the message with this uuid."""
        return bool(uuid) and bool(request.env['stokiva.sms.log'].sudo().search_count(  # sudo: only whether it is there
            [('uuid', '=', uuid), ('gateway_id', '=', gateway.id)], limit=1))

    def _store_report(self, gateway, uuid, attempt, status, words):
        if status:
            words = words.replace('\0', '')[:200]
            request.env['stokiva.sms.report'].sudo()._store(gateway, uuid, attempt, status, words)  # sudo: as above

    def _store_reply(self, gateway, sender, recipient, text, ref):
        request.env['stokiva.sms.inbound'].sudo()._store(  # sudo: as above
            gateway.company_id, gateway, sender, recipient, text, ref, request.httprequest.remote_addr)

    def _accept(self):
        return request.make_response('', headers=[('Content-Type', 'text/plain')])

    def _refuse(self):
        return request.make_response('', headers=[('Content-Type', 'text/plain')], status=404)
