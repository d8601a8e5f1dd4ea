from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, freeze_time, tagged
from odoo.tests.common import BaseCase

from odoo.addons.stokiva_service import warranty

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestWarrantyRule(BaseCase):
    """The formula, without a database."""

    def test_begin(self):
        sold, delivered, installed = date(2026, 1, 1), date(2026, 1, 5), date(2026, 2, 1)
        for rule, days, expected in (
                ('installation', (sold, delivered, installed), installed),
                ('installation', (sold, delivered, None), delivered),
                ('installation', (sold, None, None), sold),
                ('delivery', (sold, delivered, installed), delivered),
                ('delivery', (sold, None, installed), sold),
                ('delivery', (None, None, installed), installed),
                ('installation', (None, None, None), None)):
            self.assertEqual(warranty.get_begin(rule, *days), expected)

    def test_end_is_a_day_of_the_month_that_exists(self):
        self.assertEqual(warranty.get_end(date(2026, 1, 31), 1), date(2026, 2, 28))
        self.assertEqual(warranty.get_end(date(2024, 2, 29), 12), date(2025, 2, 28))
        self.assertIsNone(warranty.get_end(None, 24))

    def test_state_on_every_day(self):
        args = date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)
        for day, state in (
                (date(2025, 12, 31), 'future'), (date(2026, 1, 1), 'full'), (date(2027, 1, 1), 'full'),
                (date(2027, 1, 2), 'parts'), (date(2028, 1, 1), 'parts'), (date(2028, 1, 2), 'ended')):
            self.assertEqual(warranty.get_state(day, *args), state, day)
        self.assertEqual(warranty.get_state(date(2026, 1, 1), None, None, None), 'unknown')
        self.assertEqual(warranty.get_state(date(2026, 1, 1), None, date(2026, 1, 1), None), 'labour')


@tagged('post_install', '-at_install')
class TestWarranty(WorkOrderCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({'stokiva_warranty_months': 24, 'stokiva_warranty_parts_months': 36})
        cls.plus = cls.env['product.product'].create({
            'name': "Warranty plus", 'type': 'service', 'stokiva_extension_labour_months': 12,
            'stokiva_extension_parts_months': 24})

    def _create_device(self, **values):
        return self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, **values})

    def _ends(self, device):
        return tuple(Date.to_string(day) for day in (device.warranty_labour_until, device.warranty_parts_until))

    def test_labour_and_parts_apart(self):
        device = self._create_device(date_sold='2026-01-10')
        self.assertEqual(self._ends(device), ('2028-01-10', '2029-01-10'))
        self.assertEqual(device.warranty_until, Date.to_date('2029-01-10'))
        device.date_delivered = '2026-01-20'
        self.assertEqual(self._ends(device), ('2028-01-20', '2029-01-20'))
        device.date_installed = '2026-02-01'
        self.assertEqual(self._ends(device), ('2028-02-01', '2029-02-01'))
        self.assertIn("installation", device.warranty_text)

    def test_no_product_no_rule(self):
        device = self._create_device(product_id=False, device_type_id=self.device_type.id, date_sold='2020-01-10')
        self.assertEqual((device.warranty_until, device.warranty_state), (False, 'unknown'))
        self.assertIn("no rule", device.warranty_text)
        order = self._open_order(device_id=device.id)
        self.assertEqual(order._find_coverage('labour')[0], 'warranty', "not known is not ended")

    def test_counted_from_delivery(self):
        self.product.stokiva_warranty_from = 'delivery'
        device = self._create_device(date_sold='2026-01-10', date_delivered='2026-01-20', date_installed='2026-02-01')
        self.assertEqual(self._ends(device), ('2028-01-20', '2029-01-20'))
        self.assertIn("delivery", device.warranty_text)

    def test_parts_follow_labour_until_somebody_says_otherwise(self):
        product = self.env['product.template'].create({'name': "Oven", 'stokiva_warranty_months': 30})
        self.assertEqual(product.stokiva_warranty_parts_months, 30)

    def test_rule_is_that_of_the_day_of_sale(self):
        device = self._create_device(date_sold='2026-01-10')
        self.product.stokiva_warranty_months = 6
        self.assertEqual(self._ends(device), ('2028-01-10', '2029-01-10'))

    def test_ends_set_by_hand_survive(self):
        device = self._create_device(date_sold='2026-01-10')
        device.with_user(self.user_call_centre).warranty_labour_until = '2030-01-01'
        self.assertTrue(device.warranty_by_hand)
        device.date_installed = '2026-05-05'
        device.product_id = self.env['product.product'].create({
            'name': "Oven", 'stokiva_warranty_months': 1, 'stokiva_device_type_id': self.device_type.id})
        self.assertEqual(self._ends(device), ('2030-01-01', '2029-01-10'))
        self.assertEqual(device.warranty_text, "Set by hand.")
        device.warranty_by_hand = False
        self.assertEqual(self._ends(device), ('2026-06-05', '2026-06-05'))

    def test_ends_given_at_creation_are_by_hand(self):
        device = self._create_device(date_sold='2026-01-10', warranty_parts_until='2027-01-01')
        self.assertTrue(device.warranty_by_hand)
        self.assertEqual(self._ends(device), ('2028-01-10', '2027-01-01'))
        same = self._create_device(date_sold='2026-01-10', warranty_labour_until='2028-01-10')
        self.assertFalse(same.warranty_by_hand)

    def test_form_asks_before_it_lets_ends_be_set(self):
        device = self._create_device(date_sold='2026-01-10').with_user(self.user_call_centre)
        with Form(device) as form:
            with self.assertRaises(AssertionError):
                form.warranty_labour_until = '2031-01-01'
            form.warranty_by_hand = True
            form.warranty_labour_until = '2031-01-01'
        self.assertEqual(self._ends(device), ('2031-01-01', '2029-01-10'))

    def test_end_before_begin(self):
        device = self._create_device(date_sold='2026-01-10', date_delivered='2026-01-12')
        for vals in ({'warranty_labour_until': '2026-01-09'}, {'warranty_parts_until': '2020-01-01'}):
            with self.assertRaisesRegex(ValidationError, "before it begins"), self.cr.savepoint():
                device.write(vals)

    @freeze_time('2026-06-01 12:00:00')
    def test_found_by_state(self):
        rows = {
            'full': self._create_device(date_sold='2026-01-10'),
            'parts': self._create_device(date_sold='2024-01-10'),
            'labour': self._create_device(
                date_sold='2024-01-10', warranty_labour_until='2026-06-20', warranty_parts_until='2025-01-01'),
            'ended': self._create_device(date_sold='2020-01-10'),
            'unknown': self._create_device(),
        }
        ours = self.env['stokiva.device'].union(*rows.values())
        for state, device in rows.items():
            self.assertEqual(device.warranty_state, state)
            self.assertEqual(ours.search([('warranty_state', '=', state), ('id', 'in', ours.ids)]), device, state)
        self.assertEqual(
            ours.search([('warranty_state', '!=', 'full'), ('id', 'in', ours.ids)]), ours - rows['full'])
        soon = ours.search([
            ('warranty_until', '>=', 'today'), ('warranty_until', '<=', 'today +30d'), ('id', 'in', ours.ids)])
        self.assertEqual(soon, rows['labour'])

    def test_any_day_and_why(self):
        device = self._create_device(date_sold='2026-01-10')
        with Form(self.env['stokiva.warranty.check'].with_user(self.user_technician).with_context(
                default_device_id=device.id)) as form:
            form.date = '2028-06-01'
            self.assertEqual(form.state, 'parts')
            self.assertIn("Labour not covered", form.answer)
            self.assertIn("sale", form.reason)
            form.date = '2025-06-01'
            self.assertEqual(form.state, 'future')
            form.date = '2035-06-01'
            self.assertEqual(form.state, 'ended')

    # === SOLD WARRANTY === #

    def _sell_with_plus(self, devices=2, plus=1):
        sale = self.env['sale.order'].with_user(self.user_sales).create({
            'partner_id': self.customer.id,
            'order_line': [
                Command.create({'product_id': self.product.id, 'product_uom_qty': devices}),
                Command.create({'product_id': self.plus.id, 'product_uom_qty': plus})],
        })
        sale.action_confirm()
        return sale.sudo(), sale.sudo().stokiva_work_order_ids.device_id.sorted('id')

    def test_sold_warranty_extends_one_device_per_unit(self):
        sale, devices = self._sell_with_plus()
        self.assertEqual(devices.mapped(lambda device: len(device.extension_ids)), [1, 0])
        with_plus, without = devices
        self.assertEqual(
            with_plus.warranty_labour_until, Date.add(without.warranty_labour_until, months=12))
        self.assertEqual(with_plus.warranty_parts_until, Date.add(without.warranty_parts_until, months=24))
        self.assertIn("Warranty plus", with_plus.warranty_text)
        line = sale.order_line[1]
        line.product_uom_qty = 2
        self.assertTrue(without.extension_ids)
        line.product_uom_qty = 5
        self.assertEqual(len(devices.extension_ids), 2)
        line.product_uom_qty = 1
        self.assertEqual(devices.extension_ids.device_id, with_plus)
        sale._action_cancel()
        self.assertFalse(devices.extension_ids)
        sale.action_draft()
        sale.action_confirm()
        self.assertEqual(len(devices.extension_ids), 1)

    def test_warranty_added_to_a_confirmed_sale(self):
        sale = self._sell()
        sale.write({'order_line': [Command.create({'product_id': self.plus.id})]})
        self.assertEqual(len(sale.stokiva_work_order_ids.device_id.extension_ids), 1)

    def test_warranty_follows_the_product_of_its_line(self):
        sale, devices = self._sell_with_plus()
        line, other = sale.order_line[1], self.plus.copy({'name': "Warranty plus plus", 'stokiva_extension_labour_months': 24})
        line.product_id = other
        self.assertEqual(devices.extension_ids.mapped('product_id'), other)
        line.product_id = self.env['product.product'].create({'name': "Transport", 'type': 'service'})
        self.assertFalse(devices.extension_ids)
        line.product_id = self.plus
        self.assertEqual(devices.extension_ids.product_id, self.plus)

    def test_a_dozen_of_warranties_is_twelve(self):
        sale, devices = self._sell_with_plus(devices=13, plus=0)
        sale.order_line[1].write({'product_uom_id': self.env.ref('uom.product_uom_dozen').id, 'product_uom_qty': 1})
        self.assertEqual(len(devices.extension_ids), 12)

    def test_warranty_for_other_appliances(self):
        self.plus.stokiva_device_type_id = self.env['stokiva.device.type'].create({'name': "Oven"})
        _sale, devices = self._sell_with_plus()
        self.assertFalse(devices.extension_ids)

    def test_extension_by_hand(self):
        device = self._create_device(date_sold='2026-01-10')
        extensions = self.env['stokiva.warranty.extension']
        extensions.with_user(self.user_manager).create({
            'device_id': device.id, 'labour_months': 6, 'parts_months': 0, 'reason': "goodwill"})
        self.assertEqual(self._ends(device), ('2028-07-10', '2029-01-10'))
        for labour, parts in ((0, 0), (-1, 3), (500, 0)):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                extensions.create({'device_id': device.id, 'labour_months': labour, 'parts_months': parts})
        with self.assertRaises(AccessError):
            extensions.with_user(self.user_call_centre).create({'device_id': device.id, 'labour_months': 6})
        self.assertEqual(self._ends(device), ('2028-07-10', '2029-01-10'))

    def test_extension_of_a_foreign_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        plus = self.plus.copy({'company_id': other.id})
        with self.assertRaises(UserError):
            self.env['stokiva.warranty.extension'].create({
                'device_id': self._create_device().id, 'product_id': plus.id})

    def test_company_stays_in_its_own(self):
        other = self.env['res.company'].create({'name': "Other"})
        device = self._create_device(date_sold='2026-01-10')
        self.env['stokiva.warranty.extension'].create({'device_id': device.id, 'labour_months': 6})
        self.user_manager.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        self.assertFalse(self.env['stokiva.warranty.extension'].with_user(self.user_manager).search_count(
            [('device_id', '=', device.id)]))
