"""What people change in an order beside its events: fields and lines."""
from sequences.stock import NEW, Part


def add_part(world, job, **values):
    return {'part_line_ids': [(0, 0, {'product_id': world.part, 'quantity': 2, **values})]}


def add_pump(world, job):
    return add_part(world, job, product_id=world.pump)


EDITS = (
    add_pump,
    lambda world, job: {'diagnosis': "The fan is stuck"},
    lambda world, job: {'internal_note': "Ring twice"},
    lambda world, job: {'labour_line_ids': [(0, 0, {'workmanship_id': world.workmanship})]},
    add_part,
    add_pump,
    lambda world, job: add_part(world, job, product_id=world.pump, is_provider_stock=True),
    lambda world, job: {'part_line_ids': [(2, job.lines[0])]} if job.lines else {'diagnosis': "Nothing fitted"},
    lambda world, job: add_part(world, job, quantity=-1),
    lambda world, job: {'device_id': world.stranger_device},
)
BAD_EDITS = EDITS[8:]


def expect_parts(world, job, values):
    """Return the counted parts of a job after an edit of its lines, a new one under the id ``NEW``."""
    parts = dict(job.parts)
    for command, id_, line in ((*command, None)[:3] for command in values['part_line_ids']):
        if command == 2:
            parts.pop(id_, None)
        elif line['product_id'] == world.pump and not line.get('is_provider_stock'):
            parts[NEW] = Part(line['quantity'])
    return parts
