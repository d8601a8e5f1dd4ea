"""Opening hours as intervals, without the ORM: when is somebody open, for how long, until when.

A moment is a naive datetime in UTC, an interval a pair of moments ``(start, end)`` with start < end. A span is a
part of a local day in minutes since its midnight, ``(start, end)`` with 0 <= start < end <= 1440.
"""

from datetime import datetime, time, timedelta, timezone
from itertools import pairwise

DAY_MINUTES = 24 * 60


def merge(intervals):
    """Sort intervals (or spans) and join those that overlap or touch; empty ones are dropped.

    :param intervals: iterable of ``(start, end)``
    :return: disjoint intervals in order
    :rtype: list[tuple]
    """
    merged = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals, closed):
    """Cut closed times out of intervals (or spans).

    :param intervals: iterable of ``(start, end)``
    :param closed: iterable of ``(start, end)``
    :return: what remains, disjoint and in order
    :rtype: list[tuple]
    """
    closed = merge(closed)
    remaining = []
    for start, end in merge(intervals):
        for closed_start, closed_end in closed:
            if closed_end <= start or closed_start >= end:
                continue
            if start < closed_start:
                remaining.append((start, closed_start))
            start = max(start, closed_end)
        if start < end:
            remaining.append((start, end))
    return remaining


def to_utc(day, minute, zone):
    """Return the moment of a local time of day.

    A time that the clock passes twice (end of summer time) is taken as the first one, a time that it skips as the
    moment of the jump: so a later time never comes before an earlier one.

    :param date day: local day
    :param int minute: since local midnight, 1440 is the next midnight
    :param zone: ``zoneinfo.ZoneInfo``
    :return: naive datetime in UTC
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = local.replace(tzinfo=zone).astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        # Read with the offset before the jump, the moment lies behind it: walk back to where the offset changes.
        offset = moment.astimezone(zone).utcoffset()
        while (moment - timedelta(minutes=1)).astimezone(zone).utcoffset() == offset:
            moment -= timedelta(minutes=1)
    return moment.replace(tzinfo=None)


def get_week_parity(day):
    """Return 0 or 1, alternating by week as Odoo's calendars of two weeks do (they count from year 1)."""
    return (day.toordinal() - 1) // 7 % 2


def get_openings(first, last, week, zone, closed_from=None, closures=()):
    """Lay weekly hours on the days of a period, without holidays and closures.

    :param date first: first local day
    :param date last: last local day
    :param dict week: ``{(parity of the week, weekday from 0): spans}``, breaks taken out
    :param zone: ``zoneinfo.ZoneInfo`` of the hours
    :param dict closed_from: ``{day: minute}``, closed from then on: 0 on a holiday, 780 on a half day until 13:00
    :param closures: intervals in which all is closed
    :return: ``(day, start, end)`` in order
    :rtype: list[tuple]
    """
    closed_from = closed_from or {}
    closures = merge(closures)
    rows = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        close = closed_from.get(day, DAY_MINUTES)
        intervals = merge(
            (to_utc(day, start, zone), to_utc(day, min(end, close), zone))
            for start, end in week.get((get_week_parity(day), day.weekday()), ()) if start < close)
        if closures:
            intervals = subtract(intervals, closures)
        rows += [(day, start, end) for start, end in intervals]
    return rows


def add_minutes(intervals, moment, minutes):
    """Return the moment at which so much open time has passed.

    :param intervals: open intervals, in any order
    :param datetime moment: where counting begins, open or not
    :param minutes: how many open minutes, not negative; 0 gives the moment itself
    :return: naive datetime in UTC, or None if the intervals do not last so long
    :raise ValueError: if minutes is negative
    """
    if minutes < 0:
        raise ValueError("minutes cannot be negative")
    left = timedelta(minutes=minutes)
    if not left:
        return moment
    for start, end in merge(intervals):
        start = max(start, moment)
        if end - start >= left:
            return start + left
        left -= max(end - start, timedelta())
    return None


def minutes_between(intervals, start, end):
    """Return how many minutes between two moments are open.

    :param intervals: open intervals, in any order
    :param datetime start: from
    :param datetime end: until; before start gives 0
    :rtype: float
    """
    return sum(
        max(min(stop, end) - max(begin, start), timedelta()).total_seconds() / 60
        for begin, stop in merge(intervals))


def find_problem(spans, breaks=()):
    """Find what is wrong with the hours of one day.

    :param spans: open ``(start, end)`` in minutes
    :param breaks: breaks, each inside one of the spans
    :return: None, or ``'range'`` (outside the day), ``'order'`` (ends before or when it starts), ``'overlap'``,
        ``'break'`` (not inside the open hours)
    """
    every = [*spans, *breaks]
    if any(start < 0 or end > DAY_MINUTES for start, end in every):
        return 'range'
    if any(start >= end for start, end in every):
        return 'order'
    if any(later[0] < earlier[1] for part in (spans, breaks) for earlier, later in pairwise(sorted(part))):
        return 'overlap'
    if any(all(start < begin or end > stop for begin, stop in spans) for start, end in breaks):
        return 'break'
    return None


def describe(days, names):
    """Write the hours of a week in one line: ``Mon–Sat 09:00–12:30 13:30–18:00, Sun 10:00–14:00``.

    :param dict days: ``{weekday from 0: spans}``
    :param list names: seven short names, Monday first
    :rtype: str
    """
    groups = []
    for weekday in range(7):
        spans = merge(days.get(weekday, ()))
        if groups and groups[-1][2] == spans and groups[-1][1] == weekday - 1:
            groups[-1][1] = weekday
        else:
            groups.append([weekday, weekday, spans])
    return ", ".join(
        " ".join([
            names[first] if first == last else f"{names[first]}–{names[last]}",
            *(f"{start // 60:02}:{start % 60:02}–{end // 60:02}:{end % 60:02}" for start, end in spans)])
        for first, last, spans in groups if spans)
