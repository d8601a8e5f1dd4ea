"""Where counted parts have to be, told a second time: on a provider's shelf, with the customer, or defective on a shelf."""
from collections import Counter
from dataclasses import dataclass

USED = ('awaiting_approval', 'completed')
UNDONE = ('canceled', 'returned')
NEW = 10**9  # stands for the id of a line that is about to be added


@dataclass
class Part:
    """A counted part on a job. ``state``: None until it is submitted, then waiting, short, done or own."""
    quantity: float
    state: str = None


def find_short(job, parts, jobs, shelves):
    """Return for which of a job's parts its provider has not enough: what others wait for is not there for it.

    :param Job job: of whose provider
    :param dict parts: ``{line id: Part}`` as they are or would be
    :param jobs: all that are played
    :param dict shelves: ``{(provider, company): quantity}``
    :return: ids of lines
    """
    free = shelves.get((job.provider, job.company), 0.0)
    for other in jobs:
        if other is not job and (other.provider, other.company) == (job.provider, job.company):
            for _id, part in sorted(other.parts.items()):
                if part.state == 'waiting' and part.quantity <= free:
                    free -= part.quantity
    short = []
    for id_, part in sorted(parts.items()):
        if part.state in ('done', 'own'):
            continue
        if part.quantity <= free:
            free -= part.quantity
        else:
            short.append(id_)
    return short


def follow_lines(job, jobs, shelves):
    """Mark the parts of work that is said to be done: those that will leave the shelf, those that cannot."""
    short = find_short(job, job.parts, jobs, shelves)
    for id_, part in job.parts.items():
        if part.state not in ('done', 'own'):
            part.state = 'short' if id_ in short else 'waiting'


def follow_moves(job, jobs, shelves):
    """Do with a job what the mover of parts does: what is fitted leaves the shelf, what is not comes back."""
    if job.state not in (*USED, *UNDONE):
        return
    shelf = job.provider, job.company
    kept = job.parts if job.state in USED else {}
    for id_ in [id_ for id_ in job.moved if id_ not in kept or kept[id_].state != 'done']:
        shelves[shelf] += job.moved.pop(id_)
    if job.state in UNDONE:
        for part in job.parts.values():
            part.state = 'own' if part.state == 'own' else None
        return
    follow_lines(job, jobs, shelves)
    for id_, part in job.parts.items():
        if part.state == 'waiting':
            part.state = 'done'
            job.moved[id_] = part.quantity
            shelves[shelf] -= part.quantity


def check_stock(rows, order):
    """What left a shelf for an order is what its submitted lines say, and nothing for work that was not done."""
    fitted, defective = count_moves(rows, order['id'])
    lines = {row['id']: row for row in rows['stokiva_part_line'].values() if row['work_order_id'] == order['id']}
    submitted = any(
        event['event'] == 'submit' for event in rows['stokiva_event'].values() if event['work_order_id'] == order['id'])
    if not submitted and +fitted:
        yield f'parts left the shelf, and it was never submitted: {fitted}'
    for id_, line in lines.items():
        if line['stock_state'] == 'done' and fitted[id_] != line['quantity']:
            yield f'{fitted[id_]} of part {id_} left the shelf, {line["quantity"]} are fitted'
        if defective[id_] != (line['quantity'] if line['return_state'] == 'due' else 0):
            yield f'{defective[id_]} defective of part {id_} came, which is {line["return_state"]}'
        if line['stock_state'] != 'done' and not order['parts_due'] and order['state'] in USED and fitted[id_]:
            yield f'part {id_} is {line["stock_state"]}, and {fitted[id_]} left the shelf'
        if order['state'] in UNDONE and not order['parts_due'] and line['stock_state'] not in (None, 'own'):
            yield f'{order["state"]}, and part {id_} is {line["stock_state"]} for ever'
    removed = sum(fitted[id_] for id_ in fitted if id_ not in lines)
    if removed and not order['parts_due'] and order['state'] in USED:
        yield f'{removed} parts left the shelf for lines that are gone'
    if order['state'] in UNDONE and not order['parts_due'] and (+fitted or +defective):
        yield f'{order["state"]}, and parts stayed away: {fitted}, {defective}'


def count_moves(rows, order_id):
    """Return what left shelves less what came back, and what came defective, each by line: ``(Counter, Counter)``."""
    fitted, defective, places = Counter(), Counter(), rows['stock_location']
    for move in rows['stock_move'].values():
        if move['stokiva_work_order_id'] != order_id or move['state'] != 'done':
            continue
        for place, sign in ((move['location_id'], 1), (move['location_dest_id'], -1)):
            if place in places and places[place]['stokiva_is_defective']:
                defective[move['stokiva_part_line_id']] -= sign * move['quantity']
            elif place in places:
                fitted[move['stokiva_part_line_id']] += sign * move['quantity']
    return fitted, defective


def count_places(rows):
    """Return what lies at each provider's place by the quants, and by the moves of the orders alone.

    :return: two of ``{location id: quantity}``
    """
    quants, moves = Counter(), Counter()
    for quant in rows['stock_quant'].values():
        quants[quant['location_id']] += quant['quantity']
    for move in rows['stock_move'].values():
        if move['state'] == 'done':
            moves[move['location_id']] -= move['quantity']
            moves[move['location_dest_id']] += move['quantity']
    return quants, Counter({place: quantity for place, quantity in moves.items() if place in rows['stock_location']})
