"""The job that tells of promised times, with 100,000 open orders: how many queries, how long; the lists of what is late.

    scripts/bench sla
    tests/bench/sla.py DATABASE [--few 10000] [--many 100000] [--due 500]

Each order has four clocks; so many are due that a batch of the job is full, before, at and after the deadline. The same
number is due with few and with many orders: the queries must be the same. The process exits with 1 when they are not,
when the job needs more than MOST_QUERIES, or when the CPU of a call grows by more than MOST_GROWTH. DATABASE is cloned.
"""
import argparse
import statistics
import sys
import time
from unittest.mock import patch

from common import backend_cpu, clone, copy_rows, environment, table

CLOCKS = ('assign', 'accept', 'arrive', 'complete')
MOST_QUERIES = 80
MOST_GROWTH = 1.5
ROUNDS = 5
# Below it, a ratio says nothing: seconds of CPU.
NOISE = 0.05


def make_first(env):
    """Make an order with clocks through the door.

    :return: stokiva.work.order record
    """
    env['stokiva.sla.policy'].search([]).action_archive()
    policy = env['stokiva.sla.policy'].create({
        'name': "Bench", 'hours': 'elapsed', 'escalation_ids': [(0, 0, {'minutes': 60})],
        **{f'{clock}_hours': 24 for clock in CLOCKS}})
    customer = env['res.partner'].create({'name': "Customer"})
    device = env['stokiva.device'].create({
        'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    order._apply_event('open', actor=None, channel='system')
    assert order.sla_policy_id == policy and len(order.sla_clock_ids) == 3
    env.flush_all()
    env.cr.precommit.run()
    return order


def fill(env, first, count):
    """Write open orders with clocks by SQL, due over the coming month, none of which has anything to tell yet."""
    clock = first.sla_clock_ids.sorted('id')[-1:]  # the ids of the copies follow
    soon = "now()::timestamp(0) + interval '1 hour' * (1 + number % 700)"
    copy_rows(env, first, count, [{}], f"""jsonb_build_object(
        'name', 'S' || number, 'deadline', {soon}, 'due_at', {soon}, 'sla_deadline', {soon}, 'risk_at', {soon} - interval '6 hours')""")
    copy_rows(env, clock, count * len(CLOCKS), [{'clock': kind} for kind in CLOCKS], f"""jsonb_build_object(
        'work_order_id', {first.id} + 1 + (number - 1) / {len(CLOCKS)}, 'deadline', {soon},
        'risk_at', {soon} - interval '6 hours', 'alert_at', {soon} - interval '6 hours')""")
    env.cr.execute("UPDATE stokiva_sla_clock SET alert_at = NULL WHERE work_order_id = %s", [first.id])
    env.cr.execute("ANALYZE stokiva_work_order")
    env.cr.execute("ANALYZE stokiva_sla_clock")


def measure(env, first, due, pid):
    """Let the job run with so many clocks due, a third each at risk, missed and to be escalated; take it back.

    :return: CPU seconds, wall seconds, queries
    """
    env.cr.execute("SAVEPOINT bench")
    env.cr.execute("""
        UPDATE stokiva_sla_clock
           SET deadline = now()::timestamp(0) + interval '1 hour' * (1 - id %% 3), risk_at = now()::timestamp(0) - interval '5 hours',
               alert_at = now()::timestamp(0) - interval '5 hours'
         WHERE clock = 'assign' AND work_order_id BETWEEN %s AND %s""", [first.id + 1, first.id + due])
    env.invalidate_all()
    queries, wall = env.cr.sql_log_count, time.perf_counter()
    cpu = time.process_time() + backend_cpu(pid)
    with patch.object(type(env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
        env['stokiva.sla.clock']._cron_alert(batch_size=due)
    env.flush_all()
    result = time.process_time() + backend_cpu(pid) - cpu, time.perf_counter() - wall, env.cr.sql_log_count - queries
    env.cr.execute("SELECT count(*) FROM stokiva_sla_clock WHERE stage > 0")
    assert env.cr.fetchone()[0] == due, "each that is due is told of"
    env.cr.execute("ROLLBACK TO SAVEPOINT bench")
    env.cr.postcommit.clear()
    env.invalidate_all()
    return result


def measure_all(database, count, due):
    """Return the medians with so many open orders, and the milliseconds of the lists “Late” and “At risk”."""
    with environment(database) as env:
        first = make_first(env)
        fill(env, first, count)
        pid = env.cr.connection.get_backend_pid()
        measure(env, first, due, pid)
        samples = [measure(env, first, due, pid) for _round in range(ROUNDS)]
        lists = []
        for name in ('is_late', 'is_at_risk'):
            start = time.perf_counter()
            env['stokiva.work.order'].search([(name, '=', True)], limit=80)
            lists.append((time.perf_counter() - start) * 1000)
        return (*map(statistics.median, zip(*samples, strict=True)), *lists)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--few', type=int, default=10_000)
    parser.add_argument('--many', type=int, default=100_000)
    parser.add_argument('--due', type=int, default=500)
    parser.add_argument('--growth', type=float, default=MOST_GROWTH, help="most times the CPU with few orders")
    parser.add_argument('--source', default='test', help="what is cloned")
    options = parser.parse_args()
    found, missed = {}, []
    for count in (options.few, options.many):
        with clone(options.source, count) as database:
            found[count] = measure_all(database, count, options.due)
    table(('open orders', 'told', 'queries', 'CPU ms', 'wall ms', 'list late ms', 'list at risk ms'), [
        (count, options.due, queries, f'{cpu * 1000:.0f}', f'{wall * 1000:.0f}', f'{late:.1f}', f'{risk:.1f}')
        for count, (cpu, wall, queries, late, risk) in found.items()])
    (cpu_few, _wall, queries_few, *_lists), (cpu_many, _wall, queries_many, *_lists) = found.values()
    if queries_many > queries_few or queries_many > MOST_QUERIES:
        missed.append(f'{queries_many} queries with many orders, {queries_few} with few, at most {MOST_QUERIES}')
    if cpu_many > cpu_few * options.growth and cpu_many - cpu_few > NOISE:
        missed.append(f'{cpu_many / cpu_few:.2f} times the CPU, at most {options.growth}')
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
