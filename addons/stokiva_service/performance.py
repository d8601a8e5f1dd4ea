"""What the figures of providers and people are made of, and how sure they are. No ORM: tested without a database.

``docs/performance.md`` tells what is counted on which day and for whom; a figure is always a quotient of sums, so that it
is right for any day, provider, area or period, however it is grouped.
"""
import math
from dataclasses import dataclass

# What is counted for each day: sums of whole numbers, fields of ``stokiva.performance``.
MEASURES = (
    'opened_count', 'accepted_count', 'completed_count', 'canceled_count', 'returned_count', 'closed_count',
    'judged_count', 'disputed_count', 'on_time_count', 'late_count', 'first_fix_count', 'repeat_count',
    'repair_count', 'repair_minutes', 'offer_accepted_count', 'offer_rejected_count', 'offer_expired_count',
    'answer_approved_count', 'answer_disputed_count', 'stars_count', 'stars_sum',
    'assign_kept_count', 'assign_broken_count', 'accept_kept_count', 'accept_broken_count',
    'arrive_kept_count', 'arrive_broken_count', 'complete_kept_count', 'complete_broken_count', 'excused_count',
    'visit_count', 'wasted_count', 'travel_minutes', 'work_minutes')

SHARE, MEAN, MEDIAN, SUM = 'share', 'mean', 'median', 'sum'
# Below it, a figure is shown as one of few cases.
FEW = 20
# 95 % of a normal distribution lie within.
Z = 1.959964


@dataclass(frozen=True)
class Figure:
    """One figure.

    :param str kind: ``share`` of 100, ``mean``, ``median`` or ``sum``
    :param tuple top: measures whose sum is divided
    :param tuple bottom: measures by whose sum it is divided; of a median those that say how many cases there are
    :param float scale: what the quotient is multiplied by
    :param bool is_more_better: None where it is neither good nor bad
    """
    kind: str
    top: tuple
    bottom: tuple = ()
    scale: float = 1
    is_more_better: bool = None


def _share(top, bottom, is_more_better):
    """Return the figure of a share in percent."""
    return Figure(SHARE, (top,), bottom, 100, is_more_better)


_CLOSED = ('closed_count',)
_OFFERS = ('offer_accepted_count', 'offer_rejected_count', 'offer_expired_count')
_ANSWERS = ('answer_approved_count', 'answer_disputed_count')

# Names are fields of ``stokiva.performance``, in the order in which they are shown.
FIGURES = {
    'on_time_rate': _share('on_time_count', ('on_time_count', 'late_count'), True),
    **{
        f'{clock}_kept_rate': _share(f'{clock}_kept_count', (f'{clock}_kept_count', f'{clock}_broken_count'), True)
        for clock in ('assign', 'accept', 'arrive', 'complete')},
    'offer_accepted_rate': _share('offer_accepted_count', _OFFERS, True),
    'offer_rejected_rate': _share('offer_rejected_count', _OFFERS, False),
    'offer_expired_rate': _share('offer_expired_count', _OFFERS, False),
    'canceled_rate': _share('canceled_count', _CLOSED, False),
    'returned_rate': _share('returned_count', _CLOSED, False),
    'approved_rate': _share('answer_approved_count', _ANSWERS, True),
    'disputed_rate': _share('disputed_count', ('judged_count',), False),
    'first_fix_rate': _share('first_fix_count', ('completed_count',), True),
    'repeat_rate': _share('repeat_count', ('completed_count',), False),
    'wasted_rate': _share('wasted_count', ('visit_count',), False),
    'repair_hours_median': Figure(MEDIAN, ('repair_minutes',), ('repair_count',), 1 / 60, False),
    'repair_hours': Figure(MEAN, ('repair_minutes',), ('repair_count',), 1 / 60, False),
    'stars': Figure(MEAN, ('stars_sum',), ('stars_count',), 1, True),
    'accepted_count': Figure(SUM, ('accepted_count',)),
    'completed_count': Figure(SUM, ('completed_count',)),
    'visit_count': Figure(SUM, ('visit_count',)),
    'work_hours': Figure(SUM, ('work_minutes',), (), 1 / 60),
}


@dataclass(frozen=True)
class Value:
    """A figure's value; None where there were no cases.

    :param int cases: how many it is made of; of a sum None
    :param float low: lower end of the interval in which a share lies by 95 %, None for other figures
    :param float high: its upper end
    """
    value: float
    cases: int = None
    low: float = None
    high: float = None

    def get_mean(self, number):
        """Return the value of one of several whose figure this is together: a sum is divided."""
        return self.value / number if self.cases is None else self.value

    @property
    def is_few(self):
        """Whether the cases are so few that the value says little."""
        return self.cases is not None and self.cases < FEW


def get_wilson(count, cases):
    """Return the interval in which a share lies by 95 %, of which ``count`` of ``cases`` were seen.

    Wilson's score interval without correction for continuity: E. B. Wilson, "Probable Inference, the Law of Succession,
    and Statistical Inference", Journal of the American Statistical Association 22 (1927), 209-212. It is right for few
    cases and near 0 and 1, too, where the usual one is not.

    :param int count: from 0 to ``cases``
    :param int cases: above 0
    :return: lower and upper end, from 0 to 1
    :rtype: tuple
    """
    share, squared = count / cases, Z * Z
    middle = share + squared / (2 * cases)
    width = Z * math.sqrt((share * (1 - share) + squared / (4 * cases)) / cases)
    whole = 1 + squared / cases
    return max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)


def get_value(figure, sums, median=None):
    """Return a figure's value.

    :param Figure figure: which
    :param dict sums: of the measures; what is missing is 0
    :param float median: of a median, the median of ``top``
    :rtype: Value
    """
    top = sum(sums.get(name) or 0 for name in figure.top)
    if figure.kind == SUM:
        return Value(top * figure.scale)
    cases = sum(sums.get(name) or 0 for name in figure.bottom)
    if not cases:
        return Value(None, 0)
    if figure.kind == SHARE:
        low, high = get_wilson(top, cases)
        return Value(100 * top / cases, cases, 100 * low, 100 * high)
    if figure.kind == MEDIAN:
        return Value(median * figure.scale, cases)
    return Value(top / cases * figure.scale, cases)


def is_above(value, other):
    """Tell whether a share lies above another one, None where that may be by chance: where their intervals meet.

    :param Value value: of one
    :param Value other: of the other
    """
    if value.low is None or other.low is None or value.low <= other.high and other.low <= value.high:
        return None
    return value.low > other.high


def get_median(values):
    """Return the median of numbers, the mean of the two in the middle where there are two; None without any.

    :param values: iterable of numbers
    """
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
