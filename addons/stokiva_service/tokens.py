"""Tokens of customers' links. No ORM."""
import base64
import hashlib
import hmac

TOKEN_BYTES = 20


def make(secret, record_id, nonce):
    """Return the token of a link: URL-safe text with 160 bits of an HMAC-SHA-256.

    :param str secret: known to the server's configuration only
    :param int record_id: id of the request that the link opens
    :param str nonce: random text stored with it
    """
    mac = hmac.new(secret.encode(), f'approval:{record_id}:{nonce}'.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip('=')


def hashed(token):
    """Return what is stored to look a token up: it does not lead back to the token."""
    return hashlib.sha256(token.encode()).hexdigest()
