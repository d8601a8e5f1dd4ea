"""Two phones of one person and the office act on the same jobs at the same moment, over HTTP, on several processes.

`make proof` lets four workers of one server do it, many more times.
"""
import socket
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from field_app.world import PASSWORD
from helpers import PROOF
from test_concurrency import Client

JOBS = 12 if PROOF else 2
OFFICE = 'field.office'


def test_each_thing_is_done_once(company, new_server):
    with company.open_env() as env:
        env['res.users'].with_context(no_reset_password=True).create({
            'name': "Office", 'login': OFFICE, 'password': PASSWORD,
            'group_ids': [(4, env.ref('stokiva_service.group_stokiva_manager').id)]})
        jobs = [company.make_job(env, 'deniz', number).id for number in range(JOBS)]
        payloads = company.get_payloads(env, jobs[0])
    shared = {job: _make_op(job, 'labour_add', payloads['labour_add']) for job in jobs}
    second = new_server(company.server.database, *_get_options())
    login = company.logins['deniz']
    phones = [Client(server, login, PASSWORD) for server in (second if PROOF else company.server, second)]
    office = Client(second, OFFICE, PASSWORD)
    barrier = threading.Barrier(3)

    def play_phone(phone):
        device, results = str(uuid.uuid4()), []
        for job in jobs:
            barrier.wait()
            results += phone.call('/field/sync', protocol=1, device=device, sent_at=_now(), ops=[
                _make_op(job, 'event', {'event': 'depart'}), _make_op(job, 'event', {'event': 'start'}),
                # The same operation from both, as from two tabs without a lock.
                shared[job], _make_op(job, 'part_add', payloads['part_add'])])['results']
        return results

    def play_office():
        for job in jobs:
            barrier.wait()
            office.execute('stokiva.work.order', 'write', [job], {'diagnosis': "Seen by the office"})
        return []

    with ThreadPoolExecutor(3) as pool:
        played = [*(pool.submit(play_phone, phone) for phone in phones), pool.submit(play_office)]
        results = [row for done in played for row in done.result()]
    # A step that the other phone is past is refused; all else is taken over.
    assert {(row['status'], row['code']) for row in results} <= {('applied', None), ('rejected', 'refused')}, results
    with company.open_env() as env:
        for order in env['stokiva.work.order'].browse(jobs):
            counts = Counter(order.event_ids.mapped('event'))
            assert (counts['depart'], counts['start']) == (1, 1)
            assert len(order.labour_line_ids) == 1 and len(order.part_line_ids) == 2
            assert order.state == 'in_progress' and order.diagnosis == "Seen by the office"
            assert order.event_ids.mapped('seq') == list(range(1, len(order.event_ids) + 1))


def _get_options():
    """Return the options of the second server."""
    if not PROOF:
        return []
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return ['--workers=4', f'--gevent-port={probe.getsockname()[1]}']


def _make_op(job, type_, payload):
    return {'uuid': str(uuid.uuid4()), 'type': type_, 'work_order_id': job, 'payload': payload, 'requires': [],
            'client_time': _now()}


def _now():
    return datetime.utcnow().isoformat(timespec='milliseconds') + 'Z'
