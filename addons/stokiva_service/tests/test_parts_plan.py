from odoo.tests import BaseCase, tagged

from ..parts import Need, plan


@tagged('post_install', '-at_install')
class TestPartsPlan(BaseCase):
    """From where parts are taken, without a database."""

    def test_the_first_place_that_has_enough_serves(self):
        served, short = plan([Need('a', 1, 2, None, (7, 8))], {(7, 1, None): 1, (8, 1, None): 2})
        self.assertEqual((served, short), ({'a': [(8, 2)]}, {}))

    def test_places_are_put_together_when_none_has_enough(self):
        served, short = plan([Need('a', 1, 3, None, (7, 8))], {(7, 1, None): 1, (8, 1, None): 2})
        self.assertEqual((served, short), ({'a': [(7, 1), (8, 2)]}, {}))

    def test_earlier_needs_leave_less(self):
        stock = {(7, 1, None): 3}
        served, short = plan([Need('a', 1, 2, None, (7,)), Need('b', 1, 2, None, (7,)), Need('c', 1, 1, None, (7,))], stock)
        self.assertEqual(served, {'a': [(7, 2)], 'c': [(7, 1)]})
        self.assertEqual(short, {'b': 1})
        self.assertEqual(stock, {(7, 1, None): 3})

    def test_lots_are_not_exchanged(self):
        _served, short = plan([Need('a', 1, 1, 5, (7,))], {(7, 1, 6): 4, (7, 1, None): 4})
        self.assertEqual(short, {'a': 1})

    def test_negative_stock_is_nothing(self):
        _served, short = plan([Need('a', 1, 1, None, (7, 8))], {(7, 1, None): -5})
        self.assertEqual(short, {'a': 1})

    def test_no_place_at_all(self):
        self.assertEqual(plan([Need('a', 1, 2)], {}), ({}, {'a': 2}))
