import re
from datetime import datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.stokiva_service.tests.test_slot import SlotCommon

from .common import PortalCommon

ADDRESS = 'visitor@example.com'
CONTACT = {
    'action': 'contact', 'name': "Mine Kaya", 'phone': '0532 222 33 44', 'email': ADDRESS, 'street': "Moda Caddesi 5",
    'note': "Third floor", 'consent': '1'}


class AppointmentCommon(SlotCommon, PortalCommon):
    """Alfa and Beta have windows; the page is open. Times are real where the page is called: its server's clock is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({
            'stokiva_booking': True, 'country_id': cls.country.id, 'stokiva_booking_lead_hours': 4,
            'stokiva_change_hours': 4})
        if 'sms_provider' in cls.company._fields:
            cls.company.sms_provider = 'log'
        cls.url = f'/appointment/{cls.company.id}'
        cls.wish = {
            'device_type': cls.device_type.id, 'service_type': cls.service_type_repair.id, 'city': cls.city_kadikoy.id}

    def setUp(self):
        super().setUp()
        # Pages write what they count in a cursor of their own; a test has only one.
        self.startPatch(self.registry['stokiva.throttle'], '_hit', lambda *_args, **_kwargs: True)
        self.env['stokiva.opening']._rebuild_marked()
        self.env.flush_all()

    def startPatch(self, target, name, value):
        patcher = patch.object(target, name, value)
        self.addCleanup(patcher.stop)
        patcher.start()

    def _ask(self, url, status=200, headers=None, **query):
        """Open a page of the visitor's with a query; return its text."""
        response = self.url_open(url + '?' + '&'.join(f'{key}={value}' for key, value in query.items()), headers=headers)
        self.assertEqual(response.status_code, status, response.text[-1500:])
        return response.text

    def _windows(self, **query):
        """Return what stands for the free windows of the day that the page opens."""
        return re.findall(r'value="(\d{8}T\d{4}-\d{8}T\d{4})"', self._ask(self.url, **self.wish, **query))

    def _hold(self, window=None, status=303, **values):
        """Choose a window; return the page's path, and what is held."""
        response = self._post(
            self.url, csrf=False, status=status, window=window or self._windows()[0], **{**self.wish, **values})
        return self._path(response), self.env['stokiva.appointment'].search([], limit=1)

    def _book(self, **contact):
        """Take the whole way; return the order, and the path of its page."""
        path, held = self._hold()
        self._post(path, csrf=False, **{**CONTACT, 'confirm_by': 'email', **contact})
        self._post(path, csrf=False, action='code', code=held._get_code())
        response = self.url_open(path, allow_redirects=False)
        return held.work_order_id, self._path(response)

    def _path(self, response):
        """Return where a form leads to, without the host."""
        return urlsplit(response.headers.get('Location', '')).path

    def _count(self):
        return self.env['stokiva.work.order'].search_count([])


@tagged('post_install', '-at_install')
class TestAppointment(AppointmentCommon):
    """Visitors book by themselves what somebody can take, and prove who they are."""

    def test_what_where_when(self):
        page = self._ask(self.url)
        for text in ("Dishwasher", "Repair", "Installation"):
            self.assertIn(text, page)
        self.assertIn(self.state_istanbul.name, self._ask(
            self.url, device_type=self.device_type.id, service_type=self.service_type_repair.id))
        page = self._ask(
            self.url, device_type=self.device_type.id, service_type=self.service_type_repair.id,
            province=self.state_istanbul.id)
        self.assertIn("Üsküdar", page)
        self.assertIn("Does not drain", page)
        self.assertIn([self.city_kadikoy.id, "Kadıköy"], self.url_open(
            f'{self.url}/districts?province={self.state_istanbul.id}').json())
        page = self._ask(self.url, **self.wish, symptom=self.symptom.id)
        self.assertIn("Does not drain", page)
        self.assertIn("09:00–11:00", page)
        self.assertIn("1 h", page)

    def test_nobody_comes_there(self):
        self.wish = {**self.wish, 'city': self.city_cankaya.id}
        self.assertIn("cannot offer this there", self._ask(self.url, **self.wish))
        self.assertEqual(self._hold('20261102T0600-20261102T0800', status=409)[1], self.env['stokiva.appointment'])

    def test_price(self):
        self.company.stokiva_diagnosis_fee = 500
        self.assertIn("Free within the warranty", self._ask(self.url, **self.wish))
        self.service_type_repair.is_charged = True
        self.workmanship.service_type_id = self.service_type_repair
        self.assertRegex(self._ask(self.url, **self.wish), r"From .*[45]\d\d")

    def test_whole_way(self):
        before, windows = self._count(), self._windows()
        path, held = self._hold(windows[0])
        self.assertEqual((held.state, held.provider_id), ('held', self.provider_a))
        [booking] = self.env['stokiva.slot.booking'].search([('key', '=', held._get_hold_key())])
        self.assertEqual(booking.minutes, 60)
        self._post(path, csrf=False, confirm_by='email', **CONTACT)
        self.assertEqual(self._count(), before, "nothing is opened before the code")
        [mail] = self.env['mail.mail'].search([('email_to', '=', ADDRESS)])
        self.assertIn(held._get_code(), mail.body_html)
        self.assertIn('max-width: 590px', mail.body_html, "in the frame of all letters")
        wrong = f'{(int(held._get_code()) + 1) % 10**6:06}'
        self.assertIn("not the code", self._post(path, csrf=False, status=400, action='code', code=wrong).text)
        self._post(path, csrf=False, action='code', code=held._get_code())
        self._post(path, csrf=False, action='code', code=held._get_code())
        order = held.work_order_id
        self.assertEqual(self._count(), before + 1, "sent twice, opened once")
        self.assertEqual((order.state, order.provider_id), ('assigned', self.provider_a))
        self.assertEqual((order.window_start, order.window_end), (held.window_start, held.window_end))
        self.assertEqual(order.partner_id.phone, '+905322223344')
        self.assertEqual(order.site_id.city_id, self.city_kadikoy)
        self.assertEqual(order.symptom_note, "Third floor")
        self.assertEqual(order.event_ids[0].channel, 'booking')
        self.assertFalse(self.env['stokiva.slot.booking'].search([('key', '!=', False)]), "the hold is the order's now")
        self.assertEqual(len(self._booked(order)), 1)
        self.assertIn(order.name, self._get(self.url_open(path, allow_redirects=False).headers['Location']))

    def test_known_customer_is_found_by_what_was_proved_only(self):
        self.customer.email = ADDRESS
        device = self.env['stokiva.device'].create({'partner_id': self.customer.id, 'device_type_id': self.device_type.id})
        path, held = self._hold()
        self._post(path, csrf=False, confirm_by='email', **CONTACT)
        page = self._get(path)
        for text in (self.customer.name, self.customer.street):
            self.assertNotIn(text, page)
        self._post(path, csrf=False, action='code', code=held._get_code())
        order = held.work_order_id
        self.assertEqual((order.partner_id, order.device_id), (self.customer, device))
        self.assertEqual(order.site_id.parent_id, self.customer)
        self.assertEqual(self.customer.street, "Bahariye Caddesi 12", "what is on file stays")
        self.assertEqual(self.customer.phone, '+90 532 123 45 67')

    def test_somebody_elses_phone_proves_nothing(self):
        order, _path = self._book(phone=self.customer.phone)
        self.assertNotEqual(order.partner_id, self.customer, "the e-mail was proved, not the telephone")

    def test_by_sms(self):
        if not self.company._stokiva_can_text():
            return
        path, held = self._hold()
        self._post(path, csrf=False, confirm_by='phone', **CONTACT)
        log = self.env['stokiva.sms.log'].search([('number', '=', '+905322223344')])
        self.assertEqual(len(log), 1)
        self.assertIn("+90 532 222 33 44", self._get(path))
        self.assertNotIn(held._get_code(), log.body, "the journal has no code")
        self.assertIn(held._get_code(), self.env['sms.sms'].search([('uuid', '=', log.uuid)]).body)
        self._post(path, csrf=False, action='code', code=held._get_code())
        self.assertEqual(held.state, 'booked')

    def test_full_window_is_offered_to_nobody(self):
        windows = self._windows()
        for _number in range(6):  # three technicians of two providers, two hours, an hour each
            self._hold(windows[0])
        self.assertNotIn(windows[0], self._windows())
        _path, held = self._hold(windows[0], status=409)
        self.assertEqual(self.env['stokiva.appointment'].search_count([]), 6)
        self.assertEqual(held.provider_id, self.provider_b)

    def test_hold_ends(self):
        path, held = self._hold()
        held.held_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertIn("not held any more", self._get(path))
        self._post(path, csrf=False, confirm_by='email', **CONTACT)
        self.assertFalse(held.name)
        path, held = self._hold()
        self._post(path, csrf=False, **{**CONTACT, 'confirm_by': 'email'})
        held.code_until = fields.Datetime.now() - timedelta(seconds=1)
        refused = self._post(path, csrf=False, status=400, action='code', code=held._get_code())
        self.assertIn("not hold any more", refused.text)
        self._post(path, csrf=False, action='release')
        self.assertEqual(held.state, 'ended')
        self.assertFalse(self.env['stokiva.slot.booking'].search([('key', '=', held._get_hold_key())]))
        self._post(path, csrf=False, action='code', code=held._get_code())
        self.assertFalse(held.work_order_id)

    def test_window_lost_before_the_code(self):
        path, held = self._hold()
        self._post(path, csrf=False, confirm_by='email', **CONTACT)
        self.provider_a.active = False
        before = self._count()
        response = self._post(path, csrf=False, action='code', code=held._get_code())
        self.assertIn('taken=1', response.headers['Location'])
        self.assertIn("just taken", self._get(response.headers['Location']))
        self.assertEqual(self._count(), before)

    def test_guesses(self):
        path, held = self._hold()
        self._post(path, csrf=False, confirm_by='email', **CONTACT)
        wrong = f'{(int(held._get_code()) + 1) % 10**6:06}'
        for _guess in range(5):
            self._post(path, csrf=False, status=400, action='code', code=wrong)
        refused = self._post(path, csrf=False, status=400, action='code', code=held._get_code())
        self.assertIn("not hold any more", refused.text)
        for _number in range(2):
            self._post(path, csrf=False, action='again')
        self.assertIn("No more codes", self._post(path, csrf=False, status=400, action='again').text)
        self._post(path, csrf=False, action='code', code=held._get_code())
        self.assertEqual(held.state, 'booked')

    def test_bad_contact(self):
        path, held = self._hold()
        for values, words in (
                ({'name': ''}, "fill in this field"), ({'phone': '0500 12'}, "too few digits"), ({'phone': 'me'}, "no digits"),
                ({'email': ''}, "send the code there"), ({'email': 'no'}, "not an e-mail"), ({'street': ' '}, "fill in this field"),
                ({'consent': ''}, "cannot come")):
            page = self._post(path, csrf=False, status=400, **{**CONTACT, 'confirm_by': 'email', **values}).text
            self.assertIn(words, page)
        self.assertFalse(held.name or held.code_number)
        self.assertFalse(self.env['mail.mail'].search([('email_to', '=', ADDRESS)]))

    def test_forged_wishes(self):
        other = self.env['res.company'].create({'name': "Other"})
        foreign = self.env['stokiva.service.type'].create({'name': "Foreign", 'company_id': other.id})
        closed = self.env['stokiva.service.type'].create({'name': "Closed", 'is_bookable': False})
        archived = self.env['stokiva.service.type'].create({'name': "Archived", 'active': False})
        window = self._windows()[0]
        for values in (
                {'service_type': foreign.id}, {'service_type': closed.id}, {'service_type': archived.id},
                {'service_type': 999999999}, {'device_type': self.device_type_parent.id}, {'city': 999999999},
                {'symptom': self.cause.id}):
            wish = {**self.wish, **values}
            self.assertIn("not on offer any more", self._ask(self.url, 400, **wish))
            self.assertIn("not on offer any more", self._post(
                self.url, csrf=False, status=400, window=window, **wish).text)
        for window in ('', 'x', '20200101T0600-20200101T0800', '20261102T0600-20261102T0900', '99999999T9999-1'):
            response = self.url_open(self.url, data={**self.wish, 'window': window}, allow_redirects=False)
            self.assertIn(response.status_code, (400, 409), window)
        self.assertFalse(self.env['stokiva.appointment'].search_count([]))

    def test_closed(self):
        path, held = self._hold()
        self.company.stokiva_booking = False
        self.env.flush_all()
        self.assertIn("No online appointments", self._get(self.url, 404))
        self._get('/appointment/999999', 404)
        self._post(self.url, csrf=False, status=404, window='20261102T0600-20261102T0800', **self.wish)
        self._post(path, csrf=False, status=404, **CONTACT)
        self.assertFalse(held.name)
        self._get('/appointment/h/nothing', 404)

    def test_other_sites(self):
        window = self._windows()[0]
        for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Origin': 'https://evil.example'}):
            response = self.url_open(self.url, data={**self.wish, 'window': window}, headers=headers)
            self.assertEqual(response.status_code, 403)
        self.assertFalse(self.env['stokiva.appointment'].search_count([]))
        frame = self.url_open(self.url)
        self.assertEqual(frame.headers['X-Frame-Options'], 'DENY')
        self.company.stokiva_booking_origins = 'https://www.example.com http://shop.example:8080'
        self.env.flush_all()
        frame = self.url_open(self.url)
        self.assertNotIn('X-Frame-Options', frame.headers)
        self.assertIn(
            "frame-ancestors 'self' https://www.example.com http://shop.example:8080",
            frame.headers['Content-Security-Policy'])
        for origin in ("https://x; script-src *", "javascript:x", "*"):
            with self.refused(Exception, "not the address of a site"):
                self.company.stokiva_booking_origins = origin

    def test_limits(self):
        window, (path, held) = self._windows()[0], self._hold()
        self.startPatch(self.registry['stokiva.throttle'], '_hit', lambda *_args, **_kwargs: False)
        self.assertIn("wait a little", self._get(self.url, 429))
        self._post(self.url, csrf=False, status=429, window=window, **self.wish)
        self._post(path, csrf=False, status=429, **CONTACT)
        self._get('/appointment/h/nothing', 429)
        self.assertFalse(held.name)

    def test_old_ones_are_forgotten(self):
        _path, held = self._hold()
        with freeze_time(datetime.now() + timedelta(days=2)):
            self.env['stokiva.appointment']._gc_appointments()
        self.assertFalse(held.exists())
