"""Two events on one order at the same moment, over real connections: none is lost, none is shown as a conflict."""
import json
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

import pytest
from helpers import PROOF

MANAGER = 'manager_at_work'
WRITERS = 4
WRITES = 25 if PROOF else 5


class Client:
    """A user of the web client, without the browser."""

    def __init__(self, server, login, password):
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.call('/web/session/authenticate', db=server.database, login=login, password=password)

    def call(self, path, **params):
        """Return the result of a JSON-RPC call.

        :raise RuntimeError: with the server's error
        """
        request = urllib.request.Request(
            self.server.url + path, json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}).encode(),
            {'Content-Type': 'application/json'})
        answer = json.load(self.opener.open(request, timeout=120))
        if 'error' in answer:
            raise RuntimeError(answer['error']['data']['message'])
        return answer['result']

    def execute(self, model, method, *args, **kwargs):
        return self.call(f'/web/dataset/call_kw/{model}/{method}', model=model, method=method, args=args, kwargs=kwargs)


def make_order(env):
    """An order that is offered to a provider, and a manager who may log in."""
    if not env['res.users'].search_count([('login', '=', MANAGER)]):
        group = env.ref('stokiva_service.group_stokiva_manager')
        env['res.users'].with_context(no_reset_password=True).create({
            'name': "Manager", 'login': MANAGER, 'password': MANAGER, 'group_ids': [(4, group.id)]})
    customer = env['res.partner'].create({'name': "Customer"})
    device_type = env['stokiva.device.type'].create({'name': "Oven"})
    device = env['stokiva.device'].create({'partner_id': customer.id, 'device_type_id': device_type.id})
    provider = env['stokiva.provider'].create({'partner_id': env['res.partner'].create({'name': "Provider"}).id})
    order = env['stokiva.work.order'].create({
        'partner_id': customer.id, 'device_id': device.id,
        'service_type_id': env['stokiva.service.type'].create({'name': "Repair"}).id})
    order._apply_event('open', actor=None, channel='system')
    order._apply_event('assign', {'provider_id': provider.id}, actor=None, channel='system')
    return order.id


@pytest.fixture(scope='module')
def server(new_server, new_database):
    """One server for all tests here: each makes an order of its own."""
    return new_server(new_database())


@pytest.fixture
def order_id(odoo_env, server):
    with odoo_env(server.database) as env:
        return make_order(env)


def test_conflicts_are_retried_and_no_edit_is_lost(server, odoo_env, order_id):
    def write(writer):
        client = Client(server, MANAGER, MANAGER)
        for number in range(WRITES):
            client.execute('stokiva.work.order', 'write', [order_id], {'diagnosis': f'{writer}.{number}'})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with odoo_env(server.database) as env:
        events = env['stokiva.work.order'].browse(order_id).event_ids
        assert events.mapped('event').count('edit') == WRITERS * WRITES
        assert events.mapped('seq') == list(range(1, len(events) + 1))
        assert not events._verify()
    assert 'tries left' in server.log.read_text(), "the test met no conflict: it proves nothing"


def test_of_two_answers_one_wins_and_the_other_is_told_why(server, odoo_env, order_id):
    barrier = threading.Barrier(2)

    def answer(_user):
        client = Client(server, MANAGER, MANAGER)
        barrier.wait()
        try:
            client.execute('stokiva.work.order', 'action_event', [order_id], context={'stokiva_event': 'accept'})
        except RuntimeError as error:
            return str(error)
        return None

    with ThreadPoolExecutor(2) as pool:
        problems = [problem for problem in pool.map(answer, range(2)) if problem]
    assert len(problems) == 1
    assert 'Accepted' in problems[0]
    with odoo_env(server.database) as env:
        assert env['stokiva.work.order'].browse(order_id).event_ids.mapped('event') == ['open', 'assign', 'accept']


def test_a_repeated_key_from_two_phones_counts_once(server, odoo_env, order_id):
    barrier = threading.Barrier(2)

    def accept(_phone):
        from odoo.service.model import retrying  # noqa: PLC0415

        barrier.wait()
        with odoo_env(server.database) as env:
            order = env['stokiva.work.order'].browse(order_id)
            return retrying(
                lambda: order._apply_event('accept', actor=None, channel='system', key='phone-1').ids, env)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(accept, range(2))
    assert first == second
