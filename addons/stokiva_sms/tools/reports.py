"""What delivery reports say. No ORM: tested without a database."""
import re

DELIVERED = 'delivered'
# Reasons that Odoo knows: suffixes of `sms_…` in `mail.notification.failure_type`.
EXPIRED, NOT_DELIVERED, INVALID, NOT_ALLOWED, REJECTED = (
    'expired', 'not_delivered', 'invalid_destination', 'not_allowed', 'rejected')
# The phone was off or out of reach: worth one repetition.
PASSING = (EXPIRED, NOT_DELIVERED)

# Bits of Kannel's `%d`; a report may set several (34: failed, because it expired).
_DELIVERED, _FAILED, _REFUSED, _EXPIRED = 1, 2, 16, 32
_STAT = re.compile(r'stat:(\w+)', re.IGNORECASE)
_NACK = re.compile(r'NACK/(?:0x)?([0-9a-fA-F]+|[A-Za-z ]+)')
_STATS = {
    'DELIVRD': DELIVERED, 'EXPIRED': EXPIRED, 'UNDELIV': NOT_DELIVERED, 'DELETED': NOT_DELIVERED,
    'UNKNOWN': NOT_DELIVERED, 'REJECTD': REJECTED,
}
# SMPP's command_status: the centre did not take the message because of the number, or only not now.
_COMMAND_STATUS = {0x0B: INVALID, 0x14: NOT_DELIVERED, 0x45: NOT_DELIVERED, 0x58: NOT_DELIVERED}


def read_kannel(kind, reply):
    """Read a report of Kannel.

    :param str kind: `%d`, a bit mask in decimals
    :param str reply: `%A`, the centre's own words
    :return: tuple of ``delivered``, one of the reasons or None for what is no news, and the centre's words
    """
    if not kind.isdecimal() or len(kind) > 4:
        return None, ''
    mask, reply = int(kind), reply[:200]
    if mask & _DELIVERED:
        return DELIVERED, ''
    if mask & _REFUSED:
        found = _NACK.search(reply)
        try:
            return _COMMAND_STATUS.get(int(found[1], 16), REJECTED) if found else REJECTED, reply
        except ValueError:  # "Retries Exceeded": the centre could not be reached
            return NOT_DELIVERED, reply
    if mask & _FAILED:
        stat = _STAT.search(reply)
        return EXPIRED if mask & _EXPIRED else _STATS.get(stat and stat[1].upper(), NOT_DELIVERED), reply
    return None, ''
