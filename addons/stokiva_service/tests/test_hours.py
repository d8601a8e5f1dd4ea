from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.stokiva_service import hours

ISTANBUL, BERLIN = ZoneInfo('Europe/Istanbul'), ZoneInfo('Europe/Berlin')
ZONES = [ISTANBUL, BERLIN, ZoneInfo('America/St_Johns'), ZoneInfo('Australia/Lord_Howe'), ZoneInfo('UTC')]
MONDAY = date(2026, 11, 2)
WEEK = {(parity, day): [(540, 750), (810, 1080)] for parity in (0, 1) for day in range(6)}  # Mon-Sat, break at noon
BEGIN = datetime(2026, 11, 2)

spans = st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(sorted).map(tuple), max_size=6)
intervals = spans.map(lambda rows: [tuple(BEGIN + timedelta(minutes=minute) for minute in row) for row in rows])


def length(rows):
    return sum((end - start for start, end in rows), timedelta())


@tagged('post_install', '-at_install')
class TestHours(BaseCase):

    def assertDisjoint(self, rows):
        self.assertTrue(all(start < end for start, end in rows), rows)
        self.assertTrue(all(before[1] < after[0] for before, after in zip(rows, rows[1:], strict=False)), rows)

    def test_week_with_breaks_and_a_closed_day(self):
        rows = hours.get_openings(MONDAY, MONDAY + timedelta(days=6), WEEK, ISTANBUL)
        self.assertEqual(len(rows), 12)
        self.assertEqual(rows[0], (MONDAY, datetime(2026, 11, 2, 6), datetime(2026, 11, 2, 9, 30)))
        self.assertEqual(rows[1][1:], (datetime(2026, 11, 2, 10, 30), datetime(2026, 11, 2, 15)))
        self.assertNotIn(MONDAY + timedelta(days=6), [row[0] for row in rows])

    def test_holiday_and_half_day(self):
        closed = {MONDAY: 0, MONDAY + timedelta(days=1): 13 * 60, MONDAY + timedelta(days=2): 10 * 60}
        rows = hours.get_openings(MONDAY, MONDAY + timedelta(days=2), WEEK, ISTANBUL, closed)
        self.assertEqual([row[0].day for row in rows], [3, 4])
        self.assertEqual([row[2] for row in rows], [datetime(2026, 11, 3, 9, 30), datetime(2026, 11, 4, 7)])

    def test_closure_cuts_an_opening_in_two(self):
        closure = (datetime(2026, 11, 2, 7), datetime(2026, 11, 2, 8))
        rows = hours.get_openings(MONDAY, MONDAY, WEEK, ISTANBUL, closures=[closure])
        self.assertEqual([row[1:] for row in rows][:2], [
            (datetime(2026, 11, 2, 6), datetime(2026, 11, 2, 7)),
            (datetime(2026, 11, 2, 8), datetime(2026, 11, 2, 9, 30))])

    def test_weeks_take_turns(self):
        week = {(hours.get_week_parity(MONDAY), 0): [(540, 600)]}
        days = [row[0] for row in hours.get_openings(MONDAY, MONDAY + timedelta(days=20), week, ISTANBUL)]
        self.assertEqual(days, [MONDAY, MONDAY + timedelta(days=14)])

    def test_open_round_the_clock_and_over_midnight(self):
        week = {(parity, day): [(0, 1440)] for parity in (0, 1) for day in range(7)}
        rows = hours.get_openings(MONDAY, MONDAY + timedelta(days=6), week, BERLIN)
        self.assertEqual(len(hours.merge(row[1:] for row in rows)), 1)
        self.assertEqual(length(row[1:] for row in rows), timedelta(days=7))

    def test_days_with_a_change_of_the_clock(self):
        week = {(parity, 6): [(60, 180)] for parity in (0, 1)}  # Sunday 1:00-3:00
        spring, autumn = date(2027, 3, 28), date(2026, 10, 25)
        self.assertEqual(
            hours.get_openings(spring, spring, week, BERLIN),
            [(spring, datetime(2027, 3, 28, 0), datetime(2027, 3, 28, 1))])
        self.assertEqual(
            hours.get_openings(autumn, autumn, week, BERLIN),
            [(autumn, datetime(2026, 10, 24, 23), datetime(2026, 10, 25, 2))])

    def test_hours_that_the_clock_skips(self):
        day = date(2027, 3, 28)
        self.assertEqual(hours.to_utc(day, 150, BERLIN), datetime(2027, 3, 28, 1))
        week = {(parity, 6): [(130, 170)] for parity in (0, 1)}
        self.assertFalse(hours.get_openings(day, day, week, BERLIN))

    def test_add_minutes_over_night_and_weekend(self):
        rows = [row[1:] for row in hours.get_openings(MONDAY, MONDAY + timedelta(days=8), WEEK, ISTANBUL)]
        saturday_evening = datetime(2026, 11, 7, 14, 30)  # 17:30 there
        self.assertEqual(hours.add_minutes(rows, saturday_evening, 45), datetime(2026, 11, 9, 6, 15))
        self.assertEqual(hours.add_minutes(rows, saturday_evening, 30), datetime(2026, 11, 7, 15))
        self.assertEqual(hours.add_minutes(rows, saturday_evening, 0), saturday_evening)
        self.assertIsNone(hours.add_minutes(rows, saturday_evening, 100000))
        with self.assertRaises(ValueError):
            hours.add_minutes(rows, saturday_evening, -1)

    def test_minutes_between(self):
        rows = [row[1:] for row in hours.get_openings(MONDAY, MONDAY, WEEK, ISTANBUL)]
        self.assertEqual(hours.minutes_between(rows, BEGIN, BEGIN + timedelta(days=1)), 480)
        self.assertEqual(hours.minutes_between(rows, datetime(2026, 11, 2, 9), datetime(2026, 11, 2, 11)), 60)
        self.assertEqual(hours.minutes_between(rows, BEGIN + timedelta(days=1), BEGIN), 0)

    def test_problems(self):
        for problem, open_spans, breaks in (
                (None, [(540, 1080)], [(720, 780)]),
                (None, [(0, 1440)], []),
                (None, [(540, 720), (720, 1080)], []),
                ('order', [(1080, 540)], []),
                ('order', [(540, 540)], []),
                ('order', [(540, 1080)], [(780, 720)]),
                ('range', [(540, 1500)], []),
                ('range', [(-10, 500)], []),
                ('overlap', [(540, 720), (700, 1080)], []),
                ('overlap', [(540, 1080)], [(700, 760), (750, 800)]),
                ('break', [(540, 720)], [(710, 730)])):
            self.assertEqual(hours.find_problem(open_spans, breaks), problem, (open_spans, breaks))

    @settings(deadline=None)
    @given(intervals)
    def test_merged_are_disjoint_and_cover_the_same(self, rows):
        merged = hours.merge(rows)
        self.assertDisjoint(merged)
        self.assertEqual(hours.merge(merged), merged)
        for start, end in rows:
            self.assertTrue(start == end or any(begin <= start and end <= stop for begin, stop in merged))

    @settings(deadline=None)
    @given(intervals, intervals)
    def test_subtracted_is_what_is_open_and_not_closed(self, rows, closed):
        rest = hours.subtract(rows, closed)
        self.assertFalse(hours.subtract(rest, rows))
        self.assertEqual(hours.subtract(rest, closed), rest)
        self.assertEqual(
            hours.merge(rest + hours.merge(closed)), hours.merge(hours.merge(rows) + hours.merge(closed)))

    @settings(deadline=None)
    @given(intervals, st.integers(-100, 1500), st.integers(0, 2000))
    def test_adding_and_counting_minutes_agree(self, rows, offset, minutes):
        moment = BEGIN + timedelta(minutes=offset)
        end = hours.add_minutes(rows, moment, minutes)
        if end is None:
            self.assertLess(hours.minutes_between(rows, moment, BEGIN + timedelta(days=2)), minutes)
        else:
            self.assertEqual(hours.minutes_between(rows, moment, end), minutes)

    @settings(deadline=None, max_examples=60)
    @given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.lists(
        st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted))
    def test_a_later_time_never_comes_before_an_earlier_one(self, zone, day, minutes):
        moments = [hours.to_utc(day, minute, zone) for minute in minutes]
        self.assertEqual(moments, sorted(moments))

    @settings(deadline=None, max_examples=30)
    @given(st.sampled_from(ZONES), st.dates(date(2020, 1, 1), date(2030, 1, 1)), spans)
    def test_openings_of_a_month_are_in_order(self, zone, first, day):
        week = {(parity, weekday): hours.merge(day) for parity in (0, 1) for weekday in range(7)}
        rows = hours.get_openings(first, first + timedelta(days=30), week, zone)
        self.assertDisjoint(hours.merge(row[1:] for row in rows))
        self.assertEqual([row[1] for row in rows], sorted(row[1] for row in rows))
        self.assertTrue(all(before[2] <= after[1] for before, after in zip(rows, rows[1:], strict=False)))
