from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestLineDecision(SettlementCommon):
    """Claimed are 400 for labour and 90 for travel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls('_completed')
        cls.order = case._completed()
        cls.settlement = cls.order.settlement_ids.with_user(cls.user_settlement)
        cls.labour, cls.travel = cls.settlement.line_ids

    def test_claimed_and_approved_side_by_side(self):
        self.assertRecordValues(self.labour, [{'claimed_amount': 400.0, 'amount': 400.0, 'decision': 'accepted'}])
        self.labour._decide('reduced', "Half an hour", amount=250.5)
        self.travel._decide('rejected', "Next door")
        self.assertRecordValues(self.labour + self.travel, [
            {'claimed_amount': 400.0, 'amount': 250.5, 'decision': 'reduced', 'decision_reason': "Half an hour",
             'decided_by_id': self.user_settlement.id},
            {'claimed_amount': 90.0, 'amount': 0.0, 'decision': 'rejected', 'decision_reason': "Next door",
             'decided_by_id': self.user_settlement.id}])
        self.assertIn("Half an hour", self.labour.decision_text)
        self.assertRecordValues(self.settlement, [{'amount_claimed': 490.0, 'amount_total': 250.5}])
        self.travel._decide('accepted')
        self.assertEqual(self.settlement.amount_total, 340.5)
        changes = self.env['stokiva.event'].search(
            [('model', '=', self.labour._name), ('res_id', '=', self.labour.id)])
        self.assertIn("Half an hour", "".join(changes.mapped('payload')))

    def test_reduced_by_quantity_and_rounded(self):
        order = self._in_progress()
        self._labour(order, quantity=3)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        line = order.settlement_ids.line_ids[0].with_user(self.user_settlement)
        line._decide('reduced', "Only a third", quantity=1.336)
        self.assertRecordValues(line, [{'decided_quantity': 1.34, 'amount': 536.0}])
        wizard = self.env['stokiva.settlement.line.decide'].with_user(self.user_settlement).create({'line_id': line.id})
        self.assertRecordValues(wizard, [{'approved_quantity': 1.34, 'approved_amount': 536.0}])

    def test_less_is_between_nothing_and_the_claim(self):
        penalty = self.labour.sudo().create({
            'settlement_id': self.settlement.id, 'source': 'penalty', 'name': "Late", 'rate': -50, 'why': "x"})
        for line, values in (
                (self.labour, {'amount': 400}), (self.labour, {'amount': 0}), (self.labour, {'amount': -1}),
                (self.labour, {'quantity': 2}), (self.labour, {}), (penalty, {'amount': -60}), (penalty, {'amount': 10})):
            with self.assertRaises(UserError):
                line.with_user(self.user_settlement)._decide('reduced', "Too much", **values)
        with self.assertRaises(UserError):
            self.labour._decide('rejected', "  ")
        penalty.with_user(self.user_settlement)._decide('reduced', "First time", amount=-20)
        self.assertEqual(self.settlement.amount_total, 470)

    def test_only_claims_of_pending_settlements(self):
        self.settlement.line_ids = [Command.create({'rate': 5, 'why': "Parking"})]
        adjustment = self.settlement.line_ids[-1]
        with self.assertRaises(UserError):
            adjustment._decide('rejected', "x")
        self.assertFalse(adjustment.can_decide)
        for user in (self.user_dispatcher, self.user_provider_a):
            with self.assertRaises(AccessError):
                self.labour.with_user(user)._decide('rejected', "x")
        self.settlement.action_approve()
        with self.assertRaises(UserError):
            self.labour._decide('rejected', "x")
        with self.assertRaises(UserError):
            self.labour._send_back("Why?")

    def test_what_is_rejected_lacks_no_rate(self):
        self.card.active = False
        self.settlement.action_recompute()
        self.assertTrue(self.settlement.is_unpriced)
        self.settlement.line_ids._decide('rejected', "Not ours to pay")
        self.assertFalse(self.settlement.is_unpriced)

    def test_recomputing_keeps_decisions_on_the_same_claims(self):
        self.labour._decide('reduced', "Half", amount=200)
        self.travel._decide('rejected', "Next door")
        self.card.copy({
            'name': "Alfa", 'provider_ids': [Command.set(self.provider_a.ids)],
            'line_ids': [Command.create({'kind': 'travel', 'amount': 95})]})
        self.settlement.action_recompute()
        self.assertRecordValues(self.settlement.line_ids, [
            {'source': 'labour', 'decision': 'reduced', 'decision_reason': "Half", 'amount': 200.0,
             'decided_by_id': self.user_settlement.id},
            {'source': 'travel', 'decision': 'accepted', 'decision_reason': False, 'amount': 95.0,
             'decided_by_id': False}])
        self.assertIn("no longer hold", "".join(self.settlement.message_ids.mapped('body')))

    def test_bill_and_reversal_follow_what_is_approved(self):
        self.labour._decide('reduced', "Half", quantity=0.5)
        self.travel._decide('rejected', "Next door")
        self.settlement.action_approve()
        statement = self.settlement._create_statements()
        statement.action_confirm()
        statement.action_create_bill()
        self.assertEqual(statement.amount_total, 200)
        self.assertEqual(statement.bill_id.sudo().amount_untaxed, 200)
        reversal = self.settlement.with_user(self.user_manager)._reverse("Wrong card")
        self.assertRecordValues(reversal.line_ids, [
            {'source': 'labour', 'quantity': -0.5, 'rate': 400.0, 'claimed_amount': -200.0, 'amount': -200.0}])
        reversal.line_ids.with_user(self.user_manager)._decide('reduced', "Half of it stays", amount=-100)
        self.assertEqual(reversal.amount_total, -100)

    def test_reversal_of_an_amount(self):
        self.labour._decide('reduced', "Half", amount=123.45)
        values = self.labour._prepare_reversal_values()
        self.assertEqual((values['quantity'], values['rate']), (-1, 123.45))

    def test_the_provider_is_asked_and_answers(self):
        wizard = self.env['stokiva.settlement.line.decide'].with_user(self.user_settlement).create(
            {'line_id': self.labour.id, 'decision': 'returned', 'reason': "Was the pump new?"})
        wizard.action_apply()
        self.assertRecordValues(self.settlement, [{'question_state': 'asked', 'amount_total': 490.0}])
        self.assertIn("Was the pump new?", self.order.assignment_id.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "Replace the drain pump"):
            self.settlement.action_approve()
        mass = self.env['stokiva.settlement.approve'].with_user(self.user_settlement).create(
            {'settlement_ids': self.settlement.ids})
        self.assertRecordValues(mass, [{'approvable_count': 0, 'asked_count': 1, 'above_limit_count': 0}])
        line = self.labour.sudo()
        with self.assertRaises(UserError):
            line._answer("  ", self.user_provider_a)
        line._answer("Yes, see the invoice", self.user_provider_a, [("invoice.pdf", b"%PDF-1.4")])
        self.assertRecordValues(line, [{
            'decision': 'answered', 'answer': "Yes, see the invoice", 'answered_by_id': self.user_provider_a.id}])
        self.assertEqual(self.settlement.message_ids[0].attachment_ids.name, "invoice.pdf")
        self.assertEqual(self.settlement.activity_ids.user_id, self.user_settlement)
        with self.assertRaises(UserError):
            line._answer("Once more", self.user_provider_a)
        with self.assertRaises(UserError):
            self.settlement.action_approve()
        self.labour._decide('accepted')
        self.settlement.action_approve()
        self.assertRecordValues(self.settlement, [{'question_state': False, 'state': 'approved'}])

    def test_who_bears_it(self):
        self.assertEqual(self.settlement.line_ids.mapped('bearer'), ['warranty', 'warranty'])
        order = self._in_progress()
        order._edit({'labour_line_ids': [Command.create({
            'workmanship_id': self.workmanship.id, 'coverage': 'goodwill', 'goodwill_reason': "Regular customer"})]},
            actor=self.user_manager, channel='office')
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        lines = order.settlement_ids.line_ids
        lines.create({'settlement_id': order.settlement_ids.id, 'source': 'bonus', 'name': "Fast", 'rate': 1, 'why': "x"})
        self.assertEqual(order.settlement_ids.line_ids.sorted('id').mapped('bearer'), ['goodwill', 'goodwill', 'company'])
