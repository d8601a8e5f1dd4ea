from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestSale(WorkOrderCommon):
    """From sale to service."""

    def test_two_units_are_two_grouped_orders_of_one_offer(self):
        sale = self._sell(2, user=self.user_sales)
        orders = sale.stokiva_work_order_ids.sorted('id').sudo()
        self.assertEqual(orders.mapped('state'), ['assigned', 'assigned'])
        self.assertEqual(orders.group_id, orders[0])
        self.assertEqual(len(orders.device_id), 2)
        self.assertEqual(len(orders.assignment_id), 1)
        self.assertEqual(orders.city_id, self.city_kadikoy)
        opened = orders[0].event_ids[0]
        self.assertEqual((opened.actor_id, opened.role, opened.channel), (self.user_sales.id, 'sales', 'sale'))
        self.assertEqual(orders[0].event_ids[1].actor_kind, 'system')
        candidates = orders.assignment_id.candidate_ids
        self.assertEqual(candidates.provider_id, self.provider_a | self.provider_b)
        self.assertEqual(candidates[0].provider_id, orders.provider_id)

    def test_offer_is_answered_for_the_whole_group(self):
        orders = self._sell(2).stokiva_work_order_ids
        actor = {
            self.provider_a: self.user_provider_a, self.provider_b: self.user_provider_b}[orders.provider_id]
        orders[0]._apply_event('accept', actor=actor, channel='portal')
        self.assertEqual(orders.mapped('state'), ['accepted', 'accepted'])
        self.assertEqual(orders.assignment_id.state, 'accepted')

    def test_no_provider_does_not_block_the_sale(self):
        self.customer.write({'city': "Çankaya", 'state_id': self.state_ankara.id, 'zip': False, 'city_id': False})
        sale = self._sell(user=self.user_sales)
        order = sale.sudo().stokiva_work_order_ids
        self.assertEqual((sale.state, order.state), ('sale', 'created'))
        self.assertIn("Çankaya", order.unassigned_reason)
        self.assertTrue(order.activity_ids)

    def test_quantity_changes_open_and_cancel_orders(self):
        sale = self._sell(2)
        sale.order_line.product_uom_qty = 4
        self.assertEqual(len(sale.stokiva_work_order_ids), 4)
        sale.order_line.product_uom_qty = 1
        states = sale.stokiva_work_order_ids.mapped('state')
        self.assertEqual((states.count('canceled'), states.count('assigned')), (3, 1))

    def test_work_under_way_is_cancelled_last(self):
        sale = self._sell(2)
        orders = sale.stokiva_work_order_ids
        keep = orders.sorted('id')[-1]
        self._do(orders, 'accept')
        self._do(orders, 'plan', personnel_id=keep.provider_id.personnel_ids[0].id)
        orders.sudo().group_id = False
        self._do(keep, 'depart')
        sale.order_line.product_uom_qty = 1
        self.assertNotEqual(keep.state, 'canceled')

    def test_cancel_draft_confirm_makes_no_doubles(self):
        sale = self._sell(2)
        sale._action_cancel()
        self.assertEqual(set(sale.stokiva_work_order_ids.mapped('state')), {'canceled'})
        sale.action_draft()
        sale.action_confirm()
        live = sale.stokiva_work_order_ids.filtered(lambda order: order.state != 'canceled')
        self.assertEqual(len(live), 2)
        self.assertEqual(len(sale.stokiva_work_order_ids.device_id), 2, "the devices are the same")

    def test_manual_products_wait_for_a_dispatcher(self):
        self.product.stokiva_policy = 'manual'
        self._assert_left_to_dispatcher(self._sell().stokiva_work_order_ids)

    def test_manual_service_types_wait_for_a_dispatcher(self):
        self.product.stokiva_service_type_ids.is_automatic = False
        self._assert_left_to_dispatcher(self._sell().stokiva_work_order_ids)

    def _assert_left_to_dispatcher(self, order):
        self.assertEqual((order.state, order.unassigned_reason), ('created', "The choice is left to you."))
        self.assertTrue(order.activity_ids, "a dispatcher is asked")
        order.action_auto_assign()
        self.assertEqual(order.state, 'assigned', "who asks for it gets it")

    def test_the_ranking_knows_new_orders_as_the_database_does(self):
        engine, city = self.env['stokiva.assignment.engine'], self.city_kadikoy
        self.product.write({
            'stokiva_policy': 'manual', 'stokiva_brand_id': self.env['stokiva.brand'].create({'name': "Brand"}).id})
        orders = self.env['stokiva.work.order']
        for values in (
                {}, {'city_id': False, 'city': "Nowhere", 'zip': ''}, {'city_id': city.id, 'state_id': False},
                {'partner_latitude': 40.1234567, 'partner_longitude': 29.7654321}):
            self.customer.write(values)
            sale = self._sell(confirm=False)
            sale.partner_id = self.customer.copy()
            sale.action_confirm()
            orders |= sale.stokiva_work_order_ids
        self.company.stokiva_slots = True
        now = fields.Datetime.now()
        for order, days in zip(orders, (-2, 3, 400), strict=False):  # gone by, in sight, too far; the last has none
            order.write({'window_start': now + timedelta(days=days), 'window_end': now + timedelta(days=days, hours=2)})
        for latitude in (city.stokiva_latitude, 0, 41.5):
            city.stokiva_latitude = latitude  # what is cached of it is forgotten
            known = engine._get_wanted(orders)
            self.env.flush_all()
            self.assertEqual(len(known), 4)
            self.assertEqual(sorted(known), sorted(self.env.execute_query(engine._get_wanted_query(
                SQL("stokiva_work_order o"), SQL("o.id IN %s", orders._ids), has_window=True))))
            self.assertEqual([bool(row[-1]) for row in known], [False, True, False, False])
        with patch.object(self.registry['stokiva.assignment.engine'], '_get_wanted_query', side_effect=AssertionError):
            engine._get_wanted(orders)

    def test_two_service_types_share_the_device(self):
        self.product.stokiva_service_type_ids |= self.service_type_repair
        sale = self._sell(2)
        self.assertEqual(len(sale.stokiva_work_order_ids), 4)
        self.assertEqual(len(sale.stokiva_work_order_ids.device_id), 2)

    def test_plain_sales_open_nothing(self):
        sale = self._sell(3, product=self.part_product)
        self.assertFalse(sale.stokiva_work_order_ids)

    def test_batch_is_spread_over_the_providers(self):
        (self.provider_a | self.provider_b).area_ids.priority = 10
        sales = self.env['sale.order'].concat(*(self._sell(confirm=False) for _index in range(10)))
        sales.action_confirm()
        counts = sales.stokiva_work_order_ids.grouped('provider_id')
        self.assertEqual({len(orders) for orders in counts.values()}, {5})

    def test_messages_reach_the_outbox(self):
        orders = self._sell(2).stokiva_work_order_ids
        rows = self.env['stokiva.message'].search([('work_order_id', 'in', orders.ids), ('channel', '=', 'email')])
        self.assertEqual(rows.mapped('audience'), ['provider'], "one message for the group")
        provider = orders.provider_id
        self.assertEqual(rows.partner_id, provider._get_dispatchers().partner_id)
