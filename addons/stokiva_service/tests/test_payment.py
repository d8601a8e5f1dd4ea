from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common_charging import ChargingCommon

LOGGER = 'odoo.addons.stokiva_service.models.stokiva_work_order_payment'


@tagged('post_install', '-at_install')
class TestPayment(ChargingCommon, AccountTestInvoicingCommon):
    """What technicians take on site becomes payments on the customer's invoice, in a company that keeps books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash, cls.card = (cls.company_data[f'default_journal_{kind}'] for kind in ('cash', 'bank'))
        cls.company.write({'stokiva_cash_journal_id': cls.cash.id, 'stokiva_card_journal_id': cls.card.id})
        cls.user_accountant = new_test_user(cls.env, 'stokiva_accountant', 'base.group_user,account.group_account_invoice')
        cls.job = cls._completed(cls())

    @classmethod
    def setup_independent_user(cls):
        return None  # the superuser prepares, in the company that accounting's tests make

    def _completed(self):
        """An order that charges 1,080 by a part of 900 with 20 percent."""
        order = self._working(labour=30, parts=-1)
        self._work(order)
        self._quote(order)
        self._answer(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        return order

    def _pay(self, amount, method='cash', actor=None, **given):
        return self._do(
            self.job, 'collect', actor or self.user_technician_a, 'portal', method=method, amount=amount, **given)

    def _run_cron(self, name='_cron_book_payments'):
        cron = type(self.env['ir.cron'])
        with patch.object(cron, '_commit_progress', lambda *args, **kwargs: float('inf')):
            getattr(self.env['stokiva.work.order'], name)()

    def _invoice(self):
        """The accountant's invoice of the sale, posted."""
        self._run_cron('_cron_charge')
        invoice = self.job.charge_order_id._create_invoices()
        invoice.with_user(self.user_accountant).action_post()
        return invoice

    def _is_balanced(self):
        lines = self.job.payment_ids.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')
        return all(lines.mapped('reconciled'))

    def test_what_accounting_refuses_stops_no_other(self):
        other = self._completed()
        self._pay(50)
        self._do(other, 'collect', self.user_technician_a, 'portal', method='cash', amount=60)
        post = type(self.env['account.payment']).action_post

        refusal = RedirectWarning("No account is set.", 1, "Settings")  # pylint: disable=translation-required

        def refuse(payments):
            if 50 in payments.mapped('amount'):
                raise refusal
            return post(payments)

        with patch.object(type(self.env['account.payment']), 'action_post', refuse), mute_logger(LOGGER):
            self._run_cron()
        self.assertEqual((self.job.payment_problem, self.job.is_payment_due), ("No account is set.", True))
        self.assertEqual((other.payment_ids.amount, other.is_payment_due), (60.0, False))

    def test_paid_before_the_invoice(self):
        self._pay(1000, receipt="A-17")
        self._pay(80, 'card')
        self.assertFalse(self.job.payment_ids, "not while the technician waits")
        self._run_cron()
        self.assertRecordValues(self.job.payment_ids.sorted('id'), [
            {'amount': 1000.0, 'journal_id': self.cash.id, 'payment_type': 'inbound', 'partner_id': self.customer.id,
             'memo': f"{self.job.name} · Cash · A-17"},
            {'amount': 80.0, 'journal_id': self.card.id, 'payment_type': 'inbound', 'partner_id': self.customer.id,
             'memo': f"{self.job.name} · Card"}])
        self.assertEqual(set(self.job.payment_ids.move_id.mapped('state')), {'posted'})
        self.assertFalse(self.job.is_payment_due)
        invoice = self._invoice()
        self.assertRecordValues(invoice, [{'amount_total': 1080.0, 'amount_residual': 0.0}])
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        self.assertTrue(self._is_balanced())

    def test_paid_after_the_invoice(self):
        invoice = self._invoice()
        self._pay(1080)
        self.assertEqual(invoice.amount_residual, 1080.0)
        self._run_cron()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertTrue(self._is_balanced())

    def test_taken_back_by_the_office(self):
        invoice = self._invoice()
        self._pay(1080)
        self._run_cron()
        self._pay(-80, actor=self.user_dispatcher)
        self._run_cron()
        self.assertEqual(sorted(self.job.payment_ids.mapped('payment_type')), ['inbound', 'outbound'])
        self.assertEqual(invoice.amount_residual, 80.0)
        self.assertTrue(self._is_balanced())
        self._pay(-1000, actor=self.user_dispatcher)
        self._run_cron()
        self.assertEqual(invoice.amount_residual, 1080.0)
        self.assertEqual(invoice.payment_state, 'not_paid')

    def test_taken_back_before_it_was_booked(self):
        self._pay(100)
        self._pay(-100, actor=self.user_dispatcher)
        self._run_cron()
        self.assertTrue(self._is_balanced())
        self.assertEqual(self._invoice().amount_residual, 1080.0)

    def test_never_twice(self):
        self._pay(10)
        for _time in range(2):
            self._run_cron()
            self.job.with_user(self.user_dispatcher).action_book_payments()
        payment = self.job.payment_ids
        self.assertEqual(len(payment), 1)
        self._pay(20)
        self._run_cron()
        self.assertEqual(sorted(self.job.payment_ids.mapped('amount')), [10.0, 20.0])
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            payment.copy({'stokiva_event_id': payment.stokiva_event_id.id})

    def test_what_cannot_be_booked_waits_with_the_reason(self):
        self.company.stokiva_card_journal_id = False
        self._pay(10, 'card')
        with mute_logger(LOGGER):
            self._run_cron()
            self._run_cron()
        self.assertFalse(self.job.payment_ids)
        self.assertRegex(self.job.payment_problem, "No journal.*Card")
        with self.refused(UserError, "No journal"):
            self.job.with_user(self.user_dispatcher).action_book_payments()
        self.company.stokiva_card_journal_id = self.card
        self.job.with_user(self.user_dispatcher).action_book_payments()
        self.assertRecordValues(self.job, [{'payment_problem': False, 'is_payment_due': False}])
        self.assertEqual(self.job.payment_ids.amount, 10)

    def test_without_journals_payments_are_only_noted(self):
        self.company.write({'stokiva_cash_journal_id': False, 'stokiva_card_journal_id': False})
        self._pay(10)
        self._run_cron()
        self.assertRecordValues(self.job, [{'is_payment_due': False, 'payment_problem': False, 'amount_collected': 10}])
        self.assertFalse(self.job.payment_ids)

    def test_log_says_who_keeps_the_money(self):
        self._pay(10)
        self._pay(10, 'card')
        self.provider_a.kind = 'in_house'
        self._pay(10)
        events = self.job._get_collect_events()
        self.assertEqual([event._get_payload()['kept'] for event in events], [True, False, False])
        self.assertIn("kept by the provider", events[0].detail)

    def test_nobody_books_or_forges_by_hand(self):
        self._pay(10)
        for user in (self.user_call_centre, self.user_settlement, self.user_technician_a):
            with self.assertRaises(AccessError):
                self.job.with_user(user).action_book_payments()
        for values in ({'is_payment_due': False}, {'payment_problem': "x"}, {'payment_ids': [(5,)]}):
            with self.assertRaises(AccessError):
                self.job.with_user(self.user_manager).write(values)
