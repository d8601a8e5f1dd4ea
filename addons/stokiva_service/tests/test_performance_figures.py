from odoo.tests import BaseCase, tagged

from .. import performance
from ..performance import FIGURES, Value, get_median, get_value, get_wilson


@tagged('post_install', '-at_install')
class TestPerformanceFigures(BaseCase):
    """What figures are made of, without a database."""

    def test_interval_of_a_share(self):
        """Against the published values: Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
        for count, cases, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)):
            found = get_wilson(count, cases)
            self.assertAlmostEqual(found[0], low, 4)
            self.assertAlmostEqual(found[1], high, 4)
        self.assertEqual(get_wilson(5, 5)[1], 1.0)

    def test_values(self):
        sums = {'first_fix_count': 3, 'completed_count': 4, 'repair_count': 2, 'repair_minutes': 90, 'stars_sum': 9}
        share = get_value(FIGURES['first_fix_rate'], sums)
        self.assertEqual((share.value, share.cases, share.is_few), (75, 4, True))
        self.assertTrue(share.low < 75 < share.high)
        self.assertEqual(get_value(FIGURES['repair_hours'], sums), Value(0.75, 2))
        self.assertEqual(get_value(FIGURES['repair_hours_median'], sums, 30), Value(0.5, 2))
        self.assertEqual(get_value(FIGURES['stars'], sums), Value(None, 0), "nothing is divided by nothing")
        self.assertEqual(get_value(FIGURES['completed_count'], sums).value, 4)

    def test_comparison_of_shares(self):
        """One bad case of six says nothing; many of many do."""
        def share(count, cases):
            return get_value(FIGURES['canceled_rate'], {'canceled_count': count, 'closed_count': cases})

        self.assertIsNone(performance.is_above(share(1, 6), share(0, 30)))
        self.assertIs(performance.is_above(share(30, 100), share(50, 1000)), True)
        self.assertIs(performance.is_above(share(50, 1000), share(30, 100)), False)
        self.assertIsNone(performance.is_above(share(1, 6), get_value(FIGURES['canceled_rate'], {})))

    def test_median(self):
        self.assertIsNone(get_median([]))
        self.assertEqual(get_median([3, 1, 2]), 2)
        self.assertEqual(get_median([4, 1, 2, 3]), 2.5)

    def test_figures_are_made_of_measures(self):
        for name, figure in FIGURES.items():
            self.assertTrue({*figure.top, *figure.bottom} <= {*performance.MEASURES}, name)
