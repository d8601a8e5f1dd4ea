"""Canonical forms and hashes of the audit log. No ORM: an independent checker can import or restate it.

The published description is ``docs/verify.md``; a change here needs a new ``VERSION`` there.
"""
import hashlib
import json
from datetime import datetime, timezone

VERSION = 1
GENESIS = '0' * 64
# Keys whose values tell something about a person: the log keeps salted digests of them only.
PERSONAL_KEYS = frozenset({
    'address', 'comment', 'condition', 'email', 'ip', 'name', 'note', 'phone', 'check_in', 'signature',
    'signed_by', 'symptom_note', 'diagnosis', 'user_agent', 'words',
})
DIGEST_PREFIX = 'sha256:'


def canonical(value):
    """Return the one JSON text of a value: sorted keys, no spaces, UTF-8, no NaN.

    :param value: JSON-like value of dicts with string keys, lists, strings, numbers, booleans, None
    :return: str
    :raise ValueError: on NaN or infinity
    :raise TypeError: on a value that JSON does not know
    """
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False, allow_nan=False)


def sha256(text):
    """Return the lower-case hex SHA-256 of a text (as UTF-8) or of bytes."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def iso(moment):
    """Return a naive UTC datetime as ISO 8601 with whole seconds and a final Z."""
    return moment.replace(microsecond=0, tzinfo=timezone.utc).isoformat().replace('+00:00', 'Z')


def parse_iso(text):
    """Return the naive UTC datetime of an ``iso`` text.

    :raise ValueError: on another form
    """
    return datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ')


def mask(value, salt, keys=PERSONAL_KEYS, path=''):
    """Replace the personal values of a payload by salted digests.

    :param value: JSON-like payload
    :param str salt: random text, kept with the clear values
    :param keys: the keys whose values are personal
    :param str path: where the value stands, keys and indexes joined by dots
    :return: the masked payload and ``{path: clear value}`` of what was replaced
    :rtype: tuple(object, dict)
    """
    if isinstance(value, dict):
        masked, clear = {}, {}
        for key, item in value.items():
            here = f'{path}.{key}' if path else key
            if key in keys and item not in (None, False, ''):
                masked[key], clear[here] = digest(salt, here, item), item
            else:
                masked[key], inner = mask(item, salt, keys, here)
                clear |= inner
        return masked, clear
    if isinstance(value, (list, tuple)):
        pairs = [mask(item, salt, keys, f'{path}.{index}') for index, item in enumerate(value)]
        return [pair[0] for pair in pairs], {key: item for pair in pairs for key, item in pair[1].items()}
    return value, {}


def digest(salt, path, value):
    """Return the digest that stands in the log for a personal value at a path."""
    return DIGEST_PREFIX + sha256(canonical([salt, path, value]))


def event_hash(row):
    """Return the hash of one event row, which covers its content and the row before.

    :param dict row: what ``chain_of`` reads, and ``prev_hash seq event state_before state_after actor_kind actor_id role
        channel occurred_at recorded_at key payload``; times as ``iso`` texts, payload as canonical text,
        absent values None
    :return: 64 hex digits
    """
    return sha256(canonical([VERSION, row['prev_hash'], chain_of(row)] + [row[name] for name in (
        'seq', 'event', 'state_before', 'state_after', 'actor_kind',
        'actor_id', 'role', 'channel', 'occurred_at', 'recorded_at', 'key', 'payload')]))


def chain_of(row):
    """Return the name of the chain that a row belongs to: a work order's id, or a record as ``model,id``.

    :param dict row: ``work_order_id``, or ``model`` and ``res_id``
    """
    return f"{row['model']},{row['res_id']}" if row.get('model') else row['work_order_id']


def head_line(chain, seq, digest):
    """Return the line by which the end of one chain goes into a seal."""
    return f'{chain} {seq} {digest}\n'


def seal_hash(seal):
    """Return the hash of a nightly seal, which covers its content and the seal before.

    :param dict seal: ``database company_id number sealed_at chains events heads_hash prev_hash``; the time as
        an ``iso`` text, ``heads_hash`` the SHA-256 of all ``head_line`` texts in order
    :return: 64 hex digits
    """
    return sha256(canonical([VERSION] + [seal[name] for name in (
        'database', 'company_id', 'number', 'sealed_at', 'chains', 'events', 'heads_hash', 'prev_hash')]))
