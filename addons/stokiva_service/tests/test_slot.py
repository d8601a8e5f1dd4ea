from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Datetime
from odoo.tests import freeze_time, tagged

from odoo.addons.stokiva_service.models import stokiva_slot, stokiva_slot_horizon

from .common_orders import WorkOrderCommon

MONDAY = date(2026, 11, 2)
MORNING = (datetime(2026, 11, 2, 6), datetime(2026, 11, 2, 8))  # 9:00-11:00 in Istanbul
NOON = (datetime(2026, 11, 2, 8), datetime(2026, 11, 2, 10))
WINDOW = {'window_start': str(MORNING[0]), 'window_end': str(MORNING[1])}


class SlotCommon(WorkOrderCommon):
    """Alfa and Beta, each with one technician, work Monday to Saturday 9:00-18:00 in Istanbul, a break at 12:30.
    Windows are booked; a repair takes an hour, the way nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time('2026-11-01 10:00:00'))
        cls.providers = cls.provider_a | cls.provider_b
        cls.providers.write({
            'tz': 'Europe/Istanbul', 'holiday_country_id': False, 'resource_calendar_id': cls._create_hours().id})
        cls.company.write({'stokiva_slots': True, 'stokiva_travel_minutes': 0})
        cls.env['stokiva.opening']._rebuild_marked()

    @classmethod
    def _create_hours(cls, spans=((9, 12.5), (13.5, 18)), days=range(6)):
        return cls.env['resource.calendar'].create({
            'name': "Hours", 'company_id': False, 'attendance_ids': [Command.clear(), *(
                Command.create({
                    'name': "Work", 'dayofweek': str(day), 'hour_from': start, 'hour_to': end, 'day_period': 'morning'})
                for day in days for start, end in spans)]})

    def _slots(self, provider=None, day=MONDAY):
        """Return ``[(local start, working, free minutes, longest stretch)]``."""
        self.env['stokiva.opening']._rebuild_marked()
        self.env['stokiva.slot'].invalidate_model()
        return [
            (f"{slot.start_at + timedelta(hours=3):%H}", slot.work_minutes, slot.free_minutes, slot.longest_gap)
            for slot in self.env['stokiva.slot'].search(
                [('provider_id', '=', (provider or self.provider_a).id), ('date', '=', day)])]

    def _free(self, provider=None, day=MONDAY):
        return [row[2] for row in self._slots(provider, day)]

    def _booked(self, orders):
        return self.env['stokiva.slot.booking'].search([('work_order_id', 'in', orders.ids)])

    @contextmanager
    def _refused(self, words):
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield

    def _planned(self, window=MORNING, provider=None, **values):
        """An order offered to Alfa for a window."""
        order = self._open_order(window_start=window[0], window_end=window[1], **values)
        self._do(order, 'assign', provider_id=(provider or self.provider_a).id)
        return order


@tagged('post_install', '-at_install')
class TestSlot(SlotCommon):
    """Arrival windows follow hours, people, absences and bookings."""

    def test_windows_of_a_day(self):
        self.assertEqual(self._slots(), [
            ('09', 120, 120, 210), ('11', 90, 90, 90), ('13', 90, 90, 270), ('15', 120, 120, 180), ('17', 60, 60, 60)])
        self.assertFalse(self._slots(day=MONDAY - timedelta(days=1)))
        last = self.env['stokiva.slot'].search([], order='date desc', limit=1).date
        self.assertEqual(last, date(2026, 12, 12), "six weeks; the 13th is a Sunday")

    def test_people_and_their_hours(self):
        partner = self.env['res.partner'].create({'name': "Second"})
        second = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': partner.id, 'role': 'master'})
        self.assertEqual(self._free(), [240, 180, 180, 240, 120])
        second.resource_calendar_id = self._create_hours([(7, 10)])
        self.assertEqual(self._slots(), [
            ('07', 120, 120, 180), ('09', 180, 180, 210), ('11', 90, 90, 90), ('13', 90, 90, 270), ('15', 120, 120, 180),
            ('17', 60, 60, 60)])
        second.resource_calendar_id.attendance_ids.filtered(lambda line: line.dayofweek == '0').hour_to = 9
        self.assertEqual(self._free()[:2], [120, 120])
        second.active = False
        self.assertEqual(self._free(), [120, 90, 90, 120, 60])
        second.write({'active': True, 'role': 'dispatcher'})
        self.assertEqual(self._free(), [120, 90, 90, 120, 60], "who goes to nobody has no time for it")

    def test_who_names_nobody_has_his_opening_hours(self):
        self.technician_a.active = False
        self.assertEqual(self._free(), [120, 90, 90, 120, 60])

    def test_absence(self):
        absence = self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': datetime(2026, 11, 2, 11),
            'date_to': datetime(2026, 11, 3, 21)})
        self.assertEqual(self._slots(), [('09', 120, 120, 210), ('11', 90, 90, 90), ('13', 30, 30, 30)])
        self.assertFalse(self._slots(day=MONDAY + timedelta(days=1)))
        absence.date_to = datetime(2026, 11, 2, 12)
        self.assertEqual(self._free(), [120, 90, 30, 120, 60])
        ill = absence.copy({'date_from': datetime(2026, 11, 2, 10), 'reason': 'ill'})
        self.assertEqual(self._free(), [120, 90, 120, 60], "absences may overlap")
        ill.unlink()
        absence.unlink()
        self.assertEqual(self._free(), [120, 90, 90, 120, 60])

    def test_holiday_closed_day_and_open_sunday(self):
        Day = self.env['stokiva.provider.day']
        sunday = MONDAY + timedelta(days=6)
        Day.create({'provider_id': self.provider_a.id, 'name': "Inventory", 'date_start': MONDAY})
        Day.create({
            'provider_id': self.provider_a.id, 'name': "Rush", 'kind': 'open', 'date_start': sunday, 'hour_from': 10,
            'hour_to': 13})
        self.assertEqual((self._free(), self._free(self.provider_b)), ([], [120, 90, 90, 120, 60]))
        self.assertEqual(self._slots(day=sunday), [('10', 120, 120, 180), ('12', 60, 60, 60)])
        self.providers.holiday_country_id = self.country
        self.env['stokiva.public.holiday'].create(
            {'name': "Eve", 'date': MONDAY, 'country_id': self.country.id, 'closed_from': 13})
        self.assertEqual(self._free(self.provider_b), [120, 90])

    def test_provider_in_another_zone(self):
        self.provider_a.tz = 'Europe/Berlin'
        self.assertEqual([row[0] for row in self._slots()], ['11', '13', '15', '17', '19'])
        self.assertEqual(self._slots(day=date(2026, 11, 3))[0], ('11', 120, 120, 210))

    def test_without_hours_or_switch_there_are_no_windows_and_room_for_all(self):
        self.provider_a.resource_calendar_id = False
        self.assertFalse(self._slots())
        for _number in range(3):
            self.assertFalse(self._booked(self._planned()))
        self.assertEqual(self.env['stokiva.assignment.engine']._rank(order := self._open_order(
            window_start=MORNING[0], window_end=MORNING[1]))[order].rows[0].failed, None)
        self.company.stokiva_slots = False
        self.assertFalse(self.env['stokiva.slot'].search_count([('provider_id', 'in', self.providers.ids)]))
        self.assertFalse(self._booked(self._planned(provider=self.provider_b)))

    def test_switching_on_counts_what_is_planned(self):
        self.company.stokiva_slots = False
        orders = self.env['stokiva.work.order'].union(*(self._planned() for _number in range(3)))
        self.company.stokiva_slots = True
        self.assertEqual(self._free(), [0, 90, 90, 120, 60])
        self.assertEqual(self._booked(orders).mapped('is_lost'), [False, False, True], "the third is one too many")
        self._do(orders[0], 'cancel', reason="No")
        self.env['stokiva.slot']._refresh(self.provider_a.ids)
        self.assertEqual(self._booked(orders).mapped('is_lost'), [False, False], "and gets the place that is free")

    def test_shared_provider_has_shared_windows(self):
        self.provider_a.company_id = False
        other = self.env['res.company'].create({'name': "Other company"})
        slot = self.env['stokiva.slot'].search([('provider_id', '=', self.provider_a.id)], limit=1)
        self.env['stokiva.opening']._rebuild_marked()
        self.assertFalse(slot.company_id)
        user = self.user_call_centre.copy({'login': 'other', 'company_id': other.id, 'company_ids': other.ids})
        self.assertTrue(slot.with_user(user).free_minutes)
        with self.assertRaises(AccessError):
            slot.with_user(self.user_manager).free_minutes = 0

    def test_nightly_job_moves_the_horizon(self):
        order = self._planned(tuple(moment + timedelta(days=49) for moment in MORNING))
        self.assertTrue(self._booked(order).is_lost, "out of sight: no windows yet, and none that bind")
        with freeze_time('2026-11-12 02:00:00'):
            self.env['stokiva.opening']._cron_extend()
            self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 1)
            self.env['stokiva.slot']._cron_extend()
            self.assertEqual(self._free(day=MONDAY + timedelta(days=49)), [60, 90, 90, 120, 60])
            self.assertFalse(self._booked(order).is_lost)
        self.assertFalse(self.env['stokiva.slot'].search([('date', '<', date(2026, 11, 11))]))

    def test_many_providers_are_left_to_the_cron(self):
        providers = self.provider_a | self.provider_b
        self.patch(stokiva_slot_horizon, 'AT_ONCE', 1)
        providers.resource_calendar_id.attendance_ids.filtered(lambda line: line.hour_from == 9).hour_from = 11
        self.assertEqual(self._free(), [120, 90, 90, 120, 60])
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 1)
        self.env['stokiva.slot']._cron_refresh()
        self.assertEqual(self._free(), [90, 90, 120, 60], "11:00, 13:00, 15:00, 17:00")
        self.assertFalse(providers.filtered('slots_due'))


@tagged('post_install', '-at_install')
class TestSlotBooking(SlotCommon):
    """Events book, move and release the provider's time."""

    def test_assigning_books_and_the_third_is_refused(self):
        first, second = self._planned(), self._planned()
        self.assertEqual(self._slots()[0], ('09', 120, 0, 0), "the two hours from 9:00 are taken")
        self.assertEqual(self._slots()[1], ('11', 90, 90, 90))
        self.assertEqual(self._booked(first | second).mapped('start_at'), [MORNING[0], MORNING[0] + timedelta(hours=1)])
        self.assertEqual(self._booked(first).personnel_id, self.technician_a)
        third = self._open_order(window_start=MORNING[0], window_end=MORNING[1])
        with self._refused(r"Alfa Servis has no free time on Mon 2 Nov 09:00–11:00. Free are: "
                           r"Mon 2 Nov 11:00–13:00, Mon 2 Nov 13:00–15:00, Mon 2 Nov 15:00–17:00\."):
            self._do(third, 'assign', provider_id=self.provider_a.id)
        self.assertEqual((third.state, third.event_ids.mapped('event')), ('created', ['open']))
        self._do(third, 'assign', provider_id=self.provider_b.id)

    def test_every_way_to_release(self):
        def releases(event, *before, actor=None, **given):
            order = self._planned()
            for step in before:
                self._do(order, step)
            self.assertEqual(self._free()[0], 60, event)
            self._do(order, event, actor, **given)
            self.assertEqual(self._free()[0], 120, event)
            self.assertFalse(self._booked(order).filtered(lambda booking: booking.provider_id == self.provider_a), event)

        releases('cancel', reason="No")
        releases('cancel', 'accept', reason="No")
        releases('return', 'accept', reason="No")
        releases('reassign', reason="Late", provider_id=self.provider_b.id)
        releases('reject', actor=self.user_provider_a, reason='busy')
        order = self._planned()
        order._apply_event('expire', actor=None, channel='cron')
        self.assertEqual(self._free()[0], 120)

    def test_the_next_provider_gets_the_window_after_a_refusal(self):
        order = self._planned()
        self._do(order, 'reject', self.user_provider_a, reason='busy')
        self.assertEqual(order.provider_id, self.provider_b)
        self.assertEqual((self._free()[0], self._free(self.provider_b)[0]), (120, 60))

    def test_planning_moves(self):
        order = self._planned()
        self._do(order, 'accept')
        self._do(order, 'plan', window_start=str(NOON[0]), window_end=str(NOON[1]))
        self.assertEqual(self._free(), [120, 30, 90, 120, 60])
        self._do(order, 'plan', window_start=str(NOON[0]), window_end=str(NOON[1]))
        self.assertEqual(self._free(), [120, 30, 90, 120, 60], "where it was")

    def test_moving_into_a_full_window_is_refused_and_changes_nothing(self):
        order = self._planned(NOON)
        self._planned()
        self._planned()
        with self._refused("no free time"):
            self._do(order, 'plan', **WINDOW)
        self.assertEqual(order.window_start, NOON[0])
        self.assertEqual(self._free(), [0, 30, 90, 120, 60])

    def test_a_visit_that_failed_gives_its_time_back_and_takes_the_next(self):
        order = self._planned()
        self._do(order, 'accept')
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent', window_start=str(NOON[0]),
                 window_end=str(NOON[1]))
        self.assertEqual(self._free(), [120, 30, 90, 120, 60])

    def test_submitting_gives_the_rest_of_the_day_back(self):
        order = self._planned()
        for step in ('accept', 'plan', 'depart', 'start'):
            self._do(order, step, self.user_provider_a, 'portal', **(
                {'personnel_id': self.technician_a.id} if step == 'plan' else {}))
        self.assertEqual(self._free()[0], 60)
        self._do(order, 'submit', self.user_provider_a, 'portal')
        self.assertEqual(self._free()[0], 120)

    def test_a_group_is_one_trip(self):
        orders = self._open_order(window_start=MORNING[0], window_end=MORNING[1]) | self._open_order(
            window_start=MORNING[0], window_end=MORNING[1])
        orders.sudo().group_id = orders[0]
        self.company.stokiva_travel_minutes = 30
        self._do(orders[0], 'assign', provider_id=self.provider_a.id)
        self.assertEqual(self._booked(orders).mapped('minutes'), [90, 60])
        self.assertEqual(self._free(), [0, 60, 90, 120, 60], "the second begins after the window, as it may")
        self._do(orders[1], 'cancel', reason="No")
        self.assertEqual(self._free(), [30, 90, 90, 120, 60])

    def test_a_very_long_job_books_what_a_day_can_hold(self):
        self.service_type_repair.duration_minutes = 600
        order = self._planned((datetime(2026, 11, 2, 10), datetime(2026, 11, 2, 12)))
        self.assertEqual(self._booked(order).minutes, 240)

    def test_past_windows_bind_nobody(self):
        order = self._planned((datetime(2026, 10, 26, 6), datetime(2026, 10, 26, 8)))
        self.assertFalse(self._booked(order))
        soon = self._planned()
        with freeze_time('2026-11-02 09:00:00'):
            self._do(soon, 'accept')
            self.assertFalse(self._booked(soon))

    def test_the_technician_who_is_planned_is_the_one_whose_time_counts(self):
        partner = self.env['res.partner'].create({'name': "Second"})
        second = self.env['stokiva.personnel'].create({'provider_id': self.provider_a.id, 'partner_id': partner.id})
        order = self._planned()
        self._do(order, 'accept')
        self.assertEqual(self._booked(order).personnel_id, self.technician_a)
        self._do(order, 'plan', personnel_id=second.id)
        self.assertEqual(self._booked(order).personnel_id, second)

    def test_who_can_do_the_work_comes_first(self):
        partner = self.env['res.partner'].create({'name': "Second"})
        second = self.env['stokiva.personnel'].create({'provider_id': self.provider_a.id, 'partner_id': partner.id})
        self.technician_a.service_type_ids = self.service_type_install
        self.assertEqual(self._booked(self._planned()).personnel_id, second)
        second.device_type_ids = self.env['stokiva.device.type'].create({'name': "Other"})
        self.technician_a.write({'service_type_ids': [(5,)], 'device_type_ids': [(4, self.device_type_parent.id)]})
        self.assertEqual(self._booked(self._planned()).personnel_id, self.technician_a)
        self.assertEqual(self._booked(self._planned() | self._planned()).personnel_id, self.technician_a | second)

    def test_absence_moves_what_is_booked_or_says_so(self):
        partner = self.env['res.partner'].create({'name': "Second"})
        second = self.env['stokiva.personnel'].create({'provider_id': self.provider_a.id, 'partner_id': partner.id})
        orders = self._planned() | self._planned() | self._planned() | self._planned()
        self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': MORNING[0], 'date_to': MORNING[1]})
        self.assertEqual(self._slots()[0], ('09', 120, 0, 0))
        lost = self._booked(orders).filtered('is_lost')
        self.assertEqual(len(lost), 2)
        self.assertEqual((self._booked(orders) - lost).personnel_id, second)
        self.assertEqual(lost.work_order_id.activity_ids.mapped('res_id'), lost.work_order_id.ids)

    def test_who_books_waits_for_the_windows_that_he_needs(self):
        """For those of his provider, within his window, and only where there is room."""
        order = self._open_order(window_start=MORNING[0], window_end=MORNING[1])

        def lock(window, provider=self.provider_a):
            order.write({'window_start': window[0], 'window_end': window[1]})
            order._queue_for_slots({'provider_id': provider.id})
            found = self.env['stokiva.slot'].browse(id_ for id_, in self.env.cr.fetchall())
            return [(slot.provider_id, slot.start_at) for slot in found]

        self.assertEqual(lock(MORNING), [(self.provider_a, MORNING[0])])
        self.assertEqual(lock((MORNING[0], NOON[1])), [(self.provider_a, MORNING[0]), (self.provider_a, NOON[0])])
        self._planned()
        self._planned()
        self.assertEqual(lock(MORNING), [], "it is full")
        self.assertEqual(lock(MORNING, self.provider_b), [(self.provider_b, MORNING[0])])

    def test_a_diary_reaches_to_the_end_of_the_local_day(self):
        """For few providers by a plan that is kept, as for many; an evening in New York is tomorrow in UTC."""
        self.provider_a.write({'tz': 'America/New_York', 'resource_calendar_id': self._create_hours(((9, 23),)).id})
        evening = datetime(2026, 11, 3, 2), datetime(2026, 11, 3, 3)  # 21:00-22:00
        self.env['stokiva.opening']._rebuild_marked()
        order = self._planned(evening)
        self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': datetime(2026, 11, 3, 3, 30), 'date_to': datetime(2026, 11, 3, 5)})
        self.env.flush_all()
        for few in (stokiva_slot.FEW, 0):
            with patch.object(stokiva_slot, 'FEW', few):
                diaries = self.env['stokiva.slot']._load(self.provider_a.ids, MONDAY, MONDAY)
                without = self.env['stokiva.slot']._load(self.provider_a.ids, MONDAY, MONDAY, self._booked(order).ids)
            free, all_free = (
                [f'{start:%H:%M}-{end:%H:%M}' for start, end in lanes[0].free if start.day == 2 or end.day == 3]
                for lanes in (found[self.provider_a.id][0].lanes for found in (diaries, without)))
            self.assertEqual((free, all_free), (['14:00-02:00', '03:00-03:30'], ['14:00-03:30']))

    # === THE RANKING === #

    def test_who_is_full_is_left_out_and_it_is_said(self):
        self._planned()
        self._planned()
        order = self._open_order(window_start=MORNING[0], window_end=MORNING[1])
        order._assign_automatically()
        self.assertEqual(order.provider_id, self.provider_b)
        row = next(row for row in order.assignment_id.ranking if row['provider_id'] == self.provider_a.id)
        self.assertEqual(row['failed'], 'no_slot')

    def test_capacity_falls_inside_a_batch(self):
        orders = self.env['stokiva.work.order'].union(*(
            self._open_order(window_start=MORNING[0], window_end=MORNING[1]) for _number in range(6)))
        orders._assign_automatically()
        self.assertEqual(
            {provider.name: len(own) for provider, own in orders.grouped('provider_id').items()},
            {"Alfa Servis": 2, "Beta Servis": 2, False: 2})
        left = orders.filtered(lambda order: order.state == 'created')
        self.assertIn("No free time in the window (2)", left[0].unassigned_reason)
        self.assertEqual((self._free()[0], self._free(self.provider_b)[0]), (0, 0))
        for offer in orders.assignment_id:
            best = next(row for row in offer.ranking if not row['failed'])
            self.assertEqual(best['provider_id'], offer.provider_id.id)

    def test_many_full_providers_cost_few_queries(self):
        def rank(count):
            orders = self.env['stokiva.work.order'].union(*(
                self._open_order(window_start=MORNING[0], window_end=MORNING[1]) for _number in range(count)))
            engine = self.env['stokiva.assignment.engine']
            self.env.flush_all()
            self.env.invalidate_all()
            orders.mapped('company_id.stokiva_slots')
            before = self.env.cr.sql_log_count
            choices = engine._allocate(engine._rank(orders))
            return self.env.cr.sql_log_count - before, len(choices)

        self.city_kadikoy.write({'stokiva_latitude': 40.99, 'stokiva_longitude': 29.03})
        rank(1)  # the catalogue is cached
        queries, _chosen = rank(1)
        self.assertEqual(queries, 3, "two to rank, one to see the diaries")
        for number in range(5):
            provider = self._create_provider(f"More {number}")[0]
            provider.write({
                'tz': 'Europe/Istanbul', 'holiday_country_id': False,
                'resource_calendar_id': self.provider_a.resource_calendar_id.id})
        self.env['stokiva.opening']._rebuild_marked()
        # Three are read at first, then all seven.
        self.assertLessEqual(rank(14)[0], queries + 1)

    def test_a_gap_that_is_too_short_does_not_count(self):
        self.service_type_repair.duration_minutes = 61
        self._planned(NOON)
        self._planned(NOON, self.provider_b)
        order = self._open_order(window_start=NOON[0], window_end=NOON[1])
        rows = self.env['stokiva.assignment.engine']._rank(order)[order].rows
        self.assertEqual([row.failed for row in rows], ['no_slot', 'no_slot'])

    def test_free_time_as_a_criterion(self):
        self.env['stokiva.assignment.rule'].create({
            'name': "Free", 'sequence': -1, 'strategy': 'custom', 'weight_capacity': 10})
        self._planned()
        orders = self._open_order() | self._open_order(window_start=MORNING[0], window_end=MORNING[1])
        rankings = self.env['stokiva.assignment.engine']._rank(orders)
        self.assertEqual([row['values']['free_minutes'] for row in rankings[orders[0]].get_candidates()], [2880, 2820])
        self.assertEqual([row['values']['free_minutes'] for row in rankings[orders[1]].get_candidates()], [120, 60])
        self.assertEqual(rankings[orders[0]].rows[0].provider_id, self.provider_b.id)


@tagged('post_install', '-at_install')
class TestSlotHold(SlotCommon):
    """Holds: for a sale line, and for whoever books on a page."""

    def _hold(self, window=MORNING, key='visitor-1', **values):
        return self.env['stokiva.slot.booking']._hold(
            self.provider_a, window, 60, Datetime.now() + timedelta(minutes=15), company=self.company, key=key, **values)

    def test_hold_move_and_release(self):
        Booking = self.env['stokiva.slot.booking']
        self._hold()
        self.assertEqual(self._free(), [60, 90, 90, 120, 60])
        self._hold(NOON)
        self.assertEqual(self._free(), [120, 30, 90, 120, 60], "one holds one window")
        self._hold(key='visitor-2')
        self._hold(key='visitor-3')
        with self._refused("no free time"):
            self._hold()
        self.assertEqual(self._free(), [0, 30, 90, 120, 60], "he keeps what he had")
        Booking._release_hold(key='visitor-2')
        self.assertEqual(self._free()[0], 60)

    def test_holds_end(self):
        self._hold()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: 1)
        self.env['stokiva.slot.booking']._cron_release()
        self.assertEqual(self._free()[0], 60)
        with freeze_time('2026-11-01 10:16:00'):
            self.env['stokiva.slot.booking']._cron_release()
            self.assertEqual(self._free()[0], 120)

    def test_next_free_windows(self):
        Slot = self.env['stokiva.slot']
        self.assertEqual(Slot._get_free(self.provider_a, 100, MORNING[0]).mapped('start_at'), [
            datetime(2026, 11, 2, 6), datetime(2026, 11, 2, 10), datetime(2026, 11, 2, 12)])
        self.assertEqual(len(Slot._get_free(self.providers, 60, MORNING[0], MORNING[1], limit=9)), 2)

    def _choose(self, sale, **values):
        action = sale.order_line.action_stokiva_choose()
        dialog = self.env[action['res_model']].with_user(self.user_sales).browse(action['res_id'])
        dialog.write({'window_start': MORNING[0], 'window_end': MORNING[1], **values})
        return dialog

    def test_a_sale_line_holds_its_window_until_it_is_confirmed(self):
        sale = self._sell(user=self.user_sales, confirm=False)
        self._choose(sale, provider_id=self.provider_a.id).action_apply()
        self.assertEqual(self._free()[0], 75, "an installation takes 45 minutes")
        sale.action_confirm()
        order = sale.sudo().stokiva_work_order_ids
        self.assertEqual((order.state, order.provider_id), ('assigned', self.provider_a))
        self.assertEqual(self._free()[0], 75)
        self.assertFalse(self.env['stokiva.slot.booking'].search([('sale_line_id', '!=', False)]))

    def test_without_a_provider_the_best_one_is_held(self):
        sale = self._sell(user=self.user_sales, confirm=False)
        self._choose(sale).action_apply()
        held = self.env['stokiva.slot.booking'].search([('sale_line_id', '=', sale.order_line.id)])
        self.assertEqual((held.provider_id, held.expires_at), (self.provider_a, datetime(2026, 11, 2, 10)))
        sale.order_line.unlink()
        self.assertEqual(self._free()[0], 120)

    def test_a_full_window_cannot_be_promised(self):
        self._planned()
        self._planned()
        sale = self._sell(user=self.user_sales, confirm=False)
        dialog = self._choose(sale)
        self.assertEqual(dialog.candidate_ids.mapped('failed'), [False, 'no_slot'])
        with self._refused("no free time"):
            self._choose(sale, provider_id=self.provider_a.id).action_apply()

    def test_a_sale_is_confirmed_even_if_its_window_went_to_others(self):
        sale = self._sell(2, user=self.user_sales, confirm=False)
        sale.order_line.write({
            'stokiva_window_start': MORNING[0], 'stokiva_window_end': MORNING[1], 'stokiva_provider_id': self.provider_a.id})
        self._planned()
        self._planned()
        sale.action_confirm()
        orders = sale.sudo().stokiva_work_order_ids
        self.assertEqual((sale.state, set(orders.mapped('state'))), ('sale', {'created'}))
        self.assertIn("no free time", orders[0].unassigned_reason)

    def test_cancelled_sale_gives_its_hold_back(self):
        sale = self._sell(user=self.user_sales, confirm=False)
        self._choose(sale).action_apply()
        sale._action_cancel()
        self.assertEqual(self._free()[0], 120)

    def test_what_is_sold_later_books_the_same_window_while_there_is_room(self):
        sale = self._sell(user=self.user_sales, confirm=False)
        self._choose(sale, provider_id=self.provider_a.id).action_apply()
        sale.action_confirm()
        first = sale.sudo().stokiva_work_order_ids
        sale.order_line.product_uom_qty = 2
        second = sale.sudo().stokiva_work_order_ids - first
        self.assertEqual((second.provider_id, second.group_id, second.window_start), (self.provider_a, first, MORNING[0]))
        self.assertEqual(self._free()[0], 30)
        row = second.assignment_id.candidate_ids.filtered(lambda row: row.provider_id == self.provider_a)
        self.assertFalse(row.failed, "the first one's time is not counted twice")
        sale.order_line.product_uom_qty = 3  # it begins in the window
        sale.order_line.product_uom_qty = 4
        *joined, last = sale.sudo().stokiva_work_order_ids.sorted('id')
        self.assertEqual({order.group_id for order in joined}, {first})
        self.assertEqual((last.state, last.group_id), ('created', self.env['stokiva.work.order']))
        self.assertIn("no free time", last.unassigned_reason)
        self.assertEqual(last.event_ids.mapped('event'), ['open'])
