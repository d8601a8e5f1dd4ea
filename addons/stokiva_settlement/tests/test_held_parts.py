from odoo.tests import tagged

from odoo.addons.stokiva_service.tests.common_parts import PartsCommon

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestHeldParts(SettlementCommon, PartsCommon):
    """A part that was fitted but is in no stock earns nothing until that is settled."""

    def _get_parts(self, order):
        return order.settlement_ids.line_ids.filtered(lambda line: line.source == 'part')

    def test_held_and_then_the_providers_own(self):
        order, line = self._fitted(self.pump, quantity=2)
        self._answer(order)
        held = self._get_parts(order)
        self.assertRecordValues(held, [{'amount': 0, 'part_line_id': line.id, 'is_unpriced': True}])
        self.assertIn("Held", held.why)
        before = order.settlement_ids.amount_total
        line.with_user(self.user_dispatcher).action_confirm_own()
        self.assertEqual(self._get_parts(order).amount, 2 * 500)
        self.assertEqual(order.settlement_ids.amount_total, before + 1000)

    def test_held_and_then_in_our_stock(self):
        order, line = self._fitted(self.pump)
        self._answer(order)
        self._stock(self.shelf, self.pump, 1)
        line.with_user(self.user_dispatcher).action_try_again()
        self._run_job()
        self.assertEqual(line.stock_state, 'done')
        self.assertFalse(self._get_parts(order))
        self.assertEqual(len(order.settlement_ids), 1)

    def test_after_the_decision_an_adjusting_settlement_pays(self):
        order, line = self._fitted(self.pump)
        self._answer(order)
        decided = order.settlement_ids
        decided.with_user(self.user_manager).action_approve()
        line.with_user(self.user_dispatcher).action_confirm_own()
        adjusting = order.settlement_ids - decided
        self.assertFalse(decided.line_ids.filtered(lambda item: item.source == 'part').amount)
        self.assertRecordValues(adjusting.line_ids, [{'source': 'part', 'part_line_id': line.id, 'amount': 500.0}])
        self.assertEqual(adjusting.adjusts_id, decided)
        line._post_settled()
        self.assertEqual(len(order.settlement_ids.line_ids.filtered('part_line_id')), 2)
