"""A provider's days as arrival windows, without the ORM: who works when, what is booked, what is still free.

A moment is a naive datetime in UTC, an interval a pair of moments. A lane is what one person can work, or the
provider where it names nobody. A job is booked on one lane, in one piece that begins within its window.
"""
from collections import Counter
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta, timezone

from . import hours

# A longer job books so much: the rest is agreed by hand, no stretch of a day would hold it.
MOST_MINUTES = 240


@dataclass
class Diary:
    """What a provider has to do and who can do it, for some days.

    :param zone: ``zoneinfo.ZoneInfo``
    :param int minutes: length of an arrival window
    :param list intervals: ``(local day, start, end)`` of everybody's work
    :param list lanes: of ``Lane``
    """
    zone: object
    minutes: int
    intervals: list
    lanes: list

    def get_figures(self, first, last):
        """Return the arrival windows of some local days and what is free in them; see ``measure``."""
        return measure(get_windows(
            (row for row in self.intervals if first <= row[0] <= last), self.minutes, self.zone), self.lanes)

    def get_skilled(self, service_type, path):
        """Return who can do a piece of work; see ``is_skilled``.

        :return: ids of persons
        :rtype: list
        """
        return [lane.person for lane in self.lanes if is_skilled(*lane.skills, service_type, path)]


@dataclass
class Lane:
    """The time of one person.

    :param int person: id, None for a provider that names nobody
    :param list work: intervals at which he works
    :param closed: intervals at which he is away
    :param skills: the first two arguments of ``is_skilled``, everything by default
    """
    person: int
    work: list
    closed: InitVar[list] = ()
    skills: tuple = ((), ())

    def __post_init__(self, closed):
        self.work = hours.subtract(self.work, closed)
        self.free = list(self.work)

    def take(self, start, end):
        """Book an interval."""
        self.free = hours.subtract(self.free, [(start, end)])

    def holds(self, start, end):
        """Tell whether an interval is wholly free."""
        return any(begin <= start and end <= stop for begin, stop in self.free)

    def find(self, start, end, length):
        """Return the first moment in a window at which the lane is free for a length, None if there is none.

        :param datetime start: the window's, included
        :param datetime end: the window's, not included
        :param timedelta length: of the job
        """
        return next((
            max(begin, start) for begin, stop in self.free
            if max(begin, start) < end and stop - max(begin, start) >= length), None)


def is_skilled(service_types, paths, service_type, path):
    """Tell whether somebody has learnt a service and knows an appliance.

    :param service_types: ids of the service types that he has learnt, all if empty
    :param paths: of the device types that he knows, with those below them; all if empty
    :param int service_type: id of the service
    :param str path: of the appliance's device type
    :rtype: bool
    """
    return (not service_types or service_type in service_types) and (
        not paths or any(path.startswith(known) for known in paths))


def find_place(lanes, start, end, minutes, preferred=()):
    """Return where a job fits: with one of the preferred, as early as can be, with whom has most free time.

    :param list lanes: of ``Lane``
    :param datetime start: of the window in which the job begins
    :param datetime end: of the window, not included
    :param int minutes: of the job
    :param preferred: ids of persons who are better at it
    :return: ``(lane, moment)``, None if it fits nowhere
    """
    length = timedelta(minutes=minutes)
    places = [(lane, moment) for lane in lanes if (moment := lane.find(start, end, length))]
    return min(places, default=None, key=lambda place: (
        place[0].person not in preferred, place[1],
        -sum((stop - begin for begin, stop in place[0].free), timedelta()), place[0].person or 0))


def get_windows(intervals, minutes, zone):
    """Cut days into arrival windows: from the first minute of work on, as long as somebody works.

    :param intervals: ``(local day, start, end)`` of everybody's work
    :param int minutes: length of a window on the clock
    :param zone: ``zoneinfo.ZoneInfo``
    :return: ``(local day, start, end)`` in order
    """
    days = {}
    for day, start, end in intervals:
        days.setdefault(day, []).append((start, end))
    windows = []
    for day, spans in sorted(days.items()):
        spans = hours.merge(spans)
        first, last = spans[0][0], spans[-1][1]
        minute = _to_minute(day, first, zone)
        start = first
        while start < last and minute < hours.DAY_MINUTES:
            minute = min(minute + minutes, hours.DAY_MINUTES)
            end = min(hours.to_utc(day, minute, zone), last)
            if any(begin < end and start < stop for begin, stop in spans):
                windows.append((day, start, end))
            start = end
    return windows


def _to_minute(day, moment, zone):
    """Return a moment as minutes on the clock since a day's midnight, not before it."""
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)
    return max(0, int((local - datetime.combine(day, datetime.min.time())).total_seconds() // 60))


def measure(windows, lanes):
    """Say what is free in windows.

    :param windows: ``(local day, start, end)`` in order
    :param list lanes: of ``Lane``
    :return: ``{(day, start, end): (minutes of work, free minutes, longest stretch that begins in it)}`` of those
        in which somebody works; the stretch may last longer than the window, for that is when a visit begins
    """
    figures = {window: [0, 0, 0] for window in windows}
    # Most people of a provider keep the same hours, and most days are empty.
    for (work, free), count in Counter((tuple(lane.work), tuple(lane.free)) for lane in lanes).items():
        for which, intervals in ((0, work), (1, free)):
            position = 0
            for (_day, start, end), figure in figures.items():
                while position < len(intervals) and intervals[position][1] <= start:
                    position += 1
                index = position
                while index < len(intervals) and intervals[index][0] < end:
                    begin, stop = max(intervals[index][0], start), intervals[index][1]
                    figure[which] += count * _get_minutes(begin, min(stop, end))
                    if which:
                        figure[2] = max(figure[2], _get_minutes(begin, stop))
                    index += 1
    return {window: tuple(figure) for window, figure in figures.items() if figure[0]}


def _get_minutes(start, end):
    return int((end - start).total_seconds() // 60)


def find_clash(jobs):
    """Return the first job of one person that cannot begin within its window, done one after the other.

    :param jobs: ``(window start, window end, minutes, name)``
    :return: ``(name of the job, name of the one before it)``, or None if all can be done
    """
    clashes = []
    # Who is due first, else who can begin first: a day that works out in neither order is too full for a promise.
    for order in ((1, 0), (0, 1)):
        free_from, before = datetime.min, None
        for start, end, minutes, name in sorted(jobs, key=lambda job: (job[order[0]], job[order[1]])):
            begin = max(start, free_from)
            if begin >= end:
                clashes.append((name, before))
                break
            free_from, before = begin + timedelta(minutes=minutes), name
        else:
            return None
    return clashes[0]


def sort_visits(visits, distance, here=None):
    """Put the visits of a day in order: by window, and within a window each nearest to the one before.

    :param visits: ``(window start or None, window end or None, position or None, item)``; those without a window last
    :param distance: function of two positions to km
    :param here: position from which the day begins, if it is known
    :return: the items in order
    """
    groups = {}
    for start, end, position, item in visits:
        groups.setdefault((start is None, start or datetime.max, end or datetime.max), []).append((position, item))
    ordered = []
    for _window, members in sorted(groups.items(), key=lambda group: group[0]):
        members = list(members)
        while members:
            nearest = min(members, key=lambda member: (
                member[0] is None, distance(here, member[0]) if here and member[0] else 0))
            members.remove(nearest)
            here = nearest[0] or here
            ordered.append(nearest[1])
    return ordered
