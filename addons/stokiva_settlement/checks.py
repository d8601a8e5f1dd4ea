"""Checks of what a settlement claims, before it is approved. No ORM: everything here is tested without a database.

Each kind of check gets *facts*, rows about one settlement, and the parameters of its rule, and returns the
*findings*: dicts of plain values that show what is wrong. Nothing found: the check is passed. Which facts a kind
wants is said in its function; formulas and defaults are in ``docs/claims.md``.
"""
from collections import defaultdict
from datetime import timedelta
from math import comb, erfc, sqrt

from odoo.addons.stokiva_service.geo import get_distance

MISSING_PHOTOS, SAME_PHOTO, PHOTO_FACTS = 'missing_photos', 'same_photo', 'photo_facts'
CHECK_IN, TRAVEL, REPEAT, PARTS = 'check_in', 'travel', 'repeat', 'parts'
AMOUNT, WARRANTY, CLOSED_DAY, SERIAL, APPROVAL = 'amount', 'warranty', 'closed_day', 'serial', 'approval'
PASS, WARN, HOLD = 'pass', 'warn', 'hold'
RESULTS = (PASS, WARN, HOLD)

# A robust standard deviation is the median of the deviations by this (of a normal distribution).
MAD_SCALE = 0.6745
# Prices of a rate card are often all the same: deviations below this part of the median are none.
LEAST_SPREAD = 0.05
# What an uncertain position excuses at most, in km: nobody can excuse himself by a worse one.
MOST_ACCURACY = 0.5
# A share of approvals is drawn towards that of all providers as if there were so many more of those.
PRIOR = 20

_checks = {}


def check(kind, **parameters):
    """Register a function as the check of a kind, with its parameters and their defaults."""
    def register(function):
        _checks[kind] = function, parameters
        return function
    return register


def get_parameters(kind):
    """Return the parameters of a kind and their defaults.

    :param str kind: key of a check
    :rtype: dict
    """
    return _checks[kind][1]


def judge(kind, facts, parameters, action):
    """Return what a check says of one settlement.

    :param str kind: key of a check
    :param list facts: its rows, dicts
    :param dict parameters: as ``get_parameters``
    :param str action: ``warn`` or ``hold``: what a finding means
    :return: ``pass``, ``warn`` or ``hold``, and the findings
    :rtype: tuple(str, list)
    """
    findings = _checks[kind][0](facts, parameters)
    return (action if findings else PASS), findings


def get_worst(results):
    """Return the worst of some results.

    :param results: iterable of keys of ``RESULTS``
    :rtype: str
    """
    return max(results, key=RESULTS.index, default=PASS)


def _get_km(row, one, other):
    """Return the kilometres between two places of a row, None where one is not known."""
    points = [(row[f'{name}_latitude'], row[f'{name}_longitude']) for name in (one, other)]
    return get_distance(*points) if all(latitude for latitude, _longitude in points) else None


@check(MISSING_PHOTOS, count=0)
def find_missing_photos(facts, parameters):
    """Fewer photos than the service type wants, or than ``count`` in all.

    :param list facts: ``before``, ``after``, ``total``: photos there are; ``wanted_before``, ``wanted_after``
    """
    findings = []
    for row in facts:
        for kind, number in (
            ('before', row['wanted_before'] or 0), ('after', row['wanted_after'] or 0), ('total', parameters['count']),
        ):
            if row[kind] < number:
                findings.append({'photos': kind, 'found': row[kind], 'wanted': number})
    return findings


@check(SAME_PHOTO, bits=50)
def find_same_photos(facts, parameters):
    """A photo that an earlier order, of another group, has already.

    :param list facts: per such photo ``media_id``, ``old_media_id``, ``old_order_id``, ``old_order``, ``bits``
    """
    return [dict(row) for row in facts if row['bits'] <= parameters['bits']]


@check(PHOTO_FACTS, hours=12, distance_km=2.0)
def find_strange_photos(facts, parameters):
    """A photo taken before the job began, or far from it.

    :param list facts: per photo ``media_id``, ``taken_at``, ``began_at``, and positions ``photo_…``, ``site_…``,
        ``shop_…`` (the provider's place, for devices that were in its workshop, else None)
    """
    findings = []
    for row in facts:
        taken, began = row['taken_at'], row['began_at']
        if taken and began and taken < began - timedelta(hours=parameters['hours']):
            findings.append({
                'media_id': row['media_id'], 'taken_at': taken, 'began_at': began,
                'hours': round((began - taken).total_seconds() / 3600, 1)})
        distances = [
            km for km in (_get_km(row, 'photo', 'site'), _get_km(row, 'photo', 'shop')) if km is not None]
        if row['site_latitude'] and distances and min(distances) > parameters['distance_km']:
            findings.append({'media_id': row['media_id'], 'km': round(min(distances), 2)})
    return findings


@check(CHECK_IN, distance_km=1.0)
def find_far_check_ins(facts, parameters):
    """Work begun far from the address, beyond what the phone itself says it may err.

    :param list facts: per visit ``visit_id``, ``arrived_at``, ``accuracy`` in metres, positions ``arrived_…``, ``site_…``
    """
    findings = []
    for row in facts:
        km = _get_km(row, 'arrived', 'site')
        excused = min((row['accuracy'] or 0) / 1000, MOST_ACCURACY)
        if km is not None and km - excused > parameters['distance_km']:
            findings.append({'visit_id': row['visit_id'], 'arrived_at': row['arrived_at'], 'km': round(km, 2)})
    return findings


@check(TRAVEL, speed_kmh=120.0, distance_km=5.0)
def find_impossible_travel(facts, parameters):
    """A technician who was at another job so shortly before that nobody drives so fast.

    :param list facts: per visit ``visit_id``, ``arrived_at``, the job before it (``old_order_id``, ``old_order``,
        ``old_arrived_at``, ``old_finished_at``), positions ``site_…``, ``old_…``
    """
    findings = []
    for row in facts:
        km = _get_km(row, 'site', 'old')
        if km is None or km <= parameters['distance_km']:
            continue
        finished = row['old_finished_at']
        # Who closes his jobs in the evening left when he arrived at the next one, at the latest.
        left = finished if finished and finished <= row['arrived_at'] else row['old_arrived_at']
        hours = (row['arrived_at'] - left).total_seconds() / 3600
        if km > hours * parameters['speed_kmh']:
            findings.append({
                'visit_id': row['visit_id'], 'old_order_id': row['old_order_id'], 'old_order': row['old_order'],
                'km': round(km, 1), 'minutes': round(hours * 60), 'speed_kmh': round(km / hours) if hours else None})
    return findings


@check(REPEAT, days=30)
def find_repeats(facts, parameters):
    """The provider was at the same device for the same fault, or one of its family, shortly before.

    :param list facts: per earlier order ``old_order_id``, ``old_order``, ``fault``, ``done_at``, ``opened_at``
    """
    return [
        {'old_order_id': row['old_order_id'], 'old_order': row['old_order'], 'fault': row['fault'],
         'days': (row['opened_at'] - row['done_at']).days}
        for row in facts
        if timedelta(0) <= row['opened_at'] - row['done_at'] <= timedelta(days=parameters['days'])]


@check(PARTS, days=0)
def find_missing_moves(facts, parameters):
    """A part of ours that left no stock, or whose defective one did not come back in time.

    :param list facts: per part of the company's stock ``part_line_id``, ``part``, ``is_moved``, ``return_state``,
        ``return_due``, ``today``
    """
    findings = []
    for row in facts:
        if not row['is_moved']:
            findings.append({'part_line_id': row['part_line_id'], 'part': row['part'], 'lacks': 'move'})
        elif row['return_state'] in ('due', 'sent') and row['return_due'] and (
                row['today'] - row['return_due']).days > parameters['days']:
            findings.append({
                'part_line_id': row['part_line_id'], 'part': row['part'], 'lacks': 'return',
                'due': row['return_due'], 'days': (row['today'] - row['return_due']).days})
    return findings


@check(AMOUNT, percent=20.0, factor=6.0, count=20)
def find_unusual_amounts(facts, parameters):
    """More by hand than the rates give, or far more than such work usually earns.

    The spread is robust: median of the deviations from the median, which no few large amounts change.

    :param list facts: ``earned``, ``by_hand``, ``by_rates``; of the latest settlements of the same service type, device
        type and currency ``median``, ``mad`` and ``peers``, their number
    """
    findings = []
    for row in facts:
        most = row['by_rates'] * parameters['percent'] / 100
        if row['by_rates'] > 0 and row['by_hand'] > most:
            findings.append({
                'why': 'by_hand', 'by_hand': row['by_hand'], 'by_rates': row['by_rates'],
                'percent': parameters['percent']})
        if row['peers'] >= parameters['count'] and row['median'] > 0:
            spread = max(row['mad'], LEAST_SPREAD * row['median']) / MAD_SCALE
            deviations = (row['earned'] - row['median']) / spread
            if deviations > parameters['factor']:
                findings.append({
                    'why': 'unusual', 'earned': row['earned'], 'median': row['median'], 'peers': row['peers'],
                    'factor': round(deviations, 1)})
    return findings


@check(WARRANTY, days=0)
def find_ended_warranties(facts, parameters):
    """Work or a part claimed as warranty that had ended when the fault was reported.

    :param list facts: per line claimed so ``what`` (``labour`` or ``parts``), ``name``, ``until``, ``day``
    """
    return [
        {'what': row['what'], 'name': row['name'], 'until': row['until'], 'day': row['day'],
         'days': (row['day'] - row['until']).days}
        for row in facts if row['until'] and (row['day'] - row['until']).days > parameters['days']]


@check(CLOSED_DAY)
def find_closed_days(facts, _parameters):
    """Work begun on a day on which the provider is closed, at whatever hour.

    :param list facts: per visit ``visit_id``, ``arrived_at``, ``day`` where the provider is, ``is_open``
    """
    return [{'visit_id': row['visit_id'], 'day': row['day']} for row in facts if not row['is_open']]


@check(SERIAL, distance_km=0.5, days=365)
def find_double_serials(facts, parameters):
    """The serial number of the device is that of another one, at another place.

    :param list facts: per other device ``device_id``, ``device``, ``serial``, ``old_order_id``, ``old_order``, ``days``
        between the two jobs, positions ``site_…``, ``old_…``
    """
    findings = []
    for row in facts:
        km = _get_km(row, 'site', 'old')
        # Where a position is not known, another address is another place.
        if row['days'] <= parameters['days'] and (km is None or km > parameters['distance_km']):
            findings.append({
                'device_id': row['device_id'], 'serial': row['serial'], 'old_order_id': row['old_order_id'],
                'old_order': row['old_order'], 'km': km and round(km, 1)})
    return findings


def _get_tail(number, least, share):
    """Return how probable at least so many of a number are, each with a probability."""
    return sum(comb(number, many) * share ** many * (1 - share) ** (number - many) for many in range(least, number + 1))


@check(APPROVAL, days=30, count=10, factor=3.0)
def find_unusual_approvals(facts, parameters):
    """Approved by call or document while the provider has many more of those than is usual for it.

    The number in the days around is compared with what the share before would give: it is found if the binomial
    distribution makes so many as improbable as ``factor`` standard deviations of a normal one are. The share before is
    drawn towards that of all providers, the more the less is known.

    :param list facts: ``channel``; in the days around ``number`` of approvals and ``spoken``, those by call or document;
        the same before: ``old_number``, ``old_spoken``; the share of all providers before: ``usual``
    """
    findings = []
    for row in facts:
        share = (row['old_spoken'] + PRIOR * row['usual']) / (row['old_number'] + PRIOR)
        share = min(max(share, 0.01), 0.99)
        if row['number'] >= parameters['count'] and (
                _get_tail(row['number'], row['spoken'], share) < erfc(parameters['factor'] / sqrt(2)) / 2):
            findings.append({
                'channel': row['channel'], 'number': row['number'], 'spoken': row['spoken'],
                'percent': round(100 * row['spoken'] / row['number']), 'usual_percent': round(100 * share),
                'days': parameters['days']})
    return findings


KINDS = tuple(_checks)


def group_facts(rows):
    """Return rows by their settlement.

    :param rows: dicts with ``settlement_id``, which is taken off
    :return: ``{id: [row]}``, an empty list for what is missing
    """
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.pop('settlement_id')].append(row)
    return grouped
