"""The process that sends is killed at any moment: nothing is lost, and at most one message a kill is sent twice."""
import collections
import http.server
import json
import os
import random
import signal
import threading
import time

from helpers import PROOF, forget_environment

KILLS = 50 if PROOF else 20
MESSAGES = KILLS * 25


class Stub(http.server.BaseHTTPRequestHandler):
    """A gateway that takes everything and counts."""
    protocol_version = 'HTTP/1.1'
    taken = collections.Counter()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        time.sleep(random.uniform(0, 0.01))
        Stub.taken[body['id']] += 1
        time.sleep(random.uniform(0, 0.01))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_arguments):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Say nothing: who is killed hangs up."""


def send_in_child(database):
    """Run the queue in a process of its own, which shares neither connection nor lock with this one."""
    forked = os.fork()
    if forked:
        return forked
    try:
        from odoo import SUPERUSER_ID, api  # noqa: PLC0415
        from odoo.modules.registry import Registry  # noqa: PLC0415

        with Registry(database).cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})['sms.sms']._process_queue()
    finally:
        os._exit(0)


def count(cr, state):
    cr.execute('SELECT count(*) FROM sms_sms WHERE state = %s', [state])
    return cr.fetchone()[0]


def test_kill_while_sending(database, odoo_env, record_property):
    from odoo import sql_db  # noqa: PLC0415

    stub = Server(('127.0.0.1', 0), Stub)
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    with odoo_env(database) as env:
        env.company.sms_provider = 'gateway'
        env['stokiva.sms.gateway'].create({
            'name': "Stub", 'company_id': env.company.id, 'provider': 'http',
            'endpoint': f'http://127.0.0.1:{stub.server_address[1]}/'})
        uuids = set(env['sms.sms'].create([
            {'number': f'+90532{number:07}', 'body': "Merhaba", 'record_company_id': env.company.id}
            for number in range(MESSAGES)]).mapped('uuid'))
    kills = 0
    while kills < KILLS:
        sql_db.close_all()  # a forked process must not share the connections
        child = send_in_child(database)
        before, until = sum(Stub.taken.values()), time.monotonic() + 60
        while sum(Stub.taken.values()) == before and time.monotonic() < until:
            time.sleep(0.005)  # it has begun to send
        time.sleep(random.uniform(0, 0.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        with odoo_env(database) as env:
            left = count(env.cr, 'process')
            assert left <= 1, f"{left} messages of one killed process are uncertain"
            env.cr.execute("UPDATE sms_sms SET stokiva_claimed_at = stokiva_claimed_at - interval '6 minutes' WHERE state = 'process'")
            assert count(env.cr, 'outgoing'), "everything was sent before the last kill: more messages are needed"
    with odoo_env(database) as env:
        while count(env.cr, 'outgoing') or count(env.cr, 'process'):
            env['sms.sms']._process_queue()
        logs = env['stokiva.sms.log'].search([('uuid', 'in', list(uuids))])
        assert set(logs.mapped('uuid')) == uuids
        assert set(logs.mapped('state')) <= {'sent', 'failed'}
        uncertain = {log.uuid for log in logs if log.is_uncertain}
        failed = {log.uuid for log in logs if log.state == 'failed'}
        assert uncertain, "no kill hit a message: the test proves nothing"
        assert len(uncertain) <= kills
        assert failed <= uncertain, "only what was killed twice is given up"
        assert uuids - failed <= {*Stub.taken}, "a message was lost"
        twice = {uuid for uuid, times in Stub.taken.items() if times > 1}
        assert twice <= uncertain
        assert max(Stub.taken.values()) <= 2
    stub.shutdown()
    forget_environment(database)
    record_property('figures', f'{kills} kills, {len(uuids)} messages: {len(uncertain)} uncertain, {len(twice)} sent twice, {len(failed)} given up')
