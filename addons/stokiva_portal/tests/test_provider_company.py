from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon

URL = '/my/jobs/company'


@tagged('post_install', '-at_install')
class TestProviderCompany(PortalCommon):
    """Hours, days, areas and documents of a provider, by those who lead it."""

    def setUp(self):
        super().setUp()
        self._login(self.user_provider_a)

    def _send(self, what, status=303, files=None, **values):
        return self._post(f'{URL}/{what}', files=files, status=status, **{
            'provider_id': self.provider_a.id, 'key': str(uuid4()), **values})

    def test_hours(self):
        self._send('hours', from_0='08:30', to_0='17:00', break_from_0='12:00', break_to_0='12:30', from_5='10:00', to_5='14:00')
        self.assertEqual(
            [(line.dayofweek, line.hour_from, line.hour_to) for line in self.provider_a.resource_calendar_id.attendance_ids
             if line.day_period != 'lunch'], [('0', 8.5, 12), ('0', 12.5, 17), ('5', 10, 14)])
        calendar = self.provider_a.resource_calendar_id
        page = self._get(URL)
        for text in ('value="08:30"', 'value="12:30"', 'value="14:00"'):
            self.assertIn(text, page)
        with mute_logger('odoo.http'):
            for bad in (
                    {}, {'from_0': '17:00', 'to_0': '08:00'}, {'from_0': '25:00', 'to_0': '26:00'}, {'from_0': 'x'},
                    {'from_0': '08:00', 'to_0': '12:00', 'break_from_0': '13:00', 'break_to_0': '14:00'}):
                self._send('hours', status=400, **bad)
        self.assertEqual(self.provider_a.resource_calendar_id, calendar)

    def test_days(self):
        day = self.provider_a._get_today() + timedelta(days=3)
        values = {'kind': 'closed', 'name': "Moving", 'date_start': day.isoformat(), 'date_end': day.isoformat()}
        self._send('days', **values)
        noted = self.provider_a.day_ids
        self.assertEqual((noted.kind, noted.date_start), ('closed', day))
        later = (day + timedelta(days=5)).isoformat()
        with mute_logger('odoo.http', 'odoo.sql_db'):
            for bad in (
                    {}, {**values, 'name': ' '}, {**values, 'date_end': '2000-01-01'}, {**values, 'kind': 'x'},
                    {**values, 'date_start': '2000-01-01'}, values,
                    {**values, 'kind': 'open', 'date_start': later, 'date_end': later},
                    {**values, 'date_start': later, 'date_end': day.isoformat()},  # only the database says so
                    {'remove': '999999999'}, {'remove': '-1'}):
                self._send('days', status=400, **bad)
        self.assertEqual(self.provider_a.day_ids, noted)
        self._send('days', remove=noted.id)
        self.assertFalse(noted.exists())

    def test_an_area_holds_when_the_manager_has_approved_it(self):
        city = self.env['res.city'].search([('name', '=', "Maltepe")], limit=1) or self.env['res.city'].create({
            'name': "Maltepe", 'state_id': self.env.ref('base.state_tr_34').id, 'country_id': self.env.ref('base.tr').id})
        self.provider_a.area_ids.filtered(lambda area: area.city_id == city).unlink()
        before = self.provider_a.area_ids
        self.assertIn(f'value="{city.id}"', self._get(f'{URL}?place=Malte'))
        self._send('areas', city_id=city.id)
        asked = self.env['stokiva.area.request'].search([])
        self.assertEqual((asked.provider_id, asked.kind, asked.state), (self.provider_a, 'add', 'asked'))
        self.assertTrue(asked.activity_ids)
        self.assertEqual(self.provider_a.area_ids, before)
        with mute_logger('odoo.http'):
            for bad in (
                    {'city_id': city.id}, {'area_id': self.provider_b.area_ids[:1].id}, {'city_id': 'x'}, {'city_id': '999999999'},
                    {}, {'state_id': '0'}):
                self._send('areas', status=400, **bad)
        with self.assertRaises(AccessError):
            asked.with_user(self.user_dispatcher).action_approve()
        with self.assertRaises(AccessError):
            asked.with_user(self.user_manager).state = 'granted'
        asked.with_user(self.user_manager).action_approve()
        area = self.provider_a.area_ids - before
        self.assertEqual((area.city_id, asked.decided_by_id), (city, self.user_manager))
        self.assertFalse(asked.activity_ids)
        self.assertIn("Approved", self._get(URL))
        with mute_logger('odoo.http'):
            self._send('areas', status=400, city_id=city.id)

        self._send('areas', area_id=area.id)
        leave = self.env['stokiva.area.request'].search([], limit=1).with_user(self.user_manager)
        with self.assertRaises(UserError):
            leave.action_reject()
        leave.answer = "Nobody else works there."
        leave.action_reject()
        self.assertTrue(area.exists())
        self.assertIn("Nobody else works there.", self._get(URL))
        self._send('areas', area_id=area.id)
        leave = self.env['stokiva.area.request'].search([], limit=1)
        leave.with_user(self.user_manager).action_approve()
        self.assertFalse(area.exists())

    def test_documents(self):
        day = self.provider_a._get_today() + timedelta(days=60)
        values = {'kind': 'insurance', 'number': "P-77", 'date_to': day.isoformat()}
        self._send('documents', files={'file': ('../x.exe', self._get_jpeg())}, **values)
        document = self.provider_a.document_ids
        self.assertEqual((document.file_name, document.date_to, document.stops_assignment), ('insurance.jpg', day, False))
        self.assertTrue(self.provider_a.activity_ids)
        url = f'{URL}/documents/{document.id}'
        self.assertIn(url, self._get(URL))
        self.assertEqual(self.url_open(url).headers['X-Content-Type-Options'], 'nosniff')
        with mute_logger('odoo.http'):
            for content in (b'', b'<svg onload=alert(1)>', b'%PDF-1.4 broken'):
                self._send('documents', status=400, files={'file': ('x.pdf', content)}, **values)
            self._send('documents', status=400, **values)
            self._send('documents', status=400, files={'file': ('x.jpg', self._get_jpeg())}, **{**values, 'date_to': '2000-01-01'})
        self.assertEqual(self.provider_a.document_ids, document)
        self._login(self.user_provider_b)
        self._get(url, 404)

    def test_others_change_nothing(self):
        day = (self.provider_a._get_today() + timedelta(days=3)).isoformat()
        forms = {
            'hours': {'from_0': '08:30', 'to_0': '17:00'}, 'areas': {'area_id': self.provider_a.area_ids[:1].id},
            'days': {'kind': 'closed', 'name': "x", 'date_start': day, 'date_end': day},
            'documents': {'kind': 'other'}}
        calendar = self.provider_a.resource_calendar_id
        with mute_logger('odoo.http'):
            for what, values in forms.items():
                self._send(what, status=400, csrf=False, **values)
            for user, status in ((self.user_provider_b, 403), (self.user_technician_a, 404), (self.user_customer, 404)):
                self._login(user)
                for what, values in forms.items():
                    self._send(what, status=status, **values)
            self._get(URL, 404)
        self.assertEqual(self.provider_a.resource_calendar_id, calendar)
        self.assertFalse(self.provider_a.day_ids or self.provider_a.document_ids)
        self.assertFalse(self.env['stokiva.area.request'].search([]))
