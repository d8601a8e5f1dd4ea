"""Kannel itself fails while messages are handed over: none is lost, and none is sent twice but what was uncertain."""
import collections
import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

from helpers import forget_environment
from kannel import SMSC_SMPP, Kannel, free_port
from smpp_peer import Centre

MESSAGES = 40


def prepare(env, kannel):
    """Queue messages of two companies, and return ``{uuid: number}``."""
    companies = env.company | env['res.company'].create({'name': "Second"})
    companies.sms_provider = 'gateway'
    numbers = {}
    for company in companies:
        env['stokiva.sms.gateway'].create({
            'name': company.name, 'company_id': company.id, 'provider': 'kannel', 'endpoint': kannel.send_url,
            'username': 'stokiva', 'password': kannel.password, 'sender': '5000', 'callback_url': 'http://127.0.0.1:9'})
        for sms in env['sms.sms'].create([
                {'number': f'+90532{company.id:03}{number:02}99', 'body': "Deneme ğ", 'record_company_id': company.id}
                for number in range(MESSAGES // 2)]):
            numbers[sms.uuid] = sms.number
    return numbers


def run_queue(odoo_env, database):
    """Hand over what waits, as if the time of waiting were over."""
    with odoo_env(database) as env:
        env.cr.execute(
            "UPDATE sms_sms SET stokiva_next_try = NULL, stokiva_claimed_at = stokiva_claimed_at - interval '6 minutes'")
        env.cr.execute("UPDATE stokiva_sms_gateway SET blocked_until = NULL")
        env.invalidate_all()
        env['sms.sms']._process_queue()


def get_states(odoo_env, database, uuids):
    with odoo_env(database) as env:
        return collections.Counter(
            env['stokiva.sms.log'].search([('uuid', 'in', list(uuids))]).mapped('state'))


def drain(odoo_env, database, uuids):
    """Run the queue until every message is with Kannel."""
    until = time.monotonic() + 60
    while get_states(odoo_env, database, uuids) != {'sent': len(uuids)}:
        assert time.monotonic() < until, get_states(odoo_env, database, uuids)
        run_queue(odoo_env, database)


@contextlib.contextmanager
def kill_while_sending(kannel, centre, name):
    """Kill a box as soon as some more messages have arrived."""
    def kill():
        before = len(centre.taken)
        kannel.wait(lambda: len(centre.taken) >= before + 3)
        kannel.kill(name)

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()


def test_boxes_are_killed_while_sending(database, odoo_env, tmp_path, record_property):
    centre = Centre()
    with Kannel(tmp_path, 'http://127.0.0.1:9/', SMSC_SMPP, centre.port) as kannel:
        kannel.wait(lambda: 'online' in (kannel.status() or '').partition('SMSC connections')[2])
        with odoo_env(database) as env:
            numbers = prepare(env, kannel)
        with kill_while_sending(kannel, centre, 'smsbox'):
            run_queue(odoo_env, database)
        assert get_states(odoo_env, database, numbers)['queued'], "all had left before the kill: the test proves nothing"
        kannel.start_smsbox()
        with kill_while_sending(kannel, centre, 'bearerbox'):
            run_queue(odoo_env, database)
        kannel.processes.pop('smsbox').wait(30)  # it ends with the other box
        kannel.start()
        drain(odoo_env, database, numbers)
        kannel.wait(lambda: {row[1] for row in centre.taken} >= {number.lstrip('+') for number in numbers.values()}
                    or {row[1] for row in centre.taken} >= {*numbers.values()}, 60)
        with odoo_env(database) as env:
            logs = env['stokiva.sms.log'].search([('uuid', 'in', list(numbers))])
            uncertain = {log.number for log in logs if log.is_uncertain}
            assert set(logs.company_id.ids) == set(env['stokiva.sms.gateway'].search([]).company_id.ids)
            assert all(log.gateway_id.company_id == log.company_id for log in logs)
    taken = collections.Counter(f"+{row[1].lstrip('+')}" for row in centre.taken)
    twice = {number for number, times in taken.items() if times > 1}
    centre.close()
    forget_environment(database)
    assert set(taken) == {*numbers.values()}, "a message was lost"
    assert max(taken.values()) <= 2
    assert len(twice - uncertain) <= 1, "Kannel repeats at most the one that its centre had not confirmed"
    assert len(uncertain) <= 2, "one a kill"
    record_property('figures', f'{len(numbers)} messages, 2 kills: {len(uncertain)} uncertain, {len(twice)} sent twice')


def test_full_queue_of_kannel(database, odoo_env, tmp_path):
    port = free_port()
    with Kannel(tmp_path, 'http://127.0.0.1:9/', SMSC_SMPP, port, queue_limit=10) as kannel:
        with odoo_env(database) as env:
            env['stokiva.sms.gateway'].search([]).active = False
            numbers = prepare(env, kannel)
        run_queue(odoo_env, database)  # the centre cannot be reached: Kannel keeps some, then says that it is full
        states = get_states(odoo_env, database, numbers)
        assert states['queued'], states
        assert states['sent'], states
        with odoo_env(database) as env:
            assert 'failing' in env['stokiva.sms.gateway'].search([]).mapped('health')
        centre = Centre(port)
        kannel.wait(lambda: 'online' in (kannel.status() or '').partition('SMSC connections')[2])
        drain(odoo_env, database, numbers)
        kannel.wait(lambda: len(centre.taken) >= len(numbers), 60)
    taken = collections.Counter(f"+{row[1].lstrip('+')}" for row in centre.taken)
    centre.close()
    forget_environment(database)
    assert taken == dict.fromkeys(numbers.values(), 1)


@contextlib.contextmanager
def answering():
    """Serve what stands before Kannel, or Kannel when it is unwell: a status chosen by ``status`` for each request.

    :return: what ``prepare`` needs of a Kannel, with ``status`` and ``asked``, the numbers in order
    """
    box = SimpleNamespace(status=202, asked=[], password='secret')

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_POST(self):
            self.rfile.read(int(self.headers['Content-Length']))
            box.asked.append(self.headers['X-Kannel-To'])
            body = b'0: Accepted for delivery' if box.status == 202 else b'Temporal failure, try again later.'
            self.send_response(box.status)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    box.send_url = f'http://127.0.0.1:{server.server_port}/cgi-bin/sendsms'
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()


def test_errors_of_kannel(database, odoo_env):
    """503 says that nothing was taken: all wait and leave later, once. 500 says nothing: one repetition, then an error."""
    with answering() as box:
        with odoo_env(database) as env:
            env['stokiva.sms.gateway'].search([]).active = False
            numbers = prepare(env, box)
        box.status = 503
        run_queue(odoo_env, database)
        assert set(get_states(odoo_env, database, numbers)) == {'queued'}
        assert len(box.asked) < len(numbers), "it goes on asking who says that he is unwell"
        box.status, box.asked = 202, []
        drain(odoo_env, database, numbers)
        assert len(box.asked) == len({*box.asked}) == len(numbers)
        box.status, box.asked = 500, []
        with odoo_env(database) as env:
            uncertain = env['sms.sms'].create(
                {'number': '+905321234599', 'body': "Deneme", 'record_company_id': env.company.id}).uuid
        for _run in range(4):
            run_queue(odoo_env, database)
        assert len(box.asked) == 2
        with odoo_env(database) as env:
            log = env['stokiva.sms.log'].search([('uuid', '=', uncertain)])
            assert (log.state, log.attempts) == ('failed', 2)
    forget_environment(database)
