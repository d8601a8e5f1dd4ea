from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_appointment import AppointmentCommon


@tagged('post_install', '-at_install')
class TestTracking(AppointmentCommon):
    """A customer follows his order by a link, moves and cancels what he may, and the link dies with the job."""

    def _track(self, order):
        return self.env['stokiva.tracking']._get_for(order)._get_path()

    def _soon(self, hours):
        """An order that Alfa accepted, whose visit begins in so many hours."""
        start = fields.Datetime.now() + timedelta(hours=hours)
        order = self._open_order(window_start=start, window_end=start + timedelta(hours=2))
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept')
        return order

    def test_what_it_shows(self):
        order = self._planned()
        path = self._track(order)
        page = self._get(path)
        self.assertIn(order.name, page)
        self.assertNotIn(self.provider_a.name, page, "not before it has accepted")
        self._do(order, 'accept')
        self._do(order, 'plan', personnel_id=self.technician_a.id)
        page = self._get(path)
        for text in (self.provider_a.name, "09:00–11:00", "tel:+902165550000"):
            self.assertIn(text, page)
        for text in (self.customer.name, self.customer.street, self.technician_a.name, '532 123'):
            self.assertNotIn(text, page)
        self._do(order, 'depart', self.technician_a, 'field')
        page = self._get(path)
        self.assertIn("on the way", page)
        self.assertIn("<b>Alfa</b>", page)
        self._do(order, 'start', self.technician_a, 'field')
        self.assertIn("at work", self._get(path))

    def test_dies_with_the_job(self):
        order = self._planned()
        path = self._track(order)
        self._do(order, 'cancel', reason="Not needed")
        self.assertIn("The appointment is canceled.", self._get(path))
        order.sudo().closed_at = fields.Datetime.now() - timedelta(hours=25)
        self.env.flush_all()
        self._get(path, 404)
        self._get(path + '/time', 404)
        for wrong in ('/t/nothing', f'/t/{order.id}', f"/o/{path.rsplit('/', 1)[1]}"):
            self._get(wrong, 404)

    def test_links_that_are_over_do_nothing(self):
        order, path = self._book()
        window, before = order.window_start, order.event_seq
        appointment = self.env['stokiva.appointment'].search([], limit=1)
        held = appointment._get_path()
        rating = self.env['stokiva.rating']._prepare_for(order)
        tokens = {record._get_path(): record._get_token() for record in (rating, appointment)}
        for token in tokens.values():  # no token of one kind is one of another
            for url in (f'/t/{token}', f'/t/{token}/time', f'/o/{token}', f"/o/r/{path.rsplit('/', 1)[1]}"):
                self._get(url, 404)
        for action in ('contact', 'code', 'again', 'edit', 'release'):  # a booking that is done
            self._post(held, csrf=False, action=action, code=appointment._get_code())
        self.assertEqual((appointment.state, appointment.work_order_id, order.state), ('booked', order, 'assigned'))
        for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Origin': 'https://evil.example'}):  # another site's form
            for url in (f'{path}/time', f'{path}/cancel'):
                answer = self.url_open(url, data={'reason': "Trying", 'window': self._windows()[0]}, headers=headers)
                self.assertEqual(answer.status_code, 404)
        self.company.stokiva_tracking_hours = 0
        order.sudo().write({'state': 'canceled', 'closed_at': fields.Datetime.now() - timedelta(seconds=1)})
        self.env.flush_all()
        self._post(f'{path}/time', csrf=False, status=404, window=self._windows()[1])
        self._post(f'{path}/cancel', csrf=False, status=404, reason="Trying")
        self.assertEqual((order.window_start, order.event_seq), (window, before))

    def test_limits(self):
        path = self._track(self._planned())
        self.startPatch(self.registry['stokiva.throttle'], '_hit', lambda *_args, **_kwargs: False)
        for url in (path, f'{path}/time', '/t/nothing', '/o/r/nothing'):
            self._get(url, 429)
        for url in (f'{path}/time', f'{path}/cancel'):
            self._post(url, csrf=False, status=429, reason="Trying", window='20261102T0600-20261102T0800')

    def test_no_token_is_stored(self):
        link = self.env['stokiva.tracking']._get_for(self._planned())
        token = link._get_path().rsplit('/', 1)[1]
        self.env.cr.execute("SELECT t::text FROM stokiva_tracking t WHERE id = %s", [link.id])
        self.assertNotIn(token, self.env.cr.fetchone()[0])
        self.assertEqual(link, self.env['stokiva.tracking']._get_for(link.work_order_id))
        self.assertEqual(link, self.env['stokiva.tracking']._find_by_token(token))

    def test_links_that_were_sent_open_after_an_update(self):
        purposes = {
            'stokiva.approval': 'approval', 'stokiva.rating': 'rating', 'stokiva.tracking': 'stokiva.tracking',
            'stokiva.appointment': 'stokiva.appointment'}
        self.assertEqual({name: self.env[name]._token_purpose for name in purposes}, purposes)

    def test_move(self):
        order, path = self._book()
        windows = self._windows(day='2026-11-03')
        self._post(path + '/time', csrf=False, window=windows[1])
        self.assertEqual(f'{order.window_start}', '2026-11-03 08:00:00')
        self.assertEqual(self._booked(order).window_start, order.window_start)
        event = order.event_ids.filtered(lambda row: row.event == 'plan')
        self.assertEqual((event.role, event.channel), ('customer', 'link'))
        self.assertIn("was moved", self._ask(path, done='moved'))
        for window, status in (('', 400), ('x', 400), (windows[1], 409), ('20200101T0600-20200101T0800', 409)):
            self._post(path + '/time', csrf=False, status=status, window=window)
        self.assertEqual(f'{order.window_start}', '2026-11-03 08:00:00')

    def test_cancel(self):
        order, path = self._book()
        self.assertIn("say why", self._post(path + '/cancel', csrf=False, status=400, reason=' ').text)
        self._post(path + '/cancel', csrf=False, reason="It works again")
        self.assertEqual(order.state, 'canceled')
        self.assertFalse(self._booked(order))
        page = self._get(path)
        self.assertIn("Make a new appointment", page)
        self._post(path + '/cancel', csrf=False, status=409, reason="Again")

    def test_limit(self):
        self.company.write({'stokiva_tracking_change': True, 'stokiva_change_hours': 24})
        for hours, can in ((25, True), (23, False)):
            order = self._soon(hours)
            path = self._track(order)
            self.assertEqual("Move the appointment" in self._get(path), can)
            if not can:
                before = order.window_start
                self._get(path + '/time', 409)
                self._post(path + '/time', csrf=False, status=409, window='20261105T0600-20261105T0800')
                self._post(path + '/cancel', csrf=False, status=409, reason="No")
                self.assertEqual((order.window_start, order.state), (before, 'accepted'))
        self.company.stokiva_tracking_change = False
        order = self._soon(48)
        self.assertNotIn("Move the appointment", self._get(self._track(order)), "not booked online")

    def test_in_messages(self):
        order = self._planned()
        message = self.env['stokiva.message'].new({
            'work_order_id': order.id, 'audience': 'customer', 'company_id': self.company.id, 'partner_id': self.customer.id,
            'channel': 'email', 'event': 'plan'})
        self.assertFalse(message._prepare_render_context('en_US')['follow'])
        self.assertEqual(message._get_link(), order.get_base_url())
        self.company.stokiva_tracking = True
        self.assertEqual(message._get_link(), f'{order.get_base_url()}{self._track(order)}')
        self.assertEqual(message._replace_link("See {follow}"), f'See {order.get_base_url()}{self._track(order)}')
