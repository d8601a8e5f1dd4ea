import io

from PIL import Image

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.stokiva_service.tests.common_orders import WorkOrderCommon
from odoo.addons.stokiva_service.tests.common_speed import create_users


class PortalCommon(WorkOrderCommon, HttpCase):
    """Two providers with logins, a second customer and the pages' forms as a browser sends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other, cls.neighbour = cls.env['res.partner'].create([
            {'name': "Burak Demir", 'street': "Moda Caddesi 3", 'city': "Kadıköy", 'zip': '34710'},
            {'name': "Alfa Second Technician", 'email': 'second@example.com'},
        ])
        cls.user_other_customer, cls.user_second_technician_a = create_users(
            cls.env,
            ('stokiva_other_customer', 'base.group_portal', {'partner_id': other.id, 'name': other.name}),
            ('stokiva_second_a', 'base.group_portal', {
                'partner_id': cls.neighbour.id, 'name': cls.neighbour.name, 'email': cls.neighbour.email}))
        cls.second_technician_a = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'partner_id': cls.neighbour.id, 'role': 'technician',
            'user_id': cls.user_second_technician_a.id})

    def setUp(self):
        super().setUp()
        self.env.flush_all()

    def _login(self, user):
        """Sign in as one of the test's users."""
        self.authenticate(user.login, user.login.ljust(8, 'x'))

    def _get(self, url, status=200):
        """Open a page and return its text."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return response.text

    def _post(self, url, files=None, status=303, csrf=True, **values):
        """Send a form without following the redirect, and return the response."""
        if csrf:
            values['csrf_token'] = http.Request.csrf_token(self)
        response = self.url_open(url, data=values, files=files, allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.env.invalidate_all()
        return response

    def _offered(self, **values):
        """An order that is offered to Alfa."""
        order = self._open_order(**values)
        self._do(order, 'assign', provider_id=self.provider_a.id)
        return order

    def _get_jpeg(self, size=(320, 240)):
        out = io.BytesIO()
        Image.new('RGB', size, (90, 120, 60)).save(out, 'JPEG')
        return out.getvalue()

    def _count_events(self, order, event):
        return len(order.event_ids.filtered(lambda row: row.event == event))


def assist(order, person):
    """Make a person the assistant of an order's current visit."""
    order.sudo().visit_id.assistant_ids = [Command.link(person.id)]
