from datetime import timedelta
from uuid import uuid4

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon

URL = '/my/jobs/open'


@tagged('post_install', '-at_install')
class TestProviderOwn(PortalCommon):
    """Orders that a provider opens itself, and its figures."""

    def setUp(self):
        super().setUp()
        self.provider_a.can_open = True
        self.city = self.provider_a.area_ids.city_id[:1]
        self._login(self.user_provider_a)

    def _send(self, status=303, **values):
        return self._post(URL, status=status, **{
            'provider_id': self.provider_a.id, 'name': "Zehra Ak", 'phone': "0532 777 11 22", 'street': "Moda 1",
            'city_id': self.city.id, 'device_type_id': self.device_type.id, 'serial': 'OWN-1',
            'service_type_id': self.service_type_repair.id, 'symptom_note': "It leaks.", 'key': str(uuid4()), **values})

    def test_it_is_opened_and_accepted_in_one_step(self):
        self.assertIn(URL, self._get('/my/jobs/list'))
        self.assertIn(self.city.name, self._get(URL))
        key = str(uuid4())
        responses = [self._send(key=key) for _tap in range(2)]
        order = self.env['stokiva.work.order'].search([('device_id.serial', '=', 'OWN-1')])
        self.assertTrue(responses[0].headers['Location'].endswith(f'/my/jobs/{order.id}'))
        self.assertEqual(
            (order.state, order.provider_id, order.partner_id.name, order.partner_id.phone, order.city_id),
            ('accepted', self.provider_a, "Zehra Ak", "+905327771122", self.city))
        opened = order.event_ids.filtered(lambda row: row.event == 'open')
        self.assertEqual((opened.channel, opened.role), ('portal', 'provider_dispatcher'))
        self.assertIn("Zehra Ak", self._get(f'/my/jobs/{order.id}'))

    def test_bad_input_opens_nothing(self):
        count = self.env['stokiva.work.order'].search_count([])
        with mute_logger('odoo.http'):
            for bad in (
                    {'name': ''}, {'phone': '12'}, {'city_id': '0'}, {'city_id': 'x'}, {'device_type_id': '999999'},
                    {'service_type_id': ''}, {'symptom_note': ' \0 '}, {'window_start': '2090-01-01T10:00'},
                    {'window_start': 'x', 'window_end': 'y'}):
                self._send(status=400, **bad)
            self._send(status=403, provider_id=self.provider_b.id)
            self._send(status=400, csrf=False)
            self.provider_a.can_open = False
            self._send(status=404)  # there is no such form for them
            self._get(URL, 404)
            self.assertNotIn(URL, self._get('/my/jobs/list'))
            self.provider_a.can_open = True
            for user in (self.user_technician_a, self.user_customer):
                self._login(user)
                self._get(URL, 404)
                self._send(status=404)
        self.assertEqual(self.env['stokiva.work.order'].search_count([]), count)
        self.assertFalse(self.env['res.partner'].search([('name', '=', "Zehra Ak")]))

    def test_figures_beside_those_of_the_others(self):
        others = self.env['stokiva.provider'].create([
            {'partner_id': self.env['res.partner'].create({'name': f"Peer {number}"}).id} for number in range(3)])
        day = fields.Date.today() - timedelta(days=2)
        rows = [(self.provider_a, 40, 38), *((other, 40, 20) for other in others[:2])]

        def count(rows):
            self.env['stokiva.performance'].sudo().create([
                {'day': day, 'company_id': self.company.id, 'provider_id': provider.id, 'completed_count': done,
                 'on_time_count': kept, 'late_count': done - kept} for provider, done, kept in rows])

        count(rows)
        page = self._get('/my/jobs/performance?days=nope')
        self.assertIn("95", page)
        self.assertIn("too few other providers", page)
        count([(others[2], 40, 20)])
        page = self._get('/my/jobs/performance?days=30')
        self.assertIn("Better than the others", page)
        self.assertNotIn("Peer", page)
        self._login(self.user_technician_a)
        self._get('/my/jobs/performance', 404)
