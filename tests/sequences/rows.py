"""All rows of some orders as the database holds them, and what must hold in them at any moment."""
import json

from sequences.model import AT_WORK, CLOSED
from sequences.stock import check_stock

# table: how its rows belong to orders
TABLES = {
    'stokiva_work_order': 'id = ANY(%(ids)s)',
    'stokiva_assignment': (
        'id IN (SELECT assignment_id FROM stokiva_assignment_work_order_rel WHERE work_order_id = ANY(%(ids)s))'),
    'stokiva_event_personal': 'event_id IN (SELECT id FROM stokiva_event WHERE work_order_id = ANY(%(ids)s))',
    'stokiva_settlement_line': 'settlement_id IN (SELECT id FROM stokiva_settlement WHERE work_order_id = ANY(%(ids)s))',
    'stokiva_take_in_line': 'take_in_id IN (SELECT id FROM stokiva_take_in WHERE work_order_id = ANY(%(ids)s))',
    'stock_location': 'stokiva_provider_id IS NOT NULL',
    'stock_quant': 'location_id IN (SELECT id FROM stock_location WHERE stokiva_provider_id IS NOT NULL)',
    'stock_move': 'stokiva_work_order_id = ANY(%(ids)s)',
    'mail_activity': "res_model = 'stokiva.work.order' AND res_id = ANY(%(ids)s)",
    **dict.fromkeys((
        'stokiva_visit', 'stokiva_event', 'stokiva_approval', 'stokiva_labour_line', 'stokiva_part_line',
        'stokiva_media', 'stokiva_message', 'stokiva_settlement', 'stokiva_take_in'), 'work_order_id = ANY(%(ids)s)'),
}
DUMP = ' UNION ALL '.join(
    f"SELECT '{table}', id, to_jsonb(row) - 'write_date' - 'write_uid' FROM {table} AS row WHERE {condition}"
    for table, condition in TABLES.items())
# What an approval showed, and what its completion was about: never changed again.
FROZEN = ('stokiva_visit', 'stokiva_approval', 'stokiva_labour_line', 'stokiva_part_line', 'stokiva_media')
# The customer may fetch his device later, pay, and get his invoice.
NOT_FROZEN = {
    'priority', 'user_id', 'message_main_attachment_id', 'custody', 'event_seq', 'event_hash', 'amount_collected',
    'is_payment_due', 'payment_problem', 'charge_order_id', 'charge_problem', 'parts_due'}
# The part is on the line; from where it came is found out later.
OF_STOCK = ('stock_state', 'return_state', 'return_due', 'cost')
STAMPS = ('opened_at', 'assigned_at', 'accepted_at', 'submitted_at', 'completed_at')


def dump(cr, ids):
    """Return ``{table: {id: row}}`` of orders.

    :param list ids: of the orders
    """
    cr.execute(DUMP, {'ids': list(ids)})
    found = {table: {} for table in TABLES}
    for table, id_, row in cr.fetchall():
        found[table][id_] = row
    return found


def of_order(rows, table, order_id):
    """Return the rows of a table that belong to one order, by id."""
    return [row for _id, row in sorted(rows[table].items()) if row['work_order_id'] == order_id]


def frozen_part(rows, order):
    """Return what may not change any more of a completed order."""
    found = {table: of_order(rows, table, order['id']) for table in FROZEN}
    found['stokiva_part_line'] = [
        {name: value for name, value in line.items() if name not in OF_STOCK} for line in found['stokiva_part_line']]
    found |= {name: value for name, value in order.items() if name not in NOT_FROZEN}
    found['offer'] = rows['stokiva_assignment'].get(order['assignment_id'])
    return found


def find_wrong(rows):
    """Return what is wrong in the rows of some orders, in words.

    :param dict rows: see `dump`
    :rtype: list
    """
    wrong = []
    for order in rows['stokiva_work_order'].values():
        for check in (check_events, check_custody, check_visits, check_offer, check_approvals, check_stamps, check_settlement,
                      check_stock):
            wrong += [f'{order["name"]}: {problem}' for problem in check(rows, order)]
    return wrong


def check_events(rows, order):
    """No gap in the chain, each event begins where the last ended, the last where the order stands."""
    events, state = of_order(rows, 'stokiva_event', order['id']), None
    for number, event in enumerate(sorted(events, key=lambda event: event['seq']), start=1):
        if event['seq'] != number:
            yield f'event {number} is missing'
        if event['state_before'] != state:
            yield f'event {number} begins in {event["state_before"]}, not in {state}'
        if event['occurred_at'] > event['recorded_at']:
            yield f'event {number} happened after it was recorded'
        state = event['state_after']
    if state != order['state']:
        yield f'it is {order["state"]}, its last event says {state}'
    if order['event_seq'] != (len(events) or None) and (order['event_seq'] or 0) != len(events):
        yield f'its head says {order["event_seq"]} events, there are {len(events)}'


def check_custody(rows, order):
    """A device that is away from its customer has one open stay, a device that is with him none."""
    stays = [stay for stay in of_order(rows, 'stokiva_take_in', order['id']) if not stay['handed_back_at']]
    if len(stays) != (order['custody'] != 'customer'):
        yield f'the device is with the {order["custody"]}, and {len(stays)} stays are open'
    if order['state'] == 'canceled' and order['custody'] != 'customer':
        yield 'canceled with the device away from its customer'


def check_visits(rows, order):
    """One current visit while somebody is at work, none under way otherwise."""
    visits = of_order(rows, 'stokiva_visit', order['id'])
    under_way = [visit['id'] for visit in visits if not visit['finished_at']]
    if order['state'] in AT_WORK:
        if under_way != [order['visit_id']]:
            yield f'visits {under_way} are under way, the current one is {order["visit_id"]}'
    elif under_way:
        yield f'visits {under_way} are under way in the state {order["state"]}'
    if len({visit['sequence'] for visit in visits}) < len(visits):
        yield 'two visits have one number'
    for visit in visits:
        times = [visit[name] for name in ('departed_at', 'arrived_at', 'finished_at') if visit[name]]
        if times != sorted(times):
            yield f'visit {visit["sequence"]} goes back in time: {times}'
        if bool(visit['finished_at']) != bool(visit['outcome']):
            yield f'visit {visit["sequence"]} ended with {visit["outcome"]}'


def check_offer(rows, order):
    """At most one offer is open, and the current one says what the order says."""
    state, offer = order['state'], rows['stokiva_assignment'].get(order['assignment_id'])
    if (state in ('created', None)) != (not order['provider_id']) and state not in CLOSED:
        yield f'{state} with provider {order["provider_id"]}'
    if order['provider_id'] and (not offer or offer['provider_id'] != order['provider_id']):
        yield 'its provider has no offer'
    wanted = {'assigned': 'offered', **dict.fromkeys((*AT_WORK, 'awaiting_approval', 'completed'), 'accepted')}.get(state)
    if wanted and offer['state'] != wanted:
        yield f'{state}, but its offer is {offer["state"]}'
    if state in (*CLOSED, 'created') and offer and offer['state'] == 'offered' and not any(
            other['assignment_id'] == offer['id'] and other['state'] == 'assigned'
            for other in rows['stokiva_work_order'].values()):
        yield f'{state} with an open offer'


def check_approvals(rows, order):
    """Completed by an approval of the work; asked exactly while the customer has to answer."""
    approvals = of_order(rows, 'stokiva_approval', order['id'])
    pending = [approval['kind'] for approval in approvals if approval['state'] == 'pending']
    granted = [approval for approval in approvals if (approval['kind'], approval['state']) == ('work', 'approved')]
    if len(pending) > len(set(pending)):
        yield f'asked twice: {pending}'
    if len(granted) != (order['state'] == 'completed'):
        yield f'{order["state"]} with {len(granted)} approvals'
    if order['state'] == 'awaiting_approval' and ('work' in pending) == bool(order['is_halted']):
        yield f'awaiting approval, halted: {order["is_halted"]}, asked: {pending}'
    if order['state'] in CLOSED and pending:
        yield f'{order["state"]} with open requests {pending}'
    if order['state'] != 'awaiting_approval' and (order['is_halted'] or 'work' in pending):
        yield f'{order["state"]}, halted: {order["is_halted"]}, asked: {pending}'
    for approval in approvals:
        if (approval['state'] in ('approved', 'disputed')) != bool(approval['answered_at']):
            yield f'a request is {approval["state"]} and answered at {approval["answered_at"]}'


def check_stamps(rows, order):
    """The stamps up to where the order stands do not go back in time."""
    reached = {'created': 1, 'assigned': 2, 'accepted': 3, 'on_the_way': 3, 'in_progress': 3, 'awaiting_approval': 4,
               'completed': 5}.get(order['state'], 0)
    times = [order[name] for name in STAMPS[:reached]]
    if None in times or times != sorted(times):
        yield f'stamps of {order["state"]}: {times}'
    if order['started_at'] and order['started_at'] < order['opened_at']:
        yield 'started before it was opened'
    if order['state'] in CLOSED and not (order['completed_at'] or order['closed_at']):
        yield 'closed at no time'


def check_settlement(rows, order):
    """One live settlement for completed work, for other work of nothing but what the provider keeps: that once."""
    live = [row for row in of_order(rows, 'stokiva_settlement', order['id'])
            if not row['rejected_at'] and not row['reversal_of_id'] and not row['adjusts_id']]
    kept = 0.0
    if order['state'] in CLOSED:
        payments = [json.loads(row['payload']) for row in of_order(rows, 'stokiva_event', order['id']) if row['event'] == 'collect']
        kept = sum(payment['amount'] for payment in payments if payment['kept'])
    if len(live) > 1 or not live and (order['state'] == 'completed' or kept):
        yield f'{order["state"]} with {len(live)} settlements'
    ids = [row['id'] for row in live]
    lines = [row for row in rows['stokiva_settlement_line'].values() if row['settlement_id'] in ids]
    deducted = sum(row['amount'] for row in lines if row['source'] == 'deduction')
    if abs(deducted + kept) > 0.001:
        yield f'{order["state"]} with {kept} in the provider\'s hands, of which {-deducted} were deducted'
    if order['state'] != 'completed' and any(row['source'] != 'deduction' for row in lines):
        yield f'{order["state"]} with paid work'
