from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import tagged

from .common_orders import WorkOrderCommon, photo


@tagged('post_install', '-at_install')
class TestDeviceMerge(WorkOrderCommon):
    """What the customer registered himself is the appliance that we sold: one of two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold = cls._sell().sudo().stokiva_work_order_ids.device_id

    def _register(self, **values):
        return self.env['stokiva.device'].create({
            'device_type_id': self.device_type.id, 'partner_id': self.customer.id, 'state': 'to_verify',
            'origin': 'customer', 'serial': 'SN-1', 'receipt': photo(), 'date_installed': Date.today(), **values})

    def _merge(self, device, user=None, **values):
        wizard = self.env['stokiva.device.merge'].with_user(user or self.user_call_centre).create(
            {'device_id': device.id, **values})
        wizard.action_merge()
        return wizard

    def test_everything_goes_to_the_device_that_we_sold(self):
        device = self._register()
        order = self._open_order(device_id=device.id)
        extension = self.env['stokiva.warranty.extension'].create({
            'device_id': device.id, 'labour_months': 6, 'parts_months': 6, 'reason': "Goodwill"})
        self._merge(device, target_id=self.sold.id)
        self.assertRecordValues(device, [{'active': False, 'merged_into_id': self.sold.id}])
        self.assertRecordValues(self.sold, [{
            'serial': 'SN-1', 'date_installed': Date.today(), 'state': 'in_service', 'origin': 'sale'}])
        self.assertTrue(self.sold.receipt)
        self.assertEqual(self.sold.extension_ids, extension)
        row = order.event_ids[-1]
        self.assertEqual((order.device_id, row.event, row.actor_id), (self.sold, 'edit', self.user_call_centre.id))
        self.assertIn(order.name, self.sold.message_ids[0].body)
        self.assertEqual(self.sold.merged_ids, device)

    def test_what_was_approved_stays_and_is_listed(self):
        device = self._register(state='in_service')
        order = self._submitted(device_id=device.id)
        self._answer(order)
        rows = len(order.event_ids)
        self._merge(device, target_id=self.sold.id)
        self.assertEqual((order.device_id, order.state, len(order.event_ids)), (device, 'completed', rows))
        found = self.env['stokiva.work.order'].search(self.sold.action_view_work_orders()['domain'])
        self.assertIn(order, found)

    def test_the_only_one_that_fits_is_suggested(self):
        self.assertEqual(self._merge(self._register()).target_id, self.sold)

    def test_same_serial_is_suggested_first(self):
        twin = self._sell().sudo().stokiva_work_order_ids.device_id
        device = self._register(product_id=self.product.id)
        wizard = self.env['stokiva.device.merge'].create({'device_id': device.id})
        self.assertFalse(wizard.target_id, "two may be meant")
        with self.assertRaisesRegex(UserError, "Choose the device"):
            wizard.action_merge()
        twin.serial = 'SN-1'
        self.assertEqual(self._merge(device).target_id, twin)

    def test_what_cannot_be_the_same(self):
        other = self.env['res.partner'].create({'name': "Other"})
        self.sold.serial = 'SN-9'
        for values, error in (
                ({'serial': 'SN-1'}, "different serial"), ({'serial': 'SN-9', 'partner_id': other.id}, "different customers"),
                ({'serial': 'SN-9', 'product_id': self.part_product.id}, "different products"),
                ({'serial': 'SN-9', 'active': False}, "archived already")):
            device = self._register(**values)
            with self.assertRaisesRegex(UserError, error), self.cr.savepoint():
                self._merge(device, target_id=self.sold.id)
            self.assertFalse(device.merged_into_id)
        device = self._register(serial='SN-9')
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._merge(device, self.user_technician, target_id=self.sold.id)
        with self.assertRaisesRegex(UserError, "sold by us"), self.cr.savepoint():
            self._merge(self.sold, target_id=device.id)
        self.sold.state = 'returned'
        with self.assertRaisesRegex(UserError, "not in service"), self.cr.savepoint():
            self._merge(device, target_id=self.sold.id)
