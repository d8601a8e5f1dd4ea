from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_charging import ChargingCommon


@tagged('post_install', '-at_install')
class TestQuote(ChargingCommon):
    """From the refused warranty to work at an accepted price."""

    def _refused(self):
        order = self._working()
        self._work(order)
        self._refuse(order)
        return order

    def test_quote_shows_lines_and_taxes(self):
        order = self._refused()
        order.diagnosis = "A coin broke the pump"
        approval = self._quote(order)
        shown = approval._get_shown()
        self.assertEqual([line['amount'] for line in shown['labour'] + shown['parts']], [450.0, 900.0])
        self.assertEqual(shown['taxes'], [{'text': "VAT 20%", 'amount': 270.0}])
        self.assertEqual((shown['untaxed'], shown['amount']), (1350.0, 1620.0))
        self.assertEqual(shown['warranty_refusal'], "Misuse")
        self.assertIn("A coin broke the pump", shown['found'])
        payload = order.event_ids.filtered(lambda row: row.event == 'quote')._get_payload()
        self.assertEqual((payload['amount'], payload['shown_hash']), (1620.0, approval.shown_hash))
        self.assertEqual([line['price_unit'] for line in payload['lines']], [450.0, 900.0])

    def test_accepted_then_work_goes_on_and_completes(self):
        order = self._refused()
        with self.refused(UserError, "charges.*1,620.*accepted.*0.00"):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        self._quote(order)
        self.assertTrue(order.sla_paused)
        with self.refused(UserError, "not answered the quote"):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        self.assertRecordValues(order, [{'state': 'in_progress', 'amount_agreed': 1620.0, 'sla_paused': False}])
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        self.assertEqual(order.state, 'completed')

    def test_a_cent_beyond_the_quote_blocks_the_submission(self):
        order = self._refused()
        self._quote(order)
        self._answer(order)
        order.labour_line_ids.with_user(self.user_dispatcher).price_unit = 450.01
        self.assertEqual(order.with_user(self.user_dispatcher).next_event, 'quote')
        with self.refused(UserError, "1,620.01.*accepted.*1,620.00"):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        order.labour_line_ids.with_user(self.user_dispatcher).write({'price_unit': 300, 'goodwill_reason': "Old customer"})
        self._do(order, 'submit', self.user_technician_a, 'portal')

    def test_nothing_beyond_the_quote_is_added_while_approval_is_awaited(self):
        order = self._refused()
        self._quote(order)
        self._answer(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        with self.refused(UserError, "1,740.*accepted.*1,620"):
            order.part_line_ids.with_user(self.user_dispatcher).price_unit = 1000
        order.part_line_ids.with_user(self.user_dispatcher).write({'price_unit': 800, 'goodwill_reason': "Old customer"})
        waiting = order.approval_ids.filtered(lambda item: item.state == 'pending')
        self.assertEqual(waiting._get_shown()['amount'], 1500.0)

    def test_second_quote_is_for_all(self):
        order = self._refused()
        self._quote(order)
        self._answer(order)
        order._edit({'part_line_ids': [Command.create({'product_id': self.part_product.id})]},
                    actor=self.user_technician_a, channel='portal')
        approval = self._quote(order, "A second pump")
        self.assertEqual(approval._get_shown()['amount'], 2700.0)
        self._answer(order)
        self.assertEqual(order.amount_agreed, 2700.0)

    def test_quote_follows_the_lines_while_it_waits(self):
        order = self._refused()
        first = self._quote(order)
        order.labour_line_ids.with_user(self.user_dispatcher).write({'price_unit': 350, 'goodwill_reason': "Old customer"})
        second = order.approval_ids.filtered(lambda item: item.state == 'pending')
        self.assertEqual((first.state, second._get_shown()['amount']), ('void', 1500.0))
        self.assertEqual(second._get_shown()['text'], first._get_shown()['text'])
        for line in order._get_priced_lines():
            line.with_user(self.user_manager).write({'coverage': 'goodwill', 'goodwill_reason': "Sorry"})
        self.assertFalse(order.approval_ids.filtered(lambda item: item.state == 'pending'), "there is nothing to accept")
        self.assertFalse(order.sla_paused)

    def test_lump_sum_before_there_are_lines(self):
        order = self._working(labour=-1, parts=-1)
        for amount in (None, 0, -5, 1e9, "12", True):
            with self.subTest(amount=amount), self.refused(UserError, ''):
                self._quote(order, amount=amount)
        self._quote(order, amount=1620.0)
        self._answer(order)
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self.assertEqual(order.state, 'awaiting_approval')

    def test_price_of_lines_is_not_made_up(self):
        order = self._refused()
        with self.refused(UserError, "cost.*1,620.*not.*1,000"):
            self._quote(order, amount=1000.0)
        self.assertFalse(order.approval_ids)

    def test_declined_without_fee(self):
        order = self._refused()
        self._quote(order)
        self._answer(order, 'dispute', comment="Too dear")
        self.assertRecordValues(order, [{'state': 'returned', 'amount_charged': 0.0, 'amount_agreed': 0.0}])
        self.assertFalse(order._get_charged_lines(), "what is not done is not charged")
        payload = order.event_ids.sorted('seq')[-1]._get_payload()
        self.assertEqual([line['text'] for line in payload['removed']], ["Replace the drain pump", "Drain pump"])

    def test_declined_with_the_fee_that_was_shown(self):
        self.company.stokiva_diagnosis_fee = 200
        order = self._refused()
        approval = self._quote(order)
        self.assertEqual(approval._get_shown()['diagnosis_fee'], 240.0)
        self.company.stokiva_diagnosis_fee = 999  # not what he was told
        self._answer(order, 'dispute')
        self.assertRecordValues(order, [{'state': 'returned', 'amount_charged': 240.0}])
        self.assertRecordValues(order.labour_line_ids, [{
            'name': "Diagnosis", 'coverage': 'charged', 'coverage_basis': 'diagnosis',
            'product_id': self.diagnosis_product.id}])

    def test_fee_of_the_service_type_goes_first(self):
        self.company.stokiva_diagnosis_fee = 200
        self.service_type_repair.diagnosis_fee = 50
        order = self._refused()
        self.assertEqual(self._quote(order)._get_shown()['diagnosis_fee'], 60.0)

    def test_accepted_quote_charges_no_diagnosis(self):
        self.company.stokiva_diagnosis_fee = 200
        order = self._refused()
        self._quote(order)
        self._answer(order)
        self.assertEqual(order.amount_charged, 1620.0)

    def test_fiscal_position_of_the_site_counts(self):
        zero = self._make_tax(self.company, 0)
        position = self.env['account.fiscal.position'].create({'name': "Free zone", 'company_id': self.company.id})
        zero.write({'fiscal_position_ids': [Command.set(position.ids)], 'original_tax_ids': [Command.set(self.tax.ids)]})
        self.customer.property_account_position_id = position
        order = self._refused()
        self.assertEqual(order.amount_charged, 1350.0)

    def test_price_with_tax_included(self):
        self.tax.price_include_override = 'tax_included'
        order = self._refused()
        self.assertRecordValues(order, [{'amount_charged': 1350.0, 'amount_untaxed': 1125.0}])

    def test_dialog_shows_what_the_lines_cost(self):
        order = self._refused()
        action = order.with_user(self.user_dispatcher).with_context(stokiva_event='quote').action_event()
        wizard = self.env['stokiva.event.wizard'].with_user(self.user_dispatcher).browse(action['res_id'])
        self.assertTrue(wizard.has_charged_lines)
        self.assertIn("1,620.00", wizard.quote_text)
        wizard.text = "Pump"
        wizard.action_confirm()
        self.assertRecordValues(order.approval_ids, [{'kind': 'quote', 'state': 'pending'}])

    def test_dialog_refuses_the_warranty_with_a_photo(self):
        order = self._working()
        self._work(order)
        action = order.with_user(self.user_dispatcher).with_context(stokiva_event='refuse_warranty').action_event()
        wizard = self.env['stokiva.event.wizard'].with_user(self.user_dispatcher).browse(action['res_id'])
        wizard.write({'refusal': 'liquid', 'note': "Stood in water"})
        with self.refused(UserError, "Add a photo"):
            wizard.action_confirm()
        wizard.photo = order.media_ids[0].image
        wizard.action_confirm()
        self.assertEqual(order.warranty_refusal, 'liquid')
        self.assertIn('fault', order.media_ids.mapped('kind'))
