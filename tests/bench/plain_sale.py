"""What our addons and a million work orders cost a sale that calls for no service: the same confirmation
in a database without our addons and in one with them, each in a process of its own, in turn.

    scripts/bench plain_sale
    tests/bench/plain_sale.py DATABASE [--orders 1000000] [--customers 500] [--rounds 150] [--cpu 1.05]

CPU is that of Odoo's process and of PostgreSQL's together. What else runs on the machine can only add to a
measurement, so the lower quartile of the rounds is taken, of either. The process exits with 1 when a bar is missed.
DATABASE is not used: two clones are made for this and dropped, as the work orders would disturb the others.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

from common import backend_cpu, copy_rows, db_tool, environment, measure_confirmation, table

KINDS = {'service': {'type': 'service'}, 'goods': {'type': 'consu', 'is_storable': True}}
MOST_QUERIES = 1
WARM_UP = 3


# -- in a process of its own: one database -------------------------------------------------------------

def make_sales(env, count):
    """Make the same customers, products and drafts in either database, and keep them.

    :param int count: how many customers
    :return: customers, products by kind
    """
    customers = env['res.partner'].create([
        {'name': f"Customer {index}", 'email': f'c{index}@example.com'} for index in range(count)])
    products = {
        kind: env['product.product'].create({'name': f"Plain {kind}", 'list_price': 100, **values})
        for kind, values in KINDS.items()}
    env['sale.order'].create([
        {'partner_id': customer.id, 'order_line': [(0, 0, {'product_id': products['goods'].id})]}
        for customer in customers])
    return customers, products


def fill(env, customers, count):
    """Write work orders and their devices by SQL, spread over the customers and their sales."""
    device = env['stokiva.device'].create({
        'partner_id': customers[0].id,
        'device_type_id': env['stokiva.device.type'].create({'name': "Appliance"}).id})
    order = env['stokiva.work.order'].create({
        'partner_id': customers[0].id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    lines = env['sale.order.line'].search([('order_id.partner_id', 'in', customers.ids)])
    lines = {line.order_id.partner_id: line for line in lines}
    env.flush_all()
    spread = [
        {'partner_id': customer.id, 'site_id': customer.id, 'sale_line_id': lines[customer].id,
         'sale_order_id': lines[customer].order_id.id} for customer in customers]
    copy_rows(env, device, count, [{'partner_id': values['partner_id']} for values in spread], "'{}'")
    copy_rows(env, order, count, spread, f"""jsonb_build_object(
        'name', 'B' || number, 'device_id', {device.id} + number,
        'state', CASE WHEN number % 10 = 0 THEN 'accepted' ELSE 'completed' END)""")


def work(database, orders, count):
    """Fill the database, then measure what standard input asks for, a kind a line."""
    with environment() as env:
        customers, products = make_sales(env, count)
        if orders:
            fill(env, customers, orders)
        env.cr.commit()
        subprocess.run([
            'psql', '-q', '-d', database, '-c', 'SET client_min_messages = error', '-c', 'VACUUM ANALYZE'], check=True)
        pid = env.cr.connection.get_backend_pid()
        print('ready', flush=True)
        for line in sys.stdin:
            print(json.dumps(measure_confirmation(
                env, customers, products[line.strip()], 1, lambda: time.process_time() + backend_cpu(pid))), flush=True)


# -- the two of them -----------------------------------------------------------------------------------

class Worker:
    """A process that measures in a clone of its own: start it, ``wait`` for it, ``measure``, ``stop`` it."""

    def __init__(self, source, orders, customers):
        self.database = f'stokiva_bench_{source}_{os.getpid()}'
        db_tool('clone', source, self.database)
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.database, '--work', '--orders', str(orders),
             '--customers', str(customers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait(self):
        if self.process.stdout.readline() != 'ready\n':
            raise SystemExit(f"the preparation of {self.database} failed")

    def measure(self, kind):
        self.process.stdin.write(f'{kind}\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        db_tool('drop', self.database)


def compare(workers, kind, rounds):
    """Measure one kind of sale in turn.

    :return: wall seconds, CPU seconds and queries of each worker; the ratio of CPU
    """
    samples = [[], []]
    for index in range(WARM_UP + rounds):
        order = (0, 1) if index % 2 else (1, 0)
        for which in order:
            sample = workers[which].measure(kind)
            if index >= WARM_UP:
                samples[which].append(sample)
    results = [[statistics.quantiles(column)[0] for column in zip(*rows, strict=True)] for rows in samples]
    return results, results[1][1] / results[0][1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--orders', type=int, default=1_000_000)
    parser.add_argument('--customers', type=int, default=500)
    parser.add_argument('--rounds', type=int, default=150)
    parser.add_argument('--cpu', type=float, default=1.05, help="most times the CPU of the sale without our addons")
    parser.add_argument('--work', action='store_true', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work(options.database, options.orders, options.customers)
    rows, missed, workers = [], [], []
    try:
        for source, orders in (('base', 0), ('test', options.orders)):
            workers.append(Worker(source, orders, options.customers))
        for worker in workers:
            worker.wait()
        for kind in KINDS:
            (without, ours), ratio = compare(workers, kind, options.rounds)
            more = ours[2] - without[2]
            rows.append((
                kind, *(f'{value * 1000:.1f}' for value in (without[0], ours[0], without[1], ours[1])), f'{ratio:.3f}',
                f'{without[2]:g}', f'{ours[2]:g}', f'{more:+g}'))
            if more > MOST_QUERIES:
                missed.append(f'{kind}: {more:+g} queries, at most {MOST_QUERIES:+}')
            if ratio > options.cpu:
                missed.append(f'{kind}: {ratio:.3f} times the CPU, at most {options.cpu}')
    finally:
        for worker in workers:
            worker.stop()
    print(f'{options.orders} work orders, {options.rounds} rounds')
    table(('kind', 'without ms', 'with ms', 'without CPU', 'with CPU', 'ratio', 'without q', 'with q', 'more q'), rows)
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
