from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged('post_install', '-at_install')
class TestPartsUse(PartsCommon):
    """Parts fitted leave the provider's stock, and come back if the work is not done."""

    def test_a_fitted_part_leaves_the_shelf_after_the_event(self):
        self._stock(self.shelf, self.pump, 5)
        order, line = self._fitted(self.pump, quantity=2)
        self.assertEqual(line.stock_state, 'waiting')
        self.assertEqual(self._count(self.shelf, self.pump), 5)  # the event itself writes no stock
        self._run_job()
        self.assertEqual((line.stock_state, order.parts_due), ('done', False))
        self.assertEqual(self._count(self.shelf, self.pump), 3)
        move = line._get_live_moves()
        self.assertRecordValues(move, [{
            'state': 'done', 'quantity': 2, 'stokiva_work_order_id': order.id, 'origin': order.name}])
        self.assertEqual(move.location_dest_id.usage, 'customer')
        self.assertEqual(line.cost, 1000)

    def test_cost_is_of_the_time_of_use(self):
        self._stock(self.shelf, self.pump, 1)
        order = self._in_progress()
        line = self._add_part(order, self.pump)
        self.pump.standard_price = 620
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._run_job()
        self.pump.standard_price = 900
        self.assertEqual(line.cost, 620)

    def test_nothing_moves_before_the_work_is_done(self):
        self._stock(self.shelf, self.pump, 5)
        order = self._in_progress()
        line = self._add_part(order, self.pump)
        self._run_job()
        self.assertFalse(line.stock_state)
        self.assertEqual(self._count(self.shelf, self.pump), 5)

    def test_the_van_is_asked_first(self):
        self.technician_a.has_van = True
        van = self.technician_a._get_van(self.company)
        self.assertEqual(van.location_id, self.shelf)
        self._stock(self.shelf, self.pump, 5)
        self._stock(van, self.pump, 1)
        self._fitted(self.pump)
        self._fitted(self.pump)
        self._run_job()
        self.assertEqual((self._count(van, self.pump), self._count(self.shelf, self.pump)), (0, 4))

    def test_parts_of_others_are_not_touched(self):
        self._stock(self.provider_b._get_stock_location(self.company), self.pump, 5)
        self.dispatcher_a.has_van = True
        self._stock(self.dispatcher_a._get_van(self.company), self.pump, 5)
        _order, line = self._fitted(self.pump)
        self.assertEqual(line.stock_state, 'short')

    def test_serial_numbers_are_followed(self):
        self._stock(self.shelf, self.card, 1, self.serials[0])
        self._stock(self.shelf, self.card, 1, self.serials[1])
        _order, line = self._fitted(self.card, lot_id=self.serials[1].id)
        self._run_job()
        self.assertEqual(line._get_live_moves().move_line_ids.lot_id, self.serials[1])
        self.assertEqual(self._count(self.shelf, self.card, self.serials[0]), 1)
        self.assertEqual(self._count(self.shelf, self.card, self.serials[1]), 0)

    def test_a_serial_number_is_asked_for(self):
        self._stock(self.shelf, self.card, 1, self.serials[0])
        with self.assertRaises(UserError) as caught:
            self._fitted(self.card)
        self.assertIn("Card", str(caught.exception))

    def test_a_serial_number_fitted_twice_is_short(self):
        self._stock(self.shelf, self.card, 1, self.serials[0])
        _order, first = self._fitted(self.card, lot_id=self.serials[0].id)
        _order, second = self._fitted(self.card, lot_id=self.serials[0].id)
        self._run_job()
        self.assertEqual((first.stock_state, second.stock_state), ('done', 'short'))

    def test_wrong_serials_are_refused(self):
        order = self._in_progress()
        with self.assertRaises(ValidationError):
            self._add_part(order, self.pump, lot_id=self.serials[0].id)
        with self.assertRaises(ValidationError):
            self._add_part(order, self.card, lot_id=self.serials[0].id, quantity=2)
        self.assertFalse(order.part_line_ids)

    def test_own_and_uncounted_parts_move_nothing(self):
        order = self._in_progress()
        self._work(order)
        own = self._add_part(order, self.pump, is_provider_stock=True)
        hose = self._add_part(order, self.hose)
        self._do(order, 'submit')
        self.assertFalse(order.parts_due)
        self.assertFalse(own.stock_state or hose.stock_state)

    # === WHAT IS NOT THERE === #

    def test_the_office_is_refused(self):
        self._stock(self.shelf, self.pump, 1)
        order = self._in_progress()
        self._work(order)
        line = self._add_part(order, self.pump, quantity=2)
        with self.assertRaises(UserError) as caught:
            self._do(order, 'submit')
        self.assertIn("Pump: 1 missing at Alfa Servis", str(caught.exception))
        self.assertEqual((order.state, line.stock_state), ('in_progress', False))
        self._stock(self.shelf, self.pump, 1)
        self._do(order, 'submit')
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 0)

    def test_lines_that_wait_count_as_gone(self):
        self._stock(self.shelf, self.pump, 1)
        self._fitted(self.pump)
        order = self._in_progress()
        self._work(order)
        self._add_part(order, self.pump)
        with self.assertRaises(UserError):
            self._do(order, 'submit')

    def test_the_field_is_believed_and_the_dispatcher_told(self):
        order, line = self._fitted(self.pump)
        self.assertEqual((order.state, line.stock_state), ('awaiting_approval', 'short'))
        self.assertTrue(line._is_pay_held())
        self.assertEqual(self._get_alerts(order).user_id, order._get_dispatcher())
        self._run_job()
        self.assertEqual(len(self._get_alerts(order)), 1)
        self.assertEqual(self._count(self.shelf, self.pump), 0)

    def test_what_arrives_serves_who_waits(self):
        order, line = self._fitted(self.pump)
        self._run_job()
        self._answer(order)
        self._stock(self.warehouse.lot_stock_id, self.pump, 3)
        picking = self.provider_a._request_parts(self.company, {self.pump: 3}, confirm=True)
        picking._stokiva_receive(self.env.user)
        self._run_job()
        self.assertEqual((order.state, line.stock_state), ('completed', 'done'))
        self.assertEqual(self._count(self.shelf, self.pump), 2)
        self.assertFalse(self._get_alerts(order))
        self.assertFalse(line._is_pay_held())

    def test_a_dispatcher_confirms_the_providers_own_part(self):
        order, line = self._fitted(self.pump)
        with self.assertRaises(AccessError):
            line.with_user(self.user_call_centre).action_confirm_own()
        line.with_user(self.user_dispatcher).action_confirm_own()
        self.assertEqual(line.stock_state, 'own')
        self.assertTrue(line._is_paid_as_own())
        self.assertFalse(self._get_alerts(order))
        with self.assertRaises(UserError):
            line.with_user(self.user_dispatcher).action_confirm_own()
        self._run_job()
        self.assertEqual(line.stock_state, 'own')

    def test_users_do_not_write_what_stock_says(self):
        order, line = self._fitted(self.pump)
        for values in ({'stock_state': 'done'}, {'return_state': 'back'}, {'cost': 1}):
            with self.assertRaises(AccessError):
                line.with_user(self.user_manager).write(values)
            with self.assertRaises(AccessError):
                order.with_user(self.user_manager).write({'part_line_ids': [
                    Command.create({'product_id': self.pump.id, **values})]})
        with self.assertRaises(AccessError):
            order.with_user(self.user_manager).write({'parts_due': False})

    # === TAKEN BACK === #

    def test_an_order_returned_gives_its_parts_back(self):
        self._stock(self.shelf, self.card, 1, self.serials[0])
        order, line = self._fitted(self.card, lot_id=self.serials[0].id)
        self._run_job()
        self._do(order, 'return', reason="Customer wants his money back")
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.card, self.serials[0]), 1)
        self.assertFalse(line.stock_state)
        self.assertFalse(order._get_part_moves())

    def test_a_line_changed_by_the_office_is_followed(self):
        self._stock(self.shelf, self.pump, 3)
        order, line = self._fitted(self.pump)
        self._run_job()
        order.with_user(self.user_manager).write({'part_line_ids': [Command.update(line.id, {'quantity': 3})]})
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 0)
        with self.assertRaises(UserError):
            order.with_user(self.user_manager).write({'part_line_ids': [Command.update(line.id, {'quantity': 4})]})
        order.with_user(self.user_manager).write({'part_line_ids': [Command.delete(line.id)]})
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 3)

    def test_rework_moves_only_the_difference(self):
        self._stock(self.shelf, self.pump, 3)
        order, line = self._fitted(self.pump)
        self._run_job()
        self._answer(order, 'dispute', comment="Still leaks")
        self._do(order, 'rework')
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 2)
        self._add_part(order, self.pump, quantity=2)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 0)
        self.assertEqual(len(line.stock_move_ids.filtered(lambda move: move._stokiva_is_use())), 1)

    def test_rework_before_the_job_keeps_what_is_short(self):
        order, line = self._fitted(self.pump)
        self._answer(order, 'dispute', comment="Still leaks")
        self._do(order, 'rework')
        self._run_job()
        self.assertEqual((line.stock_state, order.parts_due), ('short', False))
        self.assertTrue(self._get_alerts(order))

    def test_work_returned_after_rework_waits_for_no_part(self):
        self._stock(self.shelf, self.pump, 1)
        for expected in ('waiting', 'short'):
            order, line = self._fitted(self.pump, quantity=1 if expected == 'waiting' else 2)
            self._answer(order, 'dispute', comment="Still leaks")
            self._do(order, 'rework')
            self._run_job()
            self.assertEqual((line.stock_state, order.parts_due), (expected, False))
            self._do(order, 'return', reason="Beyond repair")
            self._run_job()
            self.assertFalse(line.stock_state)
            self.assertFalse(self._get_alerts(order))
        self.assertEqual(line._get_free_stock(self.shelf)[self.shelf.id, self.pump.id, None], 1)

    def test_the_job_run_twice_changes_nothing(self):
        self._stock(self.shelf, self.pump, 3)
        order, line = self._fitted(self.pump)
        self._run_job()
        order.parts_due = True
        self._run_job()
        self.assertEqual(self._count(self.shelf, self.pump), 2)
        self.assertEqual(line.stock_state, 'done')

    def test_what_stock_refuses_waits_for_a_dispatcher(self):
        self._stock(self.shelf, self.pump, 1)
        order, line = self._fitted(self.pump)
        self._stock(self.shelf, self.pump, -1)
        self._run_job()
        self.assertEqual((line.stock_state, order.parts_due), ('short', False))
        self.assertTrue(self._get_alerts(order))

    # === SWITCHED OFF, OTHER COMPANIES === #

    def test_switched_off_lines_are_only_lines(self):
        self.company.stokiva_parts = False
        order, line = self._fitted(self.pump, quantity=4)
        self._run_job()
        self.assertFalse(line.stock_state or order.parts_due or order._get_part_moves())
        with self.assertRaises(UserError):
            self.provider_a._request_parts(self.company, {self.pump: 1})
        menus = self.env['ir.ui.menu'].with_user(self.user_manager)._load_menus_blacklist()
        self.assertIn(self.env.ref('stokiva_service.menu_stokiva_parts').id, menus)

    def test_each_company_has_its_own_place_with_a_shared_provider(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.provider_a.company_id = False
        there = self.provider_a._get_stock_location(other)
        self.assertNotEqual(there, self.shelf)
        self.assertEqual(there.company_id, other)
        self._stock(there, self.pump, 5)
        _order, line = self._fitted(self.pump)
        self.assertEqual(line.stock_state, 'short')

    def test_sales_do_not_reserve_what_providers_have(self):
        self.assertFalse(self.shelf.warehouse_id)
        self._stock(self.shelf, self.pump, 5)
        sale = self._sell(product=self.pump)
        self.assertEqual(sale.picking_ids.move_ids.quantity, 0)
        self.assertEqual(self.pump.with_context(warehouse_id=self.warehouse.id).qty_available, 0)

    # === DEFECTIVE PARTS === #

    def test_the_defective_part_comes_back_in_time(self):
        self.company.stokiva_defective_days = 10
        self._stock(self.shelf, self.pump, 2)
        _order, line = self._fitted(self.pump)
        self._run_job()
        place = self.provider_a._get_stock_location(self.company, defective=True)
        self.assertEqual(line.return_state, 'due')
        self.assertEqual(line.return_due, fields.Date.context_today(self.provider_a.with_context(
            tz=self.provider_a.tz)) + timedelta(days=10))
        self.assertEqual(self._count(place, self.pump), 1)
        self.assertFalse(place.is_valued_internal)
        picking = self.provider_a._send_defective(line)
        self.assertEqual((line.return_state, picking.stokiva_kind), ('sent', 'defective'))
        with self.assertRaises(UserError):
            self.provider_a._send_defective(line)
        picking.action_cancel()
        self.assertEqual(line.return_state, 'due')
        picking = self.provider_a._send_defective(line)
        picking.with_user(self.user_dispatcher).action_stokiva_receive()
        self.assertEqual(line.return_state, 'back')
        self.assertEqual(self._count(self.company.stokiva_defective_location_id, self.pump), 1)
        self.assertEqual(self._count(place, self.pump), 0)

    def test_a_defective_card_has_a_number_of_its_own(self):
        self.card.stokiva_returns_defective = True
        self._stock(self.shelf, self.card, 1, self.serials[0])
        order, line = self._fitted(self.card, lot_id=self.serials[0].id)
        self._run_job()
        place = self.provider_a._get_stock_location(self.company, defective=True)
        lot = self.env['stock.quant'].search([('location_id', '=', place.id)]).lot_id
        self.assertIn(order.name, lot.name)
        self.provider_a._send_defective(line)._stokiva_receive(self.env.user)
        self.assertEqual(line.return_state, 'back')

    def test_no_defective_part_of_work_that_was_not_done(self):
        self._stock(self.shelf, self.pump, 1)
        order, line = self._fitted(self.pump)
        self._run_job()
        self._do(order, 'return', reason="Not to be repaired")
        self._run_job()
        self.assertFalse(line.return_state or line.return_due)
        place = self.provider_a._get_stock_location(self.company, defective=True)
        self.assertEqual((self._count(place, self.pump), self._count(self.shelf, self.pump)), (0, 1))
