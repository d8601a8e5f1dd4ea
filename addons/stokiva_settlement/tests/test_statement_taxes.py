from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestStatementTaxes(SettlementCommon, AccountTestInvoicingCommon):
    """Dated taxes and withholding: statement = bill = ledger; balances that are carried over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider_a.partner_id.write({'country_id': cls.company.country_id.id, 'state_id': False})
        tax = {'type_tax_use': 'purchase', 'amount_type': 'percent', 'company_id': cls.company.id}
        cls.vat, cls.low_vat, withheld = cls.env['account.tax'].create([
            {**tax, 'name': "VAT 20", 'amount': 20}, {**tax, 'name': "VAT 10", 'amount': 10},
            {**tax, 'name': "Withheld 7/10", 'amount': -14, 'type_tax_use': 'none'}])
        cls.withheld = cls.env['account.tax'].create({
            **tax, 'name': "VAT 20, 7/10", 'amount_type': 'group', 'amount': 0,
            'children_tax_ids': [Command.set((cls.vat + withheld).ids)]})
        cls.rule, cls.later = cls.env['stokiva.settlement.tax'].create([
            {'name': "Until then", 'date_from': '2020-01-01', 'date_to': '2029-12-31', 'tax_ids': [Command.set(cls.vat.ids)]},
            {'name': "Law 7104", 'date_from': '2030-01-01', 'tax_ids': [Command.set(cls.withheld.ids)]}])
        cls.settlements = cls('_approved')._approved(3)
        cls.advances = cls.copy_account(cls.company_data['default_account_expense'])

    @classmethod
    def setup_independent_user(cls):
        return None  # the superuser prepares, in the company that accounting's tests make

    def _make(self, settlements):
        return settlements.with_user(self.user_settlement)._create_statements()

    def _bill(self, statement):
        """Confirm and bill as the officer, and return the bill."""
        statement.action_confirm()
        statement.action_create_bill()
        bill = statement.sudo().bill_id
        sign = -1 if bill.move_type == 'in_refund' else 1
        self.assertEqual((sign * bill.amount_untaxed, sign * bill.amount_total), (statement.amount_total, statement.amount_billed))
        return bill

    def test_tax_of_the_day_of_the_work(self):
        self.settlements[1].sudo().date = '2030-01-01'
        statement = self._make(self.settlements[:2])
        self.assertRecordValues(statement, [{
            'amount_total': 980.0, 'amount_tax': 196.0, 'amount_withheld': -68.6, 'amount_billed': 1107.4,
            'amount_payable': 1107.4}])
        labels = [label for label, _amount in statement._get_document()['taxes']]
        self.assertEqual(labels, ["VAT VAT 20", "Withholding Withheld 7/10"])
        bill = self._bill(statement)
        self.assertEqual(bill.invoice_line_ids.mapped('tax_ids'), self.vat | self.withheld)
        bill.action_post()
        self.assertEqual(bill.amount_total, 1107.4)

    def test_rule_of_a_source_and_a_provider(self):
        self.rule.write({'source': 'trip', 'tax_ids': [Command.set(self.low_vat.ids)], 'sequence': 1})
        self.later.write({'date_from': '2020-01-01', 'tax_ids': [Command.set(self.vat.ids)]})
        statement = self._make(self.settlements[0])
        self.assertEqual(statement.amount_tax, 400 * .2 + 90 * .1)
        self.assertRecordValues(self._bill(statement).invoice_line_ids, [
            {'price_unit': 400.0, 'tax_ids': self.vat.ids}, {'price_unit': 90.0, 'tax_ids': self.low_vat.ids}])
        self.rule.provider_ids = self.provider_b
        self.later.kind = 'in_house'
        other = self._make(self.settlements[1])
        self.assertEqual(self._bill(other).invoice_line_ids.tax_ids, self.company.account_purchase_tax_id)

    def test_fiscal_position_maps_the_rules_taxes(self):
        position = self.env['account.fiscal.position'].create({'name': "Free zone"})
        self.low_vat.write({'fiscal_position_ids': [Command.link(position.id)], 'original_tax_ids': [Command.link(self.vat.id)]})
        self.provider_a.partner_id.property_account_position_id = position
        statement = self._make(self.settlements[0])
        self.assertEqual(statement.amount_tax, 49)
        self._bill(statement)

    def test_taxes_in_the_price_are_refused(self):
        self.low_vat.price_include_override = 'tax_included'
        with self.assertRaises(ValidationError):
            self.rule.tax_ids = self.low_vat

    def test_taxes_that_changed_after_confirmation(self):
        statement = self._make(self.settlements[0])
        statement.action_confirm()
        self.vat.amount = 18
        with self.refused(UserError, "taxes have changed"):
            statement.action_create_bill()
        self.assertFalse(statement.bill_id)
        statement.action_draft()
        self._bill(statement)
        self.assertEqual(statement.amount_tax, 88.2)

    def test_advance_has_its_account_and_no_tax(self):
        self.company.stokiva_advance_account_id = self.advances
        statement = self._make(self.settlements[0])
        statement.line_ids = [Command.create({'kind': 'advance', 'amount': 200, 'why': "Tools"})]
        self.assertEqual((statement.amount_tax, statement.amount_payable), (98, 788))
        line = self._bill(statement).invoice_line_ids[-1]
        self.assertRecordValues(line, [{'price_unit': 200.0, 'account_id': self.advances.id, 'tax_ids': []}])

    def test_sign_of_the_bill_is_that_with_taxes(self):
        statement = self._make(self.settlements[0])
        statement.line_ids = [Command.create({'kind': 'advance', 'amount': 500, 'why': "Tools"})]
        self._bill(statement)
        back = self._make(self.settlements[1])
        back.line_ids.amount = -500
        self.assertEqual((back.amount_total, back.amount_billed), (-10, 88))
        self.assertEqual(self._bill(back).move_type, 'in_invoice')

    def test_balance_is_settled_against_the_next_bill(self):
        first = self._make(self.settlements[0])
        first.line_ids = [Command.create({'amount': -1000, 'why': "Floor damaged"})]
        self.assertEqual(first.amount_payable, -612)
        first.action_confirm()
        second = self._make(self.settlements[1])
        self.assertEqual(second.amount_payable, -24)
        second.action_confirm()
        third = self._make(self.settlements[2])
        self.assertRecordValues(third, [{'amount_carried': -24.0, 'amount_billed': 588.0, 'amount_payable': 564.0}])
        self._bill(third)
        bills = (first | second | third).sudo().bill_id
        self.assertEqual(bills.mapped('move_type'), ['in_refund', 'in_invoice', 'in_invoice'], "each is billed in its turn")
        bills.action_post()
        self.assertEqual(third.sudo().bill_id.amount_residual, 564)
        self.assertEqual((first.state, second.state, third.state), ('paid', 'paid', 'billed'))
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=third.sudo().bill_id.ids).create({})._create_payments()
        self.assertEqual(third.state, 'paid')
        self.assertEqual(set(self.settlements.mapped('state')), {'paid'})

    def test_a_replaced_bill_is_not_posted(self):
        statement = self._make(self.settlements[0])
        first = self._bill(statement)
        first.button_cancel()
        statement.action_draft()
        statement.settlement_ids.action_leave_statement()
        self._bill(self._make(self.settlements[0]))
        first.button_draft()
        with self.refused(UserError, "another bill"):
            first.action_post()

    def test_a_changed_bill_is_not_posted(self):
        bill = self._bill(self._make(self.settlements[0]))
        bill.invoice_line_ids[0].price_unit = 489.99
        with self.refused(UserError, "any more"):
            bill.action_post()
