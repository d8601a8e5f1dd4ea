from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestCost(SettlementCommon):
    """The criterion “cost” of the assignment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env['stokiva.assignment.rule']
        cls.rules.search([]).unlink()
        cls.rules.create({'name': "Cheapest", 'strategy': 'cheapest'})
        cls.order = cls._open_order()

    def _pay(self, provider, *lines):
        self.env['stokiva.rate.card'].create({
            'name': "Own", 'date_from': '2020-01-01', 'provider_ids': [Command.set(provider.ids)],
            'line_ids': [Command.create(line) for line in lines]})

    def _rank(self):
        rows = self.env['stokiva.assignment.engine']._rank(self.order)[self.order].get_candidates()
        return {row['provider_id']: row['values'].get('cost_excess') for row in rows}

    def _assert_excess(self, a, b):
        excess = self._rank()
        self.assertEqual((excess[self.provider_a.id], excess[self.provider_b.id]), (a, b))

    def test_the_cheapest_is_first(self):
        self._pay(self.provider_b, {'kind': 'labour', 'amount': 200})
        # 300 + 90 by the general card, 200 + 90 by its own.
        self._assert_excess(round(390 / 290 - 1, 4), 0)
        self.assertEqual(next(iter(self._rank())), self.provider_b.id)
        self.assertEqual(self.order._assign_automatically().provider_id, self.provider_b)

    def test_who_may_not_get_it_is_not_compared_with(self):
        self._pay(self.provider_b, {'kind': 'labour', 'amount': 200})
        self.provider_b.write({'suspended_from': '2020-01-01', 'suspend_reason': 'holiday'})
        self._assert_excess(0, 0)

    def test_without_a_card_nobody_knows(self):
        self.card.active = False
        self._pay(self.provider_b, {'kind': 'labour', 'amount': 200})
        self._assert_excess(None, 0)

    def test_other_rules_ask_for_no_cost(self):
        self.rules.search([]).strategy = 'nearest'
        self._assert_excess(None, None)
