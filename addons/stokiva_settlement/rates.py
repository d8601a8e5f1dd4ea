"""Which line of which rate card pays for what was done. No ORM: everything here is tested without a database.

A rule is one line of a rate card that holds for the provider on the day. Of the rules that fit, the most
specific wins, compared in this order:

1. a card that names the provider before a card for all providers;
2. a rule for this workmanship (of a part: for this product);
3. a rule for the device's type, or else for the nearest type above it;
4. a rule for this service type;
5. the sequence of the card, then of the line.

A general rule, with none of these, comes last. Nothing else is looked at: whoever has the rules and the
work finds the same rates.
"""
from dataclasses import dataclass

LABOUR, TRAVEL, WASTED_TRIP, PART = 'labour', 'travel', 'wasted_trip', 'part'
# What the provider has in hand already. Not earned: no rate card and no recomputing touches it.
DEDUCTION = 'deduction'
# Left out when no rule pays for them; the others are listed with nothing, for somebody to look at.
OPTIONAL = (TRAVEL, WASTED_TRIP)


@dataclass(frozen=True)
class Rule:
    """One line of a rate card; an id of None means any.

    :param int id: the line's
    :param str kind: ``labour``, ``travel``, ``wasted_trip`` or ``part``
    :param float amount: money per unit
    :param bool is_own: whether the card names the provider
    :param tuple sequence: what decides between equally specific rules, smallest first
    """
    id: int
    kind: str
    amount: float
    is_own: bool = False
    service_type_id: int = None
    device_type_id: int = None
    workmanship_id: int = None
    product_id: int = None
    sequence: tuple = ()


@dataclass(frozen=True)
class Work:
    """One thing to pay for.

    :param str kind: as of a rule
    :param float quantity: units
    :param float cost: money per unit that a part cost, paid where no rule says otherwise
    :param evidence: whatever it was taken from; handed through
    """
    kind: str
    quantity: float = 1.0
    workmanship_id: int = None
    product_id: int = None
    cost: float = 0.0
    evidence: object = None


@dataclass(frozen=True)
class Job:
    """What of an order decides its rates.

    :param int service_type_id: its service type
    :param tuple device_path: ids of device types from the top of the tree down to the device's own
    """
    service_type_id: int
    device_path: tuple = ()


@dataclass(frozen=True)
class Pay:
    """What one piece of work earns.

    :param rule: the rule that decided, None when there was none
    :param float rate: money per unit, not rounded
    """
    work: Work
    rule: Rule | None
    rate: float


def fits(rule, work, job):
    """Tell whether a rule may pay for a piece of work of a job."""
    return (
        rule.kind == work.kind
        and rule.service_type_id in (None, job.service_type_id)
        and (rule.device_type_id is None or rule.device_type_id in job.device_path)
        and rule.workmanship_id in (None, work.workmanship_id)
        and rule.product_id in (None, work.product_id)
    )


def rank(rule, job):
    """Return the sort key of a rule that fits; the smallest wins."""
    depth = job.device_path.index(rule.device_type_id) + 1 if rule.device_type_id is not None else 0
    return (
        not rule.is_own,
        rule.workmanship_id is None,
        rule.product_id is None,
        -depth,
        rule.service_type_id is None,
        rule.sequence,
        rule.id,
    )


def pick_rule(rules, work, job):
    """Return the rule that pays for a piece of work, None when none fits.

    :param rules: iterable of :class:`Rule`, in any order
    :param Work work: what was done
    :param Job job: the order that it belongs to
    """
    return min(
        (rule for rule in rules if fits(rule, work, job)), key=lambda rule: rank(rule, job), default=None)


def price(works, job, rules):
    """Return what the works of one job earn, in their order.

    Trips that no rule pays for are left out. Parts without a rule are paid at their cost; labour without
    one stays in the list at a rate of zero.

    :param works: iterable of :class:`Work`
    :param Job job: the order that they belong to
    :param rules: list of :class:`Rule`
    :return: list of :class:`Pay`
    """
    pays = []
    for work in works:
        rule = pick_rule(rules, work, job)
        if rule is None and work.kind in OPTIONAL:
            continue
        pays.append(Pay(work, rule, rule.amount if rule else work.cost))
    return pays
