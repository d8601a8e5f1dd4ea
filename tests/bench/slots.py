"""What arrival windows cost in a network of few and of many providers: to build those of six weeks, to follow a change,
to add a night's new day, and to rank with them.

    scripts/bench slots
    tests/bench/slots.py DATABASE [--providers 10000] [--rounds 30]

CPU is that of Odoo's process and of PostgreSQL's together. Building needs so many queries for each batch of providers, a
change the same with few providers as with many; a ranking needs as few queries as without windows may be, and at most
MOST_TIMES the CPU. The process exits with 1 when a bar is missed. DATABASE is cloned; the clone is dropped.
"""
import argparse
import random
import sys
import time
from datetime import datetime, timedelta
from unittest.mock import patch

from common import backend_cpu, clone, environment, table
from ranking import BATCH, MOST_QUERIES, ROUNDS, fill_providers, make_wanted, measure_all

MOST_STEP_QUERIES = {'build': 12, 'night': 12, 'absence': 25, 'hours': 25, 'book': 25, 'assign': 50}
MOST_GROWTH = 1.5
# An order's CPU with windows, in parts of that without.
MOST_TIMES = 3
# Below it, a ratio says nothing: seconds of CPU.
NOISE = 0.05


class Clock:
    """Measures calls: CPU seconds and queries."""

    def __init__(self, env):
        self.env = env
        self.pid = env.cr.connection.get_backend_pid()

    def measure(self, call):
        env = self.env
        env.flush_all()
        env.cr.precommit.run()
        env.invalidate_all()
        queries, cpu = env.cr.sql_log_count, time.process_time() + backend_cpu(self.pid)
        call()
        env.flush_all()
        env.cr.precommit.run()
        return time.process_time() + backend_cpu(self.pid) - cpu, env.cr.sql_log_count - queries


def switch_on(env):
    """Let all companies book windows, and all providers have hours; nothing is built yet."""
    env.cr.execute("UPDATE res_company SET stokiva_slots = TRUE")
    calendar = env['resource.calendar'].create({'name': "Bench"})
    env.cr.execute("UPDATE stokiva_provider SET resource_calendar_id = %s, tz = 'Europe/Istanbul', holiday_country_id = NULL", [
        calendar.id])
    env.invalidate_all()
    env['stokiva.opening']._cron_extend()


def follow(env, clock, order):
    """Return what it costs to follow one change each, and a night.

    :param order: stokiva.work.order record to be assigned
    :return: ``{what: (CPU seconds, queries)}``
    """
    Slot, Booking = env['stokiva.slot'], env['stokiva.slot.booking']
    provider = env['stokiva.provider'].search([('personnel_ids', '!=', False)], order='id desc', limit=1)
    person = provider.personnel_ids.filtered(lambda person: person.role == 'technician')[:1]
    # The first of a day: the last one may be too short.
    midnight = datetime.combine(datetime.now().date() + timedelta(days=4), datetime.min.time())
    window = Slot.search([('provider_id', '=', provider.id), ('start_at', '>', midnight)], limit=1)
    start, end = window.start_at, window.end_at
    order.write({'window_start': start, 'window_end': end})
    order._apply_event('open', actor=None, channel='system')
    env.cr.execute("DELETE FROM stokiva_slot WHERE date = (SELECT MAX(date) FROM stokiva_slot)")
    return {
        'night': clock.measure(Slot._cron_extend),
        'absence': clock.measure(lambda: env['stokiva.personnel.absence'].create({
            'personnel_id': person.id, 'date_from': start, 'date_to': end})),
        'book': clock.measure(lambda: Booking._hold(
            provider, (start, end), 60, end, company=env.company, key='bench')),
        'assign': clock.measure(lambda: order._apply_event(
            'assign', {'provider_id': provider.id}, actor=None, channel='system')),
        'hours': clock.measure(lambda: provider.write({'slot_hours': 3})),
    }


def measure_network(env, cities, rounds):
    """Return ``(what building costs, providers with windows, rows, what following costs, rankings without and with)``."""
    orders = make_wanted(env, cities, random.Random(7))
    env.flush_all()
    env.cr.execute("ANALYZE")
    without = measure_all(env, orders, rounds)
    switch_on(env)
    clock = Clock(env)
    build = clock.measure(env['stokiva.slot']._cron_extend)
    env.cr.execute("SELECT COUNT(DISTINCT provider_id), COUNT(*) FROM stokiva_slot")
    providers, rows = env.cr.fetchone()
    env.cr.execute("ANALYZE")
    following = follow(env, clock, orders[-1])
    begin = datetime.combine(datetime.now().date() + timedelta(days=4), datetime.min.time())
    orders.write({'window_start': begin + timedelta(hours=6), 'window_end': begin + timedelta(hours=8)})
    return build, providers, rows, following, without, measure_all(env, orders, rounds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--providers', type=int, default=10_000)
    parser.add_argument('--rounds', type=int, default=max(ROUNDS.values()))
    parser.add_argument('--growth', type=float, default=MOST_GROWTH)
    parser.add_argument('--times', type=float, default=MOST_TIMES)
    options = parser.parse_args()
    few = {}
    missed, building, changes, ranking = [], [], [], []
    for count in (options.providers // 10, options.providers):
        with clone('test', count) as database, environment(database) as env, patch.object(
                type(env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            env['res.city']._stokiva_load_turkey()
            cities = env['res.city'].search([('country_id', '=', env.ref('base.tr').id), ('stokiva_latitude', '!=', 0)])
            fill_providers(env, cities, count, random.Random(4))
            env.invalidate_all()
            (cpu, queries), providers, rows, following, without, with_windows = measure_network(env, cities, options.rounds)
        batches = -(-providers // BATCH)
        building.append((providers, rows, f'{cpu:.1f}', f'{cpu * 1000 / providers:.2f}', queries, f'{queries / batches:.1f}'))
        if queries > MOST_STEP_QUERIES['build'] * batches:
            missed.append(f'{queries} queries to build {batches} batches, at most {MOST_STEP_QUERIES["build"]} each')
        for what, (cpu, queries) in following.items():
            per_batch = queries / (batches if what == 'night' else 1)
            changes.append((count, what, f'{cpu * 1000:.1f}', queries))
            if per_batch > MOST_STEP_QUERIES[what]:
                missed.append(f'{what}: {per_batch:.0f} queries, at most {MOST_STEP_QUERIES[what]}')
            before = few.setdefault(what, cpu)
            if what != 'night' and cpu > before * options.growth and cpu - before > NOISE:
                missed.append(f'{what}: {cpu / before:.2f} times the CPU of a tenth of the network')
        for size, (cpu, _wall, queries, candidates) in with_windows.items():
            cpu_without, _wall, queries_without, _candidates = without[size]
            ranking.append((
                count, size, f'{cpu_without * 1000:.2f}', f'{cpu * 1000:.2f}', f'{queries_without:.0f}', f'{queries:.0f}',
                f'{candidates:.1f}'))
            if queries > MOST_QUERIES[size]:
                missed.append(f'{size} orders: {queries:.0f} queries with windows, at most {MOST_QUERIES[size]}')
            if cpu > cpu_without * options.times:
                missed.append(f'{size} orders: {cpu / cpu_without:.2f} times the CPU with windows, at most {options.times}')
    table(('providers', 'windows', 'CPU s to build', 'CPU ms each', 'queries', 'a batch'), building)
    print()
    table(('providers', 'change', 'CPU ms', 'queries'), changes)
    print()
    table(('providers', 'orders a call', 'CPU ms without', 'with windows', 'queries', 'with', 'candidates'), ranking)
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
