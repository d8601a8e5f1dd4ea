from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.stokiva_sold_mixin import QUIET
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestSold(WorkOrderCommon):
    """What sales make by one INSERT is what ``create`` makes."""

    def setUp(self):
        super().setUp()
        self.sale = self._sell(confirm=False)
        self.line = self.sale.order_line

    def _create(self, model, vals, *, at_once=True):
        """Return a new record, quietly made by the system, and the row that the database has of it."""
        records = self.env[model].sudo().with_context(**QUIET)
        with patch.object(type(records), '_prepare_rows', type(records)._prepare_rows if at_once else lambda *args: None):
            record = records.create(dict(vals))
        self.env.flush_all()
        [[row]] = self.env.execute_query(SQL(
            "SELECT to_jsonb(t) FROM %s t WHERE id = %s", SQL.identifier(record._table), record.id))
        return record, {name: value for name, value in row.items() if name not in ('id', 'name')}

    def _check_same(self, model, vals):
        """Make it both ways and compare the rows, and what the record cache says with the database."""
        self.assertTrue(self.env[model].sudo().with_context(**QUIET)._prepare_rows([dict(vals)]), "not at once")
        record, row = self._create(model, vals)
        names = [name for name, field in record._fields.items() if field.store and name not in ('display_name',)]
        seen = {name: record[name] for name in names}
        self.env.invalidate_all()
        self.assertEqual(seen, {name: record[name] for name in names})
        self.assertEqual(row, self._create(model, vals, at_once=False)[1])
        return record

    def _get_device_values(self, **more):
        return {**self.line._stokiva_prepare_device_values(), **more}

    def _get_order_values(self, device, **more):
        values = self.line._stokiva_prepare_work_order_values(self.service_type_install, device)
        return {'deadline': datetime(2030, 1, 1, 10), **values, **more}

    def test_devices(self):
        device = self._check_same('stokiva.device', self._get_device_values())
        self.assertTrue(device.warranty_until)
        self.assertEqual(device.device_type_id, self.device_type)
        self.product.write({
            'stokiva_warranty_from': 'delivery', 'stokiva_warranty_months': 7, 'stokiva_warranty_parts_months': 31})
        self._check_same('stokiva.device', self._get_device_values(date_sold=date(2024, 2, 29)))
        self._check_same('stokiva.device', self._get_device_values(date_sold=False))
        self.customer.write({'phone': False, 'name': "Ayşe IŞIK & Oğlu A.Ş."})
        self._check_same('stokiva.device', self._get_device_values())

    def test_device_type_of_category(self):
        category = self.env['product.category'].create({'name': "Ovens", 'stokiva_device_type_id': self.device_type.id})
        self.product.write({'stokiva_device_type_id': False, 'categ_id': category.id})
        self.assertEqual(self._check_same('stokiva.device', self._get_device_values()).device_type_id, self.device_type)
        category.stokiva_device_type_id = self.env['stokiva.device.type'].create({
            'name': "Theirs", 'company_id': self.env['res.company'].create({'name': "Other company"}).id})
        self.assertFalse(self._check_same('stokiva.device', self._get_device_values()).device_type_id)

    def test_orders(self):
        device, _row = self._create('stokiva.device', self._get_device_values())
        order = self._check_same('stokiva.work.order', self._get_order_values(device))
        self.assertTrue(order.city_id)
        self.assertEqual(order.opened_service_type_id, self.service_type_install)
        self._check_same('stokiva.work.order', self._get_order_values(
            device, window_start=datetime(2030, 1, 1, 8), window_end=datetime(2030, 1, 1, 10), earliest_start=datetime(2029, 12, 31, 8)))
        place = self.customer.city_id
        self.customer.write({'city_id': False, 'city': place.name, 'zip': False})
        self.assertEqual(self._check_same('stokiva.work.order', self._get_order_values(device)).city_id, place)
        self.customer.write({'city': "Nowhere", 'state_id': False})
        self.assertFalse(self._check_same('stokiva.work.order', self._get_order_values(device)).city_id)

    def test_several_with_other_values(self):
        values = self._get_device_values()
        rows = [values, {**values, 'date_delivered': date(2026, 1, 5)}]
        one, other = self.env['stokiva.device'].sudo().with_context(**QUIET).create(rows)
        self.assertFalse(one.date_delivered)
        self.assertEqual(str(other.date_delivered), '2026-01-05')

    def test_lists_follow(self):
        self.assertFalse(self.sale.sudo().stokiva_work_order_ids)
        self.assertFalse(self.sale.sudo().stokiva_can_open)
        self.sale.action_confirm()
        self.assertEqual(len(self.sale.sudo().stokiva_work_order_ids), 1)
        self.assertTrue(self.sale.sudo().stokiva_has_work_orders)

    def test_what_hangs_on_them_follows(self):
        self.product.stokiva_policy = 'on_request'
        self.sale.action_confirm()
        self.assertTrue(self.sale.stokiva_can_open)
        device, _row = self._create('stokiva.device', self._get_device_values())
        self._create('stokiva.work.order', self._get_order_values(device))
        self.assertFalse(self.sale.stokiva_can_open, "before anything else happens to the order")

    def test_offers_of_several_sales(self):
        """Confirmed in one call, each order has the offer that was made for it."""
        other = self._sell(confirm=False)
        (self.sale | other).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        orders = (self.sale | other).stokiva_work_order_ids
        self.assertEqual(len(orders.assignment_id), 2)
        for order in orders:
            self.assertEqual(order.assignment_ids, order.assignment_id)

    def test_no_doubles(self):
        """A sale that is cancelled and confirmed again, by who may not see work orders, knows of those it had."""
        sale = self._sell(user=self.user_sales)
        with self.refused(AccessError, "stokiva_has_work_orders|not allowed|permission"):
            sale.stokiva_has_work_orders = False
        order = sale.sudo().stokiva_work_order_ids
        sale._action_cancel()
        sale.action_draft()
        self.assertFalse(sale.copy().sudo().stokiva_has_work_orders)
        self.env.invalidate_all()
        sale.action_confirm()
        anew = sale.sudo().stokiva_work_order_ids - order
        self.assertEqual(len(anew), 1)
        self.assertEqual(anew.device_id, order.device_id, "found because the sale knew of its order")

    def test_a_sale_needs_no_more(self):
        """Fails as soon as a column is added of which nobody said what it is at a sale."""
        made = []
        create = BaseModel._create

        def note(records, data_list):
            made.append(records._name)
            return create(records, data_list)

        with patch.object(BaseModel, '_create', note):
            self.sale.action_confirm()
        self.assertEqual(self.env['stokiva.work.order'].search_count([('sale_order_id', '=', self.sale.id)]), 1)
        self.assertFalse({'stokiva.device', 'stokiva.work.order'}.intersection(made))

    def test_everything_else_is_created(self):
        devices = self.env['stokiva.device'].sudo().with_context(**QUIET)
        values = self._get_device_values()
        self.assertTrue(devices._prepare_rows([values]))
        lot = self.env['stock.lot'].create({'name': "L1", 'product_id': self.product.id})
        for more in (
            {'lot_id': lot.id}, {'serial': " L1 "}, {'warranty_labour_until': date(2030, 1, 1)}, {'device_type_id': False},
            {'extension_ids': []}, {'product_id': False}, {'company_id': False}, {'warranty_by_hand': True},
        ):
            self.assertIsNone(devices._prepare_rows([{**values, **more}]), more)
        self.assertIsNone(devices._prepare_rows([values, {**values, 'serial': "L1"}]))
        self.assertIsNone(devices.with_context(default_date_returned=date(2030, 1, 1))._prepare_rows([values]))
        orders = self.env['stokiva.work.order'].sudo().with_context(**QUIET)
        order = {'name': "1", **self._get_order_values(devices.create(values))}
        self.assertTrue(orders._prepare_rows([order]))
        for more in ({'site_id': False}, {'deadline': '2030-01-01 10:00:00'}, {'state': 'created'}, {'symptom_ids': []}, {'visit_count': 2}):
            self.assertIsNone(orders._prepare_rows([{**order, **more}]), more)

    def test_defaults_that_people_set(self):
        self.env['ir.default'].set('stokiva.work.order', 'priority', '1')
        self.sale.action_confirm()
        self.assertEqual(self.sale.sudo().stokiva_work_order_ids.priority, '1')

    def test_defaults_are_asked_for_each(self):
        devices = self.env['stokiva.device'].sudo().with_context(**QUIET)
        numbers = iter(('sale', 'office'))
        with patch.object(devices._fields['origin'], 'default', lambda _model: next(numbers)):
            values = self._get_device_values()
            del values['origin']
            self.assertEqual([row['origin'] for row in devices._prepare_rows([values, values])], ['sale', 'office'])

    def test_checks_hold(self):
        other = self.env['res.partner'].create({'name': "Somebody else"})
        device, _row = self._create('stokiva.device', self._get_device_values())
        with self.refused(ValidationError, "belongs to"):
            self._create('stokiva.work.order', self._get_order_values(device, partner_id=other.id))
        foreign = self.env['res.company'].create({'name': "Other company"})
        theirs = self.service_type_install.copy({'company_id': foreign.id})
        with self.refused(UserError, "company inconsistencies"):
            self._create('stokiva.work.order', self._get_order_values(device, service_type_id=theirs.id))
        self.service_type_install.active = False
        with self.refused(ValidationError, "archived"):
            self._create('stokiva.work.order', self._get_order_values(device))
