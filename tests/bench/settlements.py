"""Settling completed orders in batches of 1,000, 10,000 in all: how many queries, how long.

    scripts/bench settlements
    tests/bench/settlements.py DATABASE [--orders 10000] [--batch 1000] [--providers 100] [--days 30]

The orders have labour, an own part, a visit, stars and a device that broke before; half of them are groups of two. Their
providers have rate cards of their own, their kind's or the general ones, and they ended on different days. Each batch must
need as many queries as the first; the process exits with 1 when one needs a tenth more, or more than MOST_QUERIES, or
when an order needs more than MOST_CPU milliseconds. `scripts/check_settlements` must find nothing. Afterwards, orders are
settled one by one, without and with the rate cards of so many more providers: MOST_GROWTH is how much dearer they may become,
at most. Not before, for PostgreSQL would keep plans made for empty tables. DATABASE is cloned.
"""
import argparse
import statistics
import subprocess
import sys
import time

from common import ROOT, backend_cpu, clone, copy_rows, environment, table

# Odoo reads 1,000 records and inserts 100 rows at a time.
MOST_QUERIES = 300
MOST_CPU = 15
MOST_GROWTH = 1.5
MORE_PROVIDERS = 1000
ALONE = 10
OWN = [{'kind': 'labour', 'amount': 330}, {'kind': 'travel', 'amount': 99}]
PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='


def make_cards(env, providers, catalogue):
    """Make a general rate card of 30 rates, one for a kind, and own ones for a fifth of the providers."""
    device_type, workmanship, service_type = catalogue
    cities = env['res.city'].search([], limit=20)
    general = [
        {'kind': 'labour', 'amount': 300}, {'kind': 'labour', 'amount': 310, 'service_type_id': service_type.id},
        {'kind': 'labour', 'unit': 'hour', 'amount': 400, 'workmanship_id': workmanship.id},
        {'kind': 'labour', 'amount': 350, 'device_type_id': device_type.id},
        {'kind': 'travel', 'amount': 90}, {'kind': 'distance', 'amount': 7.5, 'free_km': 2},
        {'kind': 'part', 'unit': 'percent', 'amount': 20, 'cap': 50}, {'kind': 'wasted_trip', 'amount': 70},
        {'kind': 'bonus', 'trigger': 'stars', 'threshold': 4, 'amount': 20},
        {'kind': 'bonus', 'trigger': 'first_time_fix', 'unit': 'percent', 'amount': 5},
        *({'kind': 'travel', 'amount': 95 + index, 'city_id': city.id} for index, city in enumerate(cities))]
    env['stokiva.rate.card'].search([]).active = False
    make_card(env, "General", general)
    make_card(env, "Private", OWN, provider_kind='private')
    make_own_cards(env, providers[::5])


def make_card(env, name, rates, **values):
    env['stokiva.rate.card'].create({
        'name': name, 'date_from': '2020-01-01', 'line_ids': [(0, 0, rate) for rate in rates], **values})


def make_own_cards(env, providers):
    for provider in providers:
        make_card(env, "Own", OWN, provider_ids=[(6, 0, provider.ids)])


def make_providers(env, count):
    """Return new stokiva.provider records, a third of them authorised ones."""
    return env['stokiva.provider'].create([
        {'partner_id': partner.id, 'kind': 'private' if index % 3 else 'authorised'}
        for index, partner in enumerate(env['res.partner'].create([{'name': f"Provider {n}"} for n in range(count)]))])


def make_first(env, count):
    """Make providers, and an order through the door that waits for the customer's approval.

    :return: stokiva.provider records, stokiva.work.order record
    """
    device_type = env['stokiva.device.type'].create({'name': "Oven"})
    workmanship = env['stokiva.workmanship'].create({
        'name': "Door", 'device_type_id': device_type.id, 'duration_minutes': 50})
    service_type = env['stokiva.service.type'].create({'name': "Repair"})
    providers = make_providers(env, count)
    make_cards(env, providers, (device_type, workmanship, service_type))
    customer, person = env['res.partner'].create([{'name': "Customer"}, {'name': "Technician"}])
    technician = env['stokiva.personnel'].create({'provider_id': providers[0].id, 'partner_id': person.id})
    device = env['stokiva.device'].create({'partner_id': customer.id, 'device_type_id': device_type.id})
    part = env['product.product'].create({'name': "Pump", 'type': 'consu', 'standard_price': 33.33})
    manager = env.ref('base.user_admin')
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id, 'service_type_id': service_type.id})
    order._apply_event('open', actor=None, channel='system')
    order._apply_event('assign', {'provider_id': providers[0].id}, actor=None, channel='system')
    order._apply_event('accept', actor=None, channel='system')
    for event, given in (('plan', {'personnel_id': technician.id}), ('depart', {}), ('start', {})):
        order._apply_event(event, given, actor=manager, channel='office')
    order._edit({
        'labour_line_ids': [(0, 0, {'workmanship_id': workmanship.id, 'quantity': 2})],
        'part_line_ids': [(0, 0, {'product_id': part.id, 'is_provider_stock': True})],
        'media_ids': [(0, 0, {'kind': 'after', 'image': PIXEL})]}, actor=manager, channel='office')
    order._apply_event('submit', actor=manager, channel='office')
    order._apply_event(
        'approve', {'approval_id': order.approval_ids.id, 'stars': 5}, actor=customer, channel='link')
    env.flush_all()
    env.cr.precommit.run()
    return providers, order


def fill(env, first, providers, count, days):
    """Write completed orders by SQL that nobody has settled; two have a device, every second two are a group."""
    device = first.device_id
    copy_rows(env, device, (count + 1) // 2, [{}], "jsonb_build_object('name', 'D' || number)")
    copy_rows(env, first, count, [{'provider_id': provider.id} for provider in providers], f"""jsonb_build_object(
        'name', 'S' || number, 'device_id', {device.id} + (number + 1) / 2,
        'group_id', CASE (number + 1) / 2 % 2 WHEN 0 THEN {first.id} + number - (number - 1) % 2 END,
        'completed_at', original.completed_at - interval '1 day' * (number % {days}))""")
    for line in (first.labour_line_ids, first.part_line_ids, first.visit_ids, first.approval_ids):
        copy_rows(env, line, count, [{}], f"""jsonb_build_object(
            'work_order_id', {first.id} + number, 'token_hash', 'S' || number)""")
    env.cr.execute(
        "UPDATE stokiva_visit v SET provider_id = o.provider_id FROM stokiva_work_order o WHERE o.id = v.work_order_id")
    env.cr.execute(
        "UPDATE stokiva_work_order SET device_id = device_id - 1 WHERE id > %s AND group_id IS NOT NULL AND id %% 2 = 0",
        [first.id])
    env.cr.execute("ANALYZE")
    env.invalidate_all()


def measure(env, orders, pid):
    """Settle orders.

    :return: settlements, queries, CPU milliseconds per order, wall milliseconds per order
    """
    queries, wall, cpu = env.cr.sql_log_count, time.perf_counter(), time.process_time() + backend_cpu(pid)
    settlements = orders._create_settlements()
    env.flush_all()
    env.cr.precommit.run()
    cpu = time.process_time() + backend_cpu(pid) - cpu
    return (
        len(settlements), env.cr.sql_log_count - queries, cpu * 1000 / len(orders),
        (time.perf_counter() - wall) * 1000 / len(orders))


def measure_alone(env, orders, pid):
    """Return the median CPU of an order that is settled alone, in milliseconds."""
    samples = []
    for order in orders:
        env.invalidate_all()
        with env.cr.savepoint() as savepoint:
            samples.append(measure(env, order, pid)[2])
            savepoint.rollback()
    env.invalidate_all()
    return statistics.median(samples)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--orders', type=int, default=10_000)
    parser.add_argument('--batch', type=int, default=1000)
    parser.add_argument('--providers', type=int, default=100)
    parser.add_argument('--days', type=int, default=30)
    parser.add_argument('--more', type=int, default=MORE_PROVIDERS, help="providers with a rate card each, besides")
    parser.add_argument('--growth', type=float, default=MOST_GROWTH)
    parser.add_argument('--cpu', type=float, default=MOST_CPU, help="most milliseconds of CPU per order")
    parser.add_argument('--source', default='test', help="what is cloned")
    options = parser.parse_args()
    rows = []
    with clone(options.source) as database:
        with environment(database) as env:
            providers, first = make_first(env, options.providers)
            fill(env, first, providers, options.orders + ALONE, options.days)
            pid = env.cr.connection.get_backend_pid()
            after = first.id + 1 + options.orders
            for start in range(first.id + 1, after, options.batch):
                orders = env['stokiva.work.order'].browse(range(start, min(start + options.batch, after)))
                rows.append((len(orders), *measure(env, orders, pid)))
                env.invalidate_all()
            some = env['stokiva.work.order'].browse(range(after, after + ALONE))
            measure_alone(env, some, pid)
            alone = [measure_alone(env, some, pid)]
            make_own_cards(env, make_providers(env, options.more))
            env.flush_all()
            alone.append(measure_alone(env, some, pid))
            print(f'alone {alone[0]:.1f} ms of CPU, with {options.more} rate cards more {alone[1]:.1f}')
            env.cr.execute("SELECT count(*) FROM stokiva_rate_snapshot")
            print(f'{env.cr.fetchone()[0]} lists of rates kept')
            env.cr.commit()
        checked = subprocess.run(
            [ROOT / 'scripts/check_settlements', database], check=False, capture_output=True, text=True)
    table(('orders', 'settlements', 'queries', 'CPU ms each', 'wall ms each'), [
        (*row[:3], *(f'{value:.2f}' for value in row[3:])) for row in rows])
    print(checked.stdout.splitlines()[-1])
    missed = []
    if checked.returncode or any(row[0] != row[1] for row in rows):
        missed.append('not all settled as they should: ' + '; '.join(checked.stdout.splitlines()[:5]))
    most = max(row[2] for row in rows)
    if most > min(MOST_QUERIES, rows[0][2] * 1.1):
        missed.append(f'{most} queries for a batch, {rows[0][2]} for the first, at most {MOST_QUERIES}')
    cpu = sum(row[3] for row in rows) / len(rows)
    if cpu > options.cpu:
        missed.append(f'{cpu:.1f} ms of CPU per order, at most {options.cpu}')
    if alone[1] > alone[0] * options.growth:
        missed.append(f'{alone[1] / alone[0]:.2f} times the CPU with more rate cards, at most {options.growth}')
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
