"""How the screens of work orders open with 20,000 and with 200,000 of them: lists and kanban of every role, every
filter, searches and the form, as the web client reads them; two databases, measured in turn in one run.

    scripts/bench orders
    tests/bench/orders.py DATABASE [--few 20000] [--many 200000] [--rounds 25] [--cpu 1.1]

As many orders are open in either: what grows with the years is what was done. Filters are measured as they are used,
together with the default one, unless they take its place or look for what is closed. CPU is that of this process and of
PostgreSQL's, of which what else runs on the machine can only make more: the lower quartile of the rounds is taken.
The process exits with 1 when a screen needs more queries, or more than the bar's times the CPU. DATABASE is cloned
twice; the clones are dropped.
"""
import argparse
import gc
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

from common import clone, copy_rows, environment, table
from lxml import etree
from plain_sale import backend_cpu
from screens import complete, get_specification

from odoo.tools.safe_eval import safe_eval

MODEL = 'stokiva.work.order'
SERVICE = 'stokiva_service.group_stokiva_'
ROLES = {
    'manager': f'{SERVICE}manager', 'dispatcher': f'{SERVICE}dispatcher', 'call centre': f'{SERVICE}call_centre',
    'technician': f'{SERVICE}technician', 'settlement officer': f'{SERVICE}settlement',
    'salesperson': 'sales_team.group_sale_salesman'}
STATES = ('created', 'assigned', 'accepted', 'on_the_way', 'in_progress', 'awaiting_approval')
OPEN = 1500
PEOPLE = 40
PAGE, KANBAN_PAGE = 80, 20
# What the web client counts up to, where the list names no other limit.
MOST_COUNTED = 10_000
# Below it, a ratio says nothing: seconds of CPU.
NOISE = 0.0015
# Filters that take the place of the default one, or look for what is closed.
ALONE = {
    'open', 'to_assign', 'waiting_provider', 'awaiting_approval', 'completed', 'several_visits', 'first_time_fix',
    'to_charge', 'not_invoiced', 'warranty_refused', 'reclassified'}
# what is typed
SEARCHES = ("WO/000001", "IŞIKOĞLU kadiköy", "0532 100 00 77", "sn-77-x")


# -- one database --------------------------------------------------------------------------------------

def make_people(env):
    """Make a provider with technicians, and a user of each role; the technician and the seller have own orders.

    :return: ids of the technicians, the seller's sale
    """
    provider = env['stokiva.provider'].create({
        'partner_id': env['res.partner'].create({'name': "Service"}).id, 'kind': 'in_house',
        'area_ids': [(0, 0, {'country_id': env.ref('base.tr').id})]})
    users = {
        role: env['res.users'].with_context(no_reset_password=True).create({
            'name': f"Bench {role}", 'login': f'bench_{role}', 'group_ids': [(6, 0, [
                env.ref('base.group_user').id, env.ref(group).id])]})
        for role, group in ROLES.items()}
    people = env['stokiva.personnel'].create([
        {'provider_id': provider.id, 'role': 'technician', 'partner_id': (
            env['res.partner'].create({'name': f"Technician {index}"}) if index else users['technician'].partner_id).id}
        for index in range(PEOPLE)])
    people[0].user_id = users['technician']
    return provider, people, users


def make_first(env):
    """Make the order that the others are copied from, offered and accepted through the door.

    :return: stokiva.work.order record, technicians, users by role
    """
    provider, people, users = make_people(env)
    customer = env['res.partner'].create({'name': "Işıl Işıkoğlu Kadıköy", 'phone': '+90 532 100 00 77'})
    product = env['product.product'].create({'name': "Oven", 'stokiva_device_type_id': env[
        'stokiva.device.type'].create({'name': "Oven"}).id})
    device = env['stokiva.device'].create({'partner_id': customer.id, 'product_id': product.id, 'serial': 'SN-77-X'})
    order = env[MODEL].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    for event, given in (
        ('open', {}), ('assign', {'provider_id': provider.id}), ('accept', {}), ('plan', {'personnel_id': people[0].id}),
    ):
        order._apply_event(event, given, actor=users['manager'] if event == 'plan' else None, channel='office')
    env.flush_all()
    env.cr.precommit.run()
    return order, people, users


def fill(env, first, people, users, count):
    """Write work orders by SQL, each with a device and a visit, two of a customer.

    :param int count: how many
    """
    letters = "translate(number::text, '0123456789', 'abcdefghkm')"
    customer, device = first.partner_id.copy(), first.device_id.copy()
    sales = env['sale.order'].create([
        {'partner_id': customer.id, 'user_id': user.id} for user in (users['salesperson'], users['manager'])])
    visit = first.visit_id.copy({'work_order_id': first.id, 'sequence': 2})
    env.flush_all()
    copy_rows(env, customer, count // 2 + 1, [{}], f"""jsonb_build_object(
        'name', {letters}, 'complete_name', {letters}, 'stokiva_search_text', {letters}, 'phone', NULL)""")
    copy_rows(env, device, count, [{}], f"""jsonb_build_object(
        'partner_id', {customer.id} + 1 + number / 2, 'site_id', {customer.id} + 1 + number / 2,
        'serial', {letters}, 'search_text', {letters})""")
    spread = [{'personnel_id': person.id, 'sale_order_id': sales[index % 2].id if index % 20 < 2 else None}
              for index, person in enumerate(people)]
    states = "(ARRAY['" + "','".join(STATES) + "'])"
    day = f"now()::timestamp(0) - interval '5 years' * (1 - number / {count}.0)"
    copy_rows(env, first, count, spread, f"""CASE WHEN number > {count - OPEN} THEN jsonb_build_object(
            'state', {states}[1 + number % {len(STATES)}], 'opened_at', now()::timestamp(0) - interval '3 days',
            'deadline', now()::timestamp(0) + interval '1 hour' * (number % 200 - 20),
            'due_at', now()::timestamp(0) + interval '1 hour' * (number % 200 - 20),
            'risk_at', CASE WHEN number % 10 = 0 THEN now()::timestamp(0) + interval '1 hour' * (number % 200 - 30) END,
            'window_start', date_trunc('day', now()::timestamp) + interval '1 hour' * (number % 300),
            'window_end', date_trunc('day', now()::timestamp) + interval '1 hour' * (number % 300 + 2),
            'is_halted', number % 60 = 5)
        ELSE jsonb_build_object(
            'state', CASE WHEN number % 25 = 0 THEN 'canceled' ELSE 'completed' END, 'opened_at', {day},
            'visit_count', 1 + (number % 10 = 0)::int, 'is_first_time_fix', number % 10 > 0,
            'deadline', {day} + interval '2 days', 'due_at', NULL, 'completed_at', {day} + interval '1 day', 'closed_at', NULL,
            'window_start', {day} + interval '20 hours', 'window_end', {day} + interval '22 hours') END
        || jsonb_build_object(
            'name', 'B' || number, 'device_id', {device.id} + number, 'visit_id', NULL,
            'partner_id', {customer.id} + 1 + number / 2, 'site_id', {customer.id} + 1 + number / 2)""")
    copy_rows(env, visit, count, [{}], f"jsonb_build_object('work_order_id', {first.id} + number)")
    env.cr.execute(
        'UPDATE stokiva_work_order SET visit_id = %s + id - %s WHERE id > %s', [visit.id, first.id, first.id])


def get_domains(env, user):
    """Return the filters of the search view, the action's own first: ``{name: domain}``."""
    arch = etree.fromstring(env[MODEL].get_view(view_type='search')['arch'])
    return {
        node.get('name'): safe_eval(node.get('domain'), {'uid': user.id})
        for node in arch.iter('filter') if node.get('domain') and node.get('invisible') not in ('1', 'True')}


class Screens:
    """The screens of one database: ``{name: function that opens it}``."""

    def __init__(self, env, count):
        self.env = env
        first, people, users = make_first(env)
        fill(env, first, people, users, count)
        env.cr.commit()
        subprocess.run([
            'psql', '-q', '-d', env.cr.dbname, '-c', 'SET client_min_messages = error', '-c', 'VACUUM ANALYZE',
            # PostgreSQL leaves indexes made beside changed rows unused as long as older transactions run anywhere.
            '-c', 'VACUUM FULL ANALYZE stokiva_work_order, stokiva_visit, stokiva_device, res_partner'], check=True)
        self.pid = env.cr.connection.get_backend_pid()
        self.actions = {}
        for role, user in users.items():
            model = env(user=user.id, context={'lang': 'en_US', 'tz': 'Europe/Istanbul'})[MODEL]
            views = {kind: etree.fromstring(model.get_view(view_type=kind)['arch']) for kind in ('list', 'kanban', 'form')}
            self.most_counted = int(views['list'].get('count_limit', MOST_COUNTED))
            kinds = {kind: complete(model, get_specification(view)) for kind, view in views.items()}
            default = get_domains(env, user)['open']
            self._add(f'{role}: list', self._open_list, model, kinds['list'], default)
            self._add(f'{role}: kanban by state', self._open_kanban, model, kinds['kanban'], default)
            if role == 'manager':
                self._add('manager: form', lambda model, form: model.browse(first.id).web_read(form), model, kinds['form'])
                self._add('manager: list of all', self._open_list, model, kinds['list'], [])
                for name, domain in get_domains(env, user).items():
                    domain = domain if name in ALONE else default + domain
                    self._add(f'filter {name}', self._open_list, model, kinds['list'], domain)
                for text in SEARCHES:
                    self._add(f'search “{text}”', self._open_list, model, kinds['list'], [('display_name', 'ilike', text)])

    def _add(self, name, action, *arguments):
        self.actions[name] = lambda: action(*arguments)

    def _open_list(self, model, specification, domain):
        return model.web_search_read(domain, specification, limit=PAGE, count_limit=self.most_counted + 1)

    def _open_kanban(self, model, specification, domain):
        return model.web_read_group(
            domain, ['state'], ['__count'], auto_unfold=True, unfold_read_specification=specification,
            unfold_read_default_limit=KANBAN_PAGE)

    def measure(self, name):
        """Open a screen from cold caches.

        :return: CPU seconds, queries
        """
        self.env.invalidate_all()
        queries, cpu = self.env.cr.sql_log_count, time.process_time() + backend_cpu(self.pid)
        self.actions[name]()
        return time.process_time() + backend_cpu(self.pid) - cpu, self.env.cr.sql_log_count - queries


# -- the two of them -----------------------------------------------------------------------------------

def compare(few, many, name, rounds):
    """Measure a screen in turn.

    :return: CPU seconds and queries with few, with many
    """
    samples = ([], [])
    gc.collect()
    gc.disable()  # else one of the two pays for what both have left
    for index in range(rounds + 1):
        for screens, collected in zip((few, many)[::1 if index % 2 else -1], samples[::1 if index % 2 else -1], strict=True):
            sample = screens.measure(name)
            if index:
                collected.append(sample)
    gc.enable()
    return [(statistics.quantiles([cpu for cpu, _queries in rows])[0], rows[-1][1]) for rows in samples]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--few', type=int, default=20_000)
    parser.add_argument('--many', type=int, default=200_000)
    parser.add_argument('--rounds', type=int, default=25)
    parser.add_argument('--cpu', type=float, default=1.1, help="most times the CPU with few orders")
    parser.add_argument('--source', default='test', help="what is cloned")
    options = parser.parse_args()
    rows, missed = [], []
    with ExitStack() as stack:
        few, many = (
            Screens(stack.enter_context(environment(stack.enter_context(clone(options.source, count)))), count)
            for count in (options.few, options.many))
        for name in few.actions:
            (cpu_few, queries_few), (cpu_many, queries_many) = compare(few, many, name, options.rounds)
            ratio = cpu_many / cpu_few
            rows.append((
                name, queries_few, queries_many, f'{cpu_few * 1000:.1f}', f'{cpu_many * 1000:.1f}', f'{ratio:.2f}'))
            if queries_many > queries_few:
                missed.append(f'{name}: {queries_many} queries with many orders, {queries_few} with few')
            if ratio > options.cpu and cpu_many - cpu_few > NOISE:
                missed.append(f'{name}: {ratio:.2f} times the CPU, at most {options.cpu}')
    table(('screen', f'queries {options.few}', f'queries {options.many}', f'CPU ms {options.few}',
           f'CPU ms {options.many}', 'ratio'), rows)
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
