import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestSettlement(SettlementCommon):

    def test_approval_of_the_customer_settles(self):
        order = self._submitted()
        self.assertFalse(order.settlement_ids)
        self._answer(order)
        settlement = order.settlement_ids
        self.assertRecordValues(settlement, [{
            'provider_id': self.provider_a.id, 'company_id': self.company.id, 'state': 'pending',
            'currency_id': self.company.currency_id.id, 'amount_total': 490.0, 'is_unpriced': False}])
        self.assertRecordValues(settlement.line_ids, [
            {'source': 'labour', 'name': "Replace the drain pump", 'quantity': 1.0, 'rate': 400.0, 'amount': 400.0,
             'rate_line_id': self.card.line_ids[1].id, 'labour_line_id': order.labour_line_ids.id},
            {'source': 'travel', 'name': "Kadıköy", 'quantity': 1.0, 'rate': 90.0, 'amount': 90.0,
             'rate_line_id': self.card.line_ids[2].id, 'labour_line_id': False},
        ])
        self.assertEqual(settlement.line_ids.card_id, self.card)
        why = settlement.line_ids[0].why
        for part in ("Rates, version 1", "Replace the drain pump", "1 ×", "400"):
            self.assertIn(part, why)

    def test_dispute_does_not_settle(self):
        order = self._submitted()
        self._answer(order, 'dispute', comment="It still leaks")
        self.assertFalse(order.settlement_ids)
        self._do(order, 'rework', self.user_provider_a, 'portal')
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        self.assertEqual(len(order.settlement_ids), 1)

    def test_accepted_quote_does_not_settle(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=500, text="Pump")
        self._answer(order)
        self.assertEqual(order.state, 'in_progress')
        self.assertFalse(order.settlement_ids)

    def test_labour_by_quantity_and_rounded(self):
        order = self._in_progress()
        self._labour(order, quantity=1.333)
        self._submit(order)
        line = order.settlement_ids.line_ids.filtered(lambda line: line.source == 'labour')
        self.assertEqual(line.amount, self.company.currency_id.round(line.quantity * 400))

    def _submit(self, order):
        """Submit and approve an order as it is."""
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)

    def test_flat_rate_without_labour(self):
        order = self._in_progress()
        self._submit(order)
        self.assertRecordValues(order.settlement_ids.line_ids[0], [{
            'source': 'labour', 'name': "Repair", 'rate': 300.0, 'labour_line_id': False}])

    def test_rate_of_the_tree_above(self):
        self.card.line_ids = [Command.create({
            'kind': 'labour', 'device_type_id': self.device_type_parent.id, 'amount': 320})]
        order = self._in_progress()
        self._submit(order)
        self.assertEqual(order.settlement_ids.line_ids[0].rate, 320)

    def test_own_parts_are_paid(self):
        self.part_product.standard_price = 610
        order = self._in_progress()
        self._own_part(order, quantity=2)
        self._work(order)
        self._submit(order)
        part = order.settlement_ids.line_ids.filtered(lambda line: line.source == 'part')
        self.assertRecordValues(part, [{
            'quantity': 2.0, 'rate': 610.0, 'amount': 1220.0, 'rate_line_id': False, 'is_unpriced': False}])
        self.assertIn("Cost of the part", part.why)

    def test_own_parts_by_rate(self):
        self.card.line_ids = [Command.create({
            'kind': 'part', 'product_id': self.part_product.id, 'amount': 700})]
        order = self._in_progress()
        self._own_part(order)
        self._submit(order)
        part = order.settlement_ids.line_ids.filtered(lambda line: line.source == 'part')
        self.assertEqual(part.amount, 700)

    def test_work_without_rate_is_shown(self):
        self.card.active = False
        order = self._completed()
        self.assertRecordValues(order.settlement_ids, [{'amount_total': 0.0, 'is_unpriced': True}])
        self.assertRecordValues(order.settlement_ids.line_ids, [{'source': 'labour', 'is_unpriced': True}])
        self.card.active = True
        order.settlement_ids.with_user(self.user_settlement).action_recompute()
        self.assertRecordValues(order.settlement_ids, [{'amount_total': 490.0, 'is_unpriced': False}])

    def test_wasted_trip_is_paid(self):
        order = self._accepted()
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent')
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'start', self.user_technician_a, 'portal')
        self._submit(order)
        self.assertEqual(
            order.settlement_ids.line_ids.mapped(lambda line: (line.source, line.amount)),
            [('labour', 300.0), ('wasted_trip', 70.0), ('travel', 90.0)])
        wasted = order.settlement_ids.line_ids[1]
        self.assertEqual(wasted.visit_id.outcome, 'absent')
        self.assertIn("Customer absent", wasted.name)

    def test_missing_part_is_no_wasted_trip(self):
        order = self._in_progress()
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='part_missing')
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'start', self.user_technician_a, 'portal')
        self._submit(order)
        self.assertEqual(order.settlement_ids.line_ids.mapped('source'), ['labour', 'travel'])

    def test_trip_of_the_provider_before_is_not_paid_to_the_next(self):
        order = self._accepted()
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent')
        self._do(order, 'reassign', provider_id=self.provider_b.id, reason="Too far")
        self._do(order, 'accept', self.user_provider_b, 'portal')
        self._do(order, 'plan', self.user_provider_b, 'portal', personnel_id=self.technician_b.id)
        for event in ('depart', 'start', 'submit'):
            self._do(order, event, self.user_provider_b, 'portal')
        self._answer(order)
        self.assertEqual(order.settlement_ids.provider_id, self.provider_b)
        self.assertEqual(order.settlement_ids.line_ids.mapped('source'), ['labour', 'travel'])

    def test_day_is_the_providers(self):
        with freeze_time('2026-06-30 22:30:00'):
            order = self._completed()
        self.assertEqual(str(order.settlement_ids.date), '2026-07-01')

    def test_one_live_settlement(self):
        order = self._completed()
        settlement = order.settlement_ids
        self.assertFalse(order._create_settlements())
        values = order._prepare_settlement_values(self.company.currency_id, [])
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            settlement.create(values).flush_recordset()
        settlement.with_user(self.user_settlement)._reject("Photos are missing")
        second = order._create_settlements()
        self.assertEqual(len(second), 1)
        with self.assertRaisesRegex(UserError, second.name):
            settlement.with_user(self.user_settlement).action_reset()

    def test_many_orders_cost_no_query_each(self):
        few = self.env['stokiva.work.order'].union(*(self._completed() for _index in range(2)))
        many = self.env['stokiva.work.order'].union(*(self._completed() for _index in range(8)))
        counts = []
        for orders in (few, many):
            orders.settlement_ids._reject("To do it again")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            orders._create_settlements()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(orders.settlement_ids.filtered(lambda item: item.state == 'pending')), len(orders))
        self.assertLessEqual(counts[1], counts[0] + 1)

    # === DECISIONS === #

    def test_approve(self):
        settlement = self._completed().settlement_ids.with_user(self.user_settlement)
        settlement.action_approve()
        self.assertRecordValues(settlement, [{'state': 'approved', 'approved_by_id': self.user_settlement.id}])
        self.assertTrue(settlement.approved_at)
        with self.assertRaises(UserError):
            settlement.action_approve()
        settlement.action_reset()
        self.assertRecordValues(settlement, [{
            'state': 'pending', 'approved_by_id': False, 'approved_at': False}])

    def test_above_the_limit_a_manager_approves(self):
        self.company.stokiva_approval_limit = 489.99
        settlement = self._completed().settlement_ids
        self.assertTrue(settlement.is_above_limit)
        with self.assertRaises(UserError):
            settlement.with_user(self.user_settlement).action_approve()
        self.assertEqual(settlement.state, 'pending')
        settlement.with_user(self.user_manager).action_approve()
        self.assertEqual(settlement.state, 'approved')

    def test_at_the_limit_an_officer_approves(self):
        self.company.stokiva_approval_limit = 490
        settlement = self._completed().settlement_ids
        settlement.with_user(self.user_settlement).action_approve()
        self.assertEqual(settlement.state, 'approved')

    def test_mass_approval_says_what_is_left_out(self):
        self.company.stokiva_approval_limit = 1000
        decided = self._approved()
        high, plain = self._completed().settlement_ids, self._completed().settlement_ids
        high.line_ids = [Command.create({'rate': 5000, 'why': "Island"})]
        action = (decided + high + plain).with_user(self.user_settlement).action_approve_selected()
        wizard = self.env[action['res_model']].with_user(self.user_settlement).with_context(
            **action['context']).create({})
        self.assertRecordValues(wizard, [{
            'approvable_count': 1, 'decided_count': 1, 'above_limit_count': 1, 'unpriced_count': 0}])
        self.assertIn("490", wizard.amount_text)
        wizard.action_apply()
        self.assertEqual(plain.state, 'approved')
        self.assertEqual(high.state, 'pending')

    def test_reject_with_reason(self):
        settlement = self._completed().settlement_ids.with_user(self.user_settlement)
        action = settlement.action_reject()
        wizard = self.env[action['res_model']].with_user(self.user_settlement).with_context(
            **action['context']).create({'reason': "Photos are missing"})
        wizard.action_apply()
        self.assertRecordValues(settlement, [{'state': 'rejected', 'reject_reason': "Photos are missing"}])
        with self.assertRaises(UserError):
            settlement.action_approve()
        settlement.action_reset()
        self.assertRecordValues(settlement, [{'state': 'pending', 'reject_reason': False}])

    def test_adjustment_with_reason(self):
        settlement = self._completed().settlement_ids.with_user(self.user_settlement)
        settlement.line_ids = [Command.create({'name': "Deduction", 'rate': -40, 'why': "Late by two hours"})]
        self.assertEqual(settlement.amount_total, 450)
        adjustment = settlement.line_ids.filtered(lambda line: line.source == 'adjustment')
        adjustment.rate = -50
        self.assertEqual(settlement.amount_total, 440)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            settlement.line_ids = [Command.create({'rate': 1, 'why': "  "})]
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            settlement.line_ids = [Command.create({'rate': 1})]
        settlement.action_recompute()
        self.assertEqual(settlement.amount_total, 440)
        adjustment.action_remove()
        self.assertEqual(settlement.amount_total, 490)

    def test_computed_lines_are_not_changed_by_hand(self):
        settlement = self._completed().settlement_ids.with_user(self.user_manager)
        line = settlement.line_ids[0]
        for attempt in (
                lambda: line.write({'rate': 1000}),
                lambda: line.unlink(),
                lambda: line.action_remove(),
                lambda: settlement.write({'line_ids': [Command.update(line.id, {'quantity': 9})]}),
                lambda: line.create({
                    'settlement_id': settlement.id, 'source': 'labour', 'rate': 1, 'name': "Labour", 'why': "I say so"}),
                lambda: line.create({
                    'settlement_id': settlement.id, 'rate': 1, 'why': "x", 'rate_line_id': self.card.line_ids[0].id}),
                lambda: line.write({'source': 'adjustment'}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        self.assertEqual(settlement.amount_total, 490)

    def test_frozen_when_decided(self):
        settlement = self._approved().with_user(self.user_manager)
        for attempt in (
                lambda: settlement.write({'line_ids': [Command.create({'rate': 1, 'why': "x"})]}),
                lambda: self.env['stokiva.settlement.line'].with_user(self.user_manager).create(
                    {'settlement_id': settlement.id, 'rate': 1, 'why': "x"}),
                lambda: settlement.action_recompute(),
                lambda: settlement._reject("x"),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        settlement.note = "Seen"

    def test_kept_as_evidence(self):
        settlement = self._completed().settlement_ids
        with self.assertRaises(UserError):
            settlement.unlink()
