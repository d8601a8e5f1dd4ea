from datetime import timedelta
from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderTeam(PortalCommon):
    """Who leads a provider looks after its people, and nobody else does."""

    def _url(self, person, action=''):
        return f'/my/jobs/team/{person.id}{action}'

    def _add(self, status=303, **values):
        return self._post('/my/jobs/team', status=status, **{
            'provider_id': self.provider_a.id, 'name': "Emre Kaya", 'phone': "0532 100 20 30", 'email': 'emre@example.com',
            'role': 'technician', 'invite': '1', 'key': str(uuid4()), **values})

    def test_somebody_is_added_and_invited(self):
        self._login(self.user_provider_a)
        key = str(uuid4())
        for _tap in range(2):
            self._add(key=key)
        person = self.provider_a.personnel_ids.filtered(lambda person: person.name == "Emre Kaya")
        self.assertEqual(
            (len(person), person.role, person.phone, person.user_id.login),
            (1, 'technician', "+905321002030", 'emre@example.com'))
        self.assertFalse(person.user_id._is_internal())
        page = self._get(self._url(person))
        self.assertIn("Invited", page)
        self.assertNotIn('name="email"', page)  # of who signs in, nobody else changes where passwords go
        self.assertIn("Emre Kaya", self._get('/my/jobs/team'))

    def test_roles_and_leaving(self):
        self._login(self.user_provider_a)
        person = self.second_technician_a
        self._post(self._url(person), role='dispatcher', email='thief@example.com')
        self.assertEqual((person.role, person.email), ('dispatcher', 'second@example.com'))
        order = self._accepted()
        with mute_logger('odoo.http'):
            response = self._post(self._url(self.technician_a, '/leave'), status=400)
        self.assertIn(order.name, response.text)
        self._post(self._url(person, '/leave'))
        self.assertFalse(person.active)
        self._login(self.user_second_technician_a)
        self._get('/my/jobs', 404)

    def test_absences(self):
        self._login(self.user_provider_a)
        url, today = self._url(self.technician_a, '/absences'), self.provider_a._get_today()
        span = {'reason': 'ill', 'first': today.isoformat(), 'last': (today + timedelta(days=2)).isoformat()}
        self._post(url, **span)
        absence = self.technician_a.absence_ids
        self.assertEqual(absence.date_to - absence.date_from, timedelta(days=3))
        self.assertIn("Away until", self._get('/my/jobs/team'))
        with mute_logger('odoo.http'):
            for bad in (
                    span, {**span, 'last': '2000-01-01'}, {**span, 'first': 'x'}, {**span, 'reason': 'nope'},
                    {'first': '2090-01-01', 'last': '2093-01-01', 'reason': 'ill'}, {'remove': 'x'}, {'remove': '999999999'}):
                self._post(url, status=400, **bad)
            self._post(self._url(self.second_technician_a, '/absences'), status=400, remove=absence.id)
        self.assertEqual(self.technician_a.absence_ids, absence)
        self._post(url, remove=absence.id)
        self.assertFalse(absence.exists())

    def test_who_may_not(self):
        master = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'role': 'master',
            'partner_id': self.env['res.partner'].create({'name': "Owner", 'email': 'owner@example.com'}).id})
        count = self.env['stokiva.personnel'].with_context(active_test=False).search_count([])
        with mute_logger('odoo.http'):
            self._login(self.user_provider_a)
            for person in (master, self.dispatcher_a):  # a dispatcher is no master, and nobody changes himself
                self._post(self._url(person), status=403, role='technician')
                self._post(self._url(person, '/leave'), status=403)
                self._post(self._url(person, '/invite'), status=403)
            self._post(self._url(self.second_technician_a), status=400, role='master')
            self._post(self._url(self.second_technician_a), status=400, role='nope')
            self._add(status=400, role='master')
            for bad in ({'name': ' '}, {'phone': '12'}, {'email': 'x@'}, {'provider_id': 'x'}):
                self._add(status=400, **bad)
            self._add(status=403, provider_id=self.provider_b.id)
            self._post('/my/jobs/team', status=400, csrf=False, provider_id=self.provider_a.id)
            for action in ('', '/leave', '/invite', '/absences'):
                self._post(self._url(self.dispatcher_b, action), status=404)
            self._get(self._url(self.dispatcher_b), 404)
            self._login(self.user_technician_a)
            for url in ('/my/jobs/team', self._url(self.technician_a)):
                self._get(url, 404)
            self._add(status=404)
            self._post(self._url(self.technician_a, '/absences'), status=404, reason='ill', first='2090-01-01', last='2090-01-01')
        self.assertEqual(count, self.env['stokiva.personnel'].with_context(active_test=False).search_count([]))
        self.assertEqual((master.role, self.second_technician_a.role, self.dispatcher_a.role), (
            'master', 'technician', 'dispatcher'))
        self.assertFalse(self.technician_a.absence_ids)

    def test_an_address_that_signs_in_elsewhere_gives_no_access(self):
        self._login(self.user_provider_a)
        self.user_manager.login = 'boss@example.com'
        with mute_logger('odoo.http'):
            self._add(status=400, email=self.user_manager.login)
        self.assertFalse(self.provider_a.personnel_ids.filtered(lambda person: person.name == "Emre Kaya"))
        contact = self.user_manager.partner_id
        person = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': contact.id, 'role': 'technician'})
        with mute_logger('odoo.http'):
            self._post(self._url(person, '/invite'), status=400)
        self.assertFalse(person.user_id)

    def test_the_list_as_a_table(self):
        offered, accepted = self._offered(), self._accepted()
        accepted.device_id.sudo().serial = '=1+1'
        self._login(self.user_provider_a)
        rows = self._get('/my/jobs/list.csv?filterby=all').splitlines()
        self.assertEqual(len(rows), 3)
        text = {row.split(';')[0]: row for row in rows}
        self.assertIn(self.customer.name, text[accepted.name])
        self.assertIn(";'=1+1;", text[accepted.name])
        self.assertNotIn(self.customer.name, text[offered.name])
        self._login(self.user_provider_b)
        self.assertEqual(len(self._get('/my/jobs/list.csv?filterby=all').splitlines()), 1)
