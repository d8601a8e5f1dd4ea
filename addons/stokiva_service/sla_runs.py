"""The time that a clock has counted: stretches by the same hours, and the moment at which they add up. No ORM."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import audit, hours


@dataclass
class Run:
    """A stretch of time that counts by the same hours.

    :param datetime start: from
    :param datetime end: until, None while it lasts
    :param str whose: ``elapsed``, ``company``, or ``provider,<id>``
    :param openings: open intervals as in ``hours``, None where the time counts round the clock
    """
    start: datetime
    end: datetime = None
    whose: str = 'elapsed'
    openings: list = None

    def get_intervals(self):
        """Return the time that counts, as intervals."""
        end = self.end or datetime.max
        if self.openings is None:
            return [(self.start, end)] if self.start < end else []
        return [
            (max(begin, self.start), min(stop, end)) for begin, stop in hours.merge(self.openings)
            if stop > self.start and begin < end]

    def to_json(self, until):
        """Return the run as JSON; open intervals after a moment are left out.

        :param datetime until: when the clock is due, None to leave out none
        """
        limit = min(filter(None, (self.end, until)), default=None)
        return {
            'from': audit.iso(self.start), 'to': self.end and audit.iso(self.end), 'hours': self.whose,
            'open': None if self.openings is None else [
                [audit.iso(begin), audit.iso(min(stop, limit) if limit else stop)] for begin, stop in self.get_intervals()
                if not limit or begin < limit]}

    @classmethod
    def from_json(cls, values):
        """Return the run that ``to_json`` wrote."""
        return cls(
            audit.parse_iso(values['from']), values['to'] and audit.parse_iso(values['to']), values['hours'],
            None if values['open'] is None else [
                (audit.parse_iso(begin), audit.parse_iso(stop)) for begin, stop in values['open']])


def find_moment(runs, minutes):
    """Return when so many minutes have been counted.

    :param runs: of a clock, in order
    :param minutes: how many, not negative
    :return: moment, None if the runs end before
    """
    left = minutes
    for run in runs:
        intervals = run.get_intervals()
        moment = hours.add_minutes(intervals, run.start, left)
        if moment is not None:
            return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        left -= sum((end - start).total_seconds() for start, end in intervals) / 60
    return None
