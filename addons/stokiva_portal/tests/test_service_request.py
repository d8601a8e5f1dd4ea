from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

from lxml import html

from odoo.fields import Command, Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import stokiva_work_order_request
from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestServiceRequest(PortalCommon):
    """A customer asks for service of his appliance: symptom, photos, window."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device, cls.theirs = cls.env['stokiva.device'].create([
            {'product_id': cls.product.id, 'partner_id': partner.id}
            for partner in (cls.customer, cls.user_other_customer.partner_id)])
        cls.symptom, cls.foreign_symptom = cls.env['stokiva.fault'].create([
            {'name': "It leaks", 'kind': 'symptom', 'device_type_id': cls.device_type.id},
            {'name': "It is warm", 'kind': 'symptom', 'device_type_id': cls.env['stokiva.device.type'].create(
                {'name': "Refrigerator"}).id}])
        cls.url = f'/my/appliances/{cls.device.id}/request'

    def _send(self, status=303, **values):
        return self._post(self.url, status=status, **{
            'type_id': self.service_type_repair.id, 'symptom': self.symptom.id, 'note': "Under the door", **values})

    def _get_windows(self):
        return [field.get('value') for field in html.fromstring(self._get(
            f'{self.url}?type_id={self.service_type_repair.id}')).xpath('//input[@name="window"]')]

    def _get_start(self, window):
        return self.env['stokiva.appointment']._parse_window(window)[0]

    def _get_orders(self):
        return self.env['stokiva.work.order'].search([('device_id', 'in', (self.device | self.theirs).ids)])

    def test_times_are_those_of_the_place(self):
        self.company.partner_id.tz = 'Europe/Istanbul'
        self.user_customer.tz = 'Asia/Tokyo'
        self._login(self.user_customer)
        self.assertEqual({self._get_start(window).hour for window in self._get_windows()}, {6, 10}, "9 and 13 o'clock there")

    def test_requesting(self):
        self._login(self.user_customer)
        self.assertIn(f'href="{self.url}"', self._get(f'/my/appliances/{self.device.id}'))
        page = self._get(self.url)
        self.assertIn("It leaks", page)
        self.assertNotIn("It is warm", page)
        window = self._get_windows()[-1]
        key = str(uuid4())
        photos = [('photos', (f'{number}.jpg', self._get_jpeg((320 + number, 240)), 'image/jpeg')) for number in range(2)]
        for _tap in range(2):
            self._send(files=photos, window=window, key=key)
        order = self._get_orders()
        self.assertRecordValues(order, [{
            'partner_id': self.customer.id, 'service_type_id': self.service_type_repair.id, 'symptom_ids': self.symptom.ids,
            'symptom_note': "Under the door", 'window_start': self._get_start(window), 'user_id': False}])
        self.assertEqual(
            order.media_ids.mapped(lambda item: (item.kind, item.channel)), [('fault', 'customer')] * 2)
        event = order.event_ids[0]
        self.assertEqual((event.event, event.actor_id, event.channel), ('open', self.user_customer.id, 'portal'))
        sent = order.media_ids[0]
        foreign = sent.copy({'channel': 'portal'})
        page = self._get(f'/my/service/{order.id}')
        self.assertIn(f'/photos/{sent.id}', page, "what he has sent, he sees at once")
        self.assertNotIn(f'/photos/{foreign.id}', page)
        self.assertEqual(self.url_open(f'/my/service/{order.id}/photos/{sent.id}').headers['Content-Type'], 'image/jpeg')
        self._get(f'/my/service/{order.id}/photos/{foreign.id}', 404)
        self.assertIn("See the open order", self._get(f'/my/appliances/{self.device.id}'))
        self._send(status=400, key=str(uuid4()))
        self.assertEqual(len(self._get_orders()), 1, "an appliance has one request at a time")

    def test_bad_input_opens_nothing(self):
        archived = self.env['stokiva.service.type'].create({'name': "Old", 'is_bookable': False})
        self._login(self.user_customer)
        for values in (
                {'symptom': '', 'note': ' '}, {'symptom': self.foreign_symptom.id, 'note': ''},
                {'symptom': "1' OR 1", 'note': ''}, {'type_id': archived.id}, {'type_id': 'x'},
                {'window': '20200101T0600-20200101T1000'}, {'window': 'x'},
                {'files': {'photos': ('x.jpg', b'<script>', 'image/jpeg')}}):
            self.assertIn('alert-danger', self._send(status=400, **values).text, values)
        with mute_logger('odoo.http'):
            self._send(status=400, csrf=False)
        with patch.object(stokiva_work_order_request, 'REQUESTS_A_DAY', 0):
            self._send(status=400)
        self.assertFalse(self._get_orders())

    def test_appliances_of_others_and_out_of_service(self):
        for user in (self.user_other_customer, self.user_provider_a):
            self._login(user)
            self._get(self.url, 404)
            self._send(status=404)
        self._login(self.user_customer)
        self.device.write({'state': 'returned', 'date_returned': '2026-01-01'})
        self.env.flush_all()
        self._get(self.url, 404)
        self._send(status=404)
        self.assertNotIn("Request service", self._get(f'/my/appliances/{self.device.id}'))
        self.assertFalse(self._get_orders())

    def test_only_free_windows_of_who_can_come(self):
        hours = self.env['resource.calendar'].create({
            'name': "Hours", 'company_id': False, 'attendance_ids': [Command.clear(), *(
                Command.create({'name': "Work", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 11, 'day_period': 'morning'})
                for day in range(7))]})
        (self.provider_a | self.provider_b).write({
            'tz': 'Europe/Istanbul', 'holiday_country_id': False, 'resource_calendar_id': hours.id})
        self.company.write({'stokiva_slots': True, 'stokiva_travel_minutes': 0})
        self.env['stokiva.opening']._rebuild_marked()
        self.env.flush_all()
        self._login(self.user_customer)
        windows = self._get_windows()
        self.assertEqual(len(windows), 6)
        self.assertTrue(all('T0600-' in window for window in windows), "9 o'clock in Istanbul")
        self.assertGreater(self._get_start(windows[0]), Datetime.now() + timedelta(hours=4))
        self._send(window=windows[0])
        order = self._get_orders()
        self.assertEqual(order.state, 'assigned')
        self.assertTrue(self.env['stokiva.slot.booking'].search([('work_order_id', '=', order.id)]))
        self._do(order, 'cancel', reason="Sold")
        (self.provider_a | self.provider_b).write({'active': False})
        self.env['stokiva.opening']._rebuild_marked()
        self.env.flush_all()
        self.assertFalse(self._get_windows())
