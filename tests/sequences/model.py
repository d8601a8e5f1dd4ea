"""What the design says of a work order's life, told a second time and apart from the product's own table.

Nothing of the product is imported. A `Job` is what the model knows of one order; `refusal` says why an event
must be refused, None if it must be accepted; `follow` makes of the job what the event makes of the order.
"""
from dataclasses import dataclass, field

from sequences.given import TIMES, is_malformed, is_window, to_time
from sequences.stock import find_short, follow_lines

OFFICE = {'dispatcher', 'manager'}
FIELD = {'technician', 'provider'} | OFFICE
DESK = {'call centre'} | OFFICE
OPEN = ('created', 'assigned', 'accepted', 'on_the_way', 'in_progress', 'awaiting_approval')
CLOSED = ('completed', 'canceled', 'returned')
AT_WORK = ('accepted', 'on_the_way', 'in_progress')
HOLDING = (*AT_WORK, 'awaiting_approval', 'completed', 'returned')
WASTED = ('absent', 'no_access', 'wrong_address')
ANSWERABLE = (*AT_WORK, 'awaiting_approval')
REFUSALS = ('misuse', 'third_party', 'voltage', 'liquid', 'transport', 'wear', 'no_proof', 'other')
PERHAPS = 'perhaps'  # the model leaves open whether it is refused
HOLDERS = ('technician', 'workshop')
ANSWERS = {'customer', 'system', 'call centre', 'manager'}
CODES = 5  # that a customer is sent in a day

# event: from which states, to which, who, what must be given
EVENTS = {
    'open': ((None,), 'created', {'system', 'sales', 'provider', 'customer', 'integration'} | DESK, ()),
    'assign': (('created',), 'assigned', {'system', 'sales'} | DESK, ('provider_id',)),
    'accept': (('assigned',), 'accepted', {'system', 'provider'} | OFFICE, ()),
    'reject': (('assigned',), 'created', {'provider'} | OFFICE, ('reason',)),
    'expire': (('assigned',), 'created', {'system'}, ()),
    'reassign': (('assigned', 'accepted', 'on_the_way'), 'assigned', OFFICE, ('reason', 'provider_id')),
    'plan': (
        ('created', 'assigned', 'accepted'), None,
        {'system', 'sales', 'provider', 'customer', 'integration'} | DESK, ()),
    'depart': (('accepted',), 'on_the_way', FIELD, ()),
    'start': (('accepted', 'on_the_way'), 'in_progress', FIELD, ()),
    'suspend': (('on_the_way', 'in_progress'), 'accepted', FIELD, ('outcome',)),
    'pause': (OPEN, None, {'provider'} | DESK, ('reason',)),
    'resume': (OPEN, None, {'provider', 'system'} | DESK, ()),
    'take_in': (AT_WORK, None, FIELD, ()),
    'move': (HOLDING, None, FIELD, ('custody',)),
    'hand_back': (HOLDING, None, FIELD, ()),
    'refuse_warranty': (AT_WORK, None, FIELD, ('reason',)),
    'grant_warranty': (AT_WORK, None, OFFICE, ('reason',)),
    'quote': (('accepted', 'in_progress'), None, FIELD, ('text',)),
    'collect': (('in_progress', 'awaiting_approval', 'completed', 'returned'), None, FIELD | DESK, ('method', 'amount')),
    'charge': (('completed', 'returned'), None, {'system'} | OFFICE, ()),
    'submit': (('in_progress',), 'awaiting_approval', FIELD, ()),
    'approve': (ANSWERABLE, None, ANSWERS, ('approval_id',)),
    'dispute': (ANSWERABLE, None, ANSWERS, ('approval_id',)),
    'remind': (ANSWERABLE, None, {'system'} | DESK, ()),
    'call': (ANSWERABLE, None, DESK, ('call_outcome',)),
    'not_mine': (ANSWERABLE, None, {'customer'} | DESK, ()),
    'send_code': (ANSWERABLE, None, FIELD, ()),
    'rework': (('awaiting_approval',), 'in_progress', {'provider'} | OFFICE, ()),
    'resolve': (('awaiting_approval',), None, OFFICE, ('reason',)),
    'cancel': (
        ('created', 'assigned', 'accepted', 'on_the_way'), 'canceled',
        {'system', 'sales', 'customer', 'integration'} | DESK, ('reason',)),
    'return': (
        ('accepted', 'on_the_way', 'in_progress', 'awaiting_approval'), 'returned',
        {'system', 'sales', 'provider'} | OFFICE, ('reason',)),
}
OUTCOMES = ('absent', 'no_access', 'wrong_address', 'part_missing', 'workshop', 'refused')
# Orders of one offer are answered together, those of one trip are moved together.
TOGETHER = {
    **dict.fromkeys(('accept', 'reject', 'expire'), 'offer'),
    **dict.fromkeys(('assign', 'reassign', 'plan', 'depart'), 'trip')}


@dataclass
class Job:
    """What is known of one order; providers and people by name."""
    company: str
    place: str
    of_sale: bool
    needs_approval: bool
    missing_photos: int
    in_group: bool
    state: str = None
    provider: str = None
    technician: str = None
    offer: int = 0
    custody: str = 'customer'
    accessories: tuple = ()  # taken in with the device
    halted: bool = False
    paused: bool = False
    begun: bool = False
    window: tuple = (None, None)
    has_fault_photo: bool = False
    is_warranty_refused: bool = False
    is_paid: bool = False  # the customer pays whatever the warranty says
    charged: float = 0.0  # sums are the product's business: they are read from the order
    agreed: float = 0.0
    collected: float = 0.0
    asked: dict = field(default_factory=dict)  # what waits for the customer: {kind: approval id}
    lapsed: set = field(default_factory=set)  # of what is asked: the kinds whose link has ended
    muted: bool = False  # whoever gets the messages said that the job is not his
    codes: int = 0
    refused_by: list = field(default_factory=list)
    parts: dict = field(default_factory=dict)  # {line id: stock.Part}, only what is counted
    moved: dict = field(default_factory=dict)  # {line id: quantity} that left the shelf, also for lines that are gone
    lines: tuple = ()  # ids of all part lines


@dataclass(frozen=True)
class Actor:
    """Somebody who tries. ``roles`` are those of the office; a person of a provider has those of his job."""
    name: str
    roles: frozenset = frozenset()
    companies: str = ''  # of an employee: whose orders he sees
    sees: str = ''  # all, sales or own
    provider: str = None
    person: str = None
    job: str = None  # dispatcher or technician of the provider
    is_customer: bool = False
    is_employee: bool = False


def roles_of(actor, job):
    """Return the actor's roles on a job, None where he may not even see it."""
    if actor.is_employee and job.state is not None:
        seen = {'all': True, 'sales': job.of_sale, 'own': job.technician == actor.person, '': False}[actor.sees]
        if job.company not in actor.companies or not seen:
            return None
    roles = set(actor.roles)
    if actor.provider and actor.provider == job.provider:
        if actor.job == 'dispatcher':
            roles |= {'provider', 'technician'}
        elif actor.person == job.technician:
            roles |= {'technician'}
    if actor.is_customer:
        roles |= {'customer'}
    return roles


class Model:
    """The rules; ``providers`` says what is known of each, ``people`` who works for whom.

    :param dict providers: ``{id: {'name', 'company' (None: shared), 'active', 'can_close', 'can_reassign'}}``
    :param dict people: ``{id: (name, provider name)}``
    :param accessories: ids of those that may come with a device
    :param int attempts: how many providers may refuse before the office has to choose
    """

    def __init__(self, providers, people, accessories, attempts):
        self.accessories = set(accessories)
        self.providers = providers
        self.by_name = {provider['name']: provider for provider in providers.values()}
        self.people = people
        self.attempts = attempts
        self.jobs = {}  # those that are played now
        self.shelves = {}  # {(provider name, company): quantity} of the counted part

    def refusal(self, event, actor, given, jobs):
        """Say why an event must be refused for some of the jobs that it is about, None if it must be accepted."""
        for job in jobs:
            why = self._refusal(event, actor, given, job)
            if why:
                return why
        return None

    def _refusal(self, event, actor, given, job):
        if event not in EVENTS:
            return 'unknown'
        sources, _target, who, required = EVENTS[event]
        roles = roles_of(actor, job)
        if roles is None:
            return 'unseen'
        if job.state not in sources:
            return 'state'
        if not roles & who:
            return 'role'
        if is_malformed(given) or any(not given.get(name) for name in required):
            return 'given'
        for_provider = roles <= {'provider', 'technician'}
        check = getattr(self, f'_refuse_{event}', None)
        return check(job, given, roles, for_provider) if check else None

    # -- what each event wants besides -----------------------------------------------------------------

    def _refuse_assign(self, job, given, roles, for_provider):
        provider = self.providers.get(given['provider_id'])
        if not provider or not provider['active'] or provider['company'] not in (None, job.company):
            return 'provider'

    def _refuse_reassign(self, job, given, roles, for_provider):
        if job.begun or job.custody != 'customer':
            return 'begun'
        return self._refuse_assign(job, given, roles, for_provider)

    def _refuse_plan(self, job, given, roles, for_provider):
        if job.state == 'assigned' and for_provider:
            return 'accept first'
        if 'assistant_ids' in given:
            crew = {self.people.get(id_, (None, None))[1] for id_ in given['assistant_ids'] or ()}
            if not roles & ({'provider'} | OFFICE) or crew - {job.provider} or job.state != 'accepted':
                return 'assistants'
        if person := given.get('personnel_id'):
            name, provider = self.people.get(person, (None, None))
            if not roles & ({'provider'} | OFFICE) or provider is None or provider != job.provider:
                return 'technician'
            if for_provider and job.technician and name != job.technician and (
                    not self.by_name[job.provider]['can_reassign']):
                return 'may not change the technician'
        elif 'assistant_ids' not in given and not any(name in given for name in TIMES):
            return 'nothing'
        return None if is_window(self._window(job, given)) else 'window'

    def _window(self, job, given):
        return tuple(
            (to_time(given[name]) if given[name] else None) if name in given else before
            for name, before in zip(TIMES, job.window, strict=True))

    def _refuse_depart(self, job, given, roles, for_provider):
        return None if job.technician else 'no technician'

    def _refuse_start(self, job, given, roles, for_provider):
        if not job.technician:
            return 'no technician'
        if job.state != 'on_the_way' and job.custody != 'workshop':
            return 'not there'

    def _refuse_suspend(self, job, given, roles, for_provider):
        if given['outcome'] == 'workshop' and job.custody == 'customer':
            return 'take it in first'
        if not is_window(self._window(job, {**dict.fromkeys(TIMES), **given})):
            return 'window'
        return None if given['outcome'] in OUTCOMES else 'outcome'

    def _refuse_pause(self, job, given, roles, for_provider):
        return 'paused' if job.paused else self._accept_first(job, for_provider)

    def _refuse_resume(self, job, given, roles, for_provider):
        return self._accept_first(job, for_provider) if job.paused else 'runs'

    def _accept_first(self, job, for_provider):
        return 'accept first' if job.state == 'assigned' and for_provider else None

    def _refuse_take_in(self, job, given, roles, for_provider):
        if job.custody != 'customer' or given.get('signature'):
            return 'taken in, or no picture of a signature'
        if given.get('custody') and given['custody'] not in HOLDERS or set(given.get('accessory_ids') or ()) - self.accessories:
            return 'holder or accessory'

    def _refuse_move(self, job, given, roles, for_provider):
        return None if job.custody in HOLDERS and given['custody'] in HOLDERS and given['custody'] != job.custody else 'holder'

    def _refuse_hand_back(self, job, given, roles, for_provider):
        ticked = set(given.get('accessory_ids') or ())
        if job.custody == 'customer' or ticked - set(job.accessories) or given.get('signature'):
            return 'with the customer'
        return 'something is missing' if set(job.accessories) - ticked and not (given.get('note') or '').strip() else None

    def _refuse_quote(self, job, given, roles, for_provider):
        amount = given.get('amount')
        if 'quote' in job.asked or (amount is not None and not 0 < amount < 1e9):
            return 'quote'
        if job.charged:
            return 'another price' if amount is not None and abs(amount - job.charged) >= 0.01 else None
        return 'no price' if amount is None else None

    def _refuse_refuse_warranty(self, job, given, roles, for_provider):
        if given['reason'] not in REFUSALS or (given['reason'] == 'other' and not given.get('note')):
            return 'reason'
        return 'not now' if job.is_paid or job.is_warranty_refused or 'quote' in job.asked or not job.has_fault_photo else None

    def _refuse_grant_warranty(self, job, given, roles, for_provider):
        return None if job.is_warranty_refused and 'quote' not in job.asked else 'not refused'

    def _refuse_collect(self, job, given, roles, for_provider):
        amount = round(given['amount'], 2) if abs(given['amount']) < 1e9 else 1e9
        receipt = given.get('receipt')
        if not job.charged or given['method'] not in ('cash', 'card') or not (
                receipt is None or (isinstance(receipt, str) and len(receipt) <= 40)):
            return 'payment'
        if (amount < 0 and not roles & OFFICE) or not -0.001 < job.collected + amount < job.charged + 0.001:
            return 'amount'

    def _refuse_charge(self, job, given, roles, for_provider):
        return PERHAPS if job.charged else 'nothing to pay'

    def _refuse_submit(self, job, given, roles, for_provider):
        if for_provider and not self.by_name[job.provider]['can_close']:
            return 'may not close'
        if job.missing_photos > 0 or 'quote' in job.asked or job.charged - job.agreed > 0.001:
            return 'not ready'
        return self._refuse_short(job, job.parts, roles)

    def _refuse_short(self, job, parts, roles):
        """The office cannot fit what is not there; the field is believed, once it is fitted."""
        news = [id_ for id_ in find_short(job, parts, self.jobs.values(), self.shelves) if parts[id_].state != 'short']
        return 'not in stock' if news and not roles & {'technician', 'provider'} else None

    def _refuse_approve(self, job, given, roles, for_provider):
        kind = self._kind(job)
        if job.asked.get(kind) != given['approval_id'] or given.get('shown_hash'):
            return 'not asked'
        if kind in job.lapsed and not roles & (ANSWERS - {'customer'}):
            return 'lapsed'
        if given.get('signature'):
            return 'no picture'
        return None if roles & {'customer', 'system'} or given.get('comment') else 'words'

    def _refuse_dispute(self, job, given, roles, for_provider):
        if job.state == 'awaiting_approval' and not given.get('comment'):
            return 'words'
        return self._refuse_approve(job, given, roles, for_provider)

    def _kind(self, job):
        return 'work' if job.state == 'awaiting_approval' else 'quote'

    def _is_muted(self, job):
        return job.muted or (job.in_group and any(mate.muted and mate.state in OPEN for mate in self.jobs.values()))

    def _refuse_remind(self, job, given, roles, for_provider):
        if self._kind(job) not in job.asked:
            return 'not asked'
        return 'wrong number' if self._is_muted(job) and not roles & OFFICE else None

    def _refuse_call(self, job, given, roles, for_provider):
        return 'outcome' if given['call_outcome'] not in ('not_reached', 'call_back') else self._refuse_not_mine(
            job, given, roles, for_provider)

    def _refuse_not_mine(self, job, given, roles, for_provider):
        return None if self._kind(job) in job.asked else 'not asked'

    def _refuse_send_code(self, job, given, roles, for_provider):
        kind = self._kind(job)
        if kind not in job.asked or kind in job.lapsed or self._is_muted(job):
            return 'not asked'
        return 'too many' if job.codes >= CODES else None

    def _refuse_rework(self, job, given, roles, for_provider):
        return None if job.halted else 'not disputed'

    _refuse_resolve = _refuse_rework

    def _refuse_cancel(self, job, given, roles, for_provider):
        if job.custody != 'customer':
            return 'taken in'
        return 'too late' if roles == {'customer'} and job.state == 'on_the_way' else None

    def _refuse_return(self, job, given, roles, for_provider):
        return 'may not close' if for_provider and not self.by_name[job.provider]['can_close'] else None

    def refusal_of_parts(self, actor, job, parts):
        """Say why a submitted job's parts must not become these, None if they may."""
        return self._refuse_short(job, parts, roles_of(actor, job))

    def refusal_of_edit(self, actor, job):
        """Say why the job's fields and lines must not be changed by the actor now."""
        roles = roles_of(actor, job)
        if roles is None or not roles & (FIELD | {'call centre', 'system', 'integration'}):
            return 'role'
        if job.state not in OPEN:
            return 'state'
        if job.state == 'awaiting_approval' and not roles & OFFICE:
            return 'submitted'
        return self._accept_first(job, roles <= {'provider', 'technician'})

    # -- what follows ----------------------------------------------------------------------------------

    def follow(self, event, given, job):
        """Change the job as the event does; what is chosen at random or by the engine is left to the player."""
        target = EVENTS[event][1] or job.state
        special = getattr(self, f'_follow_{event}', None)
        if special:
            target = special(given, job) or target
        job.state = target
        if target in CLOSED:
            job.halted = job.paused = False
            job.asked, job.lapsed = {}, set()

    def _follow_assign(self, given, job):
        job.provider = self.providers[given['provider_id']]['name']

    def _follow_reassign(self, given, job):
        self._follow_assign(given, job)
        job.technician = None
        job.paused = job.paused and 'quote' not in job.asked
        job.asked, job.lapsed = {}, set()

    def _follow_reject(self, given, job):
        job.refused_by.append(job.provider)
        job.provider = job.technician = None

    _follow_expire = _follow_reject

    def _follow_plan(self, given, job):
        job.window = self._window(job, given)
        if given.get('personnel_id'):
            job.technician = self.people[given['personnel_id']][0]

    def _follow_start(self, given, job):
        job.begun = True

    def _follow_suspend(self, given, job):
        job.window = self._window(job, {**dict.fromkeys(TIMES), **given})

    def _follow_pause(self, given, job):
        job.paused = True

    def _follow_resume(self, given, job):
        job.paused = False

    def _follow_take_in(self, given, job):
        at_desk = job.state == 'accepted'
        job.custody = given.get('custody') or ('workshop' if at_desk else 'technician')
        job.place = 'collected' if not at_desk else 'brought_in' if job.place == 'on_site' else job.place
        job.accessories = tuple(given.get('accessory_ids') or ())

    def _follow_move(self, given, job):
        job.custody = given['custody']

    def _follow_hand_back(self, given, job):
        job.custody = 'customer'

    def _follow_refuse_warranty(self, given, job):
        job.is_warranty_refused = True

    def _follow_grant_warranty(self, given, job):
        job.is_warranty_refused = False

    def _follow_quote(self, given, job):
        job.paused, job.asked['quote'] = True, None  # a new request: which, the player sees
        job.lapsed.discard('quote')

    def _follow_submit(self, given, job):
        self._follow_resolve(given, job)
        follow_lines(job, self.jobs.values(), self.shelves)

    def _follow_resolve(self, given, job):
        job.halted, job.asked['work'] = False, None
        job.lapsed.discard('work')

    def _follow_approve(self, given, job):
        return 'completed' if self._answered(job) == 'work' else None

    def _follow_dispute(self, given, job):
        if self._answered(job) == 'quote':
            return 'returned'
        job.halted = True

    def _answered(self, job):
        kind = self._kind(job)
        job.asked.pop(kind)
        job.lapsed.discard(kind)
        job.halted = False
        if kind == 'quote':
            job.paused = False
        return kind

    def _follow_remind(self, given, job):
        for mate in [job, *(mate for mate in self.jobs.values() if job.in_group and mate.state in OPEN)]:
            mate.muted = False
        if self._kind(job) in job.lapsed:
            job.asked[self._kind(job)] = None  # by a new link
            job.lapsed.discard(self._kind(job))

    def _follow_not_mine(self, given, job):
        job.muted = True

    def _follow_send_code(self, given, job):
        job.codes += 1

    def _follow_rework(self, given, job):
        job.halted, job.asked, job.lapsed = False, {}, set()

    def engine_choices(self, job):
        """Return the names of those to whom the engine may give the job after a refusal."""
        if len(job.refused_by) >= self.attempts:
            return set()
        return {
            provider['name'] for provider in self.providers.values()
            if provider['active'] and provider['covers'] and provider['company'] in (None, job.company)
            and provider['name'] not in job.refused_by}
