import random

from odoo.tests import BaseCase, tagged

from ..splitting import split


@tagged('post_install', '-at_install')
class TestSplitting(BaseCase):

    def test_largest_remainder(self):
        self.assertEqual(split(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(split(100, [100, 50]), [67, 33])
        self.assertEqual(split(-100, [100, 50]), [-67, -33])
        self.assertEqual(split(1, [0, 0]), [1, 0])
        self.assertEqual(split(5, [0, 2]), [0, 5])
        self.assertEqual(split(7, []), [])

    def test_parts_always_add_up(self):
        draw = random.Random(7)
        for _case in range(500):
            units = draw.randint(-10**9, 10**9)
            weights = [round(draw.uniform(0, 200), 2) for _place in range(draw.randint(1, 9))]
            parts = split(units, weights)
            self.assertEqual(sum(parts), units)
            whole = sum(weights)
            for part, weight in zip(parts, weights, strict=True):
                self.assertLessEqual(abs(part - units * weight / whole) if whole else 0, 1)
