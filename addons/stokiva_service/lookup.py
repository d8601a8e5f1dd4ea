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
    pieces = [fold(name) for name in names]
    for code in codes:
        pieces += [fold(code), fold(code).replace(' ', '')]
    pieces += [_NO_DIGIT.sub('', phone or '') for phone in phones]
    return ' '.join(piece for piece in dict.fromkeys(pieces) if piece)


def get_words(value):
    """Return the words all of which have to be in the text of what somebody looks for.

    A number is one word whatever stands between its digits, and without the zeros that people write before it
    in one country and not in another.

    :param str value: as typed
    :rtype: list[str]
    """
    if _ONLY_DIGITS.fullmatch(value):
        return [_NO_DIGIT.sub('', value).lstrip('0') or '0']
    return fold(value).split()
