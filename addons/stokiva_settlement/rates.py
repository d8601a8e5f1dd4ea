"""Which line of which rate card pays for what was done, and how much. No ORM: all here is tested without a database.

A rule is one line of a rate card that holds for the provider on the day. Of the rules that fit, the most
specific wins, compared in this order:

1. a card that names the provider, before one for its kind of provider, before one for all;
2. a rule for this workmanship (of a part: for this product);
3. a rule for the device's type, or else for the nearest type above it;
4. a rule for this service type;
5. a rule for the site's district, or else for its province;
6. a rule for a zone, that is for certain distances;
7. of bonuses and penalties by stars the strictest: the highest threshold of a bonus, the lowest of a penalty;
8. the sequence of the card, then of the line.

A general rule, with none of these, comes last. Nothing else is looked at: whoever has the rules and the
work finds the same rates. Quantities and rates have two decimals, rounded half away from zero, so that what is
stored is what was multiplied.
"""
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LABOUR, TRAVEL, DISTANCE, WASTED_TRIP, PART = 'labour', 'travel', 'distance', 'wasted_trip', 'part'
BONUS, PENALTY = 'bonus', 'penalty'
TRIPS = (TRAVEL, DISTANCE, WASTED_TRIP)
QUALITY = (BONUS, PENALTY)
# What the provider has in hand already. Not earned: no rate card and no recomputing touches it.
DEDUCTION = 'deduction'
# Left out when no rule pays for them; the others are listed with nothing, for somebody to look at.
OPTIONAL = (*TRIPS, *QUALITY)
# What the amount of a rule is: money for one of what was done, for an hour of it, or a part of something else:
# of a part's cost, or of what the order earns by labour.
EACH, HOUR, PERCENT = 'each', 'hour', 'percent'
UNITS = {LABOUR: (EACH, HOUR), PART: (EACH, PERCENT), BONUS: (EACH, PERCENT), PENALTY: (EACH, PERCENT)}
ON_TIME, LATE, STARS = 'on_time', 'late', 'stars'
FIRST_TIME_FIX, REPEAT_VISIT, MISSING_EVIDENCE = 'first_time_fix', 'repeat_visit', 'missing_evidence'
CENT = Decimal('0.01')


@dataclass(frozen=True)
class Rule:
    """One line of a rate card; an id of None means any.

    :param int id: the line's
    :param str kind: what it pays for, see the names above
    :param float amount: money per unit, or percent
    :param str unit: what the amount is, one of the kind's ``UNITS``
    :param int scope: 0 if the card names the provider, 1 if its kind, 2 if it is for all
    :param tuple sequence: what decides between equally specific rules, smallest first
    :param float free_km: of a distance: so many kilometres are not paid
    :param float cap: of a part's mark-up: at most so much money per unit; None: any
    :param float from_km: of trips: least distance for which the rule holds; None: any
    :param float to_km: of trips: below this distance; None: any
    :param str trigger: of a bonus or penalty: for what
    :param float threshold: of stars: a bonus from, a penalty up to so many
    """
    id: int
    kind: str
    amount: float
    unit: str = EACH
    scope: int = 2
    service_type_id: int = None
    device_type_id: int = None
    workmanship_id: int = None
    product_id: int = None
    city_id: int = None
    state_id: int = None
    free_km: float = 0.0
    cap: float = None
    from_km: float = None
    to_km: float = None
    trigger: str = None
    threshold: float = 0.0
    sequence: tuple = ()


@dataclass(frozen=True)
class Work:
    """One thing to pay for.

    :param str kind: as of a rule
    :param float quantity: units
    :param int minutes: planned time of one unit of labour
    :param float cost: money per unit that a part cost, paid where no rule says otherwise
    :param str trigger: of a bonus or penalty
    :param float value: of the trigger: the stars
    :param evidence: whatever it was taken from; handed through
    """
    kind: str
    quantity: float = 1.0
    workmanship_id: int = None
    product_id: int = None
    minutes: int = 0
    cost: float = 0.0
    trigger: str = None
    value: float = 0.0
    evidence: object = None


@dataclass(frozen=True)
class Job:
    """What of an order decides its rates.

    :param int service_type_id: its service type
    :param tuple device_path: ids of device types from the top of the tree down to the device's own
    :param int city_id: district of the site
    :param int state_id: province of the site
    :param float distance_km: from the provider to the site; None: not known
    """
    service_type_id: int
    device_path: tuple = ()
    city_id: int = None
    state_id: int = None
    distance_km: float = None


@dataclass(frozen=True)
class Pay:
    """What one piece of work earns: quantity × rate.

    :param rule: the rule that decided, None when there was none
    :param float quantity: units that are paid: pieces, hours, kilometres
    :param float rate: money per unit; a penalty's is negative
    :param tuple tied: ids of rules as specific as this one, which only came later in the sequence
    """
    work: Work
    rule: Rule | None
    quantity: float
    rate: float
    tied: tuple = ()


def round_cents(value):
    """Return a number with two decimals, halves rounded away from zero.

    :param float value: taken as it is written in decimals, so that 1.005 is a half
    :rtype: float
    """
    return float(Decimal(repr(float(value))).quantize(CENT, ROUND_HALF_UP))


def fits(rule, work, job):
    """Tell whether a rule may pay for a piece of work of a job."""
    return (
        rule.kind == work.kind
        and rule.service_type_id in (None, job.service_type_id)
        and (rule.device_type_id is None or rule.device_type_id in job.device_path)
        and rule.workmanship_id in (None, work.workmanship_id)
        and rule.product_id in (None, work.product_id)
        and rule.city_id in (None, job.city_id)
        and rule.state_id in (None, job.state_id)
        and _is_in_zone(rule, job.distance_km)
        and (rule.kind not in QUALITY or _is_triggered(rule, work))
    )


def _is_in_zone(rule, distance_km):
    if rule.from_km is None and rule.to_km is None:
        return True
    return distance_km is not None and (rule.from_km or 0) <= distance_km and (
        rule.to_km is None or distance_km < rule.to_km)


def _is_triggered(rule, work):
    if rule.trigger != work.trigger:
        return False
    if rule.trigger != STARS:
        return True
    return work.value >= rule.threshold if rule.kind == BONUS else work.value <= rule.threshold


def get_specificity(rule, job):
    """Return how general a rule that fits is: the smallest wins."""
    depth = job.device_path.index(rule.device_type_id) + 1 if rule.device_type_id is not None else 0
    return (
        rule.scope,
        rule.workmanship_id is None,
        rule.product_id is None,
        -depth,
        rule.service_type_id is None,
        rule.city_id is None,
        rule.state_id is None,
        rule.from_km is None and rule.to_km is None,
        rule.threshold if rule.kind == PENALTY else -rule.threshold,
    )


def rank(rule, job):
    """Return the sort key of a rule that fits; the smallest wins."""
    return *get_specificity(rule, job), rule.sequence, rule.id


def pick_rule(rules, work, job):
    """Return the rule that pays for a piece of work, and those that only its place in the sequence kept out.

    :param rules: iterable of :class:`Rule`, in any order
    :param Work work: what was done
    :param Job job: the order that it belongs to
    :return: tuple of the rule, None when none fits, and a tuple of the others' ids
    """
    fitting = sorted((rule for rule in rules if fits(rule, work, job)), key=lambda rule: rank(rule, job))
    if not fitting:
        return None, ()
    best = fitting[0]
    tied = tuple(
        rule.id for rule in fitting[1:] if get_specificity(rule, job) == get_specificity(best, job))
    return best, tied


def price(works, job, rules):
    """Return what the works of one job earn, in their order, bonuses and penalties last.

    Trips, bonuses and penalties that no rule pays for are left out, and distances that are free. Parts without a
    rule are paid at their cost; labour without one, and a distance that is not known, stay in the list with nothing.

    :param works: iterable of :class:`Work`
    :param Job job: the order that they belong to
    :param rules: list of :class:`Rule`
    :return: list of :class:`Pay`
    """
    pays = []
    for work in sorted(works, key=lambda work: work.kind in QUALITY):
        rule, tied = pick_rule(rules, work, job)
        if rule is None and work.kind in OPTIONAL:
            continue
        earned = sum(pay.quantity * pay.rate for pay in pays if pay.work.kind == LABOUR)
        quantity, rate = _get_terms(rule, work, job, earned)
        if work.kind == DISTANCE and not quantity and job.distance_km is not None:
            continue
        pays.append(Pay(work, rule, round_cents(quantity), round_cents(rate), tied))
    return pays


def _get_terms(rule, work, job, earned):
    """Return what is paid for a piece of work: quantity, and money for each.

    :param float earned: what the order earns by labour
    """
    if rule is None:
        return work.quantity, work.cost
    if work.kind == DISTANCE:
        # One way, as the ranking measures it: a card that pays both ways has twice the rate.
        return work.quantity * max((job.distance_km or 0) - rule.free_km, 0), rule.amount
    if work.kind == PART and rule.unit == PERCENT:
        mark_up = work.cost * rule.amount / 100
        return work.quantity, work.cost + (mark_up if rule.cap is None else min(mark_up, rule.cap))
    if work.kind in QUALITY:
        amount = earned * rule.amount / 100 if rule.unit == PERCENT else rule.amount
        return work.quantity, -amount if work.kind == PENALTY else amount
    if rule.unit == HOUR:
        return work.quantity * work.minutes / 60, rule.amount
    return work.quantity, rule.amount
