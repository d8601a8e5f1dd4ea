import gzip
import re
import time
import uuid
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.http import root
from odoo.tests import tagged
from odoo.tools import SQL, file_path, mute_logger

from .common_field import FieldCommon

MAX_BUNDLE = 90_000
CONTROLLER = 'odoo.addons.stokiva_portal.controllers.field_sync'


@tagged('post_install', '-at_install')
class TestFieldApp(FieldCommon):
    """What is served before anybody is known, signing in, and what the office sees."""

    def test_the_page_holds_nothing_personal(self):
        anonymous = self.url_open('/field/app')
        self.assertEqual(anonymous.headers['Cache-Control'], 'no-cache')
        self.assertNotIn('Set-Cookie', anonymous.headers)
        self._login(self.user_technician_a)
        self.assertEqual(self._get('/field/app'), anonymous.text)
        self.assertNotIn('/web/assets/debug', anonymous.text)

    def test_bundle_is_small(self):
        page = self._get('/field/app')
        [script] = re.findall(r'(?:src|href)="(/web/assets/[^"]+)"', page)
        style = re.search(r'<style>(.*)</style>', page, re.DOTALL)[1]
        size = sum(len(gzip.compress(content, 6)) for content in (self.url_open(script).content, style.encode()))
        self.assertLessEqual(size, MAX_BUNDLE)

    def test_every_word_can_be_translated(self):
        """A word in an expression of a template is not found for translation; it belongs into words.js."""
        for path in Path(file_path('stokiva_portal/static/src/field_app')).rglob('*.xml'):
            self.assertNotIn('_t(', path.read_text(), path.name)

    def test_worker_changes_with_the_app(self):
        worker = self.url_open('/field/service-worker.js')
        self.assertEqual(worker.headers['Service-Worker-Allowed'], '/field/')
        version = re.search(r'app-version" content="(\w+)"', self._get('/field/app'))[1]
        self.assertIn(version, worker.text)
        view = self.env.ref('stokiva_portal.field_app')
        view.arch_db = view.arch_db.replace('noindex', 'none')
        self.env.flush_all()
        self.assertNotIn(version, self._get('/field/service-worker.js'))
        manifest = self.url_open('/field/manifest.webmanifest').json()
        self.assertEqual((manifest['scope'], manifest['start_url']), ('/field/', '/field/app'))
        for icon in manifest['icons']:
            self.assertEqual(self.url_open(icon['src']).headers['Content-Type'], 'image/png')

    def test_signing_in_and_out(self):
        login = self.user_technician_a.login
        self.authenticate(None, None)
        self.assertIn('error', self.make_jsonrpc_request('/field/login', {'login': login, 'password': "wrong"}))
        answer = self.make_jsonrpc_request('/field/login', {'login': login, 'password': login.ljust(8, 'x')})
        self.assertEqual(answer, {'uid': self.user_technician_a.id})
        self.assertEqual(self._sync()['uid'], self.user_technician_a.id)
        self.make_jsonrpc_request('/field/logout', {})
        with self.assertRaises(Exception):  # noqa: B017 - a session that has ended, as the browser sees it
            self._sync()

    def test_a_session_lives_on_by_pings(self):
        """A sync's answer may be lost on the way: the new id of a session never comes with it."""
        self._login(self.user_technician_a)
        self.session['create_time'] -= 4 * 3600
        root.session_store.save(self.session)
        old = self.session.sid
        self._sync()
        self.assertFalse(root.session_store.get(old).get('next_sid'))
        response = self.url_open('/field/ping', json={'params': {}})
        self.assertEqual(response.json()['result'], {'uid': self.user_technician_a.id})
        new = response.cookies['session_id']
        self.assertNotEqual(new, old)
        self.assertGreater(next(iter(response.cookies)).expires - time.time(), 6 * 86400)

    def test_asking_in_vain_is_cheap(self):
        """Only what changes is looked for; every change is found, what is common to all within minutes."""
        order = self._accepted()
        self.env.flush_all()
        for table in ('res_partner', 'stokiva_provider'):  # all of a test is written at one moment
            self.env.cr.execute(SQL("UPDATE %s SET write_date = write_date - interval '1 day'", SQL.identifier(table)))
        self.env.invalidate_all()
        self._login(self.user_technician_a)
        answer = self._sync()
        known = {'digest': answer['snapshot']['digest'], 'catalogue': answer['catalogue']['fingerprint']}
        with patch(f'{CONTROLLER}.FieldSnapshot') as looked:
            self._sync(**known)
            queries = self.env.cr.sql_log_count
            self.assertEqual([self._sync(**known)[name] for name in ('snapshot', 'catalogue')], [None, None])
            self.assertLessEqual(self.env.cr.sql_log_count - queries, 12)  # Odoo's own and the tests' savepoints among them
            looked.assert_not_called()

        def change():
            yield self.customer.write({'phone': '+90 532 999 88 77'})
            yield self.provider_a.write({'can_see_prices': not self.provider_a.can_see_prices})
            yield self._do(order, 'depart', self.user_technician_a)
            yield order._edit({'diagnosis': "Blocked"}, actor=self.user_dispatcher, channel='office')
            yield self._accepted()

        for _done in change():
            delta = self._sync(**known)['snapshot']
            self.assertTrue(delta)
            known['digest'] |= delta['digest']
            self.assertFalse(self._sync(**known)['snapshot'])
        self.cause.name = "Another name"
        self.assertFalse(self._sync(**known)['catalogue'])
        self.env.cr.execute("UPDATE stokiva_field_device SET looked_at = looked_at - interval '11 minutes'")
        self.assertTrue(self._sync(**known)['catalogue'])
        other = order.browse(max(map(int, known['digest'])))
        self._do(other, 'plan', self.user_provider_a, personnel_id=self.second_technician_a.id)
        self.assertEqual(self._sync(**known)['snapshot']['removed'], other.ids)
        for garbage in ('\ud800', ['x'], {}):
            self.assertTrue(self._sync(digest={'1': garbage, 'x': 'y'}, catalogue=garbage)['catalogue'])

    def test_a_silent_phone_is_worth_an_alert(self):
        """Once a job had begun or something was not sent; once, and until it is heard of again."""
        order = self._accepted()
        order.window_start = order.window_end = False
        self.provider_a.user_id = self.user_dispatcher
        self._login(self.user_technician_a)

        def check(hours=0):
            self.env.flush_all()
            self.env.cr.execute(SQL("UPDATE stokiva_field_device SET seen_at = seen_at - interval '1 hour' * %s", hours))
            self.env.invalidate_all()
            self.env['stokiva.alert']._cron_check_phones()
            return self.env['stokiva.alert'].search([('kind', '=', 'phone'), ('company_id', '=', self.company.id)], order='id')

        self._sync()
        self.assertFalse(check(5), "his job has not begun")
        self._sync(waiting=2)
        alert = check(5)
        self.assertRecordValues(alert, [{
            'personnel_id': self.technician_a.id, 'provider_id': self.provider_a.id, 'user_id': self.user_dispatcher.id,
            'state': 'open', 'cases': 0}])
        self.assertIn(f"{self.technician_a.name}, {self.provider_a.name}: silent for more than 4 hours", alert.text)
        self.assertEqual(alert.activity_ids.user_id, self.user_dispatcher)
        self.assertEqual(check(), alert, "told twice")
        action = alert.with_user(self.user_dispatcher).action_view_cases()
        self.assertEqual(self.env[action['res_model']].search(action['domain']).user_id, self.user_technician_a)
        self._sync()
        self.assertRecordValues(check(), [{'state': 'closed', 'activity_ids': []}])

        order.write({name: fields.Datetime.now() - timedelta(hours=hours) for name, hours in (
            ('window_start', 6), ('window_end', 4))})
        self.assertEqual(check(5).mapped('state'), ['closed', 'open'])
        self.company.stokiva_field_hours = 0
        self.assertEqual(check().mapped('state'), ['closed', 'closed'])
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.stokiva_field_hours = -1
            self.env.flush_all()

    def test_what_the_office_sees(self):
        order = self._accepted()
        self._login(self.user_technician_a)
        self._sync(self._op(order, event='submit'))
        device = self.env['stokiva.field.device'].search([('uuid', '=', self.device_uuid)])
        op = self.env['stokiva.field.op'].search([('work_order_id', '=', order.id)])
        as_dispatcher = device.with_user(self.user_dispatcher)
        self.assertEqual((as_dispatcher.open_order_count, as_dispatcher.provider_id), (1, self.provider_a))
        self.assertFalse(as_dispatcher.is_silent)
        self.env.cr.execute("UPDATE stokiva_field_device SET seen_at = seen_at - interval '5 hours'")
        self.env.invalidate_all()
        silent = as_dispatcher.search([('is_silent', '=', True)])
        self.assertEqual(silent & as_dispatcher, as_dispatcher)
        self._sync(device=str(uuid.uuid4()))
        self.assertFalse(as_dispatcher.is_silent, "he has taken another phone")
        self._sync(waiting=2)
        self.env.cr.execute("UPDATE stokiva_field_device SET seen_at = seen_at - interval '5 hours' WHERE id = %s", device.ids)
        self.env.invalidate_all()
        self.assertTrue(as_dispatcher.is_silent, "something waits on the old one")
        self.assertEqual(op.with_user(self.user_dispatcher).status, 'rejected')
        self.assertEqual(op.display_name, "Send to customer for approval")
        for user in (self.user_technician_a, self.user_call_centre, self.user_technician):
            for record in (op, device):
                with self.assertRaises(AccessError):
                    record.with_user(user).check_access('read')
        for values in ({'is_settled': True}, {'status': 'applied'}):
            with self.assertRaises(AccessError):
                op.with_user(self.user_manager).write(values)
