"""Signatures in the addresses by which gateways come back. No ORM."""
import base64
import hashlib
import hmac


def _sign(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def get_report_signature(secret, gateway_id, uuid):
    """Return what the address of a message's delivery report ends with: 128 bits in hexadecimal.

    :param str secret: of the gateway
    :param int gateway_id: id of the gateway
    :param str uuid: of the message
    """
    return _sign(secret, f'report:{gateway_id}:{uuid}')


def get_reply_signature(secret, gateway_id):
    """Return what the address for a gateway's replies ends with; parameters as of ``get_report_signature``."""
    return _sign(secret, f'replies:{gateway_id}')


def get_twilio_signature(token, url, values):
    """Return the header that Twilio sends with a form.

    :param str token: of the account
    :param str url: as Twilio called it
    :param dict values: of the form
    """
    text = url + ''.join(f'{key}{value}' for key, value in sorted(values.items()))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def is_same(first, second):
    """Compare two signatures in constant time; odd letters in one are no error."""
    return hmac.compare_digest((first or '').encode(), (second or '').encode())
