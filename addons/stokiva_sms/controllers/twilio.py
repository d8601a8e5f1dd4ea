import hmac

from odoo.http import request

from odoo.addons.sms_twilio.controllers.controllers import SmsTwilioController
from odoo.addons.sms_twilio.tools.sms_twilio import generate_twilio_sms_callback_signature


class TwilioStatus(SmsTwilioController):
    """Delivery reports of Twilio, checked with the token of the company that sent the message."""

    def _validate_twilio_signature(self, request_, uuid):
        """Check the signature; the journal knows the company also after Odoo has cleared its queue."""
        # sudo: the signature is the caller's right
        company = request.env['stokiva.sms.log'].sudo().search([('uuid', '=', uuid)]).company_id
        if not company:
            return super()._validate_twilio_signature(request_, uuid)
        if not company.sms_twilio_auth_token:
            return False
        expected = generate_twilio_sms_callback_signature(company, uuid, request_.httprequest.form.to_dict())
        return hmac.compare_digest(
            expected.encode(), request_.httprequest.headers.get('X-Twilio-Signature', '').encode())
