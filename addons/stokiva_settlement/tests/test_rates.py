from itertools import permutations

from odoo.tests import BaseCase, tagged

from .. import rates
from ..rates import Job, Rule, Work

# White goods (1) > dishwashers (2) > built-in dishwashers (3)
JOB = Job(service_type_id=10, device_path=(1, 2, 3))


def labour(id_, amount=0.0, **narrower):
    """A rule for labour."""
    return Rule(id_, 'labour', amount, **narrower)


@tagged('post_install', '-at_install')
class TestRates(BaseCase):
    """Which rule pays, without a database."""

    def _pick(self, rules, work=None, job=JOB):
        """The id of the rule that wins, whatever order the rules come in."""
        found = {
            rule and rule.id for order in permutations(rules)
            for rule in [rates.pick_rule(order, work or Work('labour', workmanship_id=20), job)]}
        self.assertEqual(len(found), 1, "the order in which rules come must not matter")
        return found.pop()

    def test_general_rule_pays_for_all(self):
        self.assertEqual(self._pick([labour(1)]), 1)

    def test_nothing_fits(self):
        self.assertIsNone(self._pick([
            labour(1, service_type_id=11), labour(2, device_type_id=9), labour(3, workmanship_id=21),
            Rule(4, 'travel', 1.0)]))

    def test_narrower_wins(self):
        rules = [
            labour(1),
            labour(2, service_type_id=10),
            labour(3, device_type_id=3),
            labour(4, device_type_id=3, service_type_id=10),
            labour(5, workmanship_id=20),
        ]
        for best in (5, 4, 3, 2, 1):
            self.assertEqual(self._pick(rules[:best]), best)

    def test_nearest_device_type_wins(self):
        self.assertEqual(self._pick([labour(1, device_type_id=1), labour(2, device_type_id=2)]), 2)

    def test_device_type_before_service_type(self):
        self.assertEqual(self._pick([labour(1, service_type_id=10), labour(2, device_type_id=1)]), 2)

    def test_own_card_before_narrower_rule_of_general_card(self):
        self.assertEqual(self._pick([labour(1, workmanship_id=20), labour(2, is_own=True)]), 2)

    def test_own_card_without_fitting_rule_leaves_it_to_general_card(self):
        self.assertEqual(self._pick([labour(1), labour(2, is_own=True, service_type_id=11)]), 1)

    def test_sequence_decides_ties(self):
        self.assertEqual(self._pick([labour(1, sequence=(0, 20)), labour(2, sequence=(0, 10))]), 2)
        self.assertEqual(self._pick([labour(1, sequence=(1, 0)), labour(2, sequence=(0, 99))]), 2)
        self.assertEqual(self._pick([labour(2), labour(1)]), 1)

    def test_workmanship_rule_is_not_for_labour_without_it(self):
        self.assertIsNone(self._pick([labour(1, workmanship_id=20)], Work('labour')))

    def test_part_needs_its_product(self):
        rules = [Rule(1, 'part', 50.0, product_id=30)]
        self.assertEqual(self._pick(rules, Work('part', product_id=30)), 1)
        self.assertIsNone(self._pick(rules, Work('part', product_id=31)))

    def test_price_keeps_order_and_leaves_out_unpaid_trips(self):
        works = [
            Work('labour', 2.0, workmanship_id=20),
            Work('travel'),
            Work('wasted_trip'),
            Work('part', 3.0, product_id=31, cost=12.5),
            Work('labour', workmanship_id=21),
        ]
        pays = rates.price(works, JOB, [labour(1, 40.0, workmanship_id=20), Rule(2, 'wasted_trip', 7.0)])
        self.assertEqual(
            [(pay.work.kind, pay.work.quantity, pay.rate, pay.rule and pay.rule.id) for pay in pays],
            [('labour', 2.0, 40.0, 1), ('wasted_trip', 1.0, 7.0, 2), ('part', 3.0, 12.5, None),
             ('labour', 1.0, 0.0, None)])

    def test_part_with_rule_is_not_paid_at_cost(self):
        pay, = rates.price([Work('part', product_id=30, cost=12.5)], JOB, [Rule(1, 'part', 50.0, product_id=30)])
        self.assertEqual(pay.rate, 50.0)

    def test_device_without_type(self):
        self.assertEqual(self._pick([labour(1), labour(2, device_type_id=1)], job=Job(10)), 1)
