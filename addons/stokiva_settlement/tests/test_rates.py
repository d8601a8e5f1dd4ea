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
            for rule, _tied in [rates.pick_rule(order, work or Work('labour', workmanship_id=20), job)]}
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
        self.assertEqual(self._pick([labour(1, workmanship_id=20), labour(2, scope=0)]), 2)

    def test_own_card_without_fitting_rule_leaves_it_to_general_card(self):
        self.assertEqual(self._pick([labour(1), labour(2, scope=0, service_type_id=11)]), 1)

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

    def test_kind_of_provider_stands_between(self):
        rules = [labour(1, workmanship_id=20), labour(2, scope=1), labour(3, scope=0)]
        for best in (3, 2, 1):
            self.assertEqual(self._pick(rules[:best]), best)

    def test_area_and_zone(self):
        job = Job(10, (1, 2, 3), city_id=5, state_id=34, distance_km=12.0)
        rules = [
            Rule(1, 'travel', 50.0), Rule(2, 'travel', 60.0, from_km=10, to_km=20), Rule(3, 'travel', 70.0, state_id=34),
            Rule(4, 'travel', 80.0, city_id=5), Rule(5, 'travel', 90.0, city_id=6), Rule(6, 'travel', 99.0, from_km=12.5)]
        for best in (4, 3, 2, 1):
            self.assertEqual(self._pick(rules[:best], Work('travel'), job), best)
        self.assertEqual(self._pick(rules, Work('travel'), Job(10)), 1, "no zone holds for an unknown distance")
        edges = [Rule(1, 'travel', 1.0, to_km=10), Rule(2, 'travel', 2.0, from_km=10)]
        for distance, best in ((9.99, 1), (10.0, 2)):
            self.assertEqual(self._pick(edges, Work('travel'), Job(10, distance_km=distance)), best)

    def test_stars(self):
        bonuses = [Rule(id_, 'bonus', 1.0, trigger='stars', threshold=stars) for id_, stars in ((1, 3), (2, 4), (3, 5))]
        penalties = [Rule(id_, 'penalty', 1.0, trigger='stars', threshold=stars) for id_, stars in ((4, 1), (5, 2))]
        for stars, bonus, penalty in ((5, 3, None), (4, 2, None), (3, 1, None), (2, None, 5), (1, None, 4)):
            for kind, best in (('bonus', bonus), ('penalty', penalty)):
                self.assertEqual(
                    self._pick(bonuses + penalties, Work(kind, trigger='stars', value=stars)), best, (stars, kind))
        self.assertIsNone(self._pick(bonuses, Work('bonus', trigger='on_time')))

    def _price(self, work, rule, **job):
        [pay] = rates.price([work], Job(10, **job), [rule])
        return pay.quantity, pay.rate

    def test_terms(self):
        for work, rule, job, terms in (
            (Work('labour', 2.0, minutes=50), labour(1, 300.0, unit='hour'), {}, (1.67, 300.0)),
            (Work('distance'), Rule(1, 'distance', 8.5, free_km=10), {'distance_km': 12.34}, (2.34, 8.5)),
            (Work('distance'), Rule(1, 'distance', 8.5), {}, (0.0, 8.5)),
            (Work('part', 3.0, cost=100.0), Rule(1, 'part', 20.0, unit='percent'), {}, (3.0, 120.0)),
            (Work('part', 3.0, cost=100.0), Rule(1, 'part', 20.0, unit='percent', cap=15.0), {}, (3.0, 115.0)),
            (Work('part', cost=0.05), Rule(1, 'part', 10.0, unit='percent'), {}, (1.0, 0.06)),
            (Work('bonus', trigger='on_time'), Rule(1, 'bonus', 25.0, trigger='on_time'), {}, (1.0, 25.0)),
            (Work('penalty', trigger='late'), Rule(1, 'penalty', 25.0, trigger='late'), {}, (1.0, -25.0)),
        ):
            self.assertEqual(self._price(work, rule, **job), terms, (work, rule))

    def test_free_distance_is_left_out(self):
        self.assertFalse(rates.price([Work('distance')], Job(10, distance_km=9.0), [Rule(1, 'distance', 8.5, free_km=10)]))

    def test_percent_of_labour_comes_last(self):
        works = [
            Work('penalty', trigger='late'), Work('labour', 2.0), Work('travel'), Work('bonus', trigger='on_time')]
        pays = rates.price(works, JOB, [
            labour(1, 40.0), Rule(2, 'travel', 1000.0), Rule(3, 'penalty', 10.0, trigger='late', unit='percent'),
            Rule(4, 'bonus', 5.0, trigger='on_time')])
        self.assertEqual(
            [(pay.work.kind, pay.rate) for pay in pays],
            [('labour', 40.0), ('travel', 1000.0), ('penalty', -8.0), ('bonus', 5.0)])

    def test_ties_are_told(self):
        rules = [labour(1, sequence=(0, 20)), labour(2, sequence=(0, 10)), labour(3, sequence=(1, 0)), labour(4, scope=0)]
        self.assertEqual(rates.pick_rule(rules[:3], Work('labour'), JOB)[1], (1, 3))
        self.assertEqual(rates.pick_rule(rules, Work('labour'), JOB)[1], ())

    def test_half_cents_are_rounded_away_from_zero(self):
        for value, rounded in ((1.005, 1.01), (-1.005, -1.01), (2.675, 2.68), (0.004, 0.0), (1e-9, 0.0), (12.0, 12.0)):
            self.assertEqual(rates.round_cents(value), rounded)
