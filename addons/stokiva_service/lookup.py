"""One indexed text a record by which people find it, however they spell names and telephone numbers."""

import re

from .folding import fold

_ONLY_DIGITS = re.compile(r'[\d\s()+./-]*\d[\d\s()+./-]*')
_NO_DIGIT = re.compile(r'\D')


def get_text(*names, phones=(), codes=()):
    """Return the text to keep, without repeats.

    ``get_text("Ayşe Işık", phones=["+90 532 111 22 33"]) == 'ayse isik 905321112233'``.

    :param names: words that people use, empty ones are passed over
    :param phones: telephone numbers
    :param codes: serial numbers and the like, found with and without their blanks and dashes
    :rtype: str
    """
    pieces = []
    for name in filter(None, names):
        pieces += [fold(name), *(joined for token in name.split() if (joined := _join(token)))]
    for code in filter(None, codes):
        pieces += [fold(code), fold(code).replace(' ', '')]
    pieces += [_NO_DIGIT.sub('', phone) for phone in filter(None, phones)]
    return ' '.join(piece for piece in dict.fromkeys(pieces) if piece)


def get_words(value):
    """Return the words all of which have to be in the text of what somebody looks for.

    A number is one word whatever stands between its digits, and without the zeros that people write before it
    in one country and not in another. So is a code like ``AB-12/X``: its pieces would be too short for an index.

    :param str value: as typed
    :rtype: list[str]
    """
    if _ONLY_DIGITS.fullmatch(value):
        return [_NO_DIGIT.sub('', value).lstrip('0') or '0']
    words = []
    for token in value.split():
        joined = _join(token)
        words += [joined] if joined else fold(token).split()
    return words


def _join(token):
    """Return a token with digits and something between its letters in one piece, else an empty text."""
    folded = fold(token)
    return folded.replace(' ', '') if ' ' in folded and any(letter.isdigit() for letter in folded) else ''
