from datetime import date

from odoo.tests import BaseCase, tagged

from .. import cutoffs


@tagged('post_install', '-at_install')
class TestCutoffs(BaseCase):

    def test_days(self):
        self.assertEqual(cutoffs.parse_days("31, 15"), (15, 31))
        self.assertEqual(cutoffs.parse_days("10 20 10"), (10, 20))
        self.assertEqual(cutoffs.parse_days(False), ())
        for wrong in ("0", "32", "last", "-1"):
            with self.assertRaises(ValueError):
                cutoffs.parse_days(wrong)

    def test_last_cutoff_is_over(self):
        month_end, half = (31,), (15, 31)
        for days, today, expected in (
                (month_end, date(2026, 11, 30), date(2026, 10, 31)), (month_end, date(2026, 12, 1), date(2026, 11, 30)),
                (month_end, date(2024, 3, 1), date(2024, 2, 29)), (half, date(2026, 11, 15), date(2026, 10, 31)),
                (half, date(2026, 11, 16), date(2026, 11, 15)), (half, date(2027, 1, 1), date(2026, 12, 31))):
            self.assertEqual(cutoffs.get_last_cutoff(days, today), expected, today)

    def test_periods_follow_each_other(self):
        self.assertEqual(cutoffs.get_period_start((15, 31), date(2026, 11, 30)), date(2026, 11, 16))
        self.assertEqual(cutoffs.get_period_start((31,), date(2026, 11, 30)), date(2026, 11, 1))
        self.assertEqual(cutoffs.get_period_start((), date(2026, 11, 9)), date(2026, 11, 1))
