"""What is tried: random steps, legal by the model or at random, with good, absent and hostile values."""
from dataclasses import dataclass

from hypothesis import strategies as st

from sequences.model import EVENTS, OUTCOMES, REFUSALS

# What somebody may send in place of what is expected.
HOSTILE = (
    None, '', 'x', ' ', -1, 0, 10**7, 2**31, 2**63, 1.5, float('nan'), float('inf'), True, (), (1,), {}, {'id': {'id': 1}},
    'A' * 200_000, 'a\0b', '\ud800', "'; DROP TABLE stokiva_event; --", '%s %(x)s', '{link}', '2026-02-31 00:00:00',
    '9999-12-31 23:59:59', b'bytes', object(),
)
SPOILED = (
    'reason', 'provider_id', 'personnel_id', 'approval_id', 'outcome', 'amount', 'text', 'comment', 'note', 'name', 'stars',
    'custody', 'window_start', 'window_end', 'unknown', 'accessory_ids', 'signature', 'shown_hash', 'signed_by', 'assistant_ids', 'method', 'receipt', 'call_outcome')
WINDOWS = (
    {}, {'window_start': '2031-05-05 09:00:00', 'window_end': '2031-05-05 11:00:00'},
    {'window_start': '2031-05-06 13:00:00', 'window_end': '2031-05-06 15:00:00'},
    {'window_start': '2031-05-06 13:00:00', 'window_end': '2031-05-06 12:00:00'},
    {'window_start': '2001-01-01 00:00:00'}, {'window_start': False, 'window_end': False})
# Steps that lead on come more often, else few orders would be completed.
ONWARD = {
    None: 'open', 'created': 'assign', 'assigned': 'accept', 'accepted': 'plan', 'on_the_way': 'start',
    'in_progress': 'submit', 'awaiting_approval': 'approve'}
ENDS = ('cancel', 'return')
# How the work begins, from which state.
BEGINNING = {'assign': 'created', 'accept': 'assigned', 'plan': 'accepted', 'depart': 'accepted', 'start': 'on_the_way'}
# Possible so seldom that they are chosen when they are.
RARE = ('collect', 'charge', 'resolve')


@dataclass(frozen=True)
class Setup:
    """With what a sequence begins. ``begun_with``: which provider is at work on it already, 0 for none."""
    company: str
    units: int
    place: str
    service_type: str
    of_sale: bool
    is_open: bool
    has_part: bool = False
    begun_with: int = 0


def begin_with(number):
    """Return the choice by which one of the providers gets the order, and then its technician."""
    return 18 * number


@dataclass(frozen=True)
class Step:
    """One attempt. ``choice`` picks among what is possible; ``spoil`` replaces one value by a hostile one.

    ``how``: ``lawful`` an event that the model allows, ``wild`` any event by anybody, ``edit`` fields or lines,
    ``photo``, ``stock`` parts come, go, or are moved, ``repeat`` the last event by its key, ``forge`` a protected field, ``lapse`` the customer's link ends.
    ``by_button``: whether employees do it on the screen, where that has a button for it.
    """
    how: str
    choice: int
    unit: int
    event: str
    actor: str
    spoil: tuple
    when: int
    by_button: bool


def scenarios(actors, longest):
    """Return the strategy of sequences: a setup and its steps.

    :param list actors: names of who there is
    :param int longest: most steps
    """
    setup = st.builds(
        Setup, company=st.sampled_from('AAB'), units=st.sampled_from((1, 1, 2)),
        place=st.sampled_from(('on_site', 'on_site', 'brought_in', 'collected')),
        service_type=st.sampled_from(('plain', 'paid', 'photos', 'unasked')), of_sale=st.booleans(),
        is_open=st.sampled_from((True, True, True, False)), has_part=st.booleans(),
        begun_with=st.integers(0, 6))
    spoil = st.one_of(
        st.none(), st.none(), st.none(), st.tuples(st.sampled_from(SPOILED), st.sampled_from(range(len(HOSTILE) + 4))))
    step = st.builds(
        Step,
        how=st.sampled_from((
            *['lawful'] * 24, *['wild'] * 4, *['edit'] * 5, *['stock'] * 3, 'photo', 'photo', 'repeat', 'forge', 'lapse')),
        choice=st.integers(0, 10**6), unit=st.integers(0, 1), event=st.sampled_from((*EVENTS, 'unheard_of')),
        actor=st.sampled_from(actors), spoil=spoil, when=st.sampled_from((0, 0, 0, -3600, -10**8, 10**6)),
        by_button=st.booleans())
    return st.tuples(setup, st.lists(step, min_size=longest // 2, max_size=longest))


def choose(options, job, choice):
    """Return one of the legal events and one of its actors; what leads on comes more often, ends seldom.

    :param dict options: ``{event: names of actors}``
    :param Job job: of the order
    """
    onward = ONWARD.get(job.state)
    if job.state == 'accepted' and job.technician:
        onward = 'depart'
    elif job.halted:
        onward = 'rework'
    # Parts that have left a shelf are to come back often enough.
    for_onward, for_end = (6, 6) if job.moved else (30, 1)
    weighted = []
    for event in options:
        weighted += [event] * (for_onward if event == onward else 15 if event in RARE else for_end if event in ENDS else 2)
    if not weighted:
        return None
    luck = choice * 2654435761 % 2**32  # neighbours are to lead to different choices
    event = weighted[luck % len(weighted)]
    return event, options[event][luck // 1009 % len(options[event])]


def prepare(event, job, world, choice):  # noqa: C901 a plain list of cases
    """Return what an event is given by somebody who means well."""
    providers = [name for name, provider in world.model.by_name.items()
                 if provider['active'] and provider['company'] in (None, job.company)]
    texts = {'reason': ('busy', "No time", 'other')[choice % 3]}
    if event in ('assign', 'reassign'):
        return {**texts, 'provider_id': world.provider_ids[providers[choice % len(providers)]]}
    if event == 'plan':
        given = dict(WINDOWS[choice % len(WINDOWS)])
        if job.provider and (choice // 7 % 3 or not given):
            given['personnel_id'] = world.person_ids[
                f'{job.provider} ' + ('technician', 'technician 2', 'dispatcher')[choice // 3 % 3]]
        return given
    if event == 'suspend':
        return {'outcome': OUTCOMES[choice % len(OUTCOMES)], 'note': "He was out"}
    if event == 'quote':
        return {'text': "A new fan"} | ({} if job.charged else {'amount': (100, 99.5)[choice % 2]})
    if event == 'refuse_warranty':
        return {'reason': REFUSALS[choice % len(REFUSALS)], 'note': "It was under water"}
    if event == 'collect':
        return {'method': ('cash', 'card')[choice % 2], 'amount': round(job.charged - job.collected, 2) or 1, 'receipt': "R 1"}
    if event in ('approve', 'dispute'):
        asked = job.asked.get('work' if job.state == 'awaiting_approval' else 'quote')
        return {'approval_id': asked, 'comment': "Said so", 'name': "Ayşe", 'stars': choice % 6}
    if event == 'call':
        return {'call_outcome': ('not_reached', 'call_back')[choice % 2], 'note': "Engaged"}
    if event == 'take_in':
        return [{}, {'custody': 'workshop'}, {'custody': 'technician', 'accessory_ids': world.accessories}][choice % 3]
    if event == 'move':
        return {'custody': 'workshop' if job.custody == 'technician' else 'technician'}
    if event == 'hand_back':
        return {'accessory_ids': [*job.accessories]} if choice % 3 else {'note': "Lost"}
    return texts if event in ('reject', 'pause', 'resolve', 'cancel', 'return', 'grant_warranty') else {}


def spoil(given, what, world):
    """Return the given values with one of them replaced by something hostile."""
    name, index = what
    foreign = (world.provider_ids['other'], world.person_ids['other technician'], world.provider_ids['gone'], 1)
    return {**given, name: (*HOSTILE, *foreign)[index]}
