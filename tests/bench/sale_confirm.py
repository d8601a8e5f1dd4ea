"""What service costs at the confirmation of sales: with a work order, its assignment, offer, explanation,
message and log, against the same sale without any, interleaved in one run; with the service addon alone, and with all.

    scripts/bench sale_confirm
    tests/bench/sale_confirm.py DATABASE [--only]      DATABASE as it is, without the service addon alone

Every measurement is rolled back. CPU is that of Odoo's process and of PostgreSQL's together, with flush and precommit;
ratios are medians of neighbours. The bars are those of the design: see ``BARS``; the process exits with 1 when one is
missed.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

from common import backend_cpu, clone, environment, measure_confirmation, table

ROUNDS = {1: 40, 20: 8, 200: 3}
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
        self.places = self._make_places()
        self._make_providers()
        self.customers = self._make_customers()
        self.products = self._make_products()
        env.flush_all()
        env.cr.execute('SELECT pg_backend_pid()')
        [self.pid] = env.cr.fetchone()

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

    def measure(self, product, count):
        """Return CPU seconds, wall seconds and queries of one call."""
        wall, cpu, queries = measure_confirmation(
            self.env, self.customers, product, count, lambda: time.process_time() + backend_cpu(self.pid))
        return cpu, wall, queries


def measure_all(env, missed):
    """Measure in one database.

    :param list missed: where to add the bars that are missed
    :return: rows for the table
    """
    bench, rows = Bench(env), []
    is_alone = 'stokiva.settlement' not in env
    name = 'service alone' if is_alone else 'all addons'
    for kind in ('service', 'goods'):
        for count, rounds in ROUNDS.items():
            samples = {True: [], False: []}
            for index in range(rounds + 1):
                for served in (False, True):
                    sample = bench.measure(bench.products[kind, served], count)
                    if index:  # the first round warms the caches
                        samples[served].append(sample)
            plain, served = (
                [statistics.median(column) for column in zip(*samples[key], strict=True)] for key in (False, True))
            ratio, wall = (statistics.median(
                one[column] / other[column] for one, other in zip(samples[True], samples[False], strict=True))
                for column in (0, 1))
            more = (served[2] - plain[2]) / count
            rows.append((
                name, kind, count, f'{plain[0] * 1000 / count:.1f}', f'{served[0] * 1000 / count:.1f}', f'{ratio:.2f}',
                f'{wall:.2f}', f'{plain[2] / count:.1f}', f'{served[2] / count:.1f}', f'{more:+.1f}'))
            most, most_queries = BARS.get((kind, count), (None, None))
            if (kind, count) == ('service', 1) and not is_alone:
                most = MOST_WITH_ALL
            if most and ratio > most:
                missed.append(f'{name}, {kind}, {count} a call: {ratio:.2f} times, at most {most}')
            if most_queries is not None and more > most_queries:
                missed.append(f'{name}, {kind}, {count} a call: {more:+.1f} queries an order, at most {most_queries}')
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
    options = parser.parse_args()
    missed = []
    with environment(options.database) as env:
        rows = measure_all(env, missed)
    table((
        'with', 'kind', 'a call', 'plain CPU ms', 'service CPU ms', 'ratio', 'of time', 'plain q', 'service q', 'more q'), rows)
    for line in missed:
        print('MISSED', line)
    is_kept = options.only or measure_alone()
    return 1 if missed or not is_kept else 0


if __name__ == '__main__':
    sys.exit(main())
