"""A phone that comes back with 500 operations, against the same done directly through the one door.

    scripts/bench field_sync
    tests/bench/field_sync.py DATABASE [--jobs 20] [--bar 3]

As the app sends them: 20 a request, each with what differs on the jobs it touched. The process exits with 1 when the CPU
of syncing (Python and PostgreSQL) is more than BAR times that of the events and edits alone. Nothing is committed.
"""
import argparse
import sys
import time
import uuid
from pathlib import Path

from common import backend_cpu, clone, environment, table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from field_app.world import FieldWorld

LINES = 10


def make_ops(payloads):
    """Return what is done on a job, ``(type, payload)`` each."""
    return [
        ('event', {'event': 'depart'}), ('event', {'event': 'start'}), ('check', payloads['check']),
        ('check', dict(payloads['check'], remark="2 bar")), ('findings', payloads['findings']),
        *[('labour_add', payloads['labour_add'])] * LINES, *[('part_add', payloads['part_add'])] * LINES,
    ]


def do_directly(order, user, type_, payload):
    """Do what an operation does, without the app."""
    door = {'actor': user, 'channel': 'field'}
    if type_ == 'event':
        return order._apply_event(payload['event'], **door)
    if type_ == 'check':
        return order._edit({'checklist_line_ids': [(1, payload['line'], {
            'is_done': True, 'remark': payload.get('remark')})]}, **door)
    if type_ == 'findings':
        return order._edit(payload, **door)
    field = {'labour_add': 'labour_line_ids', 'part_add': 'part_line_ids'}[type_]
    return order._edit({field: [(0, 0, payload)]}, **door)


def measure(env, work):
    """Return wall and CPU seconds and queries of some work."""
    pid = env.cr._cnx.info.backend_pid
    env.flush_all()
    env.invalidate_all()
    queries, wall, cpu = env.cr.sql_log_count, time.perf_counter(), time.process_time() + backend_cpu(pid)
    work()
    env.flush_all()
    return time.perf_counter() - wall, time.process_time() + backend_cpu(pid) - cpu, env.cr.sql_log_count - queries


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--source', default='test', help="what is cloned")
    parser.add_argument('--jobs', type=int, default=20)
    parser.add_argument('--bar', type=float, default=3.0)
    options = parser.parse_args()
    with clone(options.source) as database, environment(database) as env:
        from odoo.addons.stokiva_portal.field import FieldSnapshot, protocol  # noqa: PLC0415

        world = FieldWorld(env)
        orders = env['stokiva.work.order'].concat(
            *(world.make_job(env, 'emre', number % 12) for number in range(options.jobs * 2)))
        user = env['res.users'].browse(world.users['emre'])
        direct, synced = orders[:options.jobs], orders[options.jobs:]
        now = env.cr.now().replace(microsecond=0)

        def work_directly():
            for order in direct:
                for type_, payload in make_ops(world.get_payloads(env, order.id)):
                    do_directly(order, user, type_, payload)
                    env.flush_all()

        ops = [
            {'uuid': str(uuid.uuid4()), 'type': type_, 'work_order_id': order.id, 'payload': payload, 'requires': [],
             'client_time': now.isoformat() + '.000Z'}
            for order in synced for type_, payload in make_ops(world.get_payloads(env, order.id))]

        def sync():
            phone = env(user=user.id, su=False)
            for start in range(0, len(ops), protocol.MAX_OPS):
                batch = ops[start:start + protocol.MAX_OPS]
                results = phone['stokiva.field.op']._process_all(
                    batch, str(uuid.uuid4()), protocol.get_skew(now, now), now)
                assert {row['status'] for row in results} == {'applied'}, results
                FieldSnapshot(phone).get_delta({}, {op['work_order_id'] for op in batch})

        alone, through = measure(env, work_directly), measure(env, sync)
    table(('what', 'seconds', 'CPU seconds', 'queries'), [
        (f'{len(ops)} directly', f'{alone[0]:.2f}', f'{alone[1]:.2f}', alone[2]),
        (f'{len(ops)} operations synced', f'{through[0]:.2f}', f'{through[1]:.2f}', through[2])])
    ratio = through[1] / alone[1]
    sys.stdout.write(f'\n{ratio:.2f} times the CPU\n')
    sys.exit(ratio > options.bar)


if __name__ == '__main__':
    main()
