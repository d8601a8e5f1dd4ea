"""Who comes in which order, and who gets which order. No ORM: tested without a database.

The published description is ``docs/verify.md``; a change here needs a new ``scoring.VERSION`` there.
"""
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from .scoring import get_terms, weigh

# The most candidates that are kept with an offer to explain it.
MAX_CANDIDATES = 50
# What an order given before in the same batch takes off the free time, for the points only.
VISIT_MINUTES = 60
# Raw values of a provider as the orders grow that it was given before in the same batch: functions of value and orders.
GROWTH = {
    'open_orders': lambda value, orders: value + orders,
    'idle_hours': lambda value, orders: 0,
    'free_minutes': lambda value, orders: None if value is None else max(0, value - VISIT_MINUTES * orders),
}
# Places in what was found, see ``Ranking``.
FAILED, PROVIDER = -2, -1


class Candidate(NamedTuple):
    """A provider in a ranking; candidates compare as they come in it.

    :param bool has_failed: whether there is a hard filter that it does not pass
    :param float lag: points, negative
    :param int given: orders that it was given before in the same batch
    :param int provider_id: id
    :param str failed: the first hard filter that it does not pass
    :param tuple values: what was found, see ``Ranking``
    """
    has_failed: bool
    lag: float
    given: int
    provider_id: int
    failed: str | None
    values: tuple

    @property
    def points(self):
        """Points from 0 to 100."""
        return -self.lag


@dataclass(eq=False)
class Ranking:
    """Whom the engine considered for one order.

    :param dict rule: ``id version weights`` and limits of the rule that applied, as ``get_snapshot`` gives it
    :param tuple names: keys of the raw values
    :param list found: what is to be judged by ``sort``: tuples of the raw values, whatever else, the first hard filter that is
        not passed, and the provider's id
    :param list rows: of Candidate, since ``sort``: those that fit first, best first
    :param terms: ``get_terms`` of the rule's weights, since ``sort``
    """
    rule: dict
    names: tuple
    found: list = field(default=(), repr=False)
    rows: list = field(default_factory=list)
    terms: tuple = field(default=None, repr=False)

    def fork(self):
        """Return a ranking that may become another one, as what was given before in the batch is counted in."""
        return Ranking(self.rule, self.names, (), list(self.rows), self.terms)

    def add(self, name, known):
        """Add a raw value to what was found.

        :param str name: its key
        :param dict known: ``{provider id: value}``; None whom it does not name
        """
        self.names = name, *self.names
        self.found = [(known.get(row[PROVIDER]), *row) for row in self.found]

    def fail(self, failed):
        """Let providers that were found fail, whatever else they do not pass.

        :param dict failed: ``{provider id: filter that it does not pass}``
        """
        self.found = [
            (*row[:FAILED], failed[row[PROVIDER]], row[PROVIDER]) if row[PROVIDER] in failed else row for row in self.found]

    def sort(self, terms=None):
        """Judge by the rule what was found, and put it in order: fitting first, most points; of equals
        the one that was given fewer in this batch, then the lower id.

        :param terms: ``get_terms`` of the rule's weights, which a batch has in common
        """
        self.terms = terms = terms or get_terms(self.rule['weights'], self.names)
        limits = _get_limits(self.rule, self.names)
        rows = []
        for row in self.found:
            failed = row[FAILED]
            if not failed:
                for limit, place, is_kept in limits:
                    if not is_kept(row[place]):
                        failed = limit
                        break
            rows.append(Candidate(bool(failed), -weigh(row, terms), 0, row[PROVIDER], failed, row))
        rows.sort()
        self.rows, self.found = rows, ()

    def _replace(self, rows):
        """Put changed rows where they belong, instead of what they were.

        :param list rows: ``(row, changed row)`` each
        """
        for before, after in rows:
            del self.rows[bisect_left(self.rows, before)]
            insort(self.rows, after)

    def describe(self, row):
        """Return a row as it is kept with an offer: ``provider_id points values failed``.

        :rtype: dict
        """
        values = dict(zip(self.names, row.values))  # noqa: B905  the names are those of the first values
        if row.given:
            values['given'] = row.given
        return {'provider_id': row.provider_id, 'failed': row.failed, 'values': values, 'points': row.points}

    def get_candidates(self):
        """Return the rows as the fields of ``stokiva.candidate.mixin``, in order."""
        goal = self.rows[0].points if self.rows else 0
        return [
            {**self.describe(row), 'rank': rank, 'weights': self.rule['weights'], 'goal': goal}
            for rank, row in enumerate(self.rows, 1)]

    def grow(self, given):
        """Count in what providers were given before in the same batch, and put the rows in order anew.

        :param dict given: ``{provider id: orders}``
        """
        growing = [(self.names.index(name), grow) for name, grow in GROWTH.items() if name in self.names]
        grown = []
        for row in self.rows:
            if row.provider_id in given:
                number, values = given[row.provider_id], list(row.values)
                for place, grow in growing:
                    values[place] = grow(values[place], number)
                grown.append((row, Candidate(
                    row.has_failed, -weigh(values, self.terms), number, row.provider_id, row.failed, tuple(values))))
        self._replace(grown)

    def leave_out(self, failed):
        """Let candidates fail that passed so far, and put the rows in order anew.

        :param dict failed: ``{provider id: first filter that it does not pass, or None}``
        """
        self._replace([
            (row, row._replace(has_failed=True, failed=failed[row.provider_id])) for row in self.rows
            if not row.failed and failed.get(row.provider_id)])


def _get_limits(rule, names):
    """Return a rule's own limits, in order.

    :param dict rule: snapshot of the rule
    :param names: keys of the raw values
    :return: list of the filter's name, the place in what was found, and the function of what is there that tells whether
        the limit is kept
    """
    far, least = rule.get('max_distance_km'), rule['min_rating']
    limits = [('kind', names.index('kind'), frozenset(rule['kinds']).__contains__)]
    if rule['provider_ids']:
        limits.append(('not_listed', PROVIDER, frozenset(rule['provider_ids']).__contains__))
    if far:
        limits.append(('too_far', names.index('distance_km'), lambda distance: distance is not None and distance <= far))
    if least:
        limits.append(('rating', names.index('rating'), lambda rating: rating is None or rating >= least))
    return limits


def merge(rankings):
    """Return the one ranking of a group, whose orders have address and service type in common: that of the first
    order, in which those fail who fail for any.

    :param list rankings: of ``Ranking``
    """
    first, *others = rankings
    for other in others:
        first.leave_out({
            **{row.provider_id: 'not_listed' for row in first.rows},
            **{row.provider_id: row.failed for row in other.rows}})
    return first


def allocate(groups, fits=lambda index, provider: True):
    """Choose a provider for each group of orders, greedily and in turn: the first that fits, load growing.

    :param list groups: ``(Ranking, number of orders)`` each; the rankings are brought to what was chosen from
    :param fits: function of a group's index and a provider's id that tells whether its time is enough, and takes it
    :return: list of provider ids, None for a group that nobody fits
    """
    given = defaultdict(int)
    choices = []
    for index, (ranking, number) in enumerate(groups):
        ranking.grow(given)
        best, busy = None, {}
        for row in ranking.rows:
            if row.failed:
                break
            if fits(index, row.provider_id):
                best = row.provider_id
                break
            busy[row.provider_id] = 'no_slot'
        if busy:
            ranking.leave_out(busy)
        choices.append(best)
        if best:
            given[best] += number
    return choices
