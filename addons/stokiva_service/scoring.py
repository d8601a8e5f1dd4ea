"""How a ranking's raw values become points. No ORM: tested without a database.

The published description is ``docs/verify.md``; a change here needs a new ``VERSION`` there.
"""
from dataclasses import dataclass

VERSION = 'score-1'


@dataclass(frozen=True)
class Criterion:
    """One thing that counts.

    :param str value: key of the raw value in a row's ``values``
    :param score: function of the raw value to a score from 0 (worst) to 1 (best)
    :param inverse: the raw value that just reaches a score, for ``what_would_win``
    :param float unknown: score of a value that is not known
    """
    value: str
    score: callable
    inverse: callable
    unknown: float = 0.5


def _falling(half):
    """Return score and inverse of a value of which less is better, worth a half at ``half``."""
    return (lambda value: half / (half + max(value, 0))), lambda score: half / score - half


def _rising(half):
    """Return score and inverse of a value of which more is better, worth a half at ``half``."""
    return (lambda value: max(value, 0) / (half + max(value, 0))), lambda score: half * score / (1 - score)


def _straight(worst, best):
    """Return score and inverse of a value on a scale."""
    width = best - worst
    return (lambda value: min(max((value - worst) / width, 0), 1)), lambda score: worst + score * width


CRITERIA = {
    'coverage': Criterion('coverage', *_straight(1, 4)),
    'preference': Criterion('priority', *_falling(10)),
    'distance': Criterion('distance_km', *_falling(20), unknown=0),
    'workload': Criterion('open_orders', *_falling(5)),
    'capacity': Criterion('free_minutes', *_rising(480)),
    'rating': Criterion('rating', *_straight(1, 5)),
    'on_time': Criterion('on_time', *_straight(0, 1)),
    'acceptance': Criterion('acceptance', *_straight(0, 1)),
    'rotation': Criterion('idle_hours', *_rising(24), unknown=1),
    'cost': Criterion('cost_excess', *_falling(1)),
}

# Strategies are nothing but weights.
PRESETS = {
    'balanced': {
        'coverage': 40, 'preference': 10, 'distance': 20, 'workload': 25, 'rating': 10, 'on_time': 10, 'acceptance': 10},
    'nearest': {'distance': 80, 'coverage': 10, 'workload': 10},
    'least_loaded': {'workload': 90, 'distance': 10},
    'best_rated': {'rating': 50, 'on_time': 30, 'acceptance': 10, 'workload': 10},
    'cheapest': {'cost': 90, 'workload': 10},
    'round_robin': {'rotation': 100},
    'fixed': {'preference': 100},
}
# What holds for an order that no rule is for.
DEFAULT_RULE = {
    'id': False, 'version': 1, 'weights': PRESETS['balanced'], 'kinds': ['authorised', 'private', 'in_house'],
    'provider_ids': [], 'max_distance_km': 0, 'min_rating': 0, 'answer_minutes': 0, 'attempts': 0, 'is_automatic': True}


def get_score(criterion, values):
    """Return a raw value's score, from 0 to 1.

    :param str criterion: key of ``CRITERIA``
    :param dict values: raw values; what is missing or None is unknown
    """
    item = CRITERIA[criterion]
    value = values.get(item.value)
    return item.unknown if value is None else item.score(value)


def get_points(values, weights):
    """Return a candidate's points from 0 to 100: the weighted mean of its scores.

    :param dict values: raw values
    :param dict weights: ``{criterion: weight above 0}``
    :rtype: float
    """
    return weigh(tuple(values.values()), get_terms(weights, tuple(values)))


class _Term(dict):
    """What raw values of a criterion add to the points: in a batch the same ones come again and again."""

    def __init__(self, item, weight):
        super().__init__({None: weight * item.unknown})
        self.score, self.weight = item.score, weight

    def __missing__(self, value):
        self[value] = part = self.weight * self.score(value)
        return part


def get_terms(weights, names):
    """Return what to add up for the points.

    :param dict weights: as for ``get_points``
    :param tuple names: keys of the raw values
    :return: list of ``(place of the raw value, its term)``, what those add that nobody tells, and the sum of the weights
    """
    terms, rest = [], 0
    for criterion, weight in weights.items():
        item = CRITERIA[criterion]
        if item.value in names:
            terms.append((names.index(item.value), _Term(item, weight)))
        else:
            rest += weight * item.unknown
    return terms, rest, sum(weights.values())


def weigh(values, terms):
    """Return the points of raw values, see ``get_points``."""
    terms, points, total = terms
    if not total:
        return 0.0
    for place, term in terms:
        points += term[values[place]]
    # To a whole number first: ``round`` to digits takes as long as all the rest.
    return round(1_000_000 * points / total) / 10_000


def what_would_win(values, points, weights, goal):
    """Say which single change of a raw value would bring a candidate to a number of points.

    :param dict values: its raw values
    :param float points: its points
    :param dict weights: as for ``get_points``
    :param float goal: the points to reach
    :return: ``{key of values: the value that just reaches it}``, for those that can
    """
    total = sum(weights.values())
    changes = {}
    for criterion, weight in weights.items():
        score = get_score(criterion, values) + (goal - points) * total / 100 / weight
        item = CRITERIA[criterion]
        # At 1 a falling value is 0 and a rising one without end; a hair above is rounding.
        if score <= 1 + 1e-9 and not (score >= 1 and criterion in ('rotation', 'capacity')):
            changes[item.value] = item.inverse(min(score, 1))
    return changes
