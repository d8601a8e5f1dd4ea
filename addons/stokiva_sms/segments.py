"""How many SMS parts a text takes. No ORM: tested without a database.

Facts, from 3GPP TS 23.038 (alphabets) and TS 23.040 (user data header):

- One SMS carries 140 octets: 160 characters of 7 bits (GSM 7 bit default alphabet, section 6.2.1) or 70
  UTF-16 units (UCS2). A longer text is cut into parts whose 6 octets of header leave 153 and 67.
- The extension table (6.2.1.1) is reached by an escape, so its characters count twice; an escape and
  its character stay in one part, and so do the two halves of a UTF-16 surrogate pair.
- Of the Turkish letters the default alphabet has ``Ç Ö Ü ö ü`` but not ``ç ğ Ğ ı İ ş Ş``. A single one
  of those turns the whole text into UCS2. The Turkish single shift table (A.2.1) would carry them as
  escaped pairs, with 155 and 149 characters a part; it needs a gateway and a handset that know it, so
  it is not assumed here.
"""
from typing import NamedTuple

GSM7, UCS2 = 'gsm7', 'ucs2'
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = frozenset("\f^{}\\[~]|€")
SINGLE = {GSM7: 160, UCS2: 70}
PART = {GSM7: 153, UCS2: 67}
# The Turkish letters that the default alphabet has not, as people write them without.
_PLAIN = str.maketrans("çğĞıİşŞ", "cgGiIsS")
# Turkish operators append a sender's code such as " B012" to each text.
OPERATOR_SUFFIX = {'+90': 5}


class Size(NamedTuple):
    """Size of a text on the air.

    :param str encoding: ``gsm7`` or ``ucs2``
    :param int length: 7-bit characters or UTF-16 units, the operator's suffix included
    :param int parts: messages that are sent and billed
    """
    encoding: str
    length: int
    parts: int


def measure(text, suffix=0):
    """Return the ``Size`` of a text.

    :param str text: what the recipient reads
    :param int suffix: characters of the default alphabet that the operator appends
    """
    if all(char in BASIC or char in EXTENSION for char in text):
        encoding = GSM7
        units = [2 if char in EXTENSION else 1 for char in text]
    else:
        encoding = UCS2
        units = [2 if ord(char) > 0xFFFF else 1 for char in text]
    units += [1] * suffix
    length = sum(units)
    if length <= SINGLE[encoding]:
        return Size(encoding, length, 1)
    parts, free = 1, PART[encoding]
    for unit in units:
        if unit > free:
            parts, free = parts + 1, PART[encoding]
        free -= unit
    return Size(encoding, length, parts)


def simplify(text):
    """Return the text with Turkish letters that would turn it into UCS2 written without their marks."""
    return text.translate(_PLAIN)


def suffix_for(number):
    """Return how many characters the operators of a number's country append.

    :param str number: E.164
    """
    return next((size for prefix, size in OPERATOR_SUFFIX.items() if number.startswith(prefix)), 0)
