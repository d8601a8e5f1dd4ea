from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_parts import PartsCommon

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderParts(PortalCommon, PartsCommon):
    """The provider's page of our parts."""

    def setUp(self):
        super().setUp()
        self._stock(self.shelf, self.pump, 3)

    def _get_transfers(self):
        return self.env['stock.picking'].search([('stokiva_kind', '!=', False)], order='id')

    def test_stock_is_shown(self):
        self.technician_a.has_van = True
        self._stock(self.technician_a._get_van(self.company), self.card, 1, self.serials[0])
        self._stock(self.provider_b._get_stock_location(self.company), self.card, 1, self.serials[1])
        self._login(self.user_provider_a)
        page = self._get('/my/jobs/parts')
        for text in ("Pump", "C-1", "Ask for parts"):
            self.assertIn(text, page)
        self.assertNotIn("C-2", page)
        self._login(self.user_technician_a)
        page = self._get('/my/jobs/parts')
        self.assertIn("C-1", page)
        self.assertNotIn("Ask for parts", page)

    def test_a_request_grows_until_it_is_approved(self):
        self._login(self.user_provider_a)
        self.assertIn("Pump", self._get('/my/jobs/parts?part=Pum'))
        key = str(uuid4())
        for _tap in range(2):
            self._post('/my/jobs/parts/request', provider_id=self.provider_a.id, product_id=self.pump.id, quantity='2', key=key)
        self._post('/my/jobs/parts/request', provider_id=self.provider_a.id, product_id=self.card.id, key=str(uuid4()))
        request = self._get_transfers()
        self.assertEqual((request.state, request.stokiva_requested_by_id), ('draft', self.user_provider_a))
        self.assertEqual(request.move_ids.mapped('product_uom_qty'), [2, 1])
        self.assertIn("Requested", self._get('/my/jobs/parts'))

    def test_who_has_the_parts_receives_them(self):
        self._stock(self.warehouse.lot_stock_id, self.pump, 2)
        picking = self.provider_a._request_parts(self.company, {self.pump: 2}, confirm=True)
        url = f'/my/jobs/parts/{picking.id}/receive'
        with mute_logger('odoo.http'):
            self._login(self.user_provider_b)
            self._post(url, status=403, provider_id=self.provider_a.id)
            self._post(url, status=400, provider_id=self.provider_b.id)
            self._login(self.user_technician_a)
            self._post(url, status=403, provider_id=self.provider_a.id)
        self.assertEqual(picking.state, 'assigned')
        self._login(self.user_provider_a)
        self._post(url, provider_id=self.provider_a.id)
        self.assertEqual((picking.state, picking.stokiva_received_by_id), ('done', self.user_provider_a))
        self.assertEqual(self._count(self.shelf, self.pump), 5)
        with mute_logger('odoo.http'):
            self._post(url, status=400, provider_id=self.provider_a.id)

    def test_defective_parts_are_sent(self):
        _order, line = self._fitted(self.pump)
        self._run_job()
        self._login(self.user_provider_a)
        self.assertIn("Defective parts to send back", self._get('/my/jobs/parts'))
        self._post('/my/jobs/parts/send-defective', provider_id=self.provider_a.id)
        self.assertEqual(line.return_state, 'sent')
        self.assertEqual(self._get_transfers().stokiva_kind, 'defective')

    def test_bad_input(self):
        self._login(self.user_provider_a)
        with mute_logger('odoo.http'):
            for values in (
                    {'product_id': self.hose.id}, {'product_id': self.product.id}, {'product_id': 'x'}, {},
                    {'product_id': self.pump.id, 'quantity': '-1'}, {'product_id': self.pump.id, 'quantity': 'nan'}):
                self._post('/my/jobs/parts/request', status=400, provider_id=self.provider_a.id, **values)
            self._post('/my/jobs/parts/request', status=403, provider_id=self.provider_b.id, product_id=self.pump.id)
            self.provider_a.can_request_parts = False
            self._post('/my/jobs/parts/request', status=403, provider_id=self.provider_a.id, product_id=self.pump.id)
        self.assertNotIn("Ask for parts", self._get('/my/jobs/parts'))
        self.assertFalse(self._get_transfers())

    def test_a_job_asks_for_a_part(self):
        order, key = self._in_progress(), str(uuid4())
        url = f'/my/jobs/{order.id}/ask-part'
        self._login(self.user_provider_a)
        self.assertIn(url, self._get(f'/my/jobs/{order.id}?part=Pump'))
        for _tap in range(2):
            self._post(url, product_id=self.pump.id, quantity='2', key=key)
        move = self._get_transfers().move_ids
        self.assertEqual((move.product_uom_qty, move.stokiva_for_order_id), (2, order))
        self.assertIn("Requested", self._get(f'/my/jobs/{order.id}'))
        with mute_logger('odoo.http'):
            for bad in ({'product_id': self.hose.id}, {'product_id': 'x'}, {'product_id': self.pump.id, 'quantity': '-1'}):
                self._post(url, status=400, **bad)
            self.provider_a.can_request_parts = False
            self._post(url, status=403, product_id=self.pump.id)
            self._login(self.user_provider_b)
            self._post(url, status=404, product_id=self.pump.id)
        self.assertEqual(self._get_transfers().move_ids, move)

    def test_no_page_where_parts_are_off(self):
        self.company.stokiva_parts = False
        self._login(self.user_provider_a)
        self.assertNotIn('/my/jobs/parts', self._get('/my/jobs'))
        self._get('/my/jobs/parts', status=404)

    def test_the_serial_number_is_read_from_the_part(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        self.assertIn('name="serial"', self._get(f'/my/jobs/{order.id}?part=Card'))
        self._post(f'/my/jobs/{order.id}/parts', product_id=self.card.id, quantity='1', serial=' C-1 ')
        self.assertEqual(order.part_line_ids.lot_id, self.serials[0])
        self._post(f'/my/jobs/{order.id}/parts', product_id=self.card.id, quantity='1', serial='C-9')
        self.assertEqual(order.part_line_ids[-1:].lot_id.name, 'C-9')
