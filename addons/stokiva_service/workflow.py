"""The life of a work order as one table. No ORM: everything here is tested without a database.

Every event says from which states it may come, to which state it leads, who may cause it (role), what
must be given, which stamp it sets, for whom the clock runs afterwards, and what else must hold (guards).
The one door, ``stokiva.work.order._apply_event``, carries events out by this table and by nothing else.
"""
from dataclasses import dataclass

CREATED, ASSIGNED, ACCEPTED = 'created', 'assigned', 'accepted'
ON_THE_WAY, IN_PROGRESS, AWAITING_APPROVAL = 'on_the_way', 'in_progress', 'awaiting_approval'
COMPLETED, CANCELED, RETURNED = 'completed', 'canceled', 'returned'

STATES = (
    CREATED, ASSIGNED, ACCEPTED, ON_THE_WAY, IN_PROGRESS, AWAITING_APPROVAL, COMPLETED, CANCELED, RETURNED)
CLOSED = (COMPLETED, CANCELED, RETURNED)
OPEN = tuple(state for state in STATES if state not in CLOSED)
WITH_PROVIDER = (ACCEPTED, ON_THE_WAY, IN_PROGRESS)
# Here a request to the customer may wait: a quote before, the work after it was submitted.
ASKING = (*WITH_PROVIDER, AWAITING_APPROVAL)
# A repaired device waits for its customer, and after a refused quote the order is closed before he has it back.
HOLDING = (*WITH_PROVIDER, AWAITING_APPROVAL, COMPLETED, RETURNED)
# A closed order is frozen; what the customer paid and the sale that invoices it still join its log.
AFTER_CLOSING = ('collect', 'charge')
# The visit has not come to work yet: delivery and address may still change what is planned.
BEFORE_WORK = (CREATED, ASSIGNED, ACCEPTED, ON_THE_WAY)

SYSTEM, SALES, CALL_CENTRE, DISPATCHER, MANAGER = 'system', 'sales', 'call_centre', 'dispatcher', 'manager'
TECHNICIAN, PROVIDER, CUSTOMER = 'technician', 'provider_dispatcher', 'customer'
INTEGRATION = 'integration'
OFFICE = (DISPATCHER, MANAGER)
FIELD = (TECHNICIAN, PROVIDER, *OFFICE)

STAMPS = ('opened_at', 'assigned_at', 'accepted_at', 'departed_at', 'started_at', 'submitted_at')
OUTCOMES = ('done', 'absent', 'no_access', 'wrong_address', 'part_missing', 'workshop', 'refused')
WASTED_OUTCOMES = ('absent', 'no_access', 'wrong_address')
# What only the office can settle before there is another trip.
OFFICE_OUTCOMES = ('wrong_address', 'refused')
# A call to the customer that brought no answer.
CALL_OUTCOMES = ('not_reached', 'call_back')
# Where a device can be that its customer has given away.
HOLDERS = ('technician', 'workshop')


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    :param tuple sources: states from which the event is legal
    :param target: state after it, None when it stays
    :param tuple roles: who may cause it
    :param tuple required: keys that ``given`` must hold with a true value
    :param stamp: datetime field of the order that takes the time of the event
    :param clock: who is awaited afterwards: ``office``, ``provider``, ``customer`` or None (unchanged)
    :param scope: which other orders the event takes along: ``order`` none, ``offer`` all of the offer,
        ``trip`` those of the group that stand in the same state with the same provider
    :param tuple guards: names of ``GUARDS`` that must hold
    """
    sources: tuple
    target: str = None
    roles: tuple = ()
    required: tuple = ()
    stamp: str = None
    clock: str = None
    scope: str = 'order'
    guards: tuple = ()


TABLE = {
    'open': Transition(
        (None,), CREATED, (SYSTEM, SALES, CALL_CENTRE, *OFFICE, PROVIDER, CUSTOMER, INTEGRATION),
        stamp='opened_at', clock='office'),
    'assign': Transition(
        (CREATED,), ASSIGNED, (SYSTEM, SALES, CALL_CENTRE, *OFFICE), stamp='assigned_at', clock='provider',
        scope='trip'),
    'accept': Transition(
        (ASSIGNED,), ACCEPTED, (SYSTEM, PROVIDER, *OFFICE), stamp='accepted_at', clock='provider', scope='offer'),
    'reject': Transition(
        (ASSIGNED,), CREATED, (PROVIDER, *OFFICE), ('reason',), clock='office', scope='offer'),
    'expire': Transition((ASSIGNED,), CREATED, (SYSTEM,), clock='office', scope='offer'),
    'reassign': Transition(
        (ASSIGNED, ACCEPTED, ON_THE_WAY), ASSIGNED, OFFICE, ('reason', 'provider_id'),
        stamp='assigned_at', clock='provider', scope='trip', guards=('not_started', 'with_customer')),
    'plan': Transition(
        (CREATED, ASSIGNED, ACCEPTED), None, (SYSTEM, SALES, PROVIDER, CALL_CENTRE, *OFFICE, CUSTOMER, INTEGRATION),
        scope='trip', guards=('accepted_first', 'own_technician', 'may_reassign')),
    'depart': Transition(
        (ACCEPTED,), ON_THE_WAY, FIELD, stamp='departed_at', clock='provider', scope='trip',
        guards=('has_technician',)),
    'start': Transition(
        (ACCEPTED, ON_THE_WAY), IN_PROGRESS, FIELD, stamp='started_at', clock='provider',
        guards=('has_technician', 'here_or_in_workshop')),
    'suspend': Transition(
        (ON_THE_WAY, IN_PROGRESS), ACCEPTED, FIELD, ('outcome',), clock='provider', guards=('known_outcome', 'taken_in')),
    'pause': Transition(OPEN, None, (PROVIDER, CALL_CENTRE, *OFFICE), ('reason',), guards=('accepted_first', 'not_paused')),
    'resume': Transition(OPEN, None, (SYSTEM, PROVIDER, CALL_CENTRE, *OFFICE), guards=('accepted_first', 'paused')),
    'take_in': Transition(WITH_PROVIDER, None, FIELD, guards=('with_customer', 'known_holder')),
    'move': Transition(HOLDING, None, FIELD, ('custody',), guards=('not_with_customer', 'other_holder')),
    'hand_back': Transition(HOLDING, None, FIELD, guards=('not_with_customer',)),
    'refuse_warranty': Transition(
        WITH_PROVIDER, None, FIELD, ('reason',), guards=('in_warranty', 'no_open_quote', 'fault_photo')),
    'grant_warranty': Transition(
        WITH_PROVIDER, None, OFFICE, ('reason',), guards=('warranty_refused', 'no_open_quote')),
    'quote': Transition(
        (ACCEPTED, IN_PROGRESS), None, FIELD, ('text',), clock='customer', guards=('no_open_quote',)),
    'submit': Transition(
        (IN_PROGRESS,), AWAITING_APPROVAL, FIELD, stamp='submitted_at', clock='customer',
        guards=('may_close', 'evidence', 'no_open_quote', 'within_quote')),
    'approve': Transition(
        ASKING, None, (CUSTOMER, SYSTEM, CALL_CENTRE, MANAGER),
        ('approval_id',), clock='provider', guards=('pending_approval', 'words_of_office')),
    'dispute': Transition(
        ASKING, None, (CUSTOMER, SYSTEM, CALL_CENTRE, MANAGER),
        ('approval_id',), clock='office', guards=('pending_approval', 'words_for_work')),
    'remind': Transition(ASKING, None, (SYSTEM, CALL_CENTRE, *OFFICE), clock='customer', guards=('asked',)),
    'call': Transition(
        ASKING, None, (CALL_CENTRE, *OFFICE), ('call_outcome',), guards=('asked', 'known_call_outcome')),
    'not_mine': Transition(ASKING, None, (CUSTOMER, CALL_CENTRE, *OFFICE), guards=('asked',)),
    'send_code': Transition(ASKING, None, FIELD, guards=('asked',)),
    'rework': Transition(
        (AWAITING_APPROVAL,), IN_PROGRESS, (PROVIDER, *OFFICE), clock='provider', guards=('halted',)),
    'resolve': Transition(
        (AWAITING_APPROVAL,), None, OFFICE, ('reason',), clock='customer', guards=('halted',)),
    'cancel': Transition(
        (CREATED, ASSIGNED, ACCEPTED, ON_THE_WAY), CANCELED,
        (SYSTEM, SALES, CALL_CENTRE, *OFFICE, CUSTOMER, INTEGRATION), ('reason',), stamp='closed_at',
        guards=('with_customer', 'customer_may_cancel')),
    'return': Transition(
        (ACCEPTED, ON_THE_WAY, IN_PROGRESS, AWAITING_APPROVAL), RETURNED, (SYSTEM, SALES, PROVIDER, *OFFICE),
        ('reason',), stamp='closed_at', guards=('may_close',)),
    'collect': Transition(
        (IN_PROGRESS, AWAITING_APPROVAL, COMPLETED, RETURNED), None, (CALL_CENTRE, *FIELD), ('method', 'amount'),
        guards=('something_charged',)),
    'charge': Transition((COMPLETED, RETURNED), None, (SYSTEM, *OFFICE), guards=('something_charged', 'not_charged')),
    'edit': Transition(OPEN, None, (SYSTEM, CALL_CENTRE, *FIELD, INTEGRATION), guards=('accepted_first', 'may_edit_submitted')),
}


def target_of(event, facts):
    """Return the state after an event, for the rows whose target depends on what is answered.

    :param str event: key of ``TABLE``
    :param dict facts: see ``problem_of``
    """
    if event == 'approve' and facts['approval_kind'] == 'work':
        return COMPLETED
    if event == 'dispute' and facts['approval_kind'] == 'quote':
        return RETURNED
    return TABLE[event].target or facts['state']


def stamp_of(event, facts):
    """Return the stamp field that an event sets, None where it sets none."""
    target = target_of(event, facts)
    if target in CLOSED and target != facts['state']:
        return 'completed_at' if target == COMPLETED else 'closed_at'
    return TABLE[event].stamp


def clock_of(event, given):
    """Return who is awaited after an event, None when that does not change.

    :param str event: key of ``TABLE``
    :param dict given: what the actor gave
    """
    if event == 'suspend' and given.get('outcome') in OFFICE_OUTCOMES:
        return 'office'
    return TABLE[event].clock


def scope_of(event, given):
    """Return which other orders an event takes along: nobody at home is so for all of the trip.

    :param str event: what was asked for, not trusted
    :param dict given: what the actor gave
    """
    if event == 'suspend' and given.get('outcome') in WASTED_OUTCOMES:
        return 'trip'
    row = TABLE.get(event)
    return row.scope if row else 'order'


def is_of_provider(roles):
    """Tell whether somebody acts for a provider alone, so that the provider's switches hold for him.

    :param roles: his roles on an order
    :rtype: bool
    """
    return bool(roles) and {*roles} <= {PROVIDER, TECHNICIAN}


def _known_outcome(facts, given):
    return given.get('outcome') in OUTCOMES and given['outcome'] != 'done'


def _accepted_first(facts, given):
    return facts['state'] != ASSIGNED or not is_of_provider(facts['roles'])


def _may_edit_submitted(facts, given):
    return facts['state'] != AWAITING_APPROVAL or bool({*facts['roles']} & {*OFFICE})


def _own_technician(facts, given):
    assistants = given.get('assistant_ids') or []
    if not isinstance(assistants, list):
        return False
    crew = [*assistants, *filter(None, [given.get('personnel_id')])]
    return not crew and 'assistant_ids' not in given or (
        bool({*facts['roles']} & {PROVIDER, *OFFICE}) and all(
            isinstance(person, int) and person in facts['provider_personnel'] for person in crew))


def _may_reassign(facts, given):
    return (
        'reassign' in facts['switches'] or not facts['has_technician']
        or given.get('personnel_id') in (None, False, facts['personnel_id']))


def _pending_approval(facts, given):
    kind = facts['approval_kind']
    return kind == ('work' if facts['state'] == AWAITING_APPROVAL else 'quote')


def _words_of_office(facts, given):
    return bool({*facts['roles']} & {CUSTOMER, SYSTEM}) or bool(given.get('comment'))


# Each guard answers True when the event may go on; its name is the code of the problem otherwise.
GUARDS = {
    'not_started': lambda facts, given: not facts['has_started'],
    'accepted_first': _accepted_first,
    'own_technician': _own_technician,
    'may_reassign': _may_reassign,
    'may_close': lambda facts, given: 'close' in facts['switches'],
    'has_technician': lambda facts, given: facts['has_technician'],
    'here_or_in_workshop': lambda facts, given: (
        facts['state'] == ON_THE_WAY or facts['custody'] == 'workshop'),
    'known_outcome': _known_outcome,
    'taken_in': lambda facts, given: given.get('outcome') != 'workshop' or facts['custody'] != 'customer',
    'known_holder': lambda facts, given: not given.get('custody') or given['custody'] in HOLDERS,
    'other_holder': lambda facts, given: given.get('custody') in {*HOLDERS} - {facts['custody']},
    'paused': lambda facts, given: facts['paused'],
    'not_paused': lambda facts, given: not facts['paused'],
    'with_customer': lambda facts, given: facts['custody'] == 'customer',
    'not_with_customer': lambda facts, given: facts['custody'] != 'customer',
    'no_open_quote': lambda facts, given: not facts['open_quote'],
    'evidence': lambda facts, given: not facts['missing_evidence'],
    'in_warranty': lambda facts, given: facts['in_warranty'],
    'warranty_refused': lambda facts, given: facts['warranty_refused'],
    'fault_photo': lambda facts, given: facts['fault_photo'],
    'within_quote': lambda facts, given: not facts['beyond_quote'],
    'something_charged': lambda facts, given: facts['something_charged'],
    'not_charged': lambda facts, given: not facts['has_charge_order'],
    'pending_approval': _pending_approval,
    'asked': lambda facts, given: facts['asked'],
    'known_call_outcome': lambda facts, given: given.get('call_outcome') in CALL_OUTCOMES,
    'words_for_work': lambda facts, given: facts['approval_kind'] == 'quote' or bool(given.get('comment')),
    'words_of_office': _words_of_office,
    'halted': lambda facts, given: facts['halted'],
    'customer_may_cancel': lambda facts, given: (
        {*facts['roles']} != {CUSTOMER} or facts['state'] in (CREATED, ASSIGNED, ACCEPTED)),
    'may_edit_submitted': _may_edit_submitted,
}


def role_for(event, roles):
    """Return the first role of the table's row that the actor has, None when he has none."""
    return next((role for role in TABLE[event].roles if role in roles), None)


def problem_of(event, given, facts):
    """Say why an event is not legal.

    :param str event: key of ``TABLE``
    :param dict given: what the actor gave
    :param dict facts: ``state roles has_started has_technician custody paused open_quote asked halted
        missing_evidence approval_kind provider_personnel personnel_id in_warranty warranty_refused fault_photo
        beyond_quote something_charged has_charge_order`` of one order and actor, and ``switches``: which of
        ``close`` and ``reassign`` the actor's provider is allowed
    :return: None when it is legal, else ``(code, detail)``; codes are ``unknown``, ``state``, ``role``,
        ``missing`` (detail: the key) or the name of a guard
    """
    row = TABLE.get(event)
    if row is None:
        return 'unknown', event
    if facts['state'] not in row.sources:
        return 'state', facts['state']
    if role_for(event, facts['roles']) is None:
        return 'role', event
    for key in row.required:
        if not given.get(key):
            return 'missing', key
    for guard in row.guards:
        if not GUARDS[guard](facts, given):
            return guard, None
    return None


def legal_events(facts):
    """List the events whose state, role and guards hold now, whatever still has to be given.

    Guards that judge what is given count as held.

    :param dict facts: see ``problem_of``
    """
    on_given = {
        'own_technician', 'known_outcome', 'known_call_outcome', 'other_holder', 'evidence', 'fault_photo',
        'words_for_work', 'words_of_office'}
    return [
        event for event, row in TABLE.items()
        if facts['state'] in row.sources
        and role_for(event, facts['roles'])
        and all(guard in on_given or GUARDS[guard](facts, {}) for guard in row.guards)
    ]
