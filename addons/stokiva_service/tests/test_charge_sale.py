from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_charging import ChargingCommon


@tagged('post_install', '-at_install')
class TestChargeSale(ChargingCommon):
    """The sale through which charged work is invoiced, and what was paid on site."""

    def _completed(self):
        order = self._working(labour=30, parts=-1)
        self._work(order)
        self._quote(order)
        self._answer(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        return order

    def _run_cron(self):
        cron = type(self.env['ir.cron'])
        with patch.object(cron, '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env['stokiva.work.order']._cron_charge()

    def _find(self, state):
        return self.env['stokiva.work.order'].with_user(self.user_dispatcher).search([('charge_state', '=', state)])

    def test_sale_has_the_charged_lines_at_the_agreed_price(self):
        order = self._completed()
        self.assertIn(order, self._find('to_charge'))
        self._run_cron()
        sale = order.charge_order_id
        self.assertRecordValues(sale, [{
            'state': 'sale', 'origin': order.name, 'partner_id': self.customer.id, 'amount_total': 1080.0,
            'stokiva_charge_for_id': order.id, 'invoice_status': 'to invoice', 'picking_ids': []}])
        self.assertRecordValues(sale.order_line, [{
            'product_id': self.part_product.id, 'price_unit': 900.0, 'tax_ids': self.tax.ids, 'qty_delivered': 1.0,
            'qty_to_invoice': 1.0}])
        self.assertEqual(order.event_ids.sorted('seq')[-1].event, 'charge')
        self.assertEqual((self._find('to_charge') & order, self._find('to_invoice') & order), (order.browse(), order))

    def test_never_twice(self):
        order = self._completed()
        self._run_cron()
        sale = order.charge_order_id
        self._run_cron()
        with self.refused(UserError, "has its sale"):
            order.with_user(self.user_dispatcher).action_charge()
        self.assertEqual(self.env['sale.order'].search([('stokiva_charge_for_id', '=', order.id)]), sale)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.env['sale.order'].create({'partner_id': self.customer.id, 'stokiva_charge_for_id': order.id})
        sale._action_cancel()
        self.assertIn(order, self._find('to_charge'))
        order.with_user(self.user_manager).action_charge()
        self.assertNotEqual(order.charge_order_id, sale)

    def test_parts_that_call_for_service_open_no_orders(self):
        self.part_product.write({
            'stokiva_policy': 'auto', 'stokiva_service_type_ids': self.service_type_install.ids,
            'stokiva_device_type_id': self.device_type.id})
        order = self._completed()
        self._run_cron()
        self.assertFalse(order.charge_order_id.stokiva_work_order_ids)

    def test_another_price_than_agreed_is_not_invoiced(self):
        order = self._completed()
        self.tax.amount = 25
        with mute_logger('odoo.addons.stokiva_service.models.stokiva_work_order_invoice'):
            self._run_cron()
        self.assertFalse(order.charge_order_id)
        self.assertRegex(order.charge_problem, "1,080.*1,125")
        with self.refused(UserError, "1,080.*1,125"):
            order.with_user(self.user_manager).action_charge()
        self.tax.amount = 20
        order.with_user(self.user_manager).action_charge()
        self.assertRecordValues(order, [{'charge_problem': False, 'charge_state': 'to_invoice'}])

    def test_only_what_has_ended_and_is_charged(self):
        working, free = self._working(parts=-1), self._submitted()
        self._work(working)
        self._answer(free)
        with self.refused(UserError, "not possible now"):
            working.with_user(self.user_manager).action_charge()
        with self.refused(UserError, "Nothing is charged"):
            free.with_user(self.user_manager).action_charge()
        done = self._completed()
        for user in (self.user_call_centre, self.user_settlement):
            with self.assertRaises(AccessError):
                done.with_user(user).action_charge()

    def test_declined_quote_invoices_the_diagnosis(self):
        self.company.stokiva_diagnosis_fee = 100
        order = self._working(labour=-1, parts=-1)
        self._work(order)
        self._quote(order)
        self._answer(order, 'dispute')
        self._run_cron()
        self.assertRecordValues(order.charge_order_id.order_line, [{
            'product_id': self.diagnosis_product.id, 'price_unit': 100.0, 'name': "Diagnosis"}])
        self.assertEqual(order.charge_order_id.amount_total, 120.0)

    def test_a_fault_in_the_sale_never_stops_the_customer(self):
        order = self._working(parts=-1)
        self._work(order)
        self._quote(order)
        self._answer(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        with patch.object(type(order), '_create_charge_order', side_effect=UserError("No way")):
            self._answer(order)
        self.assertEqual(order.state, 'completed')

    # === PAID ON SITE === #

    def _pay(self, order, actor=None, **given):
        return self._do(order, 'collect', actor or self.user_technician_a, 'portal', **given)

    def test_cash_and_card_are_noted(self):
        order = self._completed()
        self._pay(order, method='cash', amount=1000, receipt="A-17")
        self._pay(order, method='card', amount=80)
        self.assertRecordValues(order, [{'amount_collected': 1080.0, 'amount_open': 0.0, 'state': 'completed'}])
        detail = order.event_ids.sorted('seq')[-2].detail
        for word in ("Cash", "1,000.00", "A-17"):
            self.assertIn(word, detail)

    def test_bad_payments_change_nothing(self):
        order = self._completed()
        for given, message in (
                ({'method': 'cheque', 'amount': 5}, "cash or card"), ({'method': 'cash'}, "missing"),
                ({'method': 'cash', 'amount': "5"}, "amount"), ({'method': 'cash', 'amount': 1080.01}, "has .*1,080"),
                ({'method': 'cash', 'amount': -5}, "Only the office"), ({'method': 'cash', 'amount': True}, "amount"),
                ({'method': 'cash', 'amount': 5, 'receipt': "x" * 41}, "receipt")):
            with self.subTest(given=given), self.refused(UserError, message):
                self._pay(order, **given)
        for actor in (self.user_provider_b, self.customer, self.user_settlement):
            with self.assertRaises(AccessError):
                self._pay(order, actor, method='cash', amount=5)
        self.assertFalse(order.amount_collected)

    def test_office_takes_back_what_was_noted_by_mistake(self):
        order = self._completed()
        self._pay(order, method='cash', amount=100)
        with self.refused(UserError, "only .*100"):
            self._pay(order, self.user_dispatcher, method='cash', amount=-101)
        self._pay(order, self.user_dispatcher, method='cash', amount=-100)
        self.assertFalse(order.amount_collected)

    def test_repeated_message_counts_once(self):
        order = self._completed()
        for _time in range(2):
            order._apply_event('collect', {'method': 'cash', 'amount': 10}, actor=self.user_technician_a,
                               channel='field', key='k-1')
        self.assertEqual(order.amount_collected, 10)
