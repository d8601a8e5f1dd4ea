from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestRatedOrder(SettlementCommon):
    """What of a real order the rates are taken from, and what the settlement says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['stokiva.sla.policy'].search([]).action_archive()

    def _add_rates(self, *lines):
        self.card.line_ids = [Command.create(line) for line in lines]

    def _earned(self, order, source):
        """Quantity, rate and reason of the order's settlement lines of a source."""
        return [
            (line.quantity, line.rate, line.why)
            for line in order.settlement_ids.line_ids.filtered(lambda line: line.source == source)]

    def test_labour_by_the_hour(self):
        self.card.line_ids[1].unit = 'hour'
        self.workmanship.duration_minutes = 45
        [(quantity, rate, why)] = self._earned(self._completed(), 'labour')
        self.assertEqual((quantity, rate), (0.75, 400.0))
        self.assertIn("45 minutes", why)

    def test_kilometres_as_the_offer_says(self):
        self._add_rates({'kind': 'distance', 'amount': 9, 'free_km': 2})
        order = self._submitted()
        offer = order.assignment_id
        offer.ranking = [
            {**row, 'values': {**row['values'], 'distance_km': 14.5}}
            if row['provider_id'] == order.provider_id.id else row for row in offer.ranking]
        self._answer(order)
        [(quantity, rate, why)] = self._earned(order, 'distance')
        self.assertEqual((quantity, rate), (12.5, 9.0))
        self.assertIn("14.5 km, 2 km free", why)
        self.assertFalse(order.settlement_ids.is_unpriced)

    def test_unknown_distance_is_seen(self):
        self._add_rates({'kind': 'distance', 'amount': 9})
        order = self._submitted()
        order.assignment_id.ranking = []
        self._answer(order)
        [(quantity, _rate, why)] = self._earned(order, 'distance')
        self.assertEqual(quantity, 0)
        self.assertIn("not known", why)
        self.assertTrue(order.settlement_ids.is_unpriced)

    def test_mark_up_on_own_parts(self):
        self._add_rates({'kind': 'part', 'unit': 'percent', 'amount': 25, 'cap': 10})
        order = self._in_progress()
        self._own_part(order)
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        cost = order.part_line_ids.filtered('is_provider_stock').cost
        [(_quantity, rate, why)] = self._earned(order, 'part')
        self.assertAlmostEqual(rate, cost + min(cost * 0.25, 10))
        self.assertIn("25 %", why)

    def test_bonus_and_penalty(self):
        self._add_rates(
            {'kind': 'bonus', 'trigger': 'stars', 'threshold': 4, 'amount': 30},
            {'kind': 'bonus', 'trigger': 'on_time', 'amount': 20},
            {'kind': 'bonus', 'trigger': 'first_time_fix', 'amount': 10},
            {'kind': 'penalty', 'trigger': 'late', 'unit': 'percent', 'amount': 10})
        order = self._submitted()
        self._answer(order, stars=5)
        self.assertEqual([rate for _quantity, rate, _why in self._earned(order, 'bonus')], [20.0, 30.0, 10.0])
        self.assertFalse(self._earned(order, 'penalty'))

    def test_late_work_and_slow_customers(self):
        self._add_rates({'kind': 'penalty', 'trigger': 'late', 'unit': 'percent', 'amount': 10})
        late, slow = self._submitted(), self._submitted()
        late.sudo().deadline = late.submitted_at - timedelta(minutes=1)
        slow.sudo().deadline = slow.submitted_at
        for order in (late, slow):
            self._answer(order)
        labour = sum(quantity * rate for quantity, rate, _why in self._earned(late, 'labour'))
        self.assertEqual([rate for _quantity, rate, _why in self._earned(late, 'penalty')], [-labour / 10])
        self.assertFalse(self._earned(slow, 'penalty'), "the customer's time to approve is not the provider's")

    def test_late_by_the_service_level(self):
        self._add_rates(
            {'kind': 'penalty', 'trigger': 'late', 'amount': 10}, {'kind': 'bonus', 'trigger': 'on_time', 'amount': 10})
        self.env['stokiva.sla.policy'].create({
            'name': "All", 'company_id': self.company.id, 'date_from': '2026-01-01 00:00:00', 'hours': 'elapsed',
            'complete_hours': 24})
        order = self._submitted()
        clock = order.sudo().sla_clock_ids.filtered(lambda clock: clock.clock == 'complete')
        reason = self.env['stokiva.late.reason']
        for state, party, is_late in (
                ('kept', None, False), ('broken', None, True), ('broken', 'provider', True), ('broken', 'customer', None)):
            clock.write({'state': state, 'reason_id': party and reason.create({'name': party, 'party': party}).id})
            self.assertIs(order._is_provider_late(), is_late, (state, party))
        self._answer(order)
        self.assertFalse(self._earned(order, 'bonus') + self._earned(order, 'penalty'), "the customer made it late")

    def test_repeat_visit(self):
        self._add_rates({'kind': 'penalty', 'trigger': 'repeat_visit', 'amount': 60})
        first = self._completed(symptom_ids=[Command.set(self.symptom.ids)])
        first.sudo().submitted_at -= timedelta(days=3)
        same = self._completed(device_id=first.device_id.id, symptom_ids=[Command.set(self.symptom.ids)])
        self.assertEqual([rate for _quantity, rate, _why in self._earned(same, 'penalty')], [-60.0])
        self.assertFalse(self._earned(first, 'penalty'))
        first.sudo().submitted_at -= timedelta(days=self.company.stokiva_repeat_days)
        self.assertFalse(same._get_repeats()[same], "too long ago")

    def test_ties_are_shown(self):
        self._add_rates({'kind': 'travel', 'amount': 95, 'note': "second"})
        order = self._completed()
        [(_quantity, rate, why)] = self._earned(order, 'travel')
        self.assertEqual(rate, 90.0)
        self.assertIn("as specific", why)

    # === PREVIEW === #

    def _preview(self, order, user=None):
        action = order.with_user(user or self.user_settlement).action_preview_pay()
        return self.env[action['res_model']].with_user(user or self.user_settlement).browse(action['res_id'])

    def test_preview_is_what_the_order_earns(self):
        order = self._submitted()
        preview = self._preview(order)
        self.assertFalse(order.settlement_ids)
        self._answer(order)
        self.assertEqual(preview.amount_total, order.settlement_ids.amount_total)
        self.assertEqual(preview.line_ids.mapped('why'), order.settlement_ids.line_ids.mapped('why'))

    def test_preview_by_the_cards_of_another_day(self):
        self.env['stokiva.rate.card'].create({
            'name': "Next year", 'date_from': '2099-01-01', 'provider_ids': [Command.set(self.provider_a.ids)],
            'line_ids': [Command.create({'amount': 1000})]})
        preview = self._preview(self._submitted())
        before = preview.amount_total
        preview.date = '2099-06-01'
        self.assertGreater(preview.amount_total, before)

    def test_preview_is_for_settlement_people(self):
        order = self._submitted()
        with self.assertRaises(AccessError):
            self._preview(order, self.user_dispatcher)
        with self.assertRaises(UserError):
            self._preview(self._open_order())
