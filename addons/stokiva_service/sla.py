"""The clocks of a work order, without the ORM: when they start, what stops and ends them, when they are due.

A moment is a naive datetime in UTC with whole seconds. A clock is made of runs: stretches of time that count by the same
hours. A pause ends the run, going on begins another; other hours (another provider) or another time promised do, too.
``docs/verify.md`` (“Clocks”) publishes these rules for whoever recomputes them.
"""
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import workflow
from .sla_runs import Run, find_moment

CLOCKS = ('assign', 'accept', 'arrive', 'complete')
RUNNING, PAUSED, KEPT, BROKEN, VOID = 'running', 'paused', 'kept', 'broken', 'void'
UNDER_WAY = (RUNNING, PAUSED)
# Whose hours count.
ELAPSED, COMPANY, PROVIDER = 'elapsed', 'company', 'provider'
# What a clock has told: nothing, that it is at risk, that it is late; further numbers are the levels of escalation.
NOTHING, RISK, BREACH = 0, 1, 2
# The same as message rules name them.
ALERTS = ('sla_risk', 'sla_breach', 'sla_escalate')
# Events after which another policy may hold.
CHOOSING = frozenset({'open', 'assign', 'reassign', 'reject', 'expire', 'edit'})
# Events that no clock looks at.
SILENT = frozenset({'collect', 'charge', 'take_in', 'move', 'hand_back', 'refuse_warranty', 'grant_warranty', 'depart', 'remind',
    'call', 'send_code'})
# The technician was there, though no work began.
THERE_OUTCOMES = ('absent', 'no_access')


@dataclass
class Clock:
    """One time that was promised for an order.

    :param str kind: one of ``CLOCKS``
    :param datetime started_at: when it began to count
    :param int minutes: how many minutes were promised
    :param int percent: after which share of them it is at risk, 0: never
    :param list runs: ``Run`` in order
    :param tuple window: the agreed window whose end it is due at, whatever the minutes
    :param int ref: which offer it is about (``accept``)
    :param int provider_id: whose it is
    :param int policy_id: by which policy
    :param str state: running, paused, kept, broken or void (neither kept nor broken)
    """
    kind: str
    started_at: datetime
    minutes: int
    percent: int = 0
    runs: list = field(default_factory=list)
    window: tuple = None
    ref: int = None
    provider_id: int = None
    policy_id: int = None
    state: str = RUNNING
    ended_at: datetime = None
    deadline: datetime = None
    risk_at: datetime = None
    stage: int = NOTHING


@dataclass(frozen=True)
class Order:
    """What the clocks have to know of an order after an event. ``was_there``: the event tells of somebody at the door."""
    state: str
    opened_at: datetime
    earliest_start: datetime = None
    window: tuple = None
    started_at: datetime = None
    paused: bool = False
    halted: bool = False
    provider_id: int = None
    offer_id: int = None
    was_there: bool = False


def find_policy(policies, keys, opened_at):
    """Return the first policy that an order meets, None where none is met.

    :param policies: snapshots in order, see ``stokiva.sla.policy._get_snapshot``
    :param dict keys: condition → set of what the order has of it
    :param datetime opened_at: of the order: a policy holds for those opened since it began
    """
    return next((
        policy for policy in policies
        if policy['since'] <= opened_at
        and all(keys[name] & wanted for name, wanted in policy['conditions'].items() if wanted)), None)


def is_wanted(kind, order):
    """Tell whether a clock of this kind counts in the order's present state."""
    if kind == 'assign':
        return order.state == workflow.CREATED
    if kind == 'accept':
        return order.state == workflow.ASSIGNED
    if kind == 'arrive':
        return order.state in workflow.BEFORE_WORK and not order.started_at and not order.was_there
    return order.state in workflow.OPEN and (order.state != workflow.AWAITING_APPROVAL or order.halted)


def is_met(clock, order):
    """Tell whether what was promised is done, of a clock that is not wanted any more."""
    if clock.kind == 'assign':
        return order.state not in (workflow.CREATED, workflow.CANCELED, workflow.RETURNED)
    if clock.kind == 'accept':
        return order.offer_id == clock.ref and order.state in (workflow.ACCEPTED, workflow.ON_THE_WAY, workflow.IN_PROGRESS)
    if clock.kind == 'arrive':
        return bool(order.started_at) or order.was_there
    return order.state in (workflow.AWAITING_APPROVAL, workflow.COMPLETED)


def follow(clocks, order, policy, moment, find_openings, is_new_policy=False):
    """Let an order's clocks follow what has happened to it.

    :param list clocks: all of the order's, oldest first; changed in place
    :param Order order: as it is now
    :param dict policy: snapshot of the policy that holds, None: nothing is promised
    :param datetime moment: when it happened
    :param find_openings: function of ``whose`` and a moment that returns open intervals from then on, None: round the clock
    :param bool is_new_policy: whether the policy is another one than before
    :return: the clocks that are new or have changed
    :rtype: list
    """
    changed, going = [], set()
    for clock in clocks:
        if clock.state not in UNDER_WAY:
            continue
        before = replace(clock, runs=[replace(run) for run in clock.runs])
        is_promised = not is_new_policy or bool(policy and policy['minutes'].get(clock.kind))
        if is_promised and is_wanted(clock.kind, order) and clock.ref == _get_ref(clock.kind, order):
            going.add(clock.kind)
            _go_on(clock, order, policy, moment, find_openings, is_new_policy)
        else:
            _end(clock, order, moment)
        if clock != before:
            changed.append(clock)
    for kind in CLOCKS if policy else ():
        minutes = policy['minutes'].get(kind)
        if not minutes or kind in going or not is_wanted(kind, order):
            continue
        past = [clock for clock in clocks if clock.kind == kind]
        if past and kind == 'arrive':
            continue
        if past and kind == 'complete':
            clock = past[-1]
            clock.state, clock.ended_at = RUNNING, None
        else:
            clock = Clock(
                kind, _get_base(kind, order, policy, moment), minutes, policy['percent'], ref=_get_ref(kind, order),
                policy_id=policy['id'])
        _go_on(clock, order, policy, moment, find_openings, False)
        changed.append(clock)
    return changed


def _get_ref(kind, order):
    """Return which offer a clock of this kind is about."""
    return order.offer_id if kind == 'accept' else None


def _get_base(kind, order, policy, moment):
    """Return when a clock begins to count: at once, or what is about the visit when the customer can have one."""
    if kind in ('assign', 'accept'):
        return moment
    window = order.window if policy['follows_window'] else None
    return max(filter(None, (order.opened_at, order.earliest_start, kind == 'complete' and window and window[0])))


def _get_whose(policy, order):
    """Return by whose hours the time counts now."""
    if policy['hours'] != PROVIDER:
        return policy['hours']
    return f'{PROVIDER},{order.provider_id}' if order.provider_id else COMPANY


def _go_on(clock, order, policy, moment, find_openings, is_new_policy):
    """Bring a clock that counts up to date."""
    clock.provider_id = order.provider_id if clock.kind != 'assign' else None
    is_longer = False
    if is_new_policy:
        is_longer = clock.minutes != policy['minutes'][clock.kind]
        clock.minutes, clock.percent, clock.policy_id = policy['minutes'][clock.kind], policy['percent'], policy['id']
    clock.window = order.window if clock.kind == 'arrive' and policy['follows_window'] else None
    if clock.kind in ('arrive', 'complete'):
        _move_start(clock, _get_base(clock.kind, order, policy, moment), find_openings)
    last = clock.runs[-1] if clock.runs else None
    whose = _get_whose(policy, order)
    is_running = last is not None and last.end is None
    if is_running and (order.paused or is_longer or last.whose != whose):
        _close(clock, moment)
        is_running = False
    if not is_running and not order.paused:
        start = max(moment, clock.started_at) if clock.runs else clock.started_at
        clock.runs.append(Run(start, None, whose, find_openings(whose, start)))
    _set_times(clock)
    if clock.runs and clock.runs[-1].end is None and not clock.deadline:
        clock.runs[-1].openings = None  # nobody opens in sight: a promise without an end would be none
        _set_times(clock)
    clock.state = PAUSED if order.paused else RUNNING
    if clock.stage >= BREACH and (not clock.deadline or clock.deadline > moment):
        clock.stage = RISK


def _move_start(clock, base, find_openings):
    """Let a clock begin at another moment, as if it had from the beginning."""
    if clock.started_at == base:
        return
    is_earlier, clock.started_at = base < clock.started_at, base
    kept = [run for run in clock.runs if not run.end or run.end > base]
    for run in kept:
        if run.start < base or (is_earlier and run is kept[0]):
            run.start = base
        if not run.end or run is kept[0]:
            run.openings = find_openings(run.whose, run.start)
    clock.runs = kept


def _close(clock, moment):
    """End the run that lasts; an empty one is dropped."""
    run = clock.runs[-1]
    run.end = max(moment, run.start)
    if run.end == run.start:
        clock.runs.pop()


def _set_times(clock):
    """Compute when a clock is due and at risk; while it is paused, it is not."""
    is_running = bool(clock.runs) and clock.runs[-1].end is None
    if clock.window and is_running:
        begin, clock.deadline = clock.window
        clock.risk_at = begin + (clock.deadline - begin) * clock.percent / 100 if clock.percent else None
    else:
        clock.deadline = find_moment(clock.runs, clock.minutes)
        clock.risk_at = clock.percent and find_moment(clock.runs, clock.minutes * clock.percent / 100) or None
    if clock.risk_at:
        clock.risk_at = clock.risk_at.replace(microsecond=0)


def _end(clock, order, moment):
    """End a clock: kept or broken when it was met, broken when it was late anyway, else void."""
    clock.ended_at = moment
    is_late = bool(clock.deadline) and moment > clock.deadline
    clock.state = BROKEN if is_late else KEPT if is_met(clock, order) else VOID
    if clock.runs and clock.runs[-1].end is None:
        _close(clock, moment)


def get_alert(clock, levels, now):
    """Return what a clock has to tell by now, and when it has to tell more.

    :param clock: with ``state stage risk_at deadline``
    :param list levels: minutes after the deadline at which it is escalated, ascending
    :param datetime now: until when
    :return: the highest stage that is reached, and the next moment or None
    """
    if clock.state != RUNNING or not clock.deadline:
        return clock.stage, None
    moments = [clock.risk_at, clock.deadline, *(clock.deadline + timedelta(minutes=minutes) for minutes in levels)]
    reached, following = clock.stage, None
    for stage, moment in enumerate(moments, RISK):
        if stage <= clock.stage or not moment:
            continue
        if moment <= now:
            reached = stage
        elif not following:
            following = moment
    return reached, following
