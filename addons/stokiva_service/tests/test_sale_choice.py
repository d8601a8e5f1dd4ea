from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import Form, new_test_user, tagged

from .common_sale import SaleCommon


@tagged('post_install', '-at_install')
class TestSaleChoice(SaleCommon):
    """What the salesperson chooses on the line: service, time, provider; when orders are opened; which address."""

    def _draft(self, quantity=1, **values):
        sale = self._sell(quantity, user=self.user_sales, confirm=False)
        sale.write(values)
        return sale

    def _choose(self, sale, **values):
        action = sale.order_line.action_stokiva_choose()
        dialog = self.env[action['res_model']].with_user(self.user_sales).browse(action['res_id'])
        with Form(dialog) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return dialog

    # === A TIME THAT HAS PASSED === #

    def test_no_time_that_has_passed(self):
        dialog = self._choose(self._draft(), window_start=Datetime.now() - timedelta(days=4))
        with self.assertRaisesRegex(UserError, "has passed"):
            dialog.action_apply()

    def test_sale_confirmed_after_its_time_opens_an_order_without(self):
        sale = self._draft()
        start = Datetime.now() + timedelta(days=1)
        self._choose(sale, window_start=start).action_apply()
        with freeze_time(start + timedelta(days=1)):
            sale.action_confirm()
        order = self._orders(sale)
        self.assertEqual((order.state, order.window_start, order.window_end), ('assigned', False, False))
        self.assertIn("had passed", str(order.activity_ids.mapped('note')))

    # === THE DIALOG === #

    def test_ranked_candidates_are_those_of_the_order(self):
        sale = self._draft()
        dialog = self._choose(sale)
        self.assertEqual(dialog.candidate_ids.mapped('provider_id'), self.provider_a | self.provider_b)
        self.assertEqual(dialog.unit_count, 1)
        self.assertEqual(dialog.city_id, self.city_kadikoy)
        sale.action_confirm()
        order = self._orders(sale)
        self.assertEqual(order.provider_id, dialog.candidate_ids[0].provider_id)
        self.assertEqual(
            order.assignment_id.candidate_ids.mapped('provider_id'), dialog.candidate_ids.mapped('provider_id'))

    def test_choice_is_left_to_a_dispatcher(self):
        sale = self._draft()
        dialog = self._choose(sale, provider_id=self.provider_b, is_manual=True)
        dialog.action_apply()
        self.assertFalse(sale.order_line.stokiva_provider_id)
        sale.action_confirm()
        self.assertEqual(self._orders(sale).state, 'created')
        self.assertTrue(self._orders(sale).activity_ids)

    def test_who_is_suspended_is_shown_as_such(self):
        self.provider_a.write({'suspended_from': '2020-01-01', 'suspend_reason': 'holiday'})
        dialog = self._choose(self._draft())
        self.assertEqual(dialog.candidate_ids[0].provider_id, self.provider_b)
        self.assertEqual(dialog.candidate_ids[1].failed, 'suspended')
        dialog.provider_id = self.provider_a
        self.assertIn("cannot be given", dialog.warning)

    def test_provider_window_and_type_are_taken(self):
        sale = self._draft(2)
        start = Datetime.now().replace(microsecond=0) + timedelta(days=3)
        dialog = self._choose(sale, window_start=start)
        self.assertEqual(dialog.window_end, start + timedelta(hours=2))
        dialog.service_type_ids = self.service_type_repair
        dialog.candidate_ids.filtered(lambda row: row.provider_id == self.provider_b).action_choose()
        dialog.action_apply()
        sale.action_confirm()
        orders = self._orders(sale)
        self.assertRecordValues(orders, [{
            'service_type_id': self.service_type_repair.id, 'provider_id': self.provider_b.id, 'state': 'assigned',
            'window_start': start, 'window_end': start + timedelta(hours=2), 'group_id': orders[0].id}] * 2)
        self.assertEqual(len(orders.assignment_id), 1)
        row = orders[0].event_ids[1]
        self.assertEqual((row.event, row.role, row.actor_id), ('assign', 'sales', self.user_sales.id))

    def test_before_the_delivery_warns(self):
        sale = self._draft(commitment_date=Datetime.now() + timedelta(days=5))
        dialog = self._choose(sale, window_start=Datetime.now() + timedelta(days=1))
        self.assertIn("planned delivery", dialog.warning)
        dialog.window_start = Datetime.now() + timedelta(days=6)
        self.assertFalse(dialog.warning)

    def test_no_service_for_this_one(self):
        sale = self._draft()
        dialog = self._choose(sale)
        dialog.service_type_ids = False
        self.assertIn("no work order", dialog.warning)
        dialog.action_apply()
        sale.action_confirm()
        self.assertFalse(self._orders(sale))

    def test_as_the_product_says(self):
        sale = self._draft()
        dialog = self._choose(sale, provider_id=self.provider_b)
        dialog.service_type_ids = self.service_type_repair
        dialog.action_apply()
        self._choose(sale).action_forget()
        self.assertFalse(sale.order_line.stokiva_has_choice or sale.order_line.stokiva_provider_id)
        sale.action_confirm()
        self.assertEqual(self._orders(sale).service_type_id, self.service_type_install)

    def test_lines_with_unlike_choices_are_not_grouped(self):
        sale = self._draft()
        sale.write({'order_line': [Command.create({'product_id': self.product.id})]})
        sale.order_line[1].write({'stokiva_provider_id': self.provider_b.id})
        sale.order_line[0].write({'stokiva_provider_id': self.provider_a.id})
        sale.action_confirm()
        orders = self._orders(sale)
        self.assertEqual(orders.mapped('provider_id'), self.provider_a | self.provider_b)
        self.assertFalse(orders.group_id)

    def test_chosen_provider_that_cannot_does_not_stop_the_sale(self):
        sale = self._draft(2)
        sale.order_line.stokiva_provider_id = self.provider_a
        self.provider_a.write({'suspended_from': '2020-01-01', 'suspend_reason': 'holiday'})
        sale.action_confirm()
        orders = self._orders(sale)
        self.assertEqual((sale.state, orders.mapped('state')), ('sale', ['created', 'created']))
        self.assertIn("Alfa", orders[0].unassigned_reason)
        self.assertEqual(len(orders.activity_ids), 2)

    def test_nothing_is_chosen_where_nothing_can_be(self):
        sale = self._draft()
        dialog = self._choose(sale)
        dialog.window_start = dialog.window_end = Datetime.now()
        with self.assertRaisesRegex(UserError, "after its start"):
            dialog.action_apply()
        plain = self._sell(product=self.part_product, user=self.user_sales, confirm=False)
        with self.assertRaisesRegex(UserError, "calls for no service"):
            plain.order_line.action_stokiva_choose()
        sale.action_confirm()
        with self.assertRaisesRegex(UserError, "open already"):
            sale.order_line.action_stokiva_choose()

    def test_nobody_looks_at_the_sales_of_others(self):
        other = new_test_user(self.env, 'stokiva_sales_2', 'base.group_user,sales_team.group_sale_salesman')
        line = self._draft(user_id=self.user_sales.id).order_line
        for user in (other, self.user_technician):
            with self.assertRaises(AccessError):
                self.env['stokiva.sale.choice'].with_user(user).create({'sale_line_id': line.id})
        portal = line.with_user(self.user_customer)
        with self.assertRaises(AccessError):
            portal.action_stokiva_choose()
        with self.assertRaises(AccessError):
            portal.read(['stokiva_provider_id'])

    # === MANUAL === #

    def test_salesperson_opens_the_orders(self):
        self.product.stokiva_policy = 'on_request'
        sale = self._draft(2)
        self.assertFalse(sale.stokiva_can_open)
        sale.action_confirm()
        self.assertFalse(self._orders(sale))
        self.assertTrue(sale.stokiva_can_open)
        self._choose(sale, provider_id=self.provider_b).action_apply()
        action = sale.action_stokiva_open_work_orders()
        self.assertEqual(self.env['stokiva.work.order'].search(action['domain']), self._orders(sale))
        self.assertEqual(self._orders(sale).mapped('state'), ['assigned', 'assigned'])
        self.assertEqual(self._orders(sale).provider_id, self.provider_b)
        sale.invalidate_recordset()
        self.assertFalse(sale.stokiva_can_open)
        with self.assertRaisesRegex(UserError, "No work order is missing"):
            sale.action_stokiva_open_work_orders()

    def test_opened_after_delivery_they_take_the_devices_delivered(self):
        self.product.write({'stokiva_policy': 'on_request', 'tracking': 'serial'})
        self._stock(2, ['SN-1', 'SN-2'])
        sale = self._draft(2)
        sale.action_confirm()
        self._validate(self._open_picking(sale.sudo()), serials=['SN-1', 'SN-2'])
        sale.action_stokiva_open_work_orders()
        orders = self._orders(sale)
        self.assertEqual(sorted(orders.mapped('serial')), ['SN-1', 'SN-2'])
        self.assertEqual(self.env['stokiva.device'].search_count([('sale_line_id', 'in', sale.order_line.ids)]), 2)
        self.assertFalse(any(orders.mapped('is_undelivered')))

    def test_fewer_of_them_are_cancelled_more_are_asked_for(self):
        self.product.stokiva_policy = 'on_request'
        sale = self._draft(2)
        sale.action_confirm()
        sale.action_stokiva_open_work_orders()
        sale.order_line.product_uom_qty = 1
        self.assertEqual(len(self._live(sale)), 1)
        sale.order_line.product_uom_qty = 3
        self.assertEqual(len(self._live(sale)), 1)
        self.assertTrue(sale.stokiva_can_open)
        sale.action_stokiva_open_work_orders()
        self.assertEqual(len(self._live(sale)), 3)

    # === ADDRESS === #

    def _address(self, city, **values):
        return self.env['res.partner'].create({
            'name': f"At {city}", 'parent_id': self.customer.id, 'type': 'delivery', 'city': city,
            'country_id': self.country.id, **values})

    def test_delivery_address_is_the_site(self):
        for city, state, zipcode, district in (
                ("ÜSKÜDAR", self.state_istanbul, False, self.city_uskudar),
                (False, False, '34710', self.city_kadikoy), ("Nowhere", self.state_istanbul, False, False)):
            site = self._address(city, state_id=state and state.id, zip=zipcode)
            sale = self._draft(partner_shipping_id=site.id)
            sale.action_confirm()
            order = self._orders(sale)
            self.assertEqual((order.site_id, order.city_id), (site, district or order.city_id.browse()), city)
            self.assertEqual(order.device_id.site_id, site)

    def test_open_orders_follow_the_address(self):
        site = self._address("Çankaya", state_id=self.state_ankara.id)
        sale = self._draft(partner_shipping_id=site.id)
        sale.action_confirm()
        order = self._orders(sale)
        self.assertEqual(order.state, 'created', "nobody goes there")
        sale.partner_shipping_id = self.customer
        self.assertEqual((order.site_id, order.city_id, order.state), (self.customer, self.city_kadikoy, 'assigned'))
        self.assertEqual(order.device_id.site_id, self.customer)
        edit = order.event_ids.filtered(lambda row: row.event == 'edit')
        self.assertEqual(edit.channel, 'sale')
        self.assertEqual(set(edit._get_payload()['changes']), {'site_id', 'city_id'})

    def test_of_accepted_orders_a_dispatcher_is_told(self):
        sale = self._draft()
        sale.action_confirm()
        order = self._orders(sale)
        self._do(order, 'accept')
        site = self._address("Üsküdar", state_id=self.state_istanbul.id)
        result = sale.onchange({'partner_shipping_id': site.id}, ['partner_shipping_id'], {'partner_shipping_id': {}})
        sale.partner_shipping_id = site
        self.assertEqual((order.site_id, order.city_id, order.state), (site, self.city_uskudar, 'accepted'))
        self.assertIn("Üsküdar", order.activity_ids.note)
        self.assertIn(order.name, result['warning']['message'])

    def test_work_under_way_stays_where_it_is(self):
        sale = self._draft()
        sale.action_confirm()
        order = self._orders(sale)
        self._do(order, 'accept')
        self._do(order, 'plan', personnel_id=order.provider_id.personnel_ids[1].id)
        self._do(order, 'depart')
        self._do(order, 'start')
        sale.partner_shipping_id = self._address("Üsküdar", state_id=self.state_istanbul.id)
        self.assertEqual(order.site_id, self.customer)
