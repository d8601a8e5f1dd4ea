import random
from math import comb

from odoo.tests import BaseCase, tagged

from .. import faults


def plain_tail(recent, total, share):
    """The binomial tail as it is written in any textbook."""
    return sum(comb(total, k) * share ** k * (1 - share) ** (total - k) for k in range(recent, total + 1))


@tagged('post_install', '-at_install')
class TestFaults(BaseCase):

    def test_ranks_by_model_then_by_kind(self):
        found = faults.rank({'drain': 6, 'leak': 2}, 12, {'leak': 40, 'heat': 30, 'drain': 20}, 100)
        self.assertEqual(
            [(item.key, item.count, item.total, item.basis) for item in found],
            [('drain', 6, 12, 'model'), ('leak', 2, 12, 'model'), ('heat', 30, 100, 'type')])
        self.assertEqual(found[0].share, 0.5)

    def test_few_orders_of_a_model_say_nothing(self):
        found = faults.rank({'drain': 1}, 1, {'leak': 40, 'drain': 20}, 100)
        self.assertEqual([(item.key, item.basis) for item in found], [('leak', 'type'), ('drain', 'type')])
        self.assertEqual(faults.rank({}, 0, {}, 0), [])

    def test_chance_equals_the_plain_sum(self):
        luck = random.Random(7)
        for _round in range(200):
            recent, earlier = luck.randint(0, 60), luck.randint(0, 200)
            now, before = luck.uniform(1, 50), luck.uniform(1, 500)
            expected = plain_tail(recent, recent + earlier, now / (now + before)) if recent else 1
            self.assertAlmostEqual(faults.get_rise_chance(recent, earlier, now, before), expected, places=9)

    def test_chance_by_hand(self):
        # Three cases, all in the later of two equal times: a coin that falls three times on the same side.
        self.assertAlmostEqual(faults.get_rise_chance(3, 0, 10, 10), 0.125)
        self.assertEqual(faults.get_rise_chance(0, 9, 10, 10), 1)
        self.assertEqual(faults.get_rise_chance(4, 9, 0, 10), 1)
        self.assertEqual(faults.get_rise_chance(4, 0, 10, 0), 1)
        self.assertLess(faults.get_rise_chance(3000, 20000, 30, 335), 1e-100)
        self.assertGreater(faults.get_rise_chance(30, 335, 30, 335), 0.4)

    def test_false_alarms_are_held_down(self):
        # The example of the paper: 15 tests, four of which are chosen at 5 %.
        chances = dict(enumerate((
            .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1)))
        self.assertEqual(faults.select_rising(chances), {0, 1, 2, 3})
        self.assertEqual(faults.select_rising({}), set())

    def test_unchanged_rates_raise_hardly_any_alarm(self):
        luck = random.Random(11)
        exposures = dict.fromkeys(range(300), (30_000, 365_000))

        def draw(mean):
            return sum(luck.random() < mean / 1000 for _trial in range(1000))

        cases = {(model, 'leak'): (draw(8), draw(97)) for model in range(300)}
        self.assertLessEqual(len(faults.find_rising(cases, exposures)), 1)
        cases[0, 'leak'] = (30, 97)
        self.assertIn((0, 'leak'), faults.find_rising(cases, exposures))

    def test_rising_says_how_many_times_as_often(self):
        exposures = {'bm600': (3000, 36000), 'new': (3000, 0)}
        found = faults.find_rising({
            ('bm600', 'leak'): (12, 12), ('bm600', 'drain'): (5, 60), ('bm600', 'door'): (9, 0),
            ('bm600', 'smell'): (4, 0), ('new', 'leak'): (50, 0), ('unknown', 'leak'): (50, 1)}, exposures)
        self.assertEqual(found.keys(), {('bm600', 'leak'), ('bm600', 'door')})
        self.assertAlmostEqual(found['bm600', 'leak'], 12)
        self.assertIsNone(found['bm600', 'door'])
