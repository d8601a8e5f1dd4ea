"""When a warranty ends and what it covers on a day. No ORM: everything here is tested without a database."""
from dateutil.relativedelta import relativedelta

LABOUR, PARTS = 'labour', 'parts'


def get_begin(counted_from, sold, delivered, installed):
    """Return the day on which the warranty begins, None while no day is known.

    :param str counted_from: ``installation`` or ``delivery``; until that day is known the one before it counts
    :param sold: `datetime.date` or None
    :param delivered: `datetime.date` or None
    :param installed: `datetime.date` or None
    """
    if counted_from == 'delivery':
        return delivered or sold or installed or None
    return installed or delivered or sold or None


def get_end(day, months):
    """Return the last day of a warranty, None without a day to count from.

    :param day: `datetime.date` from which it counts, or None
    :param int months: how long it lasts
    """
    return day + relativedelta(months=months) if day else None


def get_last(labour_until, parts_until):
    """Return the later one of two days, False where none is known.

    :param labour_until: `datetime.date`, None or False
    :param parts_until: as before
    """
    return max(filter(None, (labour_until, parts_until)), default=False)


def get_cover(day, begin, labour_until, parts_until):
    """Tell what is covered on a day.

    :param day: `datetime.date`
    :param begin: first day of which something is known, or None
    :param labour_until: last day for labour, or None
    :param parts_until: last day for parts, or None
    :return: ``{'labour': bool, 'parts': bool}``
    :rtype: dict
    """
    has_begun = not begin or day >= begin
    return {
        LABOUR: bool(has_begun and labour_until and day <= labour_until),
        PARTS: bool(has_begun and parts_until and day <= parts_until),
    }


def get_state(day, begin, labour_until, parts_until):
    """Name the state of a warranty on a day.

    :return: ``unknown`` (no end), ``future`` (not begun), ``full``, ``labour`` or ``parts`` (that only), ``ended``
    :rtype: str
    """
    if not (labour_until or parts_until):
        return 'unknown'
    if begin and day < begin:
        return 'future'
    cover = get_cover(day, begin, labour_until, parts_until)
    if all(cover.values()):
        return 'full'
    return next((what for what, is_covered in cover.items() if is_covered), 'ended')
