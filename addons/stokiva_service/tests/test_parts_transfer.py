from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_parts import PartsCommon


@tagged('post_install', '-at_install')
class TestPartsTransfer(PartsCommon):
    """Parts between the company and its providers: requested, sent, received, ordered by minimum, sent back."""

    def setUp(self):
        super().setUp()
        self.stock = self.warehouse.lot_stock_id
        self._stock(self.stock, self.pump, 10)

    def _ask(self, user=None, **values):
        """The office's dialog."""
        dialog = self.env['stokiva.part.request'].with_user(user or self.user_dispatcher).create({
            'provider_id': self.provider_a.id,
            'line_ids': [Command.create({'product_id': self.pump.id, 'quantity': 4})], **values})
        action = dialog.action_create()
        return self.env['stock.picking'].browse(action['res_id'])

    def test_sent_and_received(self):
        picking = self._ask(note="Handle with care")
        self.assertRecordValues(picking, [{
            'stokiva_kind': 'supply', 'stokiva_provider_id': self.provider_a.id, 'state': 'assigned',
            'picking_type_id': self.company.stokiva_supply_type_id.id, 'location_dest_id': self.shelf.id}])
        self.assertEqual(self._count(self.shelf, self.pump), 0)
        picking.with_user(self.user_dispatcher).action_stokiva_receive()
        self.assertEqual(picking.state, 'done')
        self.assertEqual(picking.stokiva_received_by_id, self.user_dispatcher)
        self.assertEqual((self._count(self.stock, self.pump), self._count(self.shelf, self.pump)), (6, 4))
        with self.assertRaises(UserError):
            picking.with_user(self.user_dispatcher).action_stokiva_receive()

    def test_a_request_waits_for_the_office(self):
        picking = self.provider_a.with_user(self.user_provider_a)._request_parts(self.company, {self.pump: 2})
        self.assertEqual((picking.state, picking.stokiva_requested_by_id), ('draft', self.user_provider_a))
        with self.assertRaises(AccessError):
            picking.with_user(self.user_call_centre).action_stokiva_approve()
        picking.with_user(self.user_dispatcher).action_stokiva_approve()
        self.assertEqual(picking.state, 'assigned')
        picking.with_user(self.user_dispatcher).action_stokiva_refuse()
        self.assertEqual(picking.state, 'cancel')

    def test_what_is_missing_stays_to_come(self):
        picking = self._ask(line_ids=[Command.create({'product_id': self.pump.id, 'quantity': 14})])
        picking.with_user(self.user_dispatcher).action_stokiva_receive()
        self.assertEqual(self._count(self.shelf, self.pump), 10)
        rest = picking.backorder_ids
        self.assertEqual((rest.move_ids.product_uom_qty, rest.stokiva_kind), (4, 'supply'))
        with self.assertRaises(UserError) as caught:
            rest.with_user(self.user_dispatcher).action_stokiva_receive()
        self.assertIn("Nothing of", str(caught.exception))

    def test_into_a_van_and_back(self):
        self.technician_a.has_van = True
        self._stock(self.shelf, self.pump, 3)
        picking = self._ask(kind='move', personnel_id=self.technician_a.id, line_ids=[
            Command.create({'product_id': self.pump.id, 'quantity': 2})])
        self.assertEqual(picking.stokiva_kind, 'move')
        picking._stokiva_receive(self.env.user)
        van = self.technician_a._get_van(self.company)
        self.assertEqual((self._count(van, self.pump), self._count(self.shelf, self.pump)), (2, 1))
        back = self._ask(kind='return', personnel_id=self.technician_a.id, line_ids=[
            Command.create({'product_id': self.pump.id, 'quantity': 2})])
        self.assertEqual((back.stokiva_kind, back.state), ('return', 'assigned'))
        back._stokiva_receive(self.env.user)
        self.assertEqual((self._count(van, self.pump), self._count(self.stock, self.pump)), (0, 12))

    def test_bad_input(self):
        with self.assertRaises(UserError):
            self._ask(line_ids=[])
        with self.assertRaises(UserError):
            self._ask(line_ids=[Command.create({'product_id': self.pump.id, 'quantity': -1})])
        with self.assertRaises(UserError):
            self._ask(line_ids=[Command.create({'product_id': self.hose.id, 'quantity': 1})])
        with self.assertRaises(UserError):
            self._ask(kind='move')
        with self.assertRaises(UserError):
            self._ask(personnel_id=self.technician_a.id)  # has no van
        with self.assertRaises(AccessError):
            self._ask(self.user_call_centre)
        self.provider_a.company_id = False
        with self.assertRaises(AccessError):
            self._ask(company_id=self.env['res.company'].create({'name': "Other"}).id)
        self.assertFalse(self.env['stock.picking'].search([('stokiva_kind', '!=', False)]))

    def test_only_transfers_of_parts_are_decided_on(self):
        sale = self._sell(product=self.pump)
        self.assertFalse(sale.picking_ids.stokiva_kind)
        with self.assertRaises(UserError):
            sale.picking_ids.with_user(self.user_manager).action_stokiva_receive()

    def test_stock_people_cannot_take_more_than_there_is(self):
        self._stock(self.shelf, self.pump, 1)
        picking = self.provider_a._send_back(self.company, {self.pump: 2})
        picking.move_ids.write({'quantity': 2, 'picked': True})
        with self.assertRaises(UserError) as caught:
            picking._action_done()
        self.assertIn("has not enough", str(caught.exception))

    # === MINIMUM === #

    def test_below_the_minimum_parts_are_ordered(self):
        self.provider_a.with_user(self.user_dispatcher).action_view_minimums()
        rule = self.env['stock.warehouse.orderpoint'].with_user(self.user_dispatcher).create({
            'location_id': self.shelf.id, 'product_id': self.pump.id, 'product_min_qty': 3, 'product_max_qty': 5})
        self.assertEqual(rule.qty_to_order, 5)
        rule.action_stokiva_replenish()
        picking = self.env['stock.picking'].search([('stokiva_kind', '=', 'supply')])
        self.assertRecordValues(picking, [{
            'location_id': self.stock.id, 'location_dest_id': self.shelf.id, 'stokiva_provider_id': self.provider_a.id}])
        self.assertEqual(picking.move_ids.product_uom_qty, 5)
        rule.action_stokiva_replenish()  # what is under way counts
        self.assertEqual(self.env['stock.picking'].search_count([('stokiva_kind', '=', 'supply')]), 1)

    def test_the_daily_run_serves_vans_too(self):
        self.technician_a.has_van = True
        van = self.technician_a._get_van(self.company)
        self.env['stock.warehouse.orderpoint'].create({
            'location_id': van.id, 'product_id': self.pump.id, 'product_min_qty': 1, 'product_max_qty': 2})
        self.env['stock.rule'].run_scheduler(company_id=self.company.id)
        picking = self.env['stock.picking'].search([('stokiva_kind', '=', 'supply')])
        self.assertEqual((picking.location_dest_id, picking.move_ids.product_uom_qty), (van, 2))

    def test_dispatchers_keep_rules_of_providers_only(self):
        rules = self.env['stock.warehouse.orderpoint']
        with self.assertRaises(AccessError):
            rules.with_user(self.user_dispatcher).create({
                'location_id': self.stock.id, 'product_id': self.pump.id, 'product_min_qty': 3, 'product_max_qty': 3})
        with self.assertRaises(AccessError):
            rules.with_user(self.user_call_centre).create({
                'location_id': self.shelf.id, 'product_id': self.pump.id, 'product_min_qty': 3, 'product_max_qty': 3})

    def test_another_warehouse_supplies(self):
        second = self.env['stock.warehouse'].create({'name': "Second", 'code': 'SEC', 'company_id': self.company.id})
        self._stock(second.lot_stock_id, self.pump, 1)
        self.company.stokiva_parts_warehouse_id = second
        self.assertEqual(self._ask().location_id, second.lot_stock_id)
        self.assertEqual(self.company.stokiva_parts_route_id.rule_ids.location_src_id, second.lot_stock_id)

    # === CLOSING, PAPERS, SCREENS === #

    def test_closing_a_provider_sends_everything_back(self):
        self._stock(self.shelf, self.pump, 3)
        self._stock(self.shelf, self.card, 1, self.serials[0])
        dialog = self.env['stokiva.provider.close'].with_user(self.user_dispatcher).browse(
            self.provider_a.with_user(self.user_dispatcher).action_close()['res_id'])
        self.assertIn("3 × Pump", dialog.part_text)
        dialog.reason = "Contract ended"
        dialog.action_close()
        self.assertFalse(self.provider_a.active)
        picking = self.env['stock.picking'].search([('stokiva_kind', '=', 'return')])
        self.assertEqual(picking.state, 'assigned')
        self.assertIn(picking.name, self.provider_a.message_ids[0].body)
        picking.with_user(self.user_dispatcher).action_stokiva_receive()
        self.assertEqual((self._count(self.shelf, self.pump), self._count(self.shelf, self.card)), (0, 0))
        self.assertEqual(self._count(self.stock, self.pump), 13)

    def test_the_slip_names_what_travels(self):
        picking = self._ask(note="Handle with care")
        report = self.env['ir.actions.report'].with_user(self.user_dispatcher)
        html = report._render_qweb_html('stokiva_service.report_transfer_slip', picking.ids)[0].decode()
        for text in (picking.name, "Pump", "Alfa Servis", "Handle with care"):
            self.assertIn(text, html)
        with self.assertRaises(AccessError):
            self.env['ir.actions.report'].with_user(self.user_provider_a)._render_qweb_html(
                'stokiva_service.report_transfer_slip', picking.ids)

    def test_the_forms_open_for_a_dispatcher(self):
        picking = self._ask()
        with Form(picking.with_user(self.user_dispatcher), 'stokiva_service.stock_picking_view_form_parts'):
            pass
        action = self.provider_a.with_user(self.user_dispatcher).action_view_parts()
        self.env[action['res_model']].with_user(self.user_dispatcher).search_fetch(action['domain'], ['quantity'])
        self.assertEqual(self.provider_a.with_user(self.user_call_centre).part_quantity, 0)

    def test_who_leaves_says_where_the_parts_of_the_van_go(self):
        self.technician_a.has_van = True
        van = self.technician_a._get_van(self.company)
        self._stock(van, self.pump, 2)
        self._stock(van, self.card, 1, self.serials[0])
        person = self.technician_a.with_user(self.user_dispatcher)
        for values in ({'active': False}, {'has_van': False}):
            with self.assertRaisesRegex(UserError, "still.*2 × Pump"), self.cr.savepoint():
                person.write(values)
        action = person.action_archive()
        dialog = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
        self.assertIn("2 × Pump", dialog.van_parts)
        with self.assertRaisesRegex(UserError, "somebody else"), self.cr.savepoint():
            dialog.heir_id = self.technician_b
            dialog.action_hand_over()
        dialog.heir_id = False
        dialog.action_hand_over()
        self.assertFalse(self.technician_a.active)
        self.assertEqual((self._count(van, self.pump), self._count(self.shelf, self.pump)), (0, 2))
        self.assertEqual(self._count(self.shelf, self.card, self.serials[0]), 1)

    def test_into_a_colleagues_van(self):
        heir = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'role': 'technician', 'has_van': True,
            'partner_id': self.env['res.partner'].create({'name': "Heir"}).id})
        self.technician_a.has_van = True
        self._stock(self.technician_a._get_van(self.company), self.pump, 2)
        self.technician_a._empty_van(heir)
        self.assertEqual(self._count(heir._get_van(self.company), self.pump), 2)

    def test_a_provider_that_closes_keeps_its_own_way(self):
        self.technician_a.has_van = True
        self._stock(self.technician_a._get_van(self.company), self.pump, 2)
        self.provider_a.active = False
        self.assertFalse(self.technician_a.active)
