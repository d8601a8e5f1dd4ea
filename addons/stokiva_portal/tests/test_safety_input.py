import csv
import os
from urllib.parse import quote

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_safety import CUSTOMER_WORDS, SafetyCommon
from .safety_routes import ARGUMENT, AUDIENCES, get_routes

IS_PROOF = bool(os.environ.get('STOKIVA_PROOF'))
MARK = 'hostile-7f'
# Columns of the table of orders.
NUMBER, NAME = 0, 5
# What the database refuses, huge, written backwards, SQL, HTML, templates, formulas, paths, no number at all.
HOSTILE = (
    f'{MARK}\0\0', MARK * 20_000, f'\u202e{MARK}\u202c', f"{MARK}'; DROP TABLE stokiva_work_order; --",
    f'<script>{MARK}</script><img src=x onerror="{MARK}()">', f'{{{{7*7}}}}%s%n${{{MARK}}}', f'=cmd|"/c {MARK}"!A1',
    f'../../../{MARK}', '9' * 400, '-1', '1e999', 'NaN', '٣', '🙂' * 500)
# What forms of ours are asked for, by any of them.
NAMES = (
    'reason', 'message', 'quantity', 'product_id', 'provider_id', 'name', 'phone', 'email', 'street', 'city_id', 'diagnosis',
    'serial', 'note', 'key', 'kind', 'date', 'date_from', 'date_to', 'window', 'stars', 'comment', 'workmanship_id', 'revision',
    'day', 'hour_from', 'hour_to', 'person_id', 'personnel_id', 'role', 'device_type_id', 'date_sold', 'fault_id', 'remark',
    'words', 'amount', 'number', 'radius', 'service_type', 'device_type', 'symptom', 'window_start', 'window_end', 'picking_id')
QUERY = ('search', 'filterby', 'sortby', 'groupby', 'page', 'lang', 'size', 'day', 'month', 'period', 'company', 'step')


@tagged('post_install', '-at_install')
class TestSafetyInput(SafetyCommon):
    """What people send into the pages that they may open: clear refusals, nothing carried out that was not meant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.arguments = {
            'order_id': cls.submitted.id, 'media_id': cls.photo.id, 'device_id': cls.submitted.device_id.id,
            'statement_id': cls.statement.id, 'picking_id': cls.picking.id, 'page': 1, 'kind': 'ask', 'event': 'comment',
            'line_id': cls.completed.settlement_ids.line_ids[:1].id, 'person_id': cls.technician_a.id}
        cls.enterClassContext(mute_logger('odoo.http', 'odoo.addons.http_routing.models.ir_http', 'odoo.sql_db'))

    def _get_forms(self, method):
        """Return the routes that take a form or a query from somebody who is signed in: ``[(role, path)]``."""
        return sorted(
            (AUDIENCES[audience][0], ARGUMENT.sub(lambda found: f'{self.arguments.get(found[1], 1)}', route.split(' ', 1)[1]))
            for route, audience in get_routes().items()
            if route.startswith(f'{method} ') and audience not in ('public', 'secret', 'office'))

    def url_open(self, url, *args, timeout=60, **kwargs):
        """Ask as always, but wait longer: what is sent is large, and the machine may be busy."""
        return super().url_open(url, *args, timeout=timeout, **kwargs)

    def _become(self, role):
        self._login(self.actors[role])

    def test_no_form_is_taken_without_its_token(self):
        """A form that another site has the browser send carries no token of ours, or one of another session."""
        self._become('neighbour')
        foreign = http.Request.csrf_token(self)
        before, role = self._get_fingerprint(), None
        for number, (rightful, url) in enumerate(self._get_forms('POST')):
            if role != rightful:
                role = rightful
                self._become(role)
            for token in ({}, {'csrf_token': foreign}) if IS_PROOF else ({},) if number % 2 else ({'csrf_token': foreign},):
                response = self.url_open(url, data={'reason': "Trying", 'message': "Trying", **token}, allow_redirects=False)
                self.assertEqual(response.status_code, 400, url)
        self._assert_unchanged(before, "forms without a token")

    def test_hostile_forms(self):
        """No error of the server, and nothing comes back as something else than text."""
        role = None
        for number, (rightful, url) in enumerate(self._get_forms('POST')):
            if role != rightful:
                role = rightful
                self._become(role)
            for index in range(len(HOSTILE)) if IS_PROOF else {0, number % len(HOSTILE)}:
                values = {name: HOSTILE[(index + (place if index % 2 else 0)) % len(HOSTILE)] for place, name in enumerate(NAMES)}
                response = self.url_open(url, data={
                    **values, 'csrf_token': http.Request.csrf_token(self)}, allow_redirects=False)
                self._assert_harmless(response, url)

    def test_hostile_queries(self):
        role = None
        for number, (rightful, url) in enumerate(self._get_forms('GET')):
            if role != rightful:
                role = rightful
                self._become(role)
            for index in range(len(HOSTILE)) if IS_PROOF else {0, number % len(HOSTILE)}:
                text = quote(HOSTILE[index][:300])
                response = self.url_open(f'{url}?' + '&'.join(f'{name}={text}' for name in QUERY), allow_redirects=False)
                self._assert_harmless(response, url)

    def _assert_harmless(self, response, url):
        self.assertLess(response.status_code, 500, url)
        self.assertNotIn(f'<script>{MARK}', response.text, url)
        self.assertNotIn(f'<img src=x onerror="{MARK}', response.text, url)
        self.env.cr.execute("SELECT count(*) FROM stokiva_work_order")  # the table and the transaction are there

    # === TABLES FOR OTHER PROGRAMS === #

    def _read_table(self, query=''):
        response = self.url_open(f'/my/jobs/list.csv?filterby=all{query}')
        self.assertEqual(response.status_code, 200)
        return response.text, list(csv.reader(response.text.splitlines()[1:], delimiter=';'))

    def test_tables_tell_no_customer_of_closed_or_foreign_orders(self):
        self._become('leader')
        text, rows = self._read_table()
        names = {row[NUMBER]: row[NAME] for row in rows}
        self.assertEqual(names[self.order.name], self.customer.name)
        self.assertEqual((names[self.completed.name], names[self.offered.name]), ('', ''))
        for word in CUSTOMER_WORDS[1:]:
            self.assertNotIn(word, text)
        for word in ("Ayşe", "Yılmaz", "5321234567", "0532 123 45 67", "905321234567"):
            found = {row[NUMBER] for row in self._read_table(f'&search={quote(word)}')[1]}
            self.assertFalse(found & {self.completed.name, self.offered.name}, word)
        self._become('competitor')
        for search in ('', *CUSTOMER_WORDS, self.completed.name):
            text, rows = self._read_table(f'&search={quote(search)}')
            self.assertFalse({row[NUMBER] for row in rows} & set((self.order | self.completed | self.offered).mapped('name')))
            self.assertNotIn(self.customer.name, text)

    def test_no_cell_is_a_formula(self):
        starts = ('=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '"=1', ';=1')
        self._become('leader')
        for start in starts if IS_PROOF else starts[::3]:
            self.customer.sudo().name = f'{start}{MARK}'
            self.order.device_id.sudo().serial = f'{start}{MARK}'
            self.env.flush_all()
            rows = self._read_table()[0]
            for row in csv.reader(rows.lstrip('\ufeff').split('\r\n'), delimiter=';'):
                for cell in row:
                    self.assertNotRegex(cell, r'^\s*[=+@-]', start)

    # === WHO IS NO LONGER THERE === #

    def test_an_archived_customer_is_sent_to_the_login(self):
        """Also with a session from before; what becomes of a provider's people see in the test of routes."""
        self._become('customer')
        urls = ('/my/service', f'/my/service/{self.submitted.id}', '/my/appliances')
        self.assertEqual(self.url_open(urls[0]).status_code, 200)
        self.user_customer.action_archive()
        self.env.flush_all()
        for url in urls:
            self.assertIn('/web/login', self.url_open(url, allow_redirects=False).headers.get('Location', ''), url)
