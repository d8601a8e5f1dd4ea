"""Bring names of places to one spelling, so that what people typed meets what is on record."""

import re
import unicodedata
from difflib import get_close_matches

# Lower-casing by Unicode's rules turns İ into two characters and I into i, never into ı;
# folding makes the four letters one.
_DOTS = str.maketrans({'İ': 'i', 'I': 'i', 'ı': 'i'})
_NOT_WORD = re.compile(r'[\W_]+')
_SEPARATORS = re.compile(r'[/\\,;|()]|\s[-–]\s|(?<=\w)[-–](?=\w)')


def fold(text):
    """Fold letters that keyboards, systems and people write differently.

    ``fold("ISPARTA") == fold("Isparta")``, ``fold("Kâhta") == fold("KAHTA")``.

    :param text: a name of a place, or None
    :return: lower-case ASCII words (for Turkish) separated by single spaces
    :rtype: str
    """
    letters = unicodedata.normalize('NFKD', (text or '').translate(_DOTS))
    plain = ''.join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_WORD.sub(' ', plain.translate(_DOTS).casefold()).strip()


def get_parts(*texts):
    """Split lines of an address into folded names that may be a district's or a province's.

    ``get_parts("Kadıköy / İstanbul") == ['kadikoy istanbul', 'kadikoy', 'istanbul']``.

    :param texts: lines of an address, the likeliest first; empty ones are passed over
    :return: folded names without repeats: of each line the whole, then its pieces
    :rtype: list[str]
    """
    names = []
    for text in texts:
        pieces = _SEPARATORS.split(text or '')
        names += [fold(text), *(fold(piece) for piece in pieces)]
    return [name for name in dict.fromkeys(names) if name]


def find_similar(names, keys):
    """Find the one folded name that somebody may have misspelt.

    :param list names: folded pieces of an address, the likeliest first
    :param keys: folded names of places to choose from
    :return: the closest of the keys, or None if nothing is close
    :rtype: str
    """
    for name in names:
        # What shares no beginning is another place; it also keeps the comparison short.
        close = get_close_matches(name, [key for key in keys if key[:1] == name[:1]], n=1, cutoff=0.8)
        if close:
            return close[0]
    return None
