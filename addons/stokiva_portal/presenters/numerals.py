"""Numbers as people write them. No ORM: tested without a database."""
import re

# Groups of three, all by the same mark, and what comes after the other mark.
GROUPED = re.compile(r'[1-9]\d{0,2}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*(?:(?!(?P=mark))[.,]\d+)?')
PLAIN = re.compile(r'\d+(?:[.,]\d+)?|[.,]\d+')


def read_number(text, group):
    """Return the number that a text means, whichever of comma and point is its decimal mark.

    ``1.250,50`` and ``1,250.50`` say it themselves, ``99,5`` and ``99.5`` as well; only of ``1.250`` the language decides.

    :param str text: as typed
    :param str group: what separates thousands in the writer's language
    :rtype: float
    :raise ValueError: if it is no number
    """
    text = re.sub(r'\s', '', text)
    grouped = GROUPED.fullmatch(text)
    if grouped and (grouped['mark'] == group or len(re.findall('[.,]', text)) > 1):
        text = text.replace(grouped['mark'], '')
    if not PLAIN.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(',', '.'))
