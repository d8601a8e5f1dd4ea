from datetime import date

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestStatement(SettlementCommon):
    """Statements, without accounting."""

    def _apply_wizard(self, **values):
        """Make statements as the officer does."""
        wizard = self.env['stokiva.statement.wizard'].with_user(self.user_settlement).create(values)
        action = wizard.action_apply()
        return self.env['stokiva.statement'].search(action['domain']).with_user(self.user_settlement)

    def test_gather_a_period(self):
        settlements = self._approved(2)
        pending = self._completed().settlement_ids
        statement = self._apply_wizard(date_from='2020-01-01', provider_ids=[Command.set(self.provider_a.ids)])
        self.assertRecordValues(statement, [{
            'provider_id': self.provider_a.id, 'state': 'draft', 'settlement_count': 2, 'amount_total': 980.0,
            'amount_labour': 800.0, 'amount_travel': 180.0, 'amount_part': 0.0, 'amount_adjustment': 0.0,
            'date_from': date(2020, 1, 1), 'date_to': fields.Date.context_today(statement)}])
        self.assertEqual(statement.settlement_ids, settlements)
        self.assertFalse(pending.statement_id)

    def test_other_periods_and_providers_wait(self):
        self._approved()
        with self.assertRaises(UserError):
            self._apply_wizard(date_from='2020-01-01', date_to='2020-01-31')
        with self.assertRaises(UserError):
            self._apply_wizard(date_from='2020-01-01', provider_ids=[Command.set(self.provider_b.ids)])

    def test_selection_is_split_by_provider(self):
        first = self._approved()
        self.env['stokiva.rate.card'].flush_model()
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_b.id)
        self._do(order, 'accept', self.user_provider_b, 'portal')
        self._do(order, 'plan', self.user_provider_b, 'portal', personnel_id=self.technician_b.id)
        for event in ('depart', 'start', 'submit'):
            self._do(order, event, self.user_provider_b, 'portal')
        self._answer(order)
        second = order.settlement_ids
        second.with_user(self.user_settlement).action_approve()
        action = (first + second).with_user(self.user_settlement).action_create_statements()
        statements = self.env['stokiva.statement'].search(action['domain'])
        self.assertEqual(statements.provider_id, self.provider_a + self.provider_b)
        self.assertEqual(len(set(statements.mapped('name'))), 2)
        with self.assertRaises(UserError):
            (first + second).with_user(self.user_settlement).action_create_statements()

    def test_draft_can_change(self):
        settlements = self._approved(2)
        statement = settlements[0].with_user(self.user_settlement)._create_statements()
        statement.action_gather()
        self.assertEqual(statement.settlement_ids, settlements)
        statement.settlement_ids[0].action_leave_statement()
        self.assertEqual(statement.settlement_count, 1)
        statement.unlink()
        self.assertFalse(settlements.statement_id)
        self.assertEqual(set(settlements.mapped('state')), {'approved'})

    def test_confirmed_is_fixed(self):
        settlements = self._approved(2)
        statement = settlements[0].with_user(self.user_settlement)._create_statements()
        statement.action_confirm()
        for attempt in (
                lambda: statement.action_gather(),
                lambda: statement.settlement_ids.action_leave_statement(),
                lambda: statement.settlement_ids.action_reset(),
                lambda: statement.write({'date_to': '2030-01-01'}),
                lambda: statement.unlink(),
                lambda: statement.action_close(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        statement.action_draft()
        self.assertEqual(statement.state, 'draft')

    def test_empty_statement_is_not_confirmed(self):
        statement = self._approved().with_user(self.user_settlement)._create_statements()
        statement.settlement_ids.action_leave_statement()
        with self.assertRaises(UserError):
            statement.action_confirm()

    def test_in_house_without_bill(self):
        settlement = self._approved()
        self.provider_a.kind = 'in_house'
        statement = settlement.with_user(self.user_settlement)._create_statements()
        statement.action_confirm()
        with self.assertRaises(UserError):
            statement.action_create_bill()
        statement.action_close()
        self.assertEqual((statement.state, settlement.state), ('paid', 'paid'))
        self.assertFalse(statement.bill_id)


@tagged('post_install', '-at_install')
class TestBill(SettlementCommon, AccountTestInvoicingCommon):
    """The vendor bill, in a company with a chart of accounts, paid by an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_accountant = new_test_user(
            cls.env, 'stokiva_accountant', 'base.group_user,account.group_account_invoice')
        cls.product_service_work = cls.env['stokiva.statement']._get_bill_product()
        cls.provider_a.partner_id.write({'country_id': cls.company.country_id.id, 'state_id': False})

    @classmethod
    def setup_independent_user(cls):
        return None  # the superuser prepares, in the company that accounting's tests make

    def _billed(self, count=1):
        """A statement with a draft bill, made by the officer."""
        statement = self._approved(count).with_user(self.user_settlement)._create_statements()
        statement.action_confirm()
        statement.action_create_bill()
        return statement.with_user(self.env.user)

    def _pay(self, bill):
        """Post and pay as an accountant does."""
        bill.with_user(self.user_accountant).action_post()
        return self.env['account.payment.register'].with_user(self.user_accountant).with_context(
            active_model='account.move', active_ids=bill.ids).create({})._create_payments()

    def test_bill_of_an_officer_without_accounting(self):
        self.assertFalse(self.user_settlement.has_group('account.group_account_invoice'))
        statement = self._billed(2)
        bill = statement.bill_id
        self.assertEqual(statement.state, 'billed')
        self.assertRecordValues(bill, [{
            'move_type': 'in_invoice', 'state': 'draft', 'partner_id': self.provider_a.partner_id.id,
            'ref': statement.name, 'company_id': self.company.id, 'currency_id': statement.currency_id.id,
            'amount_untaxed': 980.0}])
        self.assertRecordValues(bill.invoice_line_ids, [
            {'quantity': 1.0, 'price_unit': 490.0, 'tax_ids': self.company.account_purchase_tax_id.ids}] * 2)
        for settlement, line in zip(statement.settlement_ids.sorted('date'), bill.invoice_line_ids, strict=True):
            self.assertIn(settlement.name, line.name)
            self.assertIn(settlement.work_order_id.name, line.name)
            self.assertEqual(line.account_id.account_type, 'expense')
        self.assertEqual(statement.with_user(self.user_settlement).bill_name, bill.display_name)

    def test_product_decides_tax_and_account(self):
        self.product_service_work.supplier_taxes_id = self.tax_purchase_b
        account = self.copy_account(self.company_data['default_account_expense'])
        self.product_service_work.with_company(self.company).property_account_expense_id = account
        line = self._billed().bill_id.invoice_line_ids
        self.assertEqual((line.tax_ids, line.account_id), (self.tax_purchase_b, account))

    def test_without_tax_on_the_product_the_companys(self):
        self.product_service_work.supplier_taxes_id = False
        line = self._billed().bill_id.invoice_line_ids
        self.assertEqual(line.tax_ids, self.company.account_purchase_tax_id)

    def test_without_product_the_journals_account(self):
        self.env['ir.model.data'].search([
            ('module', '=', 'stokiva_settlement'), ('name', '=', 'product_service_work')]).unlink()
        bill = self._billed().bill_id
        self.assertFalse(bill.invoice_line_ids.product_id)
        self.assertEqual(bill.invoice_line_ids.account_id, bill.journal_id.default_account_id)

    def test_fiscal_position_of_the_provider(self):
        position = self.env['account.fiscal.position'].create({'name': "No VAT"})
        self.provider_a.partner_id.property_account_position_id = position
        bill = self._billed().bill_id
        self.assertFalse(bill.invoice_line_ids.tax_ids)
        self.assertEqual(bill.amount_total, 490)

    def test_paid_follows_the_bill(self):
        statement = self._billed()
        payment = self._pay(statement.bill_id)
        self.assertIn(statement.bill_id.payment_state, ('paid', 'in_payment'))
        self.assertEqual((statement.state, statement.settlement_ids.state), ('paid', 'paid'))
        payable = statement.bill_id.line_ids.filtered(lambda line: line.account_id.account_type == 'liability_payable')
        if payable.matched_debit_ids:
            payable.remove_move_reconcile()
        else:
            payment.action_cancel()
        self.assertEqual(statement.bill_id.payment_state, 'not_paid')
        self.assertEqual((statement.state, statement.settlement_ids.state), ('billed', 'approved'))
        self._find('settlement', [('id', 'in', statement.settlement_ids.ids), ('state', '=', 'approved')])

    def _find(self, name, domain):
        """What the views find: the state is in the table, not only in memory."""
        self.assertTrue(self.env[f'stokiva.{name}'].search(domain))

    def test_partly_paid_is_not_paid(self):
        statement = self._billed()
        bill = statement.bill_id
        bill.action_post()
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=bill.ids).create({'amount': 10})._create_payments()
        self.assertEqual((statement.state, statement.settlement_ids.state), ('billed', 'approved'))

    def test_cancelled_bill_frees_the_statement(self):
        statement = self._billed()
        first = statement.bill_id
        first.button_cancel()
        self.assertEqual(statement.state, 'confirmed')
        statement.with_user(self.user_settlement).action_create_bill()
        self.assertEqual(statement.state, 'billed')
        self.assertNotEqual(statement.bill_id, first)

    def test_deleted_bill_frees_the_statement(self):
        statement = self._billed()
        statement.bill_id.unlink()
        self.assertFalse(statement.bill_id)
        self.assertEqual(statement.state, 'confirmed')
        self._find('statement', [('id', '=', statement.id), ('state', '=', 'confirmed')])

    def test_reversed_bill_frees_the_statement(self):
        statement = self._billed()
        bill = statement.bill_id
        bill.action_post()
        bill._reverse_moves([{'invoice_date': fields.Date.today()}], cancel=True)
        self.assertEqual(bill.payment_state, 'reversed')
        self.assertEqual(statement.state, 'confirmed')

    def test_reversal_becomes_a_credit_note(self):
        statement = self._billed()
        settlement = statement.settlement_ids
        self._pay(statement.bill_id)
        reversal = settlement.with_user(self.user_manager)._reverse("Never done")
        self.assertRecordValues(reversal, [{'amount_total': -490.0, 'state': 'pending', 'reversal_of_id': settlement.id}])
        self.assertEqual(settlement.state, 'paid')
        with self.assertRaises(UserError), self.cr.savepoint():
            settlement.with_user(self.user_manager)._reverse("Again")
        reversal.with_user(self.user_manager).action_approve()
        credit = reversal.with_user(self.user_settlement)._create_statements()
        credit.action_confirm()
        credit.action_create_bill()
        self.assertRecordValues(credit.sudo().bill_id, [{'move_type': 'in_refund', 'amount_untaxed': 490.0}])

    def test_bill_ignores_the_callers_defaults(self):
        statement = self._approved().with_user(self.user_settlement)._create_statements()
        statement.action_confirm()
        statement.with_context(
            default_partner_id=self.customer.id, default_move_type='out_invoice', default_ref="x",
            default_state='posted', default_price_unit=1.0).action_create_bill()
        self.assertRecordValues(statement.sudo().bill_id, [{
            'move_type': 'in_invoice', 'partner_id': self.provider_a.partner_id.id, 'ref': statement.name,
            'state': 'draft', 'amount_untaxed': 490.0}])

    def test_no_second_bill(self):
        statement = self._billed().with_user(self.user_settlement)
        with self.assertRaises(UserError):
            statement.action_create_bill()
        with self.assertRaises(UserError):
            statement.action_draft()
