"""What service costs at the confirmation of sales: with a work order, its assignment, offer, explanation,
message and log, against the same sale without any, interleaved in one run; with the service addon alone, and with all.
Then the same with arrival windows, which book the provider's time; and with promised times, too, which has no bars.

    scripts/bench sale_confirm
    tests/bench/sale_confirm.py DATABASE [--all]       not with the service addon alone; DATABASE is not touched
    tests/bench/sale_confirm.py DATABASE --only        DATABASE as it is

Every measurement is rolled back. CPU is that of Odoo's process and of PostgreSQL's together, with flush and precommit;
ratios are medians of neighbours. The bars are those of the design: see ``BARS``; the process exits with 1 when one is
missed.
"""
import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext
from unittest.mock import patch

from common import backend_cpu, clone, environment, measure_confirmation, table
from sla import CLOCKS
from slots import switch_on

# (kind, orders per call) -> rounds
ROUNDS = {
    ('service', 1): 60, ('service', 20): 8, ('service', 200): 5, ('goods', 1): 30, ('goods', 20): 5, ('goods', 200): 2}
# With windows, and with promised times, too.
MORE_ROUNDS = {('service', 1): 30, ('service', 200): 2}
# (kind, orders per call) -> (most times the plain sale's CPU, most queries more per order)
BARS = {('service', 1): (1.6, 24), ('service', 200): (1.3, 3), ('goods', 1): (1.2, None)}
# With all addons.
MOST_WITH_ALL = 1.8
PLACES = 12
PROVIDERS_PER_PLACE = 5


class Bench:
    """Records and measurements of one run in an open transaction."""

    def __init__(self, env):
        self.env = env
        self.windows = []
        self.places = self._make_places()
        self._make_providers()
        self.customers = self._make_customers()
        self.products = self._make_products()
        env.flush_all()
        self.pid = env.cr.connection.get_backend_pid()

    def _make_places(self):
        state = self.env.ref('base.state_tr_34')
        return self.env['res.city'].create([
            {'name': f"Bench {index}", 'state_id': state.id, 'country_id': state.country_id.id,
             'stokiva_latitude': 41 + index / 100, 'stokiva_longitude': 29}  # as those of Türkiye have
            for index in range(PLACES)])

    def _make_providers(self):
        for place in self.places:
            for index in range(PROVIDERS_PER_PLACE):
                partner = self.env['res.partner'].create({'name': f"{place.name} provider {index}"})
                person = self.env['res.partner'].create({'name': f"{place.name} person {index}", 'email': 'p@example.com'})
                self.env['stokiva.provider'].create({
                    'partner_id': partner.id,
                    'area_ids': [(0, 0, {'city_id': place.id})],
                    'personnel_ids': [(0, 0, {'partner_id': person.id, 'role': 'dispatcher'})],
                })

    def _make_customers(self):
        return self.env['res.partner'].create([
            {'name': f"Customer {index}", 'email': f'c{index}@example.com',
             'city_id': self.places[index % PLACES].id, 'city': self.places[index % PLACES].name,
             'state_id': self.places[0].state_id.id, 'country_id': self.places[0].country_id.id}
            for index in range(200)])

    def _make_products(self):
        device_type = self.env['stokiva.device.type'].create({'name': "Bench appliance"})
        service_type = self.env['stokiva.service.type'].create({'name': "Bench installation"})
        with_service = {
            'stokiva_policy': 'auto', 'stokiva_device_type_id': device_type.id,
            'stokiva_service_type_ids': [(6, 0, service_type.ids)]}
        kinds = {'service': {'type': 'service'}, 'goods': {'type': 'consu', 'is_storable': True}}
        return {
            (kind, served): self.env['product.product'].create(
                {'name': f"Bench {kind} {served}", 'list_price': 100, **values, **(with_service if served else {})})
            for kind, values in kinds.items() for served in (False, True)}

    def promise(self):
        """Let orders have promised times."""
        self.env['stokiva.sla.policy'].create({
            'name': "Bench", 'hours': 'elapsed', **{f'{clock}_hours': 24 for clock in CLOCKS}})

    def switch_on(self):
        """Let orders have windows that book the time of two technicians a provider."""
        env = self.env
        env['stokiva.personnel'].create([
            {'provider_id': provider.id, 'partner_id': provider.partner_id.copy().id, 'role': 'technician'}
            for provider in env['stokiva.provider'].search([('area_ids.city_id', 'in', self.places.ids)])
            for _number in range(2)])
        env.flush_all()
        with patch.object(type(env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            switch_on(env)
            env['stokiva.slot']._cron_extend()
        env.cr.execute("ANALYZE stokiva_slot")
        env.cr.execute(  # not the last of a day, which is too short for a visit
            """SELECT DISTINCT start_at, end_at FROM stokiva_slot
                WHERE start_at > now() + interval '3 days' AND end_at - start_at >= interval '2 hours' ORDER BY 1 LIMIT 60""")
        self.windows = env.cr.fetchall()

    def _get_line(self, index):
        if not self.windows:
            return {}
        start, end = self.windows[index % len(self.windows)]
        return {'stokiva_window_start': start, 'stokiva_window_end': end}

    def measure(self, kind, served, count):
        """Return CPU seconds, wall seconds and queries of one call."""
        wall, cpu, queries = measure_confirmation(
            self.env, self.customers, self.products[kind, served], count,
            lambda: time.process_time() + backend_cpu(self.pid), self._get_line if served else lambda index: {})
        return cpu, wall, queries

    def compare(self, kind, count, rounds):
        """Measure sales with and without service in turn.

        :return: CPU ms and queries an order without, then with service, ratio of CPU, ratio of wall time
        """
        samples = {True: [], False: []}
        for index in range(rounds + 1):
            for served in (False, True) if index % 2 else (True, False):  # nobody is always the second
                sample = self.measure(kind, served, count)
                if index:  # the first round warms the caches
                    samples[served].append(sample)
            if not index:
                gc.collect()
                gc.freeze()  # what the server has loaded is not looked through again in the midst of a measurement
        ratio, wall = (statistics.median(
            one[column] / other[column] for one, other in zip(samples[True], samples[False], strict=True))
            for column in (0, 1))
        return [
            statistics.median(sample[column] for sample in samples[served]) * factor / count
            for served in (False, True) for column, factor in ((0, 1000), (2, 1))] + [ratio, wall]


def measure_all(env, options, missed):
    """Measure in one database.

    :param options: of the command line
    :param list missed: where to add the bars that are missed
    :return: rows for the table
    """
    bench, rows = Bench(env), []
    is_alone = 'stokiva.settlement' not in env
    name = 'service alone' if is_alone else 'all addons'

    def compare(kind, count, rounds, what, is_barred):
        cpu, queries, served_cpu, served_queries, ratio, wall = bench.compare(kind, count, min(rounds, options.rounds))
        rows.append((
            what, kind, count, f'{cpu:.1f}', f'{served_cpu:.1f}', f'{ratio:.2f}', f'{wall:.2f}', f'{queries:.1f}',
            f'{served_queries:.1f}', f'{served_queries - queries:+.1f}'))
        more = served_queries - queries
        most, most_queries = BARS.get((kind, count), (None, None)) if is_barred else (None, None)
        if most and (kind, count) == ('service', 1) and not is_alone:
            most = MOST_WITH_ALL
        if most and ratio > most * options.cpu:
            missed.append(f'{what}, {kind}, {count} a call: {ratio:.2f} times, at most {most * options.cpu}')
        if most_queries is not None and more > most_queries:
            missed.append(f'{what}, {kind}, {count} a call: {more:+.1f} queries an order, at most {most_queries}')

    def compare_all(sizes, what, *, is_barred=True):
        for (kind, count), rounds in sizes.items():
            if count <= options.most:
                compare(kind, count, rounds, what, is_barred)

    compare_all(ROUNDS, name)
    bench.switch_on()
    compare_all(MORE_ROUNDS, f'{name}, windows')
    bench.promise()
    compare_all(MORE_ROUNDS, f'{name}, windows, promises', is_barred=False)
    env.cr.rollback()
    return rows


def measure_alone():
    """Measure in a process of its own, in a new database with the service addon alone; it prints its own table.

    :return: whether all bars are kept
    """
    with clone('base', part='_service') as database:
        subprocess.run(
            [sys.executable, '-m', 'odoo', '-c', os.environ['ODOO_RC'], '-d', database, '-i', 'stokiva_service',
             '--no-http', '--log-level=error', '--stop-after-init'], check=True)
        return not subprocess.run([sys.executable, __file__, database, '--only'], check=False).returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--only', action='store_true')
    parser.add_argument('--all', action='store_true')
    parser.add_argument('--rounds', type=int, default=max(ROUNDS.values()))
    parser.add_argument('--most', type=int, default=200, help="orders a call")
    parser.add_argument('--cpu', type=float, default=1, help="factor of the bars of CPU")
    options = parser.parse_args()
    missed = []
    with nullcontext(options.database) if options.only else clone('test', part='_sale') as database, \
            environment(database) as env:
        rows = measure_all(env, options, missed)
    table((
        'with', 'kind', 'a call', 'plain CPU ms', 'service CPU ms', 'ratio', 'of time', 'plain q', 'service q', 'more q'), rows)
    for line in missed:
        print('MISSED', line)
    is_kept = options.only or options.all or measure_alone()
    return 1 if missed or not is_kept else 0


if __name__ == '__main__':
    sys.exit(main())
