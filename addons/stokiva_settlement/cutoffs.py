"""On which days statements are cut off. Knows no ORM.

Days of the month are written as a list, ``15, 31``; a day that a month does not have is its last day.
"""
from calendar import monthrange
from datetime import date, timedelta


def parse_days(text):
    """Return the days of the month of a list.

    :param str text: numbers from 1 to 31, separated by commas or spaces; may be empty
    :return: tuple of the numbers, ascending
    :raise ValueError: if it is anything else
    """
    days = sorted({int(part) for part in (text or '').replace(',', ' ').split()})
    if days and (days[0] < 1 or days[-1] > 31):
        raise ValueError(text)
    return tuple(days)


def get_last_cutoff(days, today):
    """Return the last day of the last period that is over, before today.

    :param tuple days: see :func:`parse_days`, not empty
    :param date today: the day in the provider's zone
    :rtype: date
    """
    return max(day for day in _get_around(days, today) if day < today)


def get_period_start(days, cutoff):
    """Return the first day of the period that a day ends: the day after the cut-off before it.

    :param tuple days: see :func:`parse_days`; empty: the first of the month
    :param date cutoff: last day of the period, a cut-off or not
    :rtype: date
    """
    return get_last_cutoff(days, cutoff) + timedelta(days=1) if days else cutoff.replace(day=1)


def _get_around(days, today):
    """Return the cut-offs of the month of a day and of the month before."""
    months = (today.replace(day=1) - timedelta(days=1), today)
    return [
        date(month.year, month.month, min(day, monthrange(month.year, month.month)[1]))
        for month in months for day in days]
