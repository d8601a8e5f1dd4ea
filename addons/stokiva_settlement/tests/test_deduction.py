from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.stokiva_service.tests.common_charging import ChargingCommon

from .common import SettlementCommon


class DeductionCommon(ChargingCommon, SettlementCommon):
    """Charged orders on which the customer paid."""

    def _charged(self, *payments):
        """An order at work that charges 1,080, on which so much was paid."""
        order = self._working(labour=30, parts=-1)
        self._work(order)
        self._quote(order)
        self._answer(order)
        for amount in payments:
            self._pay(order, amount)
        return order

    def _finish(self, order):
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        return order.settlement_ids

    def _pay(self, order, amount, method='cash', actor=None, **given):
        self._do(order, 'collect', actor or (self.user_dispatcher if amount < 0 else self.user_technician_a), 'portal',
                 method=method, amount=amount, **given)

    def _deductions(self, settlements):
        return settlements.line_ids.filtered(lambda line: line.source == 'deduction')


@tagged('post_install', '-at_install')
class TestDeduction(DeductionCommon):
    """What the provider keeps of the customer's money is deducted from what it earns, once."""

    def test_paid_before_completion(self):
        order = self._charged(100)
        self._pay(order, 30, 'card')
        self.assertFalse(order.settlement_ids)
        settlement = self._finish(order)
        line = self._deductions(settlement)
        self.assertRecordValues(line, [{'name': "Cash", 'amount': -100.0, 'is_unpriced': False}])
        self.assertIn("The customer paid", line.why)
        self.assertEqual(settlement.amount_total, 490 - 100)

    def test_paid_after_completion_and_taken_back(self):
        order = self._charged()
        settlement = self._finish(order)
        self._pay(order, 100, receipt="A-1")
        self._pay(order, -40)
        self.assertEqual(self._deductions(settlement).mapped('amount'), [-100.0, 40.0])
        settlement.with_user(self.user_settlement).action_recompute()
        self.assertEqual(settlement.amount_total, 490 - 60)
        self.assertEqual(len(order.settlement_ids), 1)

    def test_paid_after_the_decision(self):
        order = self._charged()
        settlement = self._finish(order)
        settlement.with_user(self.user_settlement).action_approve()
        self._pay(order, 100)
        self._pay(order, 50)
        adjusting = order.settlement_ids - settlement
        self.assertRecordValues(adjusting, [
            {'state': 'pending', 'amount_total': -150.0, 'adjusts_id': settlement.id, 'provider_id': self.provider_a.id}])
        self.assertEqual(settlement.amount_total, 490)
        with self.refused(UserError, "rate cards"):
            adjusting.with_user(self.user_settlement).action_recompute()
        adjusting.with_user(self.user_settlement).action_approve()
        self._pay(order, 1)
        self.assertEqual(len(order.settlement_ids), 3)

    def test_rejected_work_still_owes_the_money(self):
        order = self._charged(100)
        settlement = self._finish(order)
        settlement.with_user(self.user_settlement)._reject("Badly done")
        adjusting = order.settlement_ids - settlement
        self.assertEqual((adjusting.state, adjusting.amount_total), ('pending', -100))
        self.assertFalse(self._deductions(settlement))
        settlement.with_user(self.user_settlement).action_reset()
        self.assertEqual((settlement.state, settlement.amount_total), ('pending', 490))
        adjusting.with_user(self.user_settlement)._reject("Given back by hand")
        self.assertEqual(len(order.settlement_ids), 2)
        adjusting.with_user(self.user_settlement).action_reset()
        self.assertEqual(adjusting.state, 'pending')

    def test_order_that_ended_without_work(self):
        order = self._charged(100)
        self._do(order, 'return', reason="Not to be repaired")
        settlement = order.settlement_ids
        self.assertRecordValues(settlement, [{'amount_total': -100.0, 'state': 'pending', 'adjusts_id': False}])
        self._pay(order, 5)
        self.assertEqual(settlement.amount_total, -105.0)
        self.assertFalse(settlement.can_recompute)

    def test_in_house_and_settings(self):
        self.provider_a.kind = 'in_house'
        self.assertFalse(self._deductions(self._finish(self._charged(100))))
        self.provider_a.kind = 'private'
        self.company.write({'stokiva_cash_kept': False, 'stokiva_card_kept': True})
        order = self._charged(100)
        self._pay(order, 30, 'card')
        self.assertEqual(self._deductions(self._finish(order)).amount, -30)

    def test_limit_looks_at_what_was_earned(self):
        self.company.stokiva_approval_limit = 400
        settlement = self._finish(self._charged(480))
        self.assertEqual(settlement.amount_total, 10)
        with self.refused(UserError, "limit"):
            settlement.with_user(self.user_settlement).action_approve()

    def test_never_twice_nor_by_hand(self):
        order = self._charged(100)
        settlement = self._finish(order)
        order._deduct_kept()
        line = self._deductions(settlement)
        self.assertEqual(len(line), 1)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            line.copy({'event_id': line.event_id.id})
        officer = settlement.with_user(self.user_settlement)
        for attempt in (
                lambda: self._deductions(officer).write({'rate': 0}), lambda: self._deductions(officer).unlink(),
                lambda: officer.line_ids.create({'settlement_id': settlement.id, 'source': 'deduction', 'why': "x"}),
                lambda: officer.write({'adjusts_id': settlement.id})):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()


@tagged('post_install', '-at_install')
class TestDeductionBill(DeductionCommon, AccountTestInvoicingCommon):
    """The bill pays what was earned with taxes; what the provider keeps leaves the account where the payment lies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.stokiva_cash_journal_id = cls.company_data['default_journal_cash']
        cls.provider_a.partner_id.write({'country_id': cls.company.country_id.id, 'state_id': False})

    @classmethod
    def setup_independent_user(cls):
        return None  # the superuser prepares, in the company that accounting's tests make

    def test_bill_and_reversal(self):
        order = self._charged(100)
        settlement = self._finish(order).with_user(self.user_settlement)
        cron = type(self.env['ir.cron'])
        with patch.object(cron, '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env['stokiva.work.order']._cron_book_payments()
        settlement.action_approve()
        statement = settlement._create_statements()
        self.assertEqual((statement.amount_deduction, statement.amount_total), (-100, 390))
        statement.action_confirm()
        statement.action_create_bill()
        earned, kept = statement.sudo().bill_id.invoice_line_ids
        self.assertEqual((earned.price_unit, kept.price_unit), (490, -100))
        self.assertTrue(earned.tax_ids)
        self.assertFalse(kept.tax_ids)
        self.assertEqual(kept.account_id, order.sudo().payment_ids.outstanding_account_id)
        reversal = settlement.with_user(self.user_manager)._reverse("Wrong rates")
        self.assertEqual(reversal.amount_total, -490)
        self.assertFalse(self._deductions(reversal))
