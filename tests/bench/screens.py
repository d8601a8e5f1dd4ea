"""How screens of master data open with few and with many customers and devices: queries and time of each list and
form, as the web client reads them, and of each search, in one run.

    scripts/bench screens
    tests/bench/screens.py DATABASE [--records 100000] [--rounds 7]

The process exits with 1 when a screen needs more queries with many records than with few, or a search no index.
DATABASE is cloned; the clone is dropped.
"""
import argparse
import statistics
import sys
import time

from common import clone, copy_rows, environment, table
from lxml import etree

FEW = 100
MANAGER = 'bench_manager'
GROUPS = ('stokiva_service.group_stokiva_manager', 'sales_team.group_sale_manager')
# model, kinds of views
SCREENS = (
    ('res.partner', ('list', 'form', 'kanban')),
    ('stokiva.device', ('list', 'form', 'kanban')),
    ('stokiva.provider', ('list', 'form', 'kanban')),
    ('stokiva.personnel', ('list', 'form')),
    ('stokiva.service.area', ('list',)),
    ('stokiva.device.type', ('list', 'form')),
    ('stokiva.work.order', ('list', 'form', 'kanban')),
)
# what is typed, where; the index that must answer
SEARCHES = (
    ('res.partner', "IŞIKOĞLU kadiköy", 'res_partner__stokiva_search_text_index'),
    ('res.partner', "0532 100 00 77", 'res_partner__stokiva_search_text_index'),
    ('stokiva.device', "ışıkoğlu KADIKÖY", 'stokiva_device__search_text_index'),
    ('stokiva.device', "532 1000077", 'stokiva_device__search_text_index'),
    ('stokiva.device', "sn-77-x", 'stokiva_device__search_text_index'),
)


def make_first(env):
    """Make what the others are copied from, and one record of each model that a screen shows.

    :return: customer, device
    """
    customer = env['res.partner'].create({'name': "Işıl Işıkoğlu Kadıköy", 'phone': '+90 532 100 00 77'})
    product = env['product.product'].create({
        'name': "Oven", 'stokiva_device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id})
    device = env['stokiva.device'].create({
        'partner_id': customer.id, 'product_id': product.id, 'serial': 'SN-77-X'})
    provider = env['stokiva.provider'].create({
        'partner_id': env['res.partner'].create({'name': "Service"}).id,
        'area_ids': [(0, 0, {'country_id': env.ref('base.tr').id})],
        'personnel_ids': [(0, 0, {
            'partner_id': env['res.partner'].create({'name': "Dispatcher"}).id, 'role': 'dispatcher'})]})
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    order._apply_event('open', actor=env.user, channel='office')
    order._apply_event('assign', {'provider_id': provider.id}, actor=env.user, channel='office')
    env['res.users'].with_context(no_reset_password=True).create({
        'name': "Manager", 'login': MANAGER, 'group_ids': [(4, env.ref(group).id) for group in GROUPS]})
    env.flush_all()
    return customer, device


def fill(env, like, count):
    """Make customers with a device each by SQL.

    :param like: stokiva.device to copy
    :param int count: how many
    """
    customer = like.partner_id.copy()
    device = like.copy({'partner_id': customer.id})
    env.flush_all()
    # Letters that hold nothing of what is searched for.
    letters = "translate(number::text, '0123456789', 'abcdefghkm')"
    copy_rows(env, customer, count, [{}], f"""jsonb_build_object(
        'name', {letters}, 'complete_name', {letters}, 'stokiva_search_text', {letters}, 'phone', NULL)""")
    copy_rows(env, device, count, [{}], f"""jsonb_build_object(
        'partner_id', {customer.id} + number, 'site_id', {customer.id} + number, 'serial', {letters} || '-{count}',
        'search_text', {letters})""")


def get_specification(arch):
    """Return what the web client asks for.

    :param arch: lxml element of a view, or of a list inside one
    :return: ``{field: its lines' element or None}``
    """
    above = next(arch.iterancestors('field'), None)
    return {
        field.get('name'): next(field.iterchildren('list', 'kanban'), None)
        for field in arch.iter('field') if next(field.iterancestors('field'), None) is above}


def complete(model, specification):
    """Turn names of fields into the specification of ``web_read``."""
    result = {}
    for name, lines in specification.items():
        field = model._fields.get(name)
        if field is None:
            continue
        if field.type in ('many2one', 'reference'):
            result[name] = {'fields': {'display_name': {}}}
        elif field.type in ('one2many', 'many2many'):
            inner = {'display_name': None} if lines is None else get_specification(lines)
            result[name] = {'fields': complete(model.env[field.comodel_name], inner), 'limit': 40}
        else:
            result[name] = {}
    return result


def open_screen(model, kind, specification, record_id):
    """Read what a screen shows: a page of the list, or one record."""
    if kind == 'form':
        return model.browse(record_id).web_read(specification)
    return model.web_search_read([], specification, limit=80, count_limit=10001)


def measure(env, action, rounds):
    """Run an action several times from cold caches.

    :return: milliseconds (median), queries
    """
    times = []
    for _round in range(rounds + 1):
        env.invalidate_all()
        queries, begin = env.cr.sql_log_count, time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
        queries = env.cr.sql_log_count - queries
    return statistics.median(times[1:]) * 1000, queries


def measure_all(env, first, rounds):
    """Measure every screen and search.

    :param dict first: the record that a form opens, by model
    :param int rounds: how often each
    :return: ``{name: (milliseconds, queries)}``
    """
    results = {}
    for name, kinds in SCREENS:
        model = env[name]
        for kind in kinds:
            view = model.get_view(view_type=kind)
            specification = complete(model, get_specification(etree.fromstring(view['arch'])))
            results[f'{name} {kind}'] = measure(
                env, lambda: open_screen(model, kind, specification, first[name]), rounds)  # noqa: B023
    for name, text, _index in SEARCHES:
        results[f'{name} “{text}”'] = measure(
            env, lambda: env[name].search([('display_name', 'ilike', text)], limit=80), rounds)  # noqa: B023
    return results


def find_missing_indexes(env, is_small):
    """Return the searches that the database answers without their index.

    :param bool is_small: whether there are so few records that it prefers to read them all
    """
    missing = []
    env.cr.execute('SET LOCAL enable_seqscan = %s', ['off' if is_small else 'on'])
    for name, text, index in SEARCHES:
        query = env[name]._search([('display_name', 'ilike', text)], limit=80).select()
        env.cr.execute('EXPLAIN ' + env.cr.mogrify(query).decode())
        if index not in str(env.cr.fetchall()):
            missing.append(f'{name} “{text}” does not use {index}')
    return missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--records', type=int, default=100_000)
    parser.add_argument('--rounds', type=int, default=7)
    options = parser.parse_args()
    results, missed = [], []
    with clone('test') as database, environment(database) as env:
        customer, device = make_first(env)
        first = {name: env[name].search([], order='id', limit=1).id for name, _kinds in SCREENS}
        first.update({'res.partner': customer.id, 'stokiva.device': device.id})
        done = 0
        for count in (FEW, options.records):
            fill(env, device, count - done)
            done = count
            env.invalidate_all()
            env.cr.execute('ANALYZE')
            user = env['res.users'].search([('login', '=', MANAGER)])
            results.append(measure_all(env(user=user.id), first, options.rounds))
        missed += find_missing_indexes(env(user=user.id), options.records < 50_000)
    few, many = results
    rows = []
    for name, (milliseconds, queries) in many.items():
        rows.append((name, few[name][1], queries, f'{few[name][0]:.1f}', f'{milliseconds:.1f}'))
        if queries > few[name][1]:
            missed.append(f'{name}: {queries} queries with many records, {few[name][1]} with few')
    table(('screen', f'queries {FEW}', f'queries {options.records}', f'ms {FEW}', f'ms {options.records}'), rows)
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
