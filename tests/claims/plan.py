"""What a year of claims looks like: honest ones, a third of which look odd and are not, and frauds of every kind.

Nothing here knows a database: `make` returns plain rows, which `seed.py` writes. The ranges of every fraud and of every
oddity are the constants below.
"""
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KINDS = (
    'missing_photos', 'same_photo', 'photo_facts', 'check_in', 'travel', 'repeat', 'parts', 'amount', 'warranty',
    'closed_day', 'serial', 'approval')
# Parts of the honest ones that look odd: together 30 %.
ODD = ('repeat visit', 'same building', 'position error', 'similar kitchen', 'odd hours')
ODD_PART = 0.06

# Frauds
FRAUD_HOURS_BEFORE = (24, 400 * 24)      # photo taken before the job began
FRAUD_PHOTO_KM = (3, 800)                # or far from it
FRAUD_CHECK_IN_KM = (1.8, 300)           # work begun far from the address
FRAUD_TRAVEL_KM = (60, 600)              # a second job so far away,
FRAUD_TRAVEL_MINUTES = (5, 25)           # so soon after the first
FRAUD_REPEAT_DAYS = (1, 28)              # the same fault again
FRAUD_OVERDUE_DAYS = (5, 100)            # the defective part is still out
FRAUD_AMOUNT = (3, 6)                    # times what such work usually earns
FRAUD_BY_HAND = (0.3, 1)                 # or so much added by hand
FRAUD_ENDED_DAYS = (1, 700)              # the warranty had ended
FRAUD_SERIAL_KM = 1.5                    # the other place is at least so far away
BURST = 14                               # approvals by call or document in a row
# Honest ones
SPREAD = 0.25                            # of what work earns, both ways
BY_HAND = 0.15                           # what is added by hand to one in ten
POSITION_KM = 0.06                       # what phones err; of the odd ones
POSITION_ERROR_KM = 0.3
SPOKEN = 0.08                            # approvals by call or document
KEPT_DAYS = (0, 900)                     # the warranty still lasts
OTHER_FAULT_DAYS = (2, 25)               # repeat visit for another fault,
LATER_DAYS = (33, 90)                    # or for the same one much later
TOWN_KM = 10
BUILDING = 12                            # flats with the same kitchen, or neighbours served one after the other
PROVIDERS, TECHNICIANS = 100, 3          # settlements per provider, people of each

ZONE = timedelta(hours=3)                # where the providers are

FAMILIES, FAULTS = 6, 3                  # families of faults, faults in each
TYPES = 4                                # kinds of work, with what they usually earn
USUAL = (350, 600, 900, 1500)


@dataclass
class Claim:
    """One order with its settlement; times in UTC, places in degrees.

    :ivar str kind: the kind of fraud, or of oddity; empty for the plain ones
    :ivar tuple photo: what it shows: building, flat, number of the claim it is copied from or None, how
    """
    number: int
    provider: int
    technician: int
    arrived: datetime
    finished: datetime
    place: tuple
    device: int
    fault: tuple
    work: int
    serial: str
    amount: float
    photo: tuple
    kind: str = ''
    is_fraud: bool = False
    opened: datetime = None
    photo_place: tuple = None
    photo_taken: datetime = None
    check_in: tuple = None
    by_hand: float = 0.0
    until: object = None
    has_part: bool = False
    part_lacks: str = ''
    overdue: int = 0
    channel: str = 'link'
    site: int = field(default=None)

    def settle(self, rng, error=POSITION_KM):
        """Fill in what follows from time and place: an honest job."""
        self.opened = self.arrived - timedelta(hours=rng.uniform(3, 90))
        self.photo_taken = self.arrived + timedelta(minutes=rng.uniform(1, 30))
        self.check_in, self.photo_place = (move(self.place, rng.uniform(0, error), rng) for _what in range(2))
        self.until = (self.opened + ZONE).date() + timedelta(days=rng.randint(*KEPT_DAYS))


def move(place, km, rng):
    """Return a place so far from another one, in some direction."""
    from math import cos, pi, radians, sin  # noqa: PLC0415

    angle = rng.uniform(0, 2 * pi)
    latitude, longitude = place
    return latitude + km * cos(angle) / 111.2, longitude + km * sin(angle) / (111.2 * cos(radians(latitude)))


def make(number, frauds, open_days, closed_days, seed=7):
    """Return claims in the order of their times.

    :param int number: how many
    :param int frauds: how many of each kind
    :param list open_days: dates on which providers work
    :param list closed_days: dates on which they do not
    :param int seed: another one gives others
    :rtype: list
    """
    rng = random.Random(seed)
    claims = _make_honest(number, open_days, rng)
    _make_odd(claims, rng)
    _make_frauds(claims, frauds, closed_days, rng)
    return claims


def _make_honest(number, open_days, rng):
    """Return plain jobs: technicians drive from one to the next, in their town, by day."""
    providers = max(2, number // PROVIDERS)
    towns = [(rng.uniform(37, 41), rng.uniform(28, 40)) for _provider in range(providers)]
    days = sorted(rng.choice(open_days) for _claim in range(number))
    claims, clocks = [], {}
    for index, day in enumerate(days):
        provider = rng.randrange(providers)
        technician = provider * TECHNICIANS + rng.randrange(TECHNICIANS)
        begin = clocks.get((technician, day)) or datetime.combine(day, datetime.min.time()) + timedelta(
            hours=5.5, minutes=rng.randrange(60))
        arrived = begin + timedelta(minutes=rng.randint(25, 50))
        finished = arrived + timedelta(minutes=rng.randint(30, 80))
        clocks[technician, day] = finished
        work = rng.randrange(TYPES)
        claim = Claim(
            index, provider, technician, arrived, finished, move(towns[provider], rng.uniform(0, TOWN_KM), rng), index,
            (rng.randrange(FAMILIES), rng.randrange(FAULTS)), work, f'SN{index:07}',
            round(USUAL[work] * rng.uniform(1 - SPREAD, 1 + SPREAD), 2), (f'b{index}', 0, None, None), site=index)
        claim.settle(rng)
        claim.has_part = rng.random() < 0.2
        claim.channel = rng.choice(('call', 'document')) if rng.random() < SPOKEN else rng.choice(('link', 'sms', 'on_site'))
        if rng.random() < 0.1:
            claim.by_hand = round(claim.amount * rng.uniform(0.02, BY_HAND), 2)
        claims.append(claim)
    return claims


def _make_odd(claims, rng):
    """Let a third of the honest ones look odd."""
    chosen = rng.sample(claims, int(len(claims) * ODD_PART * len(ODD)))
    each = len(chosen) // len(ODD)
    groups = {kind: sorted(chosen[place * each:(place + 1) * each], key=lambda claim: claim.number)
              for place, kind in enumerate(ODD)}
    for kind, group in groups.items():
        for claim in group:
            claim.kind = kind
    for claim in groups['repeat visit']:
        _come_again(claim, claims, rng, rng.choice((OTHER_FAULT_DAYS, LATER_DAYS)))
    for group in _in_buildings(groups['same building']):
        for claim in group:
            # Neighbours, one after the other: no way between them, the same furniture.
            claim.place = group[0].place
            claim.photo = (f's{group[0].number}', claim.number, None, None)
            claim.settle(rng)
    for group in _in_buildings(groups['similar kitchen']):
        for claim in group:
            claim.photo = (f's{group[0].number}', claim.number, None, None)
    for claim in groups['position error']:
        claim.settle(rng, POSITION_ERROR_KM)
    for claim in groups['odd hours']:
        moment = datetime.combine(claim.arrived.date(), datetime.min.time()) + timedelta(hours=rng.choice((3.2, 18.5, 20)))
        claim.arrived, claim.finished = moment, moment + timedelta(minutes=40)
        claim.settle(rng)


def _in_buildings(group):
    """Return claims in groups of one provider each, of at most ``BUILDING``."""
    by_provider = {}
    for claim in group:
        by_provider.setdefault(claim.provider, []).append(claim)
    return [batch[start:start + BUILDING] for batch in by_provider.values() for start in range(0, len(batch), BUILDING)]


def _come_again(claim, claims, rng, days, same=False):
    """Make a claim the next one for the device of an earlier plain one of its provider."""
    earlier = [
        other for other in claims[:claim.number] if other.provider == claim.provider and not other.kind
        and days[0] < (claim.arrived - other.finished).total_seconds() / 86400 - 0.3 < days[1]]
    if not earlier:
        return False
    first = rng.choice(earlier)
    claim.device, claim.site, claim.place, claim.serial = first.device, first.site, first.place, first.serial
    claim.photo = (first.photo[0], claim.number, None, None)
    claim.settle(rng)
    claim.opened = claim.arrived - timedelta(hours=3)
    claim.until = first.until = max(claim.until, first.until)
    if same:
        claim.fault = (first.fault[0], rng.randrange(FAULTS))
    elif days == OTHER_FAULT_DAYS:
        claim.fault = ((first.fault[0] + 1) % FAMILIES, first.fault[1])
    else:
        claim.fault = first.fault
    first.kind = first.kind or 'visited before'
    return True


# === FRAUDS === #

def _make_frauds(claims, number, closed_days, rng):
    """Let plain claims be frauds, so many of each kind."""
    for claim in _get_bursts(claims, max(number, BURST), rng):
        claim.channel = rng.choice(('call', 'document'))
        claim.kind, claim.is_fraud = 'approval', True
    for kind, commit in _FRAUDS.items():
        done = 0
        for claim in rng.sample(claims, len(claims)):
            if done < number and not claim.kind and commit(claim, claims, rng, closed_days):
                claim.kind, claim.is_fraud = kind, True
                done += 1
        assert done == number, f'only {done} of {kind}'


def _get_bursts(claims, number, rng):
    """Return so many claims, at least `BURST` in a row of each provider that they are of."""
    by_provider = {}
    for claim in claims[len(claims) // 3:]:
        if not claim.kind:
            by_provider.setdefault(claim.provider, []).append(claim)
    count = number // BURST
    bursts = []
    for place, batch in enumerate(rng.sample(list(by_provider.values()), count)):
        size = number // count + (place < number % count)
        start = rng.randint(0, len(batch) - size)
        bursts += batch[start:start + size]
    return bursts


def _miss_photos(claim, _claims, _rng, _closed):
    claim.photo = None
    return True


def _copy_photo(claim, claims, rng, _closed):
    if claim.number < len(claims) // 10:
        return False
    source = rng.choice([other for other in claims[:claim.number] if other.photo and not other.is_fraud and other.photo[2] is None])
    source.kind = source.kind or 'copied from'
    claim.photo = (source.photo[0], source.photo[1], source.number, rng.choice(('recompressed', 'resized', 'cropped', 'cropped and resized')))
    return True


def _take_elsewhere(claim, _claims, rng, _closed):
    if rng.random() < 0.5:
        claim.photo_taken = claim.arrived - timedelta(hours=rng.uniform(*FRAUD_HOURS_BEFORE))
    else:
        claim.photo_place = move(claim.place, rng.uniform(*FRAUD_PHOTO_KM), rng)
    return True


def _check_in_far(claim, _claims, rng, _closed):
    claim.check_in = move(claim.place, rng.uniform(*FRAUD_CHECK_IN_KM), rng)
    return True


def _travel_fast(claim, claims, rng, _closed):
    day = claim.arrived.date()
    last = {}
    for other in claims:
        if other.provider == claim.provider and other.arrived.date() == day and other is not claim:
            last[other.technician] = max(last.get(other.technician, other), other, key=lambda item: item.arrived)
    firsts = [other for other in last.values() if not other.is_fraud and other.kind != 'odd hours']
    if not firsts or any(
            other.technician == claim.technician and other.arrived > claim.arrived and other.arrived.date() == day
            for other in claims if other.provider == claim.provider):
        return False
    first = rng.choice(firsts)
    claim.technician = first.technician
    claim.arrived = first.finished + timedelta(minutes=rng.uniform(*FRAUD_TRAVEL_MINUTES))
    claim.finished = claim.arrived + timedelta(minutes=30)
    claim.place = move(first.place, rng.uniform(*FRAUD_TRAVEL_KM), rng)
    claim.settle(rng)
    first.kind = first.kind or 'travelled from'
    return True


def _repeat(claim, claims, rng, _closed):
    return _come_again(claim, claims, rng, FRAUD_REPEAT_DAYS, same=True)


def _lose_part(claim, _claims, rng, _closed):
    claim.has_part = True
    claim.part_lacks = rng.choice(('move', 'return'))
    claim.overdue = rng.randint(*FRAUD_OVERDUE_DAYS)
    return True


def _ask_much(claim, _claims, rng, _closed):
    if rng.random() < 0.5:
        claim.amount = round(USUAL[claim.work] * rng.uniform(*FRAUD_AMOUNT), 2)
        claim.by_hand = 0.0
    else:
        claim.by_hand = round(claim.amount * rng.uniform(*FRAUD_BY_HAND), 2)
    return True


def _claim_ended_warranty(claim, _claims, rng, _closed):
    claim.until = claim.opened.date() - timedelta(days=rng.randint(*FRAUD_ENDED_DAYS))
    return True


def _work_when_closed(claim, _claims, rng, closed_days):
    near = [day for day in closed_days if abs((day - claim.arrived.date()).days) < 9]
    if not near:
        return False
    moment = datetime.combine(rng.choice(near), datetime.min.time()) + timedelta(hours=rng.uniform(6, 15))
    claim.arrived, claim.finished = moment, moment + timedelta(minutes=45)
    claim.settle(rng)
    return True


def _reuse_serial(claim, claims, rng, _closed):
    from odoo.addons.stokiva_service.geo import get_distance  # noqa: PLC0415

    earlier = [
        other for other in claims[:claim.number] if not other.is_fraud and other.finished < claim.arrived
        and other.device == other.number and get_distance(other.place, claim.place) > FRAUD_SERIAL_KM]
    if not earlier:
        return False
    source = rng.choice(earlier)
    source.kind = source.kind or 'serial taken from'
    claim.serial = source.serial
    return True


_FRAUDS = dict(zip(KINDS, (
    _miss_photos, _copy_photo, _take_elsewhere, _check_in_far, _travel_fast, _repeat, _lose_part, _ask_much,
    _claim_ended_warranty, _work_when_closed, _reuse_serial), strict=False))
