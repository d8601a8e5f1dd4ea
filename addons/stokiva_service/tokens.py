"""Tokens of customers' links, and codes that customers read out. No ORM."""
import base64
import hashlib
import hmac

from . import audit

TOKEN_BYTES = 20
CODE_DIGITS = 6


def make(secret, record_id, nonce, purpose):
    """Return the token of a link: URL-safe text with 160 bits of an HMAC-SHA-256.

    :param str secret: known to the server's configuration only
    :param int record_id: id of the request that the link opens
    :param str nonce: random text stored with it
    :param str purpose: what the link opens: no token of one kind is one of another
    """
    mac = _sign(secret, f'{purpose}:{record_id}:{nonce}')
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip('=')


def make_code(secret, record_id, nonce, number):
    """Return the code that proves that a customer has his own phone at hand: six digits of an HMAC-SHA-256.

    :param str secret: as in ``make``
    :param int record_id: as in ``make``
    :param str nonce: as in ``make``
    :param int number: how often a code was sent: each time another one
    """
    mac = _sign(secret, f'code:{record_id}:{nonce}:{number}')
    return f'{int.from_bytes(mac[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}}'


def is_same(code, text):
    """Tell whether somebody typed a code, in a time that tells nothing; spaces do not count.

    :param str code: as made
    :param text: as typed, not trusted
    """
    return hmac.compare_digest(code.encode(), ''.join(str(text).split()).encode())


def hashed(token):
    """Return what is stored to look a token up: it does not lead back to the token."""
    return audit.sha256(token)


def _sign(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
