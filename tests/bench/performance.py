"""The figures of providers with a million orders over five years: how long it takes to count one day and all of them, and
how fast dashboards and reports open; and that what was counted is what the plain query says.

    scripts/bench performance
    tests/bench/performance.py DATABASE [--orders 1000000] [--providers 300]

Each order has an offer, a visit, two promised times, the customer's answer and four events. The process exits with 1 when
the days differ from the plain query, when a screen needs more than --screen seconds, a day more than --day or all days
more than --all. DATABASE is cloned; the clone is dropped.
"""
import argparse
import sys
import time
from datetime import date, timedelta

from common import clone, copy_rows, environment, table
from reports import get_reports

YEARS = 5
EVENTS = ('open', 'accept', 'submit', 'approve')


def make_first(env):
    """Take an order through its life by the door.

    :return: stokiva.work.order record
    """
    env['stokiva.sla.policy'].search([]).action_archive()
    env['stokiva.sla.policy'].create({'name': "Bench", 'hours': 'elapsed', 'accept_hours': 24, 'complete_hours': 48})
    customer = env['res.partner'].create({'name': "Customer"})
    device = env['stokiva.device'].create({
        'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
    provider, person = make_providers(env, 1)[0]
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair", 'is_automatic': False}).id})
    order._apply_event('open', actor=None, channel='system')
    for event, given in (
            ('assign', {'provider_id': provider}), ('accept', {}), ('plan', {'personnel_id': person}), ('depart', {}),
            ('start', {}), ('submit', {})):
        order._apply_event(event, given, actor=env.ref('base.user_admin'), channel='office')
    order._apply_event('approve', {'approval_id': order.approval_ids.id, 'stars': 4}, actor=customer, channel='link')
    env.flush_all()
    env.cr.precommit.run()
    return order


def make_providers(env, count):
    """Make providers with three people each.

    :return: list of ``(provider id, person's id)``
    """
    partners = env['res.partner'].create([{'name': f"Provider {number}"} for number in range(4 * count)])
    providers = env['stokiva.provider'].create([
        {'partner_id': partner.id, 'tz': 'Europe/Istanbul'} for partner in partners[:count]])
    people = env['stokiva.personnel'].create([
        {'partner_id': partner.id, 'provider_id': provider.id, 'role': 'technician'}
        for partner, provider in zip(partners[count:], 3 * list(providers), strict=True)])
    return [(person.provider_id.id, person.id) for person in people]


def fill(env, first, count, providers):
    """Write orders of the past years by SQL, each three days of life after the one before."""
    people = make_providers(env, providers)
    types = env['stokiva.service.type'].create([{'name': f"Service {number}"} for number in range(3)]).ids
    kinds = env['stokiva.device.type'].create([{'name': f"Appliance {number}"} for number in range(11)]).ids
    cities = env['res.city'].search([], limit=97).ids or [False]
    fault = env['stokiva.fault'].create({'name': "Pump", 'kind': 'cause', 'device_type_id': kinds[0]})
    symptoms = env['stokiva.fault'].create([
        {'name': f"Symptom {number}", 'kind': 'symptom', 'device_type_id': kinds[0]} for number in range(7)]).ids
    models = env['product.product'].create([{'name': f"Model {number}"} for number in range(23)]).ids
    env.flush_all()
    device, half, month = first.device_id, count // 2, count // (12 * YEARS) // 2
    copy_rows(env, device, half + 1, [{}], "jsonb_build_object('serial', NULL)")
    # Each appliance has two orders, years apart; one in twenty comes soon after another, for the same fault.
    of_device = f"{device.id} + 1 + CASE WHEN number % 20 = 0 THEN abs(number - {month}) ELSE number END % {half}"
    offer, visit, approval = first.assignment_ids, first.visit_ids, first.approval_ids
    # Numbers that have no divisor in common: all pairs occur.
    spread = [
        {'provider_id': provider, 'personnel_id': person, 'service_type_id': types[index % 3],
         'device_type_id': kinds[index % 11], 'city_id': cities[index % len(cities)] or None,
         'product_id': models[index % 23], 'opened_symptom_id': symptoms[index % 7]}
        for index, (provider, person) in enumerate(people)]
    of_provider = [{'provider_id': row['provider_id'], 'personnel_id': row['personnel_id']} for row in spread]
    step = YEARS * 365 * 24 * 60 / count

    def at(minutes, number='number'):
        return (f"date_trunc('minute', now()::timestamp - interval '1 minute' * "
                f"({step} * ({count} - {number}) + 5760 - ({minutes})))")

    done, closed = at("1800 + number % 37 * 60"), at("1860 + number % 53 * 60")
    # The last days' orders are open still, some of them late or at risk.
    is_open = f"number > {count - count // 300}"
    state = f"""CASE WHEN {is_open} THEN (ARRAY['created', 'assigned', 'accepted', 'in_progress', 'awaiting_approval'])[1 + number % 5]
        WHEN number % 13 = 0 THEN 'returned' WHEN number % 17 = 0 THEN 'canceled' ELSE 'completed' END"""
    is_done = f"number % 13 > 0 AND number % 17 > 0 AND NOT {is_open}"
    copy_rows(env, first, count, spread, f"""jsonb_build_object(
        'name', 'P' || number, 'device_id', {of_device}, 'cause_id', {fault.id}, 'started_at', {at(1440)}, 'state', {state}, 'opened_at', {at(0)}, 'assigned_at', {at(60)}, 'accepted_at', {at(180)},
        'submitted_at', CASE WHEN {is_done} THEN {done} END, 'completed_at', CASE WHEN {is_done} THEN {closed} END,
        'closed_at', CASE WHEN NOT ({is_done} OR {is_open}) THEN {closed} END, 'deadline', {at(3600)},
        'due_at', CASE WHEN {is_open} THEN {at(3600)} END, 'risk_at', CASE WHEN {is_open} THEN {at(1800)} END,
        'is_first_time_fix', {is_done} AND number % 5 > 0)""")
    copy_rows(env, offer, count, of_provider, f"""jsonb_build_object(
        'answered_at', {at(180)}, 'state', CASE WHEN number % 19 = 0 THEN 'rejected' ELSE 'accepted' END)""")
    env.cr.execute("""
        INSERT INTO stokiva_assignment_work_order_rel (assignment_id, work_order_id)
        SELECT %s + number, %s + number FROM generate_series(1, %s) number""", [offer.id, first.id, count])
    order_id = f"'work_order_id', {first.id} + number"
    copy_rows(env, visit, count, of_provider, f"jsonb_build_object({order_id}, 'finished_at', {done})")
    copy_rows(env, approval, count, of_provider, f"""jsonb_build_object(
        {order_id}, 'answered_at', {closed}, 'stars', number % 6, 'token_hash', NULL,
        'state', CASE WHEN number % 23 = 0 THEN 'disputed' ELSE 'approved' END)""")
    clock = first.sla_clock_ids.sorted('id')[-1:]  # the ids of the copies follow
    copy_rows(env, clock, count, of_provider, f"""jsonb_build_object(
        {order_id}, 'clock', 'complete', 'ended_at', {done}, 'state', CASE WHEN number % 7 = 0 THEN 'broken' ELSE 'kept' END)""")
    moments = ' '.join(
        f"WHEN {index} THEN {moment}" for index, moment in enumerate((at(0), at(180), done, closed))
    ).replace('number', '((number + 3) / 4)')
    # Three settlements in a hundred wait, one in ten has a finding.
    settlement = first.settlement_ids
    copy_rows(env, settlement, count, of_provider, f"""jsonb_build_object(
        {order_id}, 'date', {closed}::date, 'amount_total', 100 + number % 900,
        'state', CASE WHEN number > {count} * 0.97 THEN 'pending' WHEN number > {count} * 0.9 THEN 'approved' ELSE 'paid' END,
        'check_state', CASE WHEN number % 10 = 0 THEN 'warn' ELSE 'pass' END)""")
    result = env['stokiva.claim.result'].create({
        'settlement_id': settlement.id, 'company_id': settlement.company_id.id, 'kind': next(iter(dict(
            env['stokiva.claim.rule']._fields['kind']._description_selection(env)))), 'result': 'pass',
        'checked_at': settlement.create_date, 'is_current': True})
    copy_rows(env, result, count, of_provider, f"""jsonb_build_object(
        'settlement_id', {settlement.id} + number, 'is_current', TRUE,
        'result', CASE WHEN number % 10 = 0 THEN 'warn' ELSE 'pass' END,
        'result_rank', CASE WHEN number % 10 = 0 THEN 1 ELSE 0 END)""")
    last = env['stokiva.event'].search([], order='id desc', limit=1)
    copy_rows(env, last, 4 * count, [{'event': event, 'model': None, 'res_id': None} for event in EVENTS], f"""jsonb_build_object(
        'work_order_id', {first.id} + (number + 3) / 4, 'seq', 1 + (number + 3) % 4,
        'occurred_at', CASE (number + 3) % 4 {moments} END, 'recorded_at', CASE (number + 3) % 4 {moments} END)""")
    env.cr.execute("ANALYZE")


def timed(action):
    """Return what an action returns and how many seconds it took."""
    start = time.perf_counter()
    return action(), time.perf_counter() - start


def count_all(env):
    """Count all days, as the cron does."""
    days = env['stokiva.performance.day']
    days._add_all_days()
    spans = 0
    while touched := days._take_days():
        days._count(touched)
        spans += 1
    env.cr.execute("ANALYZE stokiva_performance")
    return spans


def find_differences(env):
    """Return how many days and providers have other sums than the plain query says."""
    model = env['stokiva.performance']
    sums = ', '.join(f'COALESCE(SUM({name}), 0)' for name in model._get_measures())
    facts = env.cr.mogrify(model._get_facts_query()).decode()
    env.cr.execute(f"""
        SELECT count(*) FROM (
            (SELECT day, provider_id, {sums} FROM ({facts}) fact GROUP BY day, provider_id
             EXCEPT SELECT day, provider_id, {sums} FROM stokiva_performance GROUP BY day, provider_id)
            UNION ALL
            (SELECT day, provider_id, {sums} FROM stokiva_performance GROUP BY day, provider_id
             EXCEPT SELECT day, provider_id, {sums} FROM ({facts}) fact GROUP BY day, provider_id)) different""")
    return env.cr.fetchone()[0]


def get_screens(env, provider):
    """Return what people open, ``{name: function}``."""
    model, today = env['stokiva.performance'], date.today()
    rates = [
        'completed_count:sum', 'on_time_rate:avg', 'first_fix_rate:avg', 'repeat_rate:avg', 'offer_accepted_rate:avg',
        'repair_hours_median:avg', 'stars:avg']

    def since(days):
        return [('day', '>', today - timedelta(days=days)), ('provider_id', '!=', False)]

    def open_sheet(days, **whose):
        return env['stokiva.performance.sheet'].create({
            **whose, 'period': 'other', 'date_from': today - timedelta(days=days), 'date_to': today})

    def open_orders(sheet):
        return sheet.line_ids.filtered(lambda line: line.name == 'first_fix_rate').action_view_others()

    return {
        'pivot by provider, 90 days': lambda: model.formatted_read_group(since(90), ['provider_id'], rates),
        'pivot by provider, a year': lambda: model.formatted_read_group(since(365), ['provider_id'], rates),
        'pivot by provider, all': lambda: model.formatted_read_group(since(9999), ['provider_id'], rates),
        'graph by month, all': lambda: model.formatted_read_group(since(9999), ['day:month'], ['on_time_rate:avg']),
        'sheet of a provider, 90 days': lambda: open_sheet(90, provider_id=provider),
        'sheet of a provider, a year': lambda: open_sheet(365, provider_id=provider),
        'and its orders, 90 days': lambda: open_orders(open_sheet(90, provider_id=provider)),
        'sheet of the network, a year': lambda: open_sheet(365),
        'and its orders, 30 days': lambda: open_orders(open_sheet(30)),
        'and its orders, 90 days, of the network': lambda: open_orders(open_sheet(90)),
        **get_reports(env),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--orders', type=int, default=1_000_000)
    parser.add_argument('--providers', type=int, default=300)
    parser.add_argument('--screen', type=float, default=2)
    parser.add_argument('--day', type=float, default=10)
    parser.add_argument('--all', type=float, default=1800)
    parser.add_argument('--source', default='test', help="what is cloned")
    options = parser.parse_args()
    missed = []
    with clone(options.source) as database, environment(database) as env:
        first = make_first(env)
        _none, filling = timed(lambda: fill(env, first, options.orders, options.providers))
        env.invalidate_all()
        spans, everything = timed(lambda: count_all(env))
        env.cr.execute("SELECT count(*), pg_size_pretty(pg_total_relation_size('stokiva_performance')) FROM stokiva_performance")
        rows, size = env.cr.fetchone()
        differing, comparing = timed(lambda: find_differences(env))
        day = date.today() - timedelta(days=100)
        _none, one_day = timed(lambda: env['stokiva.performance.day']._count([day]))
        _none, finding = timed(lambda: env['stokiva.performance.day']._add_days(
            env['stokiva.performance.day']._get_touched_query(f'{date.today() - timedelta(days=5)} 00:00:00')))
        provider = env['stokiva.performance'].search([('provider_id', '!=', False)], limit=1).provider_id.id
        manager = env['res.users'].with_context(no_reset_password=True).create({
            'name': "Manager", 'login': 'bench_manager', 'tz': 'Europe/Istanbul',
            'group_ids': [(4, env.ref('stokiva_service.group_stokiva_manager').id)]})
        screens = {name: timed(action)[1] for name, action in get_screens(env(user=manager.id), provider).items()}
    print(f'{options.orders} orders filled in {filling:.0f} s; {rows} rows of days, {size}; {differing} differ from the '
          f'plain query ({comparing:.0f} s)')
    table(('what', 'seconds'), [
        (f'all days, {spans} transactions', f'{everything:.1f}'), ('one day', f'{one_day:.2f}'),
        ('days touched by the events of a day', f'{finding:.2f}'),
        *((name, f'{seconds:.2f}') for name, seconds in screens.items())])
    if differing:
        missed.append(f'{differing} days of providers differ from the plain query')
    missed += [f'{name}: {seconds:.2f} s' for name, seconds in screens.items() if seconds > options.screen]
    if one_day > options.day or everything > options.all:
        missed.append(f'one day {one_day:.1f} s, all {everything:.0f} s')
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
