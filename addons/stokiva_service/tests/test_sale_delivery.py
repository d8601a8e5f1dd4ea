from datetime import timedelta

from odoo.fields import Command, Date, Datetime
from odoo.tests import new_test_user, tagged

from .common_sale import SaleCommon


@tagged('post_install', '-at_install')
class TestSaleDelivery(SaleCommon):
    """What delivery and return of a sale do to devices and orders, by real transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stokiva_delivery_buffer_hours = 3
        cls.user_warehouse = new_test_user(cls.env, 'stokiva_warehouse', 'base.group_user,stock.group_stock_user')

    def _sell_and_deliver(self, quantity=1, serials=()):
        """Return a sale and the transfer that delivered all of it, with serial numbers if there are any."""
        if serials:
            self.product.tracking = 'serial'
            self._stock(quantity, serials)
        sale = self._sell(quantity)
        picking = self._open_picking(sale)
        self._validate(picking, serials=serials)
        return sale, picking

    def _start(self, sale, event='start'):
        """Return the first order of a sale, taken so far."""
        order = self._orders(sale)[0]
        self._do(order, 'accept')
        self._do(order, 'plan', personnel_id=order.provider_id.personnel_ids[1].id)
        self._do(order, 'depart')
        if event == 'start':
            self._do(order, 'start')
        return order

    def _finish(self, sale):
        """Return the first order of a sale, done, for which the customer is asked."""
        order = self._start(sale)
        self._work(order)
        self._do(order, 'submit')
        return order

    # === EARLIEST START === #

    def test_work_begins_after_the_planned_delivery(self):
        sale = self._sell(2, user=self.user_sales)
        orders = self._orders(sale)
        planned = self._open_picking(sale.sudo()).scheduled_date
        self.assertEqual(set(orders.mapped('earliest_start')), {planned + timedelta(hours=3)})
        self.assertEqual(orders[0].deadline, planned + timedelta(hours=3 + self.service_type_install.sla_hours))

    def test_customer_lead_time_counts(self):
        self.product.sale_delay = 5
        order = self._orders(self._sell())
        self.assertAlmostEqual(
            order.earliest_start, order.sale_order_id.date_order + timedelta(days=5, hours=3),
            delta=timedelta(minutes=1))

    def test_it_moves_with_the_transfer(self):
        sale = self._sell(2)
        picking = self._open_picking(sale)
        orders = self._orders(sale)
        later = picking.scheduled_date + timedelta(days=4)
        picking.with_user(self.user_warehouse).scheduled_date = later
        self.assertEqual(set(orders.mapped('earliest_start')), {later + timedelta(hours=3)})
        self.assertEqual(orders[0].deadline, later + timedelta(hours=51))
        row = orders[0].event_ids[-1]
        self.assertEqual((row.event, row.channel, row.actor_kind), ('edit', 'sale', 'system'))
        self.assertIn('earliest_start', row._get_payload()['changes'])
        self.assertFalse(orders.activity_ids, "nothing was planned yet")

    def test_a_visit_that_is_planned_too_early_is_told(self):
        sale = self._sell()
        order = self._orders(sale)
        start = order.earliest_start + timedelta(days=1)
        self._do(order, 'plan', window_start=str(start), window_end=str(start + timedelta(hours=2)))
        self._open_picking(sale).scheduled_date = start + timedelta(days=2)
        self.assertEqual(order.activity_ids.activity_type_id, self.env.ref('stokiva_service.mail_activity_type_sale'))
        self.assertEqual(order.alert_kind, 'delivery')
        self.assertIn("planned before the delivery", order.alert_text)
        self.assertEqual(order.window_start, start, "a promise to a customer is for people to change")

    def test_it_stays_once_work_has_begun(self):
        sale = self._sell()
        order = self._start(sale)
        before = order.earliest_start
        self._open_picking(sale).scheduled_date += timedelta(days=4)
        self.assertEqual(order.earliest_start, before)

    def test_transfers_in_two_steps(self):
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        warehouse.delivery_steps = 'pick_ship'
        self._stock(1)
        sale = self._sell()
        order = self._orders(sale)
        pick = self._open_picking(sale)
        self.assertEqual(order.earliest_start, pick.scheduled_date + timedelta(hours=3))
        self._validate(pick)
        self.assertFalse(order.device_id.date_delivered, "it stands in the warehouse's exit")
        ship = self._open_picking(sale)
        ship.scheduled_date = later = Datetime.now().replace(microsecond=0) + timedelta(days=2)
        self.assertEqual(order.earliest_start, later + timedelta(hours=3))
        self._validate(ship)
        self.assertEqual(order.device_id.date_delivered, Date.today())

    def test_services_have_no_delivery(self):
        product = self.env['product.product'].create({
            'name': "Check-up", 'type': 'service', 'stokiva_policy': 'auto',
            'stokiva_service_type_ids': [Command.set(self.service_type_repair.ids)]})
        order = self._orders(self._sell(product=product))
        self.assertFalse(order.earliest_start or order.is_undelivered)

    # === START BEFORE DELIVERY === #

    def test_start_before_delivery_warns(self):
        order = self._start(self._sell(), 'depart')
        self.assertEqual((order.is_undelivered, order.alert_kind), (True, 'delivery'))
        mine = order.with_user(self.user_dispatcher).with_context(stokiva_event='start')
        action = mine.action_event()
        self.assertEqual(order.state, 'on_the_way', "asked first")
        dialog = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
        self.assertIn("not delivered yet", dialog.warning)
        dialog.action_confirm()
        self.assertEqual(order.state, 'in_progress')
        self.assertTrue(order.event_ids[-1]._get_payload()['before_delivery'])
        self.assertIn("before the delivery", order.activity_ids.note)

    def test_start_after_delivery_asks_nothing(self):
        sale, _picking = self._sell_and_deliver()
        order = self._start(sale, 'depart')
        self.assertTrue(order.with_user(self.user_dispatcher).with_context(stokiva_event='start').action_event())
        self.assertEqual(order.state, 'in_progress')
        self.assertNotIn('before_delivery', order.event_ids[-1]._get_payload())
        self.assertFalse(order.activity_ids)

    def test_planning_before_delivery_warns(self):
        sale = self._sell()
        order = self._orders(sale)
        dialog = self.env['stokiva.event.wizard'].with_user(self.user_dispatcher).create({
            'event': 'plan', 'work_order_ids': order.ids, 'window_start': order.earliest_start - timedelta(hours=2)})
        self.assertIn("not delivered yet", dialog.warning)
        dialog.window_start = order.earliest_start
        self.assertFalse(dialog.warning)

    # === SERIAL NUMBERS AND BACKORDERS === #

    def test_serials_join_part_by_part(self):
        self.product.tracking = 'serial'
        self._stock(3, ['SN-1', 'SN-2', 'SN-3'])
        sale = self._sell(3)
        orders = self._orders(sale)
        first = self._open_picking(sale)
        first.scheduled_date = Datetime.now() + timedelta(days=5)
        self._validate(first, serials=['SN-1'])
        delivered = orders.filtered('serial')
        self.assertEqual((len(delivered), delivered.serial), (1, 'SN-1'))
        self.assertEqual(delivered.device_id.lot_id.name, 'SN-1')
        self.assertFalse(delivered.is_undelivered)
        self.assertLess(delivered.earliest_start, Datetime.now() + timedelta(hours=4), "delivered early, done early")
        self.assertGreater(min((orders - delivered).mapped('earliest_start')), Datetime.now() + timedelta(days=4))
        backorder = self._open_picking(sale)
        self.assertEqual(backorder.backorder_id, first)
        backorder.scheduled_date = Datetime.now() + timedelta(days=9)
        self.assertLess(delivered.earliest_start, Datetime.now() + timedelta(hours=4))
        self._validate(backorder, serials=['SN-2', 'SN-3'])
        self.assertEqual(set(orders.mapped('serial')), {'SN-1', 'SN-2', 'SN-3'})
        self.assertEqual(len(orders.device_id), 3)

    def test_what_is_not_sent_after_all_is_cancelled_by_the_quantity(self):
        sale = self._sell(3)
        self._validate(self._open_picking(sale), 2, is_backorder=False)
        self.assertEqual(len(self._live(sale)), 3)
        sale.order_line.product_uom_qty = 2
        live = self._live(sale)
        self.assertEqual(len(live), 2)
        self.assertTrue(all(live.device_id.mapped('date_delivered')), "it is the one that did not come")

    # === RETURN === #

    def test_return_before_the_work_cancels(self):
        sale, picking = self._sell_and_deliver(2, ['SN-1', 'SN-2'])
        self._give_back(picking, 1, ['SN-2'])
        by_serial = {order.serial: order for order in self._orders(sale)}
        self.assertEqual((by_serial['SN-1'].state, by_serial['SN-2'].state), ('assigned', 'canceled'))
        self.assertEqual(by_serial['SN-2'].event_ids[-1].channel, 'sale')
        self.assertEqual(by_serial['SN-2'].device_id.state, 'returned')

    def test_return_after_the_work_takes_the_device_out_of_service(self):
        sale, picking = self._sell_and_deliver()
        order = self._finish(sale)
        self._answer(order)
        self._give_back(picking, 1)
        self.assertEqual(order.state, 'completed')
        self.assertRecordValues(order.device_id, [{'state': 'returned', 'return_reason': 'sale_return'}])

    def test_return_in_the_middle_of_the_work(self):
        sale, picking = self._sell_and_deliver(2)
        orders = self._orders(sale)
        orders.group_id = False
        self._start(sale)
        self._give_back(picking, 2)
        self.assertEqual(sorted(orders.mapped('state')), ['canceled', 'returned'])

    def test_return_while_the_customer_is_asked(self):
        sale, picking = self._sell_and_deliver()
        order = self._finish(sale)
        self._give_back(picking, 1)
        self.assertEqual((order.state, order.device_id.state), ('awaiting_approval', 'returned'))
        self.assertTrue(order.activity_ids, "the work was done: people decide")
        self._answer(order)
        self.assertEqual(order.state, 'completed')

    def test_what_came_back_is_sold_again(self):
        sale, picking = self._sell_and_deliver(2)
        self._give_back(picking, 1)
        self.assertEqual(len(self._live(sale)), 1)
        sale.order_line.product_uom_qty = 1
        self.assertEqual(len(self._live(sale)), 1, "the sale says now what happened")
        sale.order_line.product_uom_qty = 2
        self.assertEqual(len(self._live(sale)), 2)
        self._validate(self._open_picking(sale))
        self.assertEqual(len(self._live(sale).device_id.filtered('date_delivered')), 2)
