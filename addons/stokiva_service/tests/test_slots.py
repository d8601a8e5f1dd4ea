from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.stokiva_service import hours, slots

ISTANBUL, BERLIN, SYDNEY = ZoneInfo('Europe/Istanbul'), ZoneInfo('Europe/Berlin'), ZoneInfo('Australia/Sydney')
MONDAY = date(2026, 11, 2)
DAY = datetime(2026, 11, 2)
SHOP = [(540, 750), (810, 1080)]  # 9:00-12:30, 13:30-18:00


def at(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


def week(spans):
    return {(parity, day): spans for parity in (0, 1) for day in range(7)}


def get_windows(first, last, spans, zone, minutes=120, **closed):
    """The windows as people read them, in UTC."""
    rows = hours.get_openings(first, last, week(spans), zone, **closed)
    return [f"{start:%d %H:%M}-{end:%H:%M}" for _day, start, end in slots.get_windows(rows, minutes, zone)]


@tagged('post_install', '-at_install')
class TestSlots(BaseCase):
    """Windows, gaps and places, with results written by hand."""

    # === WINDOWS === #

    def test_windows_begin_when_the_day_does(self):
        self.assertEqual(get_windows(MONDAY, MONDAY, SHOP, ISTANBUL), [
            "02 06:00-08:00", "02 08:00-10:00", "02 10:00-12:00", "02 12:00-14:00", "02 14:00-15:00"])
        self.assertEqual(get_windows(MONDAY, MONDAY, SHOP, ISTANBUL, 240), [
            "02 06:00-10:00", "02 10:00-14:00", "02 14:00-15:00"])

    def test_a_long_break_has_no_window(self):
        self.assertEqual(get_windows(MONDAY, MONDAY, [(480, 600), (960, 1080)], ISTANBUL), [
            "02 05:00-07:00", "02 13:00-15:00"])

    def test_no_hours_no_windows(self):
        self.assertEqual(get_windows(MONDAY, MONDAY, [], ISTANBUL), [])
        self.assertEqual(slots.measure([], [slots.Lane(1, [])]), {})

    def test_holiday_and_half_day(self):
        tuesday = MONDAY + timedelta(days=1)
        self.assertEqual(get_windows(MONDAY, tuesday, SHOP, ISTANBUL, closed_from={MONDAY: 0, tuesday: 13 * 60}), [
            "03 06:00-08:00", "03 08:00-09:30"])

    def test_overnight_shift(self):
        """22:00 to 6:00 are two parts of local days, one stretch of work."""
        rows = hours.get_openings(MONDAY, MONDAY + timedelta(days=1), week([(0, 360), (1320, 1440)]), ISTANBUL)
        windows = slots.get_windows(rows, 120, ISTANBUL)
        self.assertEqual([f"{day:%d} {start:%d %H:%M}-{end:%H:%M}" for day, start, end in windows], [
            "02 01 21:00-23:00", "02 01 23:00-01:00", "02 02 01:00-03:00", "02 02 19:00-21:00",
            "03 02 21:00-23:00", "03 02 23:00-01:00", "03 03 01:00-03:00", "03 03 19:00-21:00"])
        figures = slots.measure(windows, [slots.Lane(1, [row[1:] for row in rows])])
        self.assertEqual(list(figures.values())[3], (120, 120, 480), "work that begins at 23:00 ends after midnight")
        lane = slots.Lane(1, [row[1:] for row in rows])
        found = slots.find_place([lane], at(20), at(21), 180)
        self.assertEqual(found, (lane, at(20)))

    def test_end_of_summer_time(self):
        """On 25 October 2026 Berlin has the hour from 2 to 3 twice, on 29 March never; Sydney begins on 4 October."""
        night = [(0, 360)]
        self.assertEqual(get_windows(date(2026, 10, 25), date(2026, 10, 25), night, BERLIN), [
            "24 22:00-00:00", "25 00:00-03:00", "25 03:00-05:00"])
        self.assertEqual(get_windows(date(2026, 3, 29), date(2026, 3, 29), night, BERLIN), [
            "28 23:00-01:00", "29 01:00-02:00", "29 02:00-04:00"])
        self.assertEqual(get_windows(date(2026, 10, 4), date(2026, 10, 4), night, SYDNEY), [
            "03 14:00-16:00", "03 16:00-17:00", "03 17:00-19:00"])
        for day, utc in ((date(2026, 10, 24), "24 07:00-09:00"), (date(2026, 10, 25), "25 08:00-10:00")):
            self.assertEqual(get_windows(day, day, SHOP, BERLIN)[0], utc, "9 o'clock is 9 o'clock")

    def test_leap_day(self):
        first = date(2028, 2, 28)
        self.assertEqual(get_windows(first, first + timedelta(days=2), [(540, 660)], ISTANBUL), [
            "28 06:00-08:00", "29 06:00-08:00", "01 06:00-08:00"])

    def test_another_zone_is_another_day(self):
        rows = hours.get_openings(MONDAY, MONDAY, week([(540, 660)]), ZoneInfo('Pacific/Auckland'))
        self.assertEqual(
            slots.get_windows(rows, 120, ZoneInfo('Pacific/Auckland')), [(MONDAY, at(-4), at(-2))], "Sunday in UTC")

    # === WHAT IS FREE === #

    def test_measure_by_hand(self):
        """Two people from 6 to 9:30 and 10:30 to 15 UTC; one is away from 13:00 and has a visit at 6:00."""
        work = [(at(6), at(9, 30)), (at(10, 30), at(15))]
        first, second = slots.Lane(1, work), slots.Lane(2, work, [(at(13), at(23))])
        second.take(at(6), at(7, 15))
        windows = slots.get_windows([(MONDAY, *span) for span in work], 120, ISTANBUL)
        self.assertEqual(list(slots.measure(windows, [first, second]).values()), [
            (240, 165, 210),   # 9:00: 120 and 45 free; who begins at once has until 12:30
            (180, 180, 90),    # 11:00-13:00 with the break from 12:30
            (180, 180, 270),   # 13:00-15:00: work from 13:30, one until 18:00, the other until 16:00
            (180, 180, 180),   # 15:00-17:00: the other goes at 16:00
            (60, 60, 60)])

    def test_a_window_in_which_all_are_away_is_none(self):
        lane = slots.Lane(1, [(at(6), at(10))], [(at(6), at(8))])
        windows = [(MONDAY, at(6), at(8)), (MONDAY, at(8), at(10))]
        self.assertEqual(slots.measure(windows, [lane]), {windows[1]: (120, 120, 120)})

    def test_places_are_found_and_run_out(self):
        lanes = [slots.Lane(person, [(at(6), at(9))]) for person in (1, 2)]
        places = []
        while place := slots.find_place(lanes, at(6), at(8), 80):
            places.append((place[0].person, f"{place[1]:%H:%M}"))
            place[0].take(place[1], place[1] + timedelta(minutes=80))
        self.assertEqual(places, [(1, "06:00"), (2, "06:00"), (1, "07:20"), (2, "07:20")])

    def test_who_is_better_at_it_goes_first_even_if_later(self):
        lanes = [slots.Lane(1, [(at(6), at(9))]), slots.Lane(2, [(at(7), at(9))])]
        self.assertEqual(slots.find_place(lanes, at(6), at(8), 60, {2})[1], at(7))
        self.assertEqual(slots.find_place(lanes, at(6), at(7), 60, {2})[0].person, 1)

    def test_a_visit_begins_before_the_end_of_its_window(self):
        lane = slots.Lane(1, [(at(8), at(12))])
        self.assertIsNone(slots.find_place([lane], at(6), at(8), 10))
        self.assertEqual(slots.find_place([lane], at(6), at(8, 1), 240)[1], at(8))
        self.assertIsNone(slots.find_place([lane], at(6), at(9), 241))

    @given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4), st.integers(5, 240)), max_size=25), st.integers(1, 3))
    @settings(max_examples=60, deadline=None)
    def test_nobody_has_two_visits_at_once(self, jobs, people):
        work = [(at(6), at(9, 30)), (at(10, 30), at(15)), (at(16), at(21))]
        lanes = [slots.Lane(person, work) for person in range(people)]
        windows = slots.get_windows([(MONDAY, *span) for span in work], 120, ISTANBUL)
        taken = []
        for hour, length, minutes in jobs:
            gap = max(
                (figures[2] for (_day, start, end), figures in slots.measure(windows, lanes).items()
                 if start < at(6 + hour + length) and end > at(6 + hour)), default=0)
            place = slots.find_place(lanes, at(6 + hour), at(6 + hour + length), minutes)
            if place:
                self.assertGreaterEqual(gap, minutes, "the filter leaves nobody out who has the time")
                lane, begin = place
                self.assertTrue(lane.holds(begin, begin + timedelta(minutes=minutes)))
                lane.take(begin, begin + timedelta(minutes=minutes))
                taken.append((lane.person, begin, begin + timedelta(minutes=minutes)))
        for index, (person, start, end) in enumerate(taken):
            self.assertFalse([row for row in taken[:index] if row[0] == person and row[1] < end and row[2] > start])
        free = sum(figures[1] for figures in slots.measure(windows, lanes).values())
        self.assertEqual(free, people * 780 - sum((end - start).seconds // 60 for _person, start, end in taken))

    # === A TECHNICIAN'S DAY === #

    def test_a_day_that_works_out(self):
        self.assertIsNone(slots.find_clash([
            (at(6), at(8), 60, 'a'), (at(6), at(8), 60, 'b'), (at(8), at(10), 90, 'c')]))
        self.assertIsNone(slots.find_clash([(at(6), at(14), 60, 'all day'), (at(6), at(7), 60, 'early')]))

    def test_a_day_that_does_not(self):
        self.assertEqual(
            slots.find_clash([(at(6), at(8), 60, 'a'), (at(6), at(8), 60, 'b'), (at(6), at(8), 60, 'c')]), ('c', 'b'))
        self.assertEqual(slots.find_clash([(at(6), at(8), 240, 'long'), (at(8), at(10), 60, 'next')]), ('next', 'long'))

    def test_order_of_visits(self):
        def distance(here, there):
            return abs(here - there)

        visits = [
            (at(8), at(10), 5, 'near'), (at(8), at(10), 90, 'far'), (at(8), at(10), None, 'unknown'),
            (None, None, 0, 'no window'), (at(6), at(8), 80, 'first')]
        self.assertEqual(slots.sort_visits(visits, distance), ['first', 'far', 'near', 'unknown', 'no window'])
        self.assertEqual(
            slots.sort_visits([(at(6), at(8), 1, 'a'), (at(6), at(8), 9, 'b')], distance, 8), ['b', 'a'])
