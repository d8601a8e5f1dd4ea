from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_sale import SaleCommon


@tagged('post_install', '-at_install')
class TestSaleQuantity(SaleCommon):
    """How many orders a sale has: units of measure, more and fewer, cancelled and confirmed again."""

    def _begin(self, order):
        self._do(order, 'accept')
        self._do(order, 'plan', personnel_id=order.provider_id.personnel_ids[1].id)
        self._do(order, 'depart')
        self._do(order, 'start')

    # === UNITS OF MEASURE === #

    def test_pieces_of_a_quantity(self):
        unit, dozen, kilo, hour = (self.env.ref(f'uom.product_uom_{name}') for name in (
            'unit', 'dozen', 'kgm', 'hour'))
        for quantity, uom, count in (
                (3, unit, 3), (2, dozen, 24), (0.5, dozen, 6), (0.33, dozen, 4), (2.5, unit, 3), (2.4, unit, 2),
                (0.4, unit, 0), (0, unit, 0), (-2, unit, 0), (12, kilo, 1), (0.2, hour, 1), (0, hour, 0), (-1, kilo, 0),
                (2.9999999, unit, 3)):
            self.assertEqual(self.product._stokiva_count_units(quantity, uom), count, (quantity, uom.name))

    def test_two_dozens_are_twenty_four_orders(self):
        sale = self.env['sale.order'].create({'partner_id': self.customer.id, 'order_line': [Command.create({
            'product_id': self.product.id, 'product_uom_qty': 2,
            'product_uom_id': self.env.ref('uom.product_uom_dozen').id})]})
        sale.action_confirm()
        orders = self._orders(sale)
        self.assertEqual((len(orders), len(orders.device_id), len(orders.group_id)), (24, 24, 1))
        self.assertEqual(len(orders.assignment_id), 1)
        self._validate(self._open_picking(sale))
        self.assertTrue(all(orders.device_id.mapped('date_delivered')))
        self.assertEqual(self.env['stokiva.device'].search_count([('sale_line_id', 'in', sale.order_line.ids)]), 24)

    def test_another_unit_of_measure(self):
        sale = self._sell(1)
        sale.order_line.product_uom_id = self.env.ref('uom.product_uom_dozen')
        self.assertEqual(len(self._live(sale)), 12)
        sale.order_line.product_uom_id = self.env.ref('uom.product_uom_unit')
        self.assertEqual(len(self._live(sale)), 1)

    # === MORE AND FEWER === #

    def test_more_units_join_by_a_new_line_too(self):
        sale = self._sell(1, user=self.user_sales)
        sale.write({'order_line': [Command.create({'product_id': self.product.id, 'product_uom_qty': 2})]})
        self.assertEqual(len(self._live(sale)), 3)
        self.assertEqual(
            set(self._orders(sale).mapped('event_ids').filtered(lambda row: row.event == 'open').mapped('role')), {'sales'})

    def _window(self, days=3):
        day = fields.Date.today() + timedelta(days=days)
        return {'window_start': f'{day} 08:00:00', 'window_end': f'{day} 10:00:00'}

    def _sell_later(self, sale, quantity=1, **values):
        """Add a line to a confirmed sale, and return its orders."""
        before = self._orders(sale)
        sale.write({'order_line': [Command.create(
            {'product_id': self.product.id, 'product_uom_qty': quantity, **values})]})
        return self._orders(sale) - before

    def test_what_is_sold_later_goes_with_what_waits(self):
        sale = self._sell(1, user=self.user_sales)
        first = self._orders(sale)
        self._do(first, 'accept')
        self._do(first, 'plan', personnel_id=first.provider_id.personnel_ids[1].id, **self._window())
        later = self._sell_later(sale, 2)
        self.assertEqual(later.mapped('state'), ['assigned', 'assigned'], "he is asked again")
        self.assertEqual(later.provider_id, first.provider_id)
        self.assertEqual((first | later).group_id, first)
        self.assertEqual(set((first | later).mapped('window_start')), {first.window_start})
        self.assertEqual((len(later.assignment_id), later.assignment_id.is_automatic), (1, False))
        self.assertIn(first.name, later.assignment_id.note)
        self.assertTrue(later.assignment_id.ranking)
        self.assertEqual(later[0].event_ids.mapped('event'), ['open', 'assign'])
        self._do(later[0], 'accept')
        self.assertEqual(later.mapped('state'), ['accepted', 'accepted'])
        self.assertEqual(set((first | later).mapped('personnel_id')), {first.personnel_id})
        self.assertEqual(later[0].event_ids[-1]._get_payload()['personnel_id'], first.personnel_id.id)
        self._do(first, 'depart')
        self.assertEqual(set((first | later).mapped('state')), {'on_the_way'}, "one trip")

    def test_more_pieces_go_with_those_that_wait(self):
        sale = self._sell(1)
        first = self._orders(sale)
        sale.order_line.product_uom_qty = 2
        orders = self._orders(sale)
        self.assertEqual((len(orders), orders.group_id, orders.provider_id), (2, first, first.provider_id))

    def test_what_is_sold_later_goes_alone_where_it_must(self):
        def change_site(sale, first):
            first.sudo().site_id = self.customer.create({'name': "Elsewhere", 'city_id': self.city_kadikoy.id})

        def begin(sale, first):
            self._begin(first)

        def suspend(sale, first):
            first.provider_id.write({'suspended_from': '2020-01-01', 'suspend_reason': 'holiday'})

        def leave(sale, first):
            self.service_type_install.is_automatic = False

        def pass_by(sale, first):
            first.sudo().write({'window_start': '2020-01-01 08:00:00', 'window_end': '2020-01-01 10:00:00'})

        for prepare in (change_site, begin, suspend, leave, pass_by):
            with self.subTest(prepare.__name__), self.env.cr.savepoint() as savepoint:
                sale = self._sell(1)
                first = self._orders(sale)
                prepare(sale, first)
                later = self._sell_later(sale)
                self.assertEqual((len(later), later.event_ids[:1].event), (1, 'open'))
                self.assertFalse((first | later).group_id)
                if prepare is suspend:
                    self.assertEqual((later.state, later.provider_id), (
                        'assigned', (self.provider_a | self.provider_b) - first.provider_id))
                if prepare is leave:
                    self.assertEqual(later.state, 'created')
                if prepare is pass_by:
                    self.assertFalse(later.window_start)
                savepoint.rollback()

    def test_chosen_provider_or_time_counts_for_what_is_sold_later(self):
        sale = self._sell(1)
        first = self._orders(sale)
        other = (self.provider_a | self.provider_b) - first.provider_id
        window = self._window()
        self.assertEqual(self._sell_later(sale, stokiva_provider_id=other.id).provider_id, other)
        at_time = self._sell_later(sale, **{f'stokiva_{name}': moment for name, moment in window.items()})
        self.assertEqual(str(at_time.window_start), window['window_start'])
        self.assertFalse(self._orders(sale).group_id)
        same = self._sell_later(sale, stokiva_provider_id=first.provider_id.id)
        self.assertEqual((same.provider_id, same.group_id), (first.provider_id, first))

    def test_fewer_put_their_devices_away(self):
        sale = self._sell(3)
        devices = self._orders(sale).device_id
        sale.order_line.product_uom_qty = 1
        self.assertEqual(len(devices.filtered('active')), 1)
        sale.order_line.product_uom_qty = 2
        self.assertEqual(len(devices.filtered('active')), 2, "taken again, none is new")
        self.assertEqual(self._orders(sale).device_id, devices)

    def test_no_fewer_than_are_begun(self):
        sale = self._sell(3, user=self.user_sales)
        orders = self._orders(sale)
        orders.group_id = False
        self._do(orders, 'accept')
        for order in orders[1:]:
            self._do(order, 'plan', personnel_id=order.provider_id.personnel_ids[1].id)
            self._do(order, 'depart')
            self._do(order, 'start')
        sale.order_line.product_uom_qty = 2
        self.assertEqual(orders.mapped('state'), ['canceled', 'in_progress', 'in_progress'])
        with self.assertRaisesRegex(UserError, orders[1].name), self.cr.savepoint():
            sale.order_line.product_uom_qty = 1
        self.env.invalidate_all()
        self.assertEqual(sale.order_line.product_uom_qty, 2)
        self.assertEqual(orders.mapped('state'), ['canceled', 'in_progress', 'in_progress'])

    def test_policy_of_today_does_not_matter_to_sales_of_yesterday(self):
        sale = self._sell(2)
        self.product.product_tmpl_id.write({'stokiva_policy': 'none', 'stokiva_service_type_ids': False})
        sale.order_line.product_uom_qty = 3
        self.assertEqual(len(self._live(sale)), 2)
        sale.order_line.product_uom_qty = 1
        self.assertEqual(len(self._live(sale)), 1)
        sale._action_cancel()
        self.assertFalse(self._live(sale))

    def test_exchange_is_no_return(self):
        sale = self._sell(1)
        order = self._orders(sale)
        self._validate(self._open_picking(sale))
        self._begin(order)
        self._work(order)
        self._do(order, 'submit')
        self._answer(order)
        self.env['stokiva.device.exchange'].create({'device_id': order.device_id.id}).action_exchange()
        sale.order_line.product_uom_qty = 2
        self.assertEqual(len(self._live(sale)), 2)

    def test_another_product_on_the_line(self):
        self.product.type = 'service'
        other = self.env['product.product'].create({
            'name': "Other", 'type': 'service', 'stokiva_policy': 'auto', 'stokiva_device_type_id': self.device_type.id,
            'stokiva_service_type_ids': [Command.set(self.service_type_install.ids)]})
        sale = self._sell(2)
        sale.order_line.product_id = other
        self.assertEqual(set(self._live(sale).product_id), {other})
        self.assertEqual(len(self._live(sale)), 2)

    # === CANCELLED, DELETED, COPIED === #

    def test_cancel_and_confirm_again(self):
        sale = self._sell(2, user=self.user_sales)
        devices = self._orders(sale).device_id
        for _round in range(2):
            sale.action_cancel()
            self.assertEqual(set(self._orders(sale).mapped('state')), {'canceled'})
            self.assertFalse(any(devices.mapped('active')), "what was never sold is no appliance of the customer")
            sale.action_draft()
            sale.action_confirm()
            self.assertEqual(len(self._live(sale)), 2)
            self.assertEqual(self._orders(sale).device_id, devices)
            self.assertTrue(all(devices.mapped('active')))
        self.assertEqual(len(self._orders(sale)), 6)
        self._validate(self._open_picking(sale.sudo()))
        self.assertTrue(all(devices.mapped('date_delivered')))

    def test_cancelled_sale_leaves_work_under_way_to_a_dispatcher(self):
        sale = self._sell(2, user=self.user_sales)
        orders = self._orders(sale)
        orders.group_id = False
        self._begin(orders[0])
        sale.action_cancel()
        self.assertEqual(orders.mapped('state'), ['in_progress', 'canceled'])
        to_do = orders[0].activity_ids.filtered(lambda activity: "cancelled" in activity.note)
        self.assertEqual(to_do.user_id, orders[0]._get_dispatcher())
        sale.action_draft()
        sale.action_confirm()
        self.assertEqual(len(self._live(sale)), 2, "the one under way counts")

    def test_device_taken_in_is_not_cancelled_away(self):
        sale = self._sell()
        order = self._orders(sale)
        self._do(order, 'accept')
        self._do(order, 'take_in')
        sale.action_cancel()
        self.assertEqual((order.state, order.custody), ('accepted', 'workshop'))
        self.assertTrue(order.activity_ids)

    def test_deleting(self):
        self._sell(confirm=False).unlink()
        sale = self._sell()
        sale.action_cancel()
        with self.assertRaisesRegex(UserError, self._orders(sale).name), self.cr.savepoint():
            sale.unlink()
        sale.action_draft()
        with self.assertRaisesRegex(UserError, self._orders(sale).name), self.cr.savepoint():
            sale.order_line.unlink()
        self.assertTrue(sale.exists().order_line)

    def test_copies_have_no_orders(self):
        sale = self._sell(2)
        sale.order_line.sudo().write({
            'stokiva_provider_id': self.provider_b.id, 'stokiva_has_choice': True})
        copy = sale.copy()
        self.assertFalse(self._orders(copy) or copy.order_line.stokiva_provider_id or copy.order_line.stokiva_has_choice)
        copy.action_confirm()
        self.assertEqual((len(self._live(copy)), len(self._live(sale))), (2, 2))
        self.assertFalse(self._orders(copy).device_id & self._orders(sale).device_id)

    def test_options_that_are_not_taken(self):
        template = self.env['sale.order.template'].create({
            'name': "Kitchen", 'sale_order_template_line_ids': [
                Command.create({'product_id': self.product.id, 'product_uom_qty': 1}),
                Command.create({'display_type': 'line_section', 'name': "Options", 'is_optional': True}),
                Command.create({'product_id': self.product.id, 'product_uom_qty': 0})]})
        sales = self.env['sale.order'].create([
            {'partner_id': self.customer.id, 'sale_order_template_id': template.id} for _index in range(2)])
        for sale in sales:
            sale._onchange_sale_order_template_id()
        self.assertTrue(sales[0].order_line[-1]._is_line_optional())
        sales[1].order_line[-1].product_uom_qty = 2
        sales.action_confirm()
        self.assertEqual([len(self._orders(sale)) for sale in sales], [1, 3])

    # === COMPANIES === #

    def test_another_company_sells(self):
        company = self.env['res.company'].create({'name': "Second", 'country_id': self.country.id})
        self.env.user.company_ids |= company
        self.env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1) or self.env[
            'stock.warehouse'].create({'name': "Second", 'code': 'SEC', 'company_id': company.id})
        sale = self.env['sale.order'].with_company(company).create({
            'partner_id': self.customer.id, 'company_id': company.id, 'order_line': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 1})]})
        sale.with_company(self.company).action_confirm()
        order = self._orders(sale)
        self.assertEqual((order.company_id, order.device_id.company_id), (company, company))

    def test_device_type_of_another_company_does_not_stop_the_sale(self):
        company = self.env['res.company'].create({'name': "Second", 'country_id': self.country.id})
        self.product.product_tmpl_id.stokiva_device_type_id = False
        self.product.categ_id = self.env['product.category'].create({
            'name': "Theirs", 'stokiva_device_type_id': self.env['stokiva.device.type'].create({
                'name': "Theirs", 'company_id': company.id}).id})
        order = self._orders(self._sell())
        self.assertFalse(order.device_id.device_type_id)
