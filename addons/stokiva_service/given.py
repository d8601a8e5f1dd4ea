"""What an event of a work order may be given. No ORM: everything here is tested without a database.

Values come from forms, phones and other systems. Whatever they hold, the door answers in plain words: each known
name has a kind, and everything else must at least be JSON that the log can store.
"""
import base64
import json
from datetime import datetime

from .signatures import MAX_BASE64

MOST_TEXT = 10_000
MOST_ID = 2**31 - 1
MOST_FILE = 80_000_000  # as base64; the settings of the company have the last word
MOST_FILES = 5
# Named by the door's own callers only, never by a form.
TRUSTED = frozenset({'choices', 'rankings', 'changes'})


def is_text(value):
    """Tell whether a value is a text that a database stores, and of a sensible length."""
    if not isinstance(value, str) or len(value) > MOST_TEXT or '\0' in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_id(value):
    """Tell whether a value can be the id of a record."""
    return type(value) is int and 0 < value <= MOST_ID


def is_ids(value):
    """Tell whether a value is a list of ids."""
    return isinstance(value, (list, tuple)) and all(map(is_id, value))


def is_number(value):
    """Tell whether a value is a number."""
    return type(value) in (int, float)


def is_time(value):
    """Tell whether a value is a server text of a date and time."""
    try:
        return bool(datetime.strptime(value, '%Y-%m-%d %H:%M:%S'))
    except (TypeError, ValueError):
        return False


def is_position(value):
    """Tell whether a value is a place on the globe: latitude and longitude in degrees, maybe the accuracy in metres."""
    return (
        isinstance(value, dict) and {'latitude', 'longitude'} <= value.keys() <= {'latitude', 'longitude', 'accuracy'}
        and all(map(is_number, value.values()))
        and abs(value['latitude']) <= 90 and abs(value['longitude']) <= 180 and 0 <= value.get('accuracy', 0) <= 10**6)


def is_stars(value):
    """Tell whether a value is a number of stars."""
    return type(value) is int and 0 <= value <= 5


def is_signature(value):
    """Tell whether a value is a picture as base64 text."""
    try:
        return len(value) <= MAX_BASE64 and bool(base64.b64decode(value, validate=True))
    except (TypeError, ValueError):
        return False


def is_file(value):
    """Tell whether a value is a file as base64 text; what is in it is looked at later."""
    try:
        return len(value) <= MOST_FILE and bool(base64.b64decode(value, validate=True))
    except (TypeError, ValueError):
        return False


def is_files(value):
    """Tell whether a value is a list of a few files."""
    return isinstance(value, (list, tuple)) and len(value) <= MOST_FILES and all(map(is_file, value))


def is_plain(value):
    """Tell whether a value is JSON whose texts can be stored."""
    if isinstance(value, dict):
        return all(is_text(key) and is_plain(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    return value is None or isinstance(value, bool) or is_number(value) or is_text(value)


KINDS = {
    **dict.fromkeys(
        ('reason', 'note', 'text', 'comment', 'name', 'outcome', 'custody', 'condition', 'shown_hash', 'signed_by',
         'call_outcome', 'code', 'document_name'), is_text),
    **dict.fromkeys(('provider_id', 'personnel_id', 'approval_id', 'late_reason_id'), is_id),
    **dict.fromkeys(('window_start', 'window_end', 'call_at'), is_time),
    **dict.fromkeys(('accessory_ids', 'assistant_ids'), is_ids),
    'amount': is_number,
    'signature': is_signature,
    'document': is_file,
    'photos': is_files,
    'stars': is_stars,
    'check_in': is_position,
}


def find_malformed(given):
    """Return the name of the first value that is not what it has to be; what is empty counts as absent.

    :param dict given: what an event is given
    :rtype: str or None
    """
    for name, value in given.items():
        if name in TRUSTED or (name in KINDS and not value):
            continue
        if not KINDS.get(name, is_plain)(value) or not _is_finite(value):
            return name
    return None


def _is_finite(value):
    """Tell whether JSON can hold the numbers in a value."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
