import logging
import os
import re
import traceback
import uuid
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import unquote_plus

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_speed import create_users

from .common_safety import CUSTOMER_WORDS, SafetyCommon
from .safety_routes import ARGUMENT, AUDIENCES, LOGIN, NOT_NOW, OPEN, REFUSED, get_routes

IS_PROOF = bool(os.environ.get('STOKIVA_PROOF'))
NOW = '2026-01-01T10:00:00.000Z'


@tagged('post_install', '-at_install')
class TestSafetyRoutes(SafetyCommon):
    """Every route of ours, as whoever has no business there; `make proof` tries all of them on each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        blocked, gone = create_users(
            cls.env, ('stokiva_blocked', 'base.group_portal', {}), ('stokiva_gone', 'base.group_portal', {}))
        cls.env['stokiva.personnel'].create([{
            'provider_id': cls.provider_a.id, 'partner_id': user.partner_id.id, 'role': 'dispatcher', 'user_id': user.id,
            'active': user == blocked} for user in (blocked, gone)])
        cls.actors |= {'blocked': blocked, 'gone': gone}
        cls.device = cls.submitted.device_id
        repeat = cls.env['stokiva.repeat.visit'].create({
            'work_order_id': cls.submitted.id, 'earlier_id': cls.completed.id, 'company_id': cls.company.id,
            'provider_id': cls.provider_a.id, 'opened_at': cls.submitted.opened_at})
        cls.arguments = {
            'order_id': cls.submitted.id, 'media_id': cls.photo.id, 'device_id': cls.device.id,
            'statement_id': cls.statement.id, 'picking_id': cls.picking.id, 'page': 1, 'gateway_id': 1, 'company_id': cls.company.id, 'kind': 'pdf',
            'line_id': cls.completed.settlement_ids.line_ids[:1].id, 'event': 'start', 'paper': 'form', 'size': 'thumb',
            'person_id': cls.technician_a.id, 'document_id': 1, 'repeat_id': repeat.id, 'name': '0b4a5e', 'token': 'x' * 22,
            'signature': 'x' * 64, 'uuid': str(uuid.uuid4())}
        cls.jpeg = cls._get_jpeg(cls, (32, 24))
        cls.enterClassContext(mute_logger(
            'odoo.http', 'odoo.addons.http_routing.models.ir_http'))

    def _get_served(self):
        """Return the routes of our addons as the table names them."""
        served = set()
        for rule in self.env['ir.http'].routing_map().iter_rules():
            if getattr(rule.endpoint, 'original_endpoint', rule.endpoint).__module__.startswith('odoo.addons.stokiva_'):
                methods = ','.join(sorted({*(rule.methods or ())} - {'HEAD', 'OPTIONS'})) or 'ANY'
                served.add(f'{methods} {rule.rule}')
        return served

    def test_the_table_is_complete(self):
        served, listed = self._get_served(), get_routes()
        self.assertFalse(served - listed.keys(), "Say in safety_routes.py to whom these new routes answer.")
        installed = self.env['ir.module.module']._installed()
        self.assertFalse(
            {route for route in listed.keys() - served if 'stokiva_sms' in installed or '/stokiva_sms/' not in route})

    # === REQUESTS === #

    def _as(self, role):
        """Become one of the actors; the blocked one has a session from before."""
        if role == 'anonymous':
            self.authenticate(None, None)
            return
        user = self.actors[role]
        self._login(user)
        if role == 'blocked':
            user.active = False
            self.env.flush_all()

    def _send(self, route):
        """Send a request for a route of the table, with a form that asks for much, and return the response."""
        methods, path = route.split(' ', 1)
        url = ARGUMENT.sub(lambda found: f'{self.arguments[found[1]]}', path)
        if 'POST' not in methods and methods != 'ANY' or path.endswith(('/app', '.webmanifest', '.js')):
            return self.url_open(url, allow_redirects=False)
        if methods == 'ANY':
            return self.url_open(url, json={'params': {
                'login': 'nobody', 'password': 'x', 'protocol': 1, 'device': self.arguments['uuid'], 'ops': []}})
        return self.url_open(url, allow_redirects=False, data={
            'csrf_token': http.Request.csrf_token(self), 'key': str(uuid.uuid4()), 'reason': "Trying", 'message': "Trying",
            'provider_id': self.provider_a.id, 'product_id': self.pump.id, 'quantity': '1', 'answer': 'approve',
            'uid': self.session.uid or '', 'work_order_id': self.submitted.id, 'uuid': str(uuid.uuid4()), 'device': str(uuid.uuid4()),
            'taken_at': NOW, 'sent_at': NOW, 'kind': 'before', 'remark': "Trying",
            'workmanship_id': self.workmanship.id, 'diagnosis': "Trying", 'serial': "TRYING-1", 'revision': 1,
            f'hash_{self.asked.id}': self.asked.shown_hash, f'answer_{self.asked.id}': 'approve', 'name': "Trying"}, files=dict.fromkeys(
                ('file', 'photos', 'receipt', 'evidence'), ('photo.jpg', self.jpeg, 'image/jpeg')))

    def _is_refused(self, route, response):
        if route == 'POST /field/media':
            return '"applied"' not in response.text
        if route.startswith('ANY /field/'):
            return 'snapshot' not in response.text and '"uid": 0' not in response.text
        # A form that means nothing of one's own is not understood.
        return response.status_code in REFUSED | ({400} if 'POST' in route else set())

    def _get_tried(self, refused):
        """Return the strangers to try on the routes of an audience, for each route in turn; all of them in the proof."""
        number = 0
        while True:
            number += 1
            yield refused if IS_PROOF or not refused else (refused[number % len(refused)],)

    # === TESTS === #

    def test_strangers_are_refused_and_change_nothing(self):
        tried = {}
        for audience, (_rightful, refused) in AUDIENCES.items():
            turns = self._get_tried(refused)
            for route in sorted(route for route, listed in get_routes().items() if listed == audience):
                for role in next(turns):
                    tried.setdefault(role, []).append(route)
        before = self._get_fingerprint()
        for role, routes in tried.items():
            self._as(role)
            self.env['stokiva.throttle'].search([]).unlink()  # who guesses too often would be told to wait instead
            for route in routes:
                response = self._send(route)
                self.assertTrue(self._is_refused(route, response), f"{role}: {route} {response.status_code}")
                self.assertFalse(role != 'customer' and self.customer.name in response.text, f"{role}: {route}")
        self._assert_unchanged(before, "strangers")

    def test_without_a_login_there_is_the_login(self):
        routes = sorted(route for route, audience in get_routes().items() if audience not in ('public', 'secret'))
        for number, role in enumerate(('anonymous', 'blocked')):
            self._as(role)
            before = self._get_fingerprint()
            for route in routes if IS_PROOF else routes[number::6]:
                response = self._send(route)
                if route.startswith('ANY'):
                    self.assertIn('SessionExpired', response.text, f"{role}: {route}")
                    continue
                self.assertIn(response.status_code, LOGIN | REFUSED, f"{role}: {route}")
                if response.status_code in LOGIN:
                    self.assertIn('/web/login', response.headers['Location'], f"{role}: {route}")
            self._assert_unchanged(before, role)

    def test_the_rightful_are_answered(self):
        """That the refusals are not for an address that nobody finds."""
        listed = get_routes()
        for rightful in {audience[0] for audience in AUDIENCES.values()} - {None}:
            self._as(rightful)
            for route in sorted(listed.keys() - NOT_NOW):
                if AUDIENCES[listed[route]][0] == rightful and (IS_PROOF or route.startswith('GET')):
                    # What is asked for may not be possible now; the page is there.
                    self.assertIn(
                        self._send(route).status_code, OPEN | ({403} if 'POST' in route else set()), f"{rightful}: {route}")

    def test_headers(self):
        """No page is kept, framed, or told of to other sites; nothing of it comes from elsewhere."""
        foreign = re.compile(r'<(?:script|link|img|iframe|video|source)[^>]+(?:src|href)="(?:https?:)?//')
        pages = {'leader': ('/my/jobs', f'/my/jobs/{self.submitted.id}'), 'customer': ('/my/service', '/my/appliances')}
        pages['anonymous'] = (f'/o/{self.asked._get_token()}', '/o/nothing')
        for role, urls in pages.items():
            self._as(role)
            for url in urls:
                response = self.url_open(url)
                headers = response.headers
                self.assertEqual((headers['Cache-Control'], headers['X-Frame-Options']), ('no-store', 'DENY'), url)
                self.assertIn("frame-ancestors 'none'", headers['Content-Security-Policy'], url)
                self.assertIn(headers['Referrer-Policy'], ('no-referrer', 'same-origin'), url)
                self.assertEqual(headers['X-Content-Type-Options'], 'nosniff', url)
                self.assertFalse(foreign.search(response.text.replace(self.base_url(), '')), url)

    def test_nothing_personal_is_in_addresses_or_the_log(self):
        """Neither in the addresses of our pages nor in what the server writes down, when it goes right and when not."""
        token = self.asked._get_token()
        secrets = (*CUSTOMER_WORDS, token, self.user_customer.login, '+90 532', 'Bahariye%20')
        records = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: records.append(record.getMessage() + (
            "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""))
        self._login(self.user_customer)  # Odoo writes down who signs in
        with self._listening(handler):
            pages = [self.url_open(url).text for url in (
                '/my/service', f'/my/service/{self.submitted.id}', f'/my/service/{self.submitted.id}/answer', f'/o/{token}',
                f'/o/{token}?unknown=1', f'/o/{token}/photo/1')]
            for url, values in (
                    (f'/my/service/{self.submitted.id}/cancel', {'reason': CUSTOMER_WORDS[0]}),
                    (f'/my/service/{self.submitted.id}/message', {'message': CUSTOMER_WORDS[1]}),
                    (f'/o/{token}', {f'hash_{self.asked.id}': self.asked.shown_hash, 'answer': 'x', 'comment': CUSTOMER_WORDS[0]})):
                self.url_open(url, data={**values, 'csrf_token': http.Request.csrf_token(self)}, allow_redirects=False)
        self._login(self.user_provider_a)
        with self._listening(handler):
            pages += [self.url_open(url).text for url in (
                '/my/jobs', '/my/jobs/list?search=Ay', f'/my/jobs/{self.submitted.id}', f'/my/jobs/{self.completed.id}')]
        self.assertTrue(records)
        for secret in secrets:
            self.assertFalse([line for line in records if secret in line])
        links = {link for page in pages for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page)}
        self.assertGreater(len(links), 30)
        for word in CUSTOMER_WORDS:
            self.assertFalse([link for link in links if word in unquote_plus(link)])

    @contextmanager
    def _listening(self, handler):
        """Give a handler all that Odoo logs, but the access log: its place is before the server, see the operator's page."""
        logger = logging.getLogger('odoo')
        level, name = logger.level, 'odoo.sql_db'
        with patch.object(logging.getLogger(name), 'disabled', True):
            logger.setLevel(logging.DEBUG)
            logger.addHandler(handler)
            try:
                yield
            finally:
                logger.removeHandler(handler)
                logger.setLevel(level)

    def test_links_that_are_over_do_nothing(self):
        token, used = self.asked._get_token(), self.used._get_token()
        before = self._get_fingerprint()
        form = {f'hash_{self.asked.id}': self.asked.shown_hash, 'answer': 'approve', 'name': "Trying", 'typed': '1'}
        for wrong in (token[:-1] + ('A' if token[-1] != 'A' else 'B'), token.swapcase(), f'{self.asked.id}', self.asked.token_hash):
            self.assertEqual(self.url_open(f'/o/{wrong}').status_code, 404)
            self.assertEqual(self.url_open(f'/o/{wrong}', data=form).status_code, 404)
        answered = self.url_open(f'/o/{used}', data={f'hash_{self.used.id}': self.used.shown_hash, 'answer': 'dispute'})
        self.assertEqual(answered.status_code, 200)
        self.assertNotIn('name="answer"', answered.text)
        self._assert_unchanged(before, "wrong and used links")
        self.asked.expires_at = '2020-01-01'
        before = self._get_fingerprint()
        for url in (f'/o/{token}', f'/o/{token}/photo/{self.photo.id}'):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open(f'/o/{token}', data=form).status_code, 404)
        self._assert_unchanged(before, "an expired link")
