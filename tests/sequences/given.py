"""What may be given with an event at all: the shape of each value."""
import base64
import json
from datetime import datetime

TIMES = ('window_start', 'window_end')
MOST_TEXT = 10_000


def is_malformed(given):
    """Tell whether something given is not what it has to be. What is empty counts as absent."""
    try:
        json.dumps(given, allow_nan=False)
    except (TypeError, ValueError):
        return True
    if not all(map(is_text, texts_in({**given, 'signature': None}))):
        return True
    there = {name: value for name, value in given.items() if value}
    return any(name in there and not is_good(there[name]) for name, is_good in KINDS.items())


def texts_in(value):
    """Yield all texts in a JSON-like value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_in(item)


def is_text(value):
    """Tell whether a text can be stored and is not of a senseless length."""
    return len(value) <= MOST_TEXT and not any(letter == '\0' or '\ud800' <= letter <= '\udfff' for letter in value)


def is_id(value):
    return type(value) is int and 0 < value < 2**31


def is_signature(value):
    """Tell whether it is base64."""
    try:
        return len(base64.b64decode(value, validate=True)) < 300_000
    except (TypeError, ValueError):
        return False


def is_window(times):
    """Tell whether both ends are there in their order, or neither."""
    start, end = times
    return start < end if start and end else not start and not end


def to_time(value):
    """Return the moment of a server text, None if it is none."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.strptime(value, '%Y-%m-%d %H:%M:%S')
    except ValueError:
        return None


KINDS = {
    **dict.fromkeys(
        ('reason', 'note', 'text', 'comment', 'name', 'outcome', 'custody', 'condition', 'shown_hash', 'signed_by',
         'call_outcome'),
        lambda value: isinstance(value, str)),
    **dict.fromkeys(('provider_id', 'personnel_id', 'approval_id'), is_id),
    **dict.fromkeys(TIMES, to_time),
    'amount': lambda value: type(value) in (int, float),
    'stars': lambda value: type(value) is int and 0 < value <= 5,
    'signature': is_signature,
    **dict.fromkeys(
        ('accessory_ids', 'assistant_ids'), lambda value: isinstance(value, (list, tuple)) and all(map(is_id, value))),
}
