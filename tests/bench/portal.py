"""How the portal's pages open for a provider with 50,000 orders and for one with 100, over HTTP in this process.

    scripts/bench portal
    tests/bench/portal.py DATABASE [--few 100] [--many 50000] [--rounds 15] [--ratio 1.5]

As many orders are open with either: what grows with the years is what was done. Two databases are measured in turn in one
run: CPU of this process and of PostgreSQL's, of the rounds the lower quartile. The process exits with 1 when a page needs
more queries, or more than the bar's times the CPU. DATABASE is cloned twice; the clones are dropped.
"""
import argparse
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

import orders
from common import backend_cpu, clone, environment, table
from werkzeug.test import Client

from odoo import http, sql_db
from odoo.service import security
from odoo.tools import config

OPEN = 80
# Below it, a ratio says nothing: seconds of CPU.
NOISE = 0.005
# Queries that an empty list does without.
CONTENT = 6
LISTS = (
    'filterby=open', 'filterby=late', 'filterby=today', 'filterby=offers', 'filterby=closed', 'filterby=all',
    'sortby=deadline', 'groupby=state', 'groupby=technician', 'search=SN-77-X', 'filterby=all&search=SN-77-X')
# What a technician opens.
OWN_LISTS = ('filterby=open', 'filterby=late', 'filterby=today', 'filterby=closed', 'filterby=all', 'filterby=all&search=SN-77-X')


class Pages:
    """The pages of a provider with so many orders: ``{name: (client, path)}``."""

    def __init__(self, env, count):
        orders.OPEN = OPEN
        first, people, users = orders.make_first(env)
        orders.fill(env, first, people, users, count)
        leader, technician = env['res.users'].with_context(no_reset_password=True).create([
            {'name': name, 'login': f'bench_{name}', 'group_ids': [(6, 0, env.ref('base.group_portal').ids)], **values}
            for name, values in (('leader', {}), ('worker', {'partner_id': people[1].partner_id.id}))])
        env['stokiva.personnel'].create({
            'provider_id': first.provider_id.id, 'partner_id': leader.partner_id.id, 'role': 'dispatcher', 'user_id': leader.id})
        people[1].user_id = technician
        # All that was done or is under way is the technician's, too; a quarter of what is open is late.
        env.cr.execute(
            "UPDATE stokiva_work_order SET personnel_id = %s WHERE state NOT IN ('created', 'assigned')", [people[1].id])
        env.cr.execute(
            "UPDATE stokiva_work_order SET due_at = now()::timestamp - interval '1 hour' WHERE due_at IS NOT NULL AND id % 4 = 0")
        env.cr.commit()
        subprocess.run(['psql', '-q', '-d', env.cr.dbname, '-c', 'SET client_min_messages = error',
            '-c', 'VACUUM ANALYZE stokiva_work_order', '-c', 'VACUUM ANALYZE stokiva_device', '-c', 'VACUUM ANALYZE stokiva_visit',
            '-c', 'ANALYZE'], check=True)
        leader, technician = (self._log_in(env, user) for user in (leader, technician))
        self.pages = {
            'home': (leader, '/my/jobs'), 'calendar': (leader, '/my/jobs/calendar'),
            'open order': (leader, f'/my/jobs/{first.id}'), 'old order': (leader, f'/my/jobs/{first.id + 1}'),
            **{f'list {query}': (leader, f'/my/jobs/list?{query}') for query in LISTS},
            'technician: home': (technician, '/my/jobs'), 'technician: open order': (technician, f'/my/jobs/{first.id}'),
            'technician: old order': (technician, f'/my/jobs/{first.id + 1}'),
            **{f'technician: list {query}': (technician, f'/my/jobs/list?{query}') for query in OWN_LISTS}}
        self.env, self.pids = env, []

    def _log_in(self, env, user):
        """Return a client with a session of a user."""
        session = http.root.session_store.new()
        session.update(http.get_default_session(), db=env.cr.dbname, _trace_disable=True)
        session.uid, session.login = user.id, user.login
        session.session_token = security.compute_session_token(session, env(user=user.id))
        session.context = dict(env(user=user.id)['res.users'].context_get())
        http.root.session_store.save(session)
        env.cr.commit()
        client = Client(http.root)
        client.set_cookie('session_id', session.sid)
        return client

    def warm_up(self):
        """Open the pages once, and find out which processes of PostgreSQL serve them."""
        for name in self.pages:
            self.measure(name)
        self.env.cr.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        self.pids = [pid for pid, in self.env.cr.fetchall()]
        self.env.cr.commit()

    def _read_cpu(self):
        return time.process_time() + sum(map(backend_cpu, self.pids))

    def measure(self, name):
        """Open a page.

        :return: seconds of CPU, queries
        """
        queries, started = sql_db.sql_counter, self._read_cpu()
        client, path = self.pages[name]
        response = client.get(path)
        response.get_data()
        spent = self._read_cpu() - started
        assert response.status_code == 200, (name, response.status)
        return spent, sql_db.sql_counter - queries


def compare(few, many, name, rounds):
    """Measure a page in turn.

    :return: seconds of CPU and queries with few, with many
    """
    samples = ([], [])
    for index in range(rounds):
        for pages, collected in zip((few, many)[::1 if index % 2 else -1], samples[::1 if index % 2 else -1], strict=True):
            collected.append(pages.measure(name))
    return [(statistics.quantiles([spent for spent, _queries in rows])[0], rows[-1][1]) for rows in samples]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('database')
    parser.add_argument('--few', type=int, default=100)
    parser.add_argument('--many', type=int, default=50_000)
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--ratio', type=float, default=1.5, help="most times the CPU with few orders")
    parser.add_argument('--source', default='test', help="what is cloned")
    options = parser.parse_args()
    rows, missed = [], []
    with ExitStack() as stack:
        few, many = (
            Pages(stack.enter_context(environment(stack.enter_context(clone(options.source, count)))), count)
            for count in (options.few, options.many))
        config['db_name'] = []  # requests say by their session which one they mean
        few.warm_up()
        many.warm_up()
        for name in few.pages:
            (cpu_few, queries_few), (cpu_many, queries_many) = compare(few, many, name, options.rounds)
            ratio = cpu_many / cpu_few
            rows.append((
                name, queries_few, queries_many, f'{cpu_few * 1000:.1f}', f'{cpu_many * 1000:.1f}', f'{ratio:.2f}'))
            if queries_many > queries_few + CONTENT:
                missed.append(f'{name}: {queries_many} queries with many orders, {queries_few} with few')
            if ratio > options.ratio and cpu_many - cpu_few > NOISE:
                missed.append(f'{name}: {ratio:.2f} times the CPU, at most {options.ratio}')
    table(('page', f'queries {options.few}', f'queries {options.many}', f'CPU ms {options.few}', f'CPU ms {options.many}', 'ratio'), rows)
    for line in missed:
        print('MISSED', line)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
