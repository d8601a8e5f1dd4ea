"""What it costs to rank: one order, and a batch of 500, in a network of few and of many providers over Türkiye's real
districts, with past and open orders, in one run.

    scripts/bench ranking
    tests/bench/ranking.py DATABASE [--providers 10000] [--past 1000000] [--open 20000] [--rounds 30]

CPU is that of Odoo's process and of PostgreSQL's together, medians; beside them, without a bar, the mean of the batch's own
orders ranked one by one, which have more candidates than the median order. A sample of the batch is ranked alone, too, and must
have the same candidates, values and points. In the bigger network all is measured again where everybody has an authorisation
and postal codes, and half of the providers are named for the service. The process exits with 1 when a bar is missed.
DATABASE is cloned; the clone is dropped.
"""
import argparse
import random
import statistics
import sys
import time

from common import backend_cpu, clone, copy_rows, environment, table, vacuum

from odoo.tools import SQL

BATCH = 500
ROUNDS = {1: 30, BATCH: 5}
# So many of a batch are ranked alone, too.
SAMPLE = 40
PEOPLE_PER_PROVIDER = 6
# The bars: queries of a call, CPU of a batch's order in parts of the single one's, growth from a tenth of the network, and
# times what it costs where nobody is limited.
MOST_QUERIES = {1: 4, BATCH: 12}
MOST_PART = 0.1
MOST_GROWTH = 1.5
MOST_LIMITED = 2


def make_provider(env, place):
    """Make a provider to be copied: the copies' ids follow its own."""
    partner, person = env['res.partner'].create([{'name': name, **place} for name in ("Provider", "Person")])
    return env['stokiva.provider'].create({
        'partner_id': partner.id, 'personnel_ids': [(0, 0, {'partner_id': person.id, 'role': 'technician'})]})


def make_order(env, place):
    """Make an order to be copied."""
    customer = env['res.partner'].create({'name': "Customer", **place})
    device = env['stokiva.device'].create({
        'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    order._apply_event('open', actor=None, channel='system')
    return order


def get_place(city):
    return {'city_id': city.id, 'state_id': city.state_id.id, 'country_id': city.country_id.id}


def make_places(cities, rng):
    """Return where providers are: more in the big provinces, as in life.

    :return: list of res.city records
    """
    weights = {'İstanbul': 12, 'Ankara': 6, 'İzmir': 5, 'Bursa': 3, 'Antalya': 3}
    return rng.choices(cities, [weights.get(city.state_id.name, 1) for city in cities], k=4 * len(cities))


def fill_providers(env, cities, count, rng):
    """Write providers by SQL, each with its contact, people, and its own district, a neighbour, or a radius to work in."""
    provider = make_provider(env, get_place(cities[0]))
    spread = [
        {'city_id': city.id, 'state_id': city.state_id.id, 'partner_latitude': city.stokiva_latitude + rng.gauss(0, 0.05),
         'partner_longitude': city.stokiva_longitude + rng.gauss(0, 0.05)} for city in make_places(cities, rng)]
    # The copies' ids follow these.
    contact = env['res.partner'].create({'name': "Provider", **get_place(cities[0])})
    env.flush_all()
    copy_rows(env, contact, count, spread, "'{}'")
    spread = [
        {'map_latitude': place['partner_latitude'], 'map_longitude': place['partner_longitude'],
         'rating_score': rng.choice((0, 3.5, 4.2, 4.8)), 'on_time_rate': rng.choice((0, 0.7, 0.95)),
         'acceptance_rate': rng.choice((0, 0.6, 0.9))} for place in spread]
    copy_rows(env, provider, count, spread, f"jsonb_build_object('partner_id', {contact.id} + number)")
    copy_rows(env, provider.personnel_ids, count * PEOPLE_PER_PROVIDER, [{}], f"""jsonb_build_object(
        'provider_id', {provider.id + 1} + number % {count},
        'partner_id', {contact.id + 1} + (number % {count} + number / {count}) % {count},
        'role', (ARRAY['dispatcher', 'master', 'technician', 'technician', 'technician', 'assistant'])[1 + number / {count} % 6])""")
    env.cr.execute("""
        INSERT INTO stokiva_service_area (provider_id, kind, country_id, state_id, city_id, priority)
        SELECT p.id, 'city', home.country_id, home.state_id, home.city_id, 10 + p.id %% 3
          FROM stokiva_provider p JOIN res_partner home ON home.id = p.partner_id WHERE p.id > %s""", [provider.id])
    env.cr.execute("""
        INSERT INTO stokiva_service_area (provider_id, kind, country_id, state_id, priority)
        SELECT p.id, 'state', home.country_id, home.state_id, 20
          FROM stokiva_provider p JOIN res_partner home ON home.id = p.partner_id WHERE p.id > %s AND p.id %% 50 = 0""", [provider.id])
    env.cr.execute("""
        INSERT INTO stokiva_service_area (provider_id, kind, radius_km, latitude, longitude, priority)
        SELECT p.id, 'radius', 15, p.map_latitude, p.map_longitude, 15
          FROM stokiva_provider p WHERE p.id > %s AND p.id %% 4 = 0""", [provider.id])


def fill_orders(env, cities, past, still_open):
    """Write orders by SQL, spread over districts and providers, past ones completed."""
    rows = [
        {'city_id': city.id, 'provider_id': provider, 'state': 'completed', 'completed_at': '2026-01-01 00:00:00'}
        for city, provider in zip(
            random.Random(5).choices(cities, k=2000), random.Random(6).choices(
                env['stokiva.provider'].search([]).ids, k=2000), strict=True)]
    copy_rows(env, make_order(env, get_place(cities[0])), past, rows, "jsonb_build_object('name', 'P' || number)")
    rows = [{**row, 'completed_at': None, 'state': state} for row, state in zip(
        rows, ['assigned', 'accepted', 'accepted', 'in_progress'] * (len(rows) // 4), strict=True)]
    copy_rows(env, make_order(env, get_place(cities[0])), still_open, rows, "jsonb_build_object('name', 'O' || number)")


def make_wanted(env, cities, rng):
    """Return orders to rank, in state ``created``, at addresses in districts where many people live."""
    places = make_places(cities, rng)[:BATCH]
    customers = env['res.partner'].create([
        {'name': "Wanted", **get_place(city)} for city in places])
    order = make_order(env, get_place(places[0]))
    devices = env['stokiva.device'].create([
        {'partner_id': customer.id, 'device_type_id': order.device_type_id.id} for customer in customers])
    orders = env['stokiva.work.order'].create([
        {'partner_id': customer.id, 'device_id': device.id, 'service_type_id': order.service_type_id.id}
        for customer, device in zip(customers, devices, strict=True)])
    env.cr.commit()  # those that a sale has just opened are described from memory, which is not measured here
    return orders


def limit(env, orders):
    """Authorise everybody for the work that is wanted, among other work, name half of the providers for the service, and let
    everybody cover a postal code of its province."""
    service, device_type = orders.service_type_id, orders.device_type_id
    services = service + env['stokiva.service.type'].create([{'name': f"Service {number}"} for number in range(4)])
    device_types = device_type + env['stokiva.device.type'].create([{'name': f"Type {number}"} for number in range(4)])
    service.provider_ids = env['stokiva.provider'].search([])[::2]
    env.flush_all()
    env.cr.execute("INSERT INTO stokiva_provider_authorisation (provider_id) SELECT id FROM stokiva_provider")
    for kind, records in (('service_type', services), ('device_type', device_types)):
        env.cr.execute(SQL(
            "INSERT INTO %s (authorisation_id, %s) SELECT a.id, known FROM stokiva_provider_authorisation a, unnest(%s) AS known",
            SQL.identifier(f'stokiva_authorisation_{kind}_rel'), SQL.identifier(f'{kind}_id'), records.ids))
    for partner in orders.partner_id:
        partner.zip = f'{partner.state_id.code}{partner.city_id.id % 1000:03}'
    env.flush_all()
    env.cr.execute("""
        INSERT INTO stokiva_service_area (provider_id, kind, country_id, zip_prefix, priority)
        SELECT p.id, 'zip', home.country_id, s.code || lpad((p.id % 1000)::text, 3, '0'), 10
          FROM stokiva_provider p JOIN res_partner home ON home.id = p.partner_id JOIN res_country_state s ON s.id = home.state_id""")
    vacuum(env)


def measure(env, orders, pid):
    """Rank and allocate; return CPU seconds, wall seconds and queries."""
    engine = env['stokiva.assignment.engine']
    env.flush_all()
    env.invalidate_all()
    orders.mapped('company_id.name')
    queries, wall = env.cr.sql_log_count, time.perf_counter()
    cpu = time.process_time() + backend_cpu(pid)
    rankings = engine._rank(orders)
    engine._allocate(rankings)
    cpu = time.process_time() + backend_cpu(pid) - cpu
    return (
        cpu, time.perf_counter() - wall, env.cr.sql_log_count - queries,
        statistics.mean(len(ranking.rows) for ranking in rankings.values()))


def measure_all(env, orders, most_rounds):
    """Return ``{orders a call: medians of measure, per order but the queries}``."""
    pid = env.cr.connection.get_backend_pid()
    results = {}
    for count, rounds in ROUNDS.items():
        samples = [
            measure(env, orders[index % len(orders):][:count] if count == 1 else orders[:count], pid)
            for index in range(min(rounds, most_rounds) + 1)][1:]
        cpu, wall, queries, candidates = (statistics.median(column) for column in zip(*samples, strict=True))
        results[count] = cpu / count, wall / count, queries, candidates
    return results


def measure_alone(env, orders):
    """Return means of ``measure`` for the orders of a batch, one by one."""
    pid = env.cr.connection.get_backend_pid()
    return [statistics.mean(column) for column in zip(*(measure(env, order, pid) for order in orders[:BATCH]), strict=True)]


def measure_limited(env, orders, options, unlimited, missed):
    """Limit the providers, and measure again.

    :param options: of the command line
    :param dict unlimited: what was measured before
    :param list missed: where to add the bars that are missed
    :return: rows for the table
    """
    limit(env, orders)
    rows = []
    for size, (cpu, wall, queries, candidates) in measure_all(env, orders, options.rounds).items():
        rows.append((
            options.providers, f'{size}, limited', f'{cpu * 1000:.2f}', f'{wall * 1000:.2f}', f'{queries:.0f}',
            f'{candidates:.1f}'))
        if cpu > unlimited[size][0] * options.limited:
            missed.append(f'{size} orders: {cpu / unlimited[size][0]:.2f} times the CPU where providers are limited')
    return rows


def count_unlike(env, orders):
    """Return how many orders of a batch are ranked otherwise than alone, of a random sample."""
    engine = env['stokiva.assignment.engine']
    together = engine._rank(orders[:BATCH])
    return sum(
        together[order].get_candidates() != engine._rank(order)[order].get_candidates()
        for order in random.Random(8).sample(list(together), SAMPLE))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--providers', type=int, default=10_000)
    parser.add_argument('--past', type=int, default=1_000_000)
    parser.add_argument('--open', type=int, default=20_000)
    parser.add_argument('--rounds', type=int, default=max(ROUNDS.values()))
    parser.add_argument('--growth', type=float, default=MOST_GROWTH)
    parser.add_argument('--part', type=float, default=MOST_PART)
    parser.add_argument('--limited', type=float, default=MOST_LIMITED)
    options = parser.parse_args()
    rng = random.Random(4)
    rows, missed, results = [], [], []
    with clone('test') as database, environment(database) as env:
        env['res.city']._stokiva_load_turkey()
        cities = env['res.city'].search([
            ('country_id', '=', env.ref('base.tr').id), ('stokiva_latitude', '!=', 0)])
        done = 0
        for count in (options.providers // 10, options.providers):
            fill_providers(env, cities, count - done, rng)
            done = count
            if count == options.providers:
                fill_orders(env, cities, options.past, options.open)
            env.invalidate_all()
            orders = make_wanted(env, cities, random.Random(7))
            env.flush_all()
            vacuum(env)
            results.append(measure_all(env, orders, options.rounds))
            unlike = count_unlike(env, orders)
            if unlike:
                missed.append(f'{unlike} of {SAMPLE} orders are ranked otherwise in a batch than alone')
            for size, (cpu, wall, queries, candidates) in results[-1].items():
                rows.append((
                    count, size, f'{cpu * 1000:.2f}', f'{wall * 1000:.2f}', f'{queries:.0f}', f'{candidates:.1f}'))
                if queries > MOST_QUERIES[size]:
                    missed.append(f'{size} orders: {queries:.0f} queries, at most {MOST_QUERIES[size]}')
            cpu, wall, queries, candidates = measure_alone(env, orders)
            rows.append((
                count, 'one by one', f'{cpu * 1000:.2f}', f'{wall * 1000:.2f}', f'{queries:.0f}', f'{candidates:.1f}'))
        rows += measure_limited(env, orders, options, results[-1], missed)
    table(('providers', 'orders a call', 'CPU ms an order', 'ms an order', 'queries', 'candidates'), rows)
    few, many = results
    for size in ROUNDS:
        if many[size][0] > few[size][0] * options.growth:
            missed.append(f'{size} orders: {many[size][0] / few[size][0]:.2f} times the CPU of a tenth of the network')
    if many[BATCH][0] > many[1][0] * options.part:
        missed.append(f'an order of a batch costs {many[BATCH][0] / many[1][0]:.2f} of a single one, at most {options.part}')
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
