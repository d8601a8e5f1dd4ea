from datetime import date, datetime, timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import StokivaCommon

MONDAY = date(2026, 11, 2)


class OpeningCommon(StokivaCommon):
    """Alfa and Beta keep the same hours in Istanbul: Monday to Saturday 9:00-18:00, a break at 12:30."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time('2026-11-01 10:00:00'))
        cls.providers = cls.provider_a | cls.provider_b
        cls.providers.write({
            'tz': 'Europe/Istanbul', 'holiday_country_id': cls.country.id, 'resource_calendar_id': False})
        cls._set_hours(cls.providers)
        cls.calendar = cls.provider_a.resource_calendar_id

    @classmethod
    def _set_hours(cls, providers, **values):
        cls.env['stokiva.hours.wizard'].with_context(
            active_model='stokiva.provider', active_ids=providers.ids).create(values).action_apply()

    def _open(self, provider, day, days=1):
        """Return the local opening hours as text, one entry an interval."""
        start = datetime.combine(day, datetime.min.time()) - timedelta(hours=3)
        intervals = provider._opening_intervals(start, start + timedelta(days=days))[provider.id]
        return [
            f"{begin + timedelta(hours=3):%H:%M}-{end + timedelta(hours=3):%H:%M}" for begin, end in intervals]

    def _create_day(self, provider=None, **values):
        return self.env['stokiva.provider.day'].create({
            'provider_id': (provider or self.provider_a).id, 'name': "Reason", 'date_start': MONDAY, **values})


@tagged('post_install', '-at_install')
class TestOpening(OpeningCommon):

    def test_weekly_hours_and_the_break(self):
        for provider in self.providers:
            self.assertEqual(self._open(provider, MONDAY), ["09:00-12:30", "13:30-18:00"])
            self.assertFalse(self._open(provider, MONDAY - timedelta(days=1)))

    def test_same_hours_are_stored_once(self):
        self.env['stokiva.opening']._rebuild_marked()
        rows = self.env['stokiva.opening'].search([('calendar_id', '=', self.calendar.id)])
        self.assertEqual(len(rows.grouped('date')) * 2, len(rows))
        self.assertFalse(rows.provider_id)
        self.assertEqual(min(rows.mapped('date')), date(2026, 10, 2))
        self.assertEqual(max(rows.mapped('date')), date(2027, 12, 6))

    def test_who_has_no_hours_is_closed(self):
        self.provider_a.resource_calendar_id = False
        self.assertFalse(self._open(self.provider_a, MONDAY))
        self._create_day(kind='open', hour_from=10, hour_to=14)
        self.assertEqual(self._open(self.provider_a, MONDAY), ["10:00-14:00"])

    def test_changed_hours_show_at_once(self):
        lines = self.calendar.attendance_ids.filtered(lambda line: line.dayofweek == '0')
        lines.filtered(lambda line: line.hour_to == 18).hour_to = 20
        self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30", "13:30-20:00"])
        lines.unlink()
        self.assertFalse(self._open(self.provider_a, MONDAY))
        self.calendar.attendance_ids = [Command.create({
            'name': "Monday", 'dayofweek': '0', 'hour_from': 8, 'hour_to': 10})]
        self.assertEqual(self._open(self.provider_b, MONDAY), ["08:00-10:00"])

    def test_the_table_follows_when_the_transaction_ends(self):
        self.calendar.attendance_ids.unlink()
        self.env.cr.precommit.run()
        self.assertFalse(self.env['stokiva.opening'].search([('calendar_id', '=', self.calendar.id)]))

    def test_zone_of_the_provider_counts(self):
        self.provider_b.tz = 'Europe/Berlin'
        self.assertEqual(self._open(self.provider_b, MONDAY), ["11:00-14:30", "15:30-20:00"])
        self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30", "13:30-18:00"])

    def test_hours_that_take_turns(self):
        self.calendar.two_weeks_calendar = True
        self.calendar.attendance_ids = [Command.clear(), *(
            Command.create({
                'name': "Monday", 'dayofweek': '0', 'week_type': week, 'hour_from': hour, 'hour_to': hour + 2})
            for week, hour in (('0', 8), ('1', 14)))]
        first, second = (self._open(self.provider_a, MONDAY + timedelta(days=days)) for days in (0, 7))
        self.assertEqual({*first, *second}, {"08:00-10:00", "14:00-16:00"})
        self.assertEqual(self._open(self.provider_a, MONDAY + timedelta(days=14)), first)

    def test_time_off_of_the_calendar_and_of_the_company(self):
        for calendar in (self.calendar, self.calendar.browse()):
            leave = self.env['resource.calendar.leaves'].create({
                'name': "Stocktaking", 'calendar_id': calendar.id, 'company_id': self.company.id,
                'date_from': datetime(2026, 11, 2, 8), 'date_to': datetime(2026, 11, 2, 21)})
            self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-11:00"])
            leave.unlink()
            self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30", "13:30-18:00"])

    def test_closed_day_is_one_providers_own(self):
        day = self._create_day(date_end=MONDAY + timedelta(days=1))
        self.assertFalse(self._open(self.provider_a, MONDAY, 2))
        self.assertEqual(len(self._open(self.provider_b, MONDAY, 2)), 4)
        day.date_end = MONDAY
        self.assertEqual(len(self._open(self.provider_a, MONDAY, 2)), 2)
        day.unlink()
        self.assertEqual(len(self._open(self.provider_a, MONDAY, 2)), 4)

    def test_open_day_replaces_the_usual_hours(self):
        sunday = MONDAY + timedelta(days=6)
        for hour in (10, 15):
            self._create_day(kind='open', date_start=sunday, hour_from=hour, hour_to=hour + 2)
        self._create_day(kind='open', hour_from=7, hour_to=8)
        self.assertEqual(self._open(self.provider_a, sunday), ["10:00-12:00", "15:00-17:00"])
        self.assertEqual(self._open(self.provider_a, MONDAY), ["07:00-08:00"])
        self.assertFalse(self._open(self.provider_b, sunday))

    def test_holiday_half_day_and_exception(self):
        Holiday = self.env['stokiva.public.holiday']
        tuesday = MONDAY + timedelta(days=1)
        holiday, _half_day = Holiday.create([
            {'name': "Holiday", 'date': MONDAY, 'country_id': self.country.id},
            {'name': "Eve", 'date': tuesday, 'country_id': self.country.id, 'closed_from': 13},
        ])
        self.assertFalse(self._open(self.provider_a, MONDAY))
        self.assertEqual(self._open(self.provider_a, tuesday), ["09:00-12:30"])
        self.provider_b.holiday_country_id = False
        self.assertEqual(len(self._open(self.provider_b, MONDAY, 2)), 4)
        self._create_day(kind='open', hour_from=10, hour_to=12)
        self.assertEqual(self._open(self.provider_a, MONDAY), ["10:00-12:00"])
        holiday.active = False
        self.provider_a.day_ids.unlink()
        self.assertEqual(len(self._open(self.provider_a, MONDAY)), 2)

    def test_regional_holiday(self):
        ankara = self.env.ref('base.state_tr_06')
        self.provider_a.partner_id.state_id, self.provider_b.partner_id.state_id = ankara, self.env.ref('base.state_tr_34')
        self.assertFalse(self.providers.holiday_state_id, "no hours of their own while nothing differs")
        holiday = self.env['stokiva.public.holiday'].create(
            {'name': "Capital", 'date': MONDAY, 'country_id': self.country.id, 'state_id': ankara.id, 'closed_from': 13})
        self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30"])
        self.assertEqual(self._open(self.provider_b, MONDAY), ["09:00-12:30", "13:30-18:00"])
        self.assertEqual(self.provider_a.holiday_state_id, ankara)
        shown = self.env['stokiva.provider.opening'].search([('kind', '=', 'holiday')])
        self.assertEqual(shown.provider_id & self.providers, self.provider_a)
        self.provider_b.partner_id.state_id = ankara  # it moves
        self.assertEqual(self._open(self.provider_b, MONDAY), ["09:00-12:30"])
        holiday.unlink()
        self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30", "13:30-18:00"])
        self.assertFalse(self.providers.holiday_state_id)
        with self.assertRaisesRegex(ValidationError, "is not in"):
            self.env['stokiva.public.holiday'].create({
                'name': "Lost", 'date': MONDAY, 'country_id': self.country.id,
                'state_id': self.env.ref('base.state_de_by').id})

    def test_holiday_of_one_company(self):
        other = self.env['res.company'].create({'name': "Other company"})
        self.env['stokiva.public.holiday'].create(
            {'name': "Anniversary", 'date': MONDAY, 'country_id': self.country.id, 'company_id': other.id})
        self.assertTrue(self._open(self.provider_a, MONDAY))
        self.env['stokiva.public.holiday'].create(
            {'name': "Anniversary", 'date': MONDAY, 'country_id': self.country.id, 'company_id': self.company.id})
        self.assertFalse(self._open(self.provider_a, MONDAY))

    def test_many_providers_take_one_query(self):
        self.env['stokiva.opening']._rebuild_marked()
        self.env.flush_all()
        start = datetime(2026, 11, 2)
        for providers in (self.provider_a, self.providers):
            with self.assertQueryCount(1):
                found = providers._opening_intervals(start, start + timedelta(days=1))
            self.assertEqual(set(found), set(providers.ids))

    def test_open_minutes(self):
        start = datetime(2026, 11, 2)
        minutes = self.providers._open_minutes(start, start + timedelta(days=7))
        self.assertEqual(set(minutes.values()), {6 * 480})

    def test_nightly_job_moves_the_horizon(self):
        self._create_day(kind='open', date_start=date(2027, 12, 12), hour_from=10, hour_to=12)  # a Sunday
        self.env['stokiva.opening']._rebuild_marked()
        self.assertFalse(self._open(self.provider_a, date(2027, 12, 8)))
        with freeze_time('2026-11-10 02:00:00'):
            self.env['stokiva.opening']._cron_extend()
        self.assertEqual(len(self._open(self.provider_a, date(2027, 12, 8))), 2)
        self.assertEqual(self._open(self.provider_a, date(2027, 12, 12)), ["10:00-12:00"])
        self.assertFalse(self.env['stokiva.opening'].search([('date', '<', date(2026, 10, 11))]))
        self.assertTrue(self.env['stokiva.public.holiday'].search(
            [('country_id', '=', self.country.id), ('date', '=', date(2027, 10, 28)), ('closed_from', '=', 13)]))

    def test_nightly_job_twice_changes_nothing(self):
        Opening = self.env['stokiva.opening']
        Opening._cron_extend()
        shared = Opening.search([('provider_id', '=', False)]).ids
        Opening._cron_extend()
        self.assertEqual(Opening.search([('provider_id', '=', False)]).ids, shared)

    def test_hours_that_nobody_keeps_are_dropped(self):
        self.env['stokiva.opening']._rebuild_marked()
        self.providers.resource_calendar_id = False
        self.env['stokiva.opening']._cron_extend()
        self.assertFalse(self.env['stokiva.opening'].search([('calendar_id', '=', self.calendar.id)]))

    def test_calendar_shows_why(self):
        self.env['stokiva.public.holiday'].create(
            {'name': "Republic", 'date': MONDAY, 'country_id': self.country.id})
        self._create_day(name="Inventory", date_start=MONDAY + timedelta(days=1))
        self._create_day(name="Rush", kind='open', date_start=MONDAY + timedelta(days=6), hour_from=10, hour_to=12)
        self.env['stokiva.opening']._rebuild_marked()
        rows = self.env['stokiva.provider.opening'].with_user(self.user_call_centre).search([
            ('provider_id', '=', self.provider_a.id), ('date', '>=', MONDAY),
            ('date', '<=', MONDAY + timedelta(days=6))])
        self.assertEqual(
            [(row.date.day, row.kind, row.name) for row in rows if row.kind != 'open'],
            [(2, 'holiday', "Republic"), (3, 'closed', "Inventory"), (8, 'special', "Rush")])
        self.assertEqual(len(rows.filtered(lambda row: row.kind == 'open')), 8)
        self.assertEqual(len(set(rows.ids)), len(rows))

    def test_roles(self):
        day = self._create_day(date_start=MONDAY + timedelta(days=1)).with_user(self.user_call_centre)
        day.read(['name'])
        with self.assertRaises(AccessError):
            day.write({'name': "Mine"})
        with self.assertRaises(AccessError):
            self.env['stokiva.public.holiday'].with_user(self.user_dispatcher).create(
                {'name': "Mine", 'date': MONDAY, 'country_id': self.country.id})
        with self.assertRaises(AccessError):
            self.env['stokiva.opening'].with_user(self.user_manager).search([], limit=1).unlink()
        wizard = self.env['stokiva.hours.wizard'].with_user(self.user_dispatcher).with_context(
            active_model='stokiva.provider', active_ids=self.provider_a.ids).create({})
        wizard.line_ids.hour_to = 17
        wizard.action_apply()
        self.assertEqual(self._open(self.provider_a, MONDAY), ["09:00-12:30", "13:30-17:00"])


@tagged('post_install', '-at_install')
class TestOpeningInput(OpeningCommon):

    def test_day_with_impossible_hours_or_dates(self):
        for values in (
                {'kind': 'open', 'hour_from': 18, 'hour_to': 9},
                {'kind': 'open', 'hour_from': 9, 'hour_to': 9},
                {'kind': 'open', 'hour_from': 9, 'hour_to': 25},
                {'date_end': MONDAY - timedelta(days=1)}):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._create_day(**values)
        self.assertFalse(self.provider_a.day_ids)

    def test_day_closed_and_open(self):
        self._create_day(date_end=MONDAY + timedelta(days=3))
        for values in (
                {'kind': 'open', 'date_start': MONDAY + timedelta(days=2)},
                {'date_start': MONDAY + timedelta(days=3)}):
            with self.assertRaisesRegex(ValidationError, "Alfa Servis has another entry for 2026-11-0"):
                self._create_day(**values)
        self._create_day(self.provider_b, kind='open')

    def test_day_with_overlapping_hours(self):
        self._create_day(kind='open', hour_from=9, hour_to=13)
        self._create_day(kind='open', hour_from=13, hour_to=15)
        with self.assertRaisesRegex(ValidationError, "overlap"):
            self._create_day(kind='open', hour_from=12, hour_to=14)

    def test_hours_of_a_foreign_company(self):
        other = self.env['res.company'].create({'name': "Other company"})
        self.env['resource.calendar'].flush_model()
        foreign = self.env['resource.calendar'].create({'name': "Theirs", 'company_id': other.id})
        with self.assertRaises(UserError):
            self.provider_a.resource_calendar_id = foreign
        self.provider_a.invalidate_recordset()
        self.assertEqual(self.provider_a.resource_calendar_id, self.calendar)

    def test_flexible_hours_and_lines_that_end_early(self):
        flexible = self.env['resource.calendar'].create({'name': "Flexible", 'schedule_type': 'flexible'})
        with self.assertRaisesRegex(ValidationError, "no fixed hours"):
            self.provider_a.resource_calendar_id = flexible
        with self.assertRaisesRegex(ValidationError, "after the opening"):
            self.calendar.attendance_ids[0].hour_to = 1
        with self.assertRaises(ValidationError):
            self.calendar.attendance_ids = [Command.create({
                'name': "Again", 'dayofweek': '0', 'hour_from': 10, 'hour_to': 11})]

    def test_wizard_refuses_impossible_hours(self):
        wizard = self.env['stokiva.hours.wizard'].with_context(
            active_model='stokiva.provider', active_ids=self.provider_a.ids).create({})
        line = wizard.line_ids[0]
        for values, words in (
                ({'hour_to': 8}, "after the beginning"),
                ({'hour_to': 9}, "after the beginning"),
                ({'hour_to': 30}, "0:00 to 24:00"),
                ({'break_from': 17, 'break_to': 19}, "within the opening hours"),
                ({'break_from': 13, 'break_to': 12}, "after the beginning")):
            before = line.copy_data()[0]
            line.write(values)
            with self.assertRaisesRegex(UserError, words):
                wizard.action_apply()
            line.write({name: before[name] for name in values})
        line.copy({'hour_from': 10, 'hour_to': 11})
        with self.assertRaisesRegex(UserError, "overlap"):
            wizard.action_apply()
        self.assertEqual(self.provider_a.resource_calendar_id, self.calendar)
        wizard.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "at least one day"):
            wizard.action_apply()
        wizard.provider_ids = False
        with self.assertRaisesRegex(UserError, "Choose the providers"):
            wizard.action_apply()


@tagged('post_install', '-at_install')
class TestHoursWizard(OpeningCommon):

    def test_name_says_the_hours(self):
        text = "Mon–Sat 09:00–12:30 13:30–18:00"
        self.assertEqual(self.calendar.name, text)
        self.assertEqual(self.provider_a.hours_text, text)
        self.provider_a.resource_calendar_id = False
        self.assertFalse(self.provider_a.hours_text)

    def test_same_hours_are_one_calendar(self):
        third = self._create_provider("Gama")[0]
        third.resource_calendar_id = False
        self._set_hours(third)
        self.assertEqual(third.resource_calendar_id, self.calendar)

    def test_own_hours_leave_the_others_alone(self):
        wizard = self.env['stokiva.hours.wizard'].with_context(
            active_model='stokiva.provider', active_ids=self.provider_a.ids)
        with Form(wizard) as form:
            with form.line_ids.edit(0) as line:
                line.hour_from = 10
        form.record.action_apply()
        self.assertEqual(self._open(self.provider_a, MONDAY), ["10:00-12:30", "13:30-18:00"])
        self.assertEqual(self._open(self.provider_b, MONDAY), ["09:00-12:30", "13:30-18:00"])
        self.assertNotEqual(self.provider_a.resource_calendar_id, self.calendar)

    def test_copy_to_many_with_exceptional_days(self):
        source = self._create_provider("Gama")[0]
        self._set_hours(source, line_ids=[Command.create({'weekday': '6', 'hour_from': 10, 'hour_to': 14})])
        self._create_day(source, name="Holidays", date_end=MONDAY + timedelta(days=4))
        self._create_day(source, name="Past", date_start=date(2026, 10, 1))
        own = self._create_day(self.provider_b, name="Own")
        self.env['stokiva.hours.wizard'].with_user(self.user_dispatcher).create({
            'source_id': source.id, 'provider_ids': self.providers.ids, 'with_days': True}).action_apply()
        self.assertEqual(self.providers.resource_calendar_id, source.resource_calendar_id)
        self.assertEqual(self.provider_a.day_ids.mapped('name'), ["Holidays"])
        self.assertEqual(self.provider_b.day_ids, own)
        self.assertEqual(self._open(self.provider_a, MONDAY - timedelta(days=1)), ["10:00-14:00"])

    def test_copy_to_another_company_makes_one_calendar_there(self):
        other = self.env['res.company'].create({'name': "Other company"})
        theirs = self.env['stokiva.provider']
        for name in ("Gama", "Delta"):
            theirs |= self._create_provider(name, company_id=other.id)[0]
        theirs.tz = 'Europe/Istanbul'
        self.env['stokiva.hours.wizard'].create(
            {'source_id': self.provider_a.id, 'provider_ids': theirs.ids}).action_apply()
        copied = theirs.resource_calendar_id
        self.assertEqual(len(copied), 1)
        self.assertEqual(copied.company_id, other)
        self.assertEqual(copied.stokiva_key, self.calendar.stokiva_key)
        self.assertEqual(self._open(theirs[0], MONDAY), ["09:00-12:30", "13:30-18:00"])

    def test_nothing_to_copy(self):
        self.provider_a.resource_calendar_id = False
        wizard = self.env['stokiva.hours.wizard'].create(
            {'source_id': self.provider_a.id, 'provider_ids': self.provider_b.ids})
        with self.assertRaisesRegex(UserError, "no weekly hours"):
            wizard.action_apply()

    def test_needs_write_access(self):
        wizard = self.env['stokiva.hours.wizard'].with_user(self.user_dispatcher).create(
            {'source_id': self.provider_a.id, 'provider_ids': self.provider_b.ids})
        self.user_dispatcher.group_ids -= self.env.ref('stokiva_service.group_stokiva_dispatcher')
        with self.assertRaises(AccessError):
            wizard.action_apply()


@tagged('post_install', '-at_install')
class TestPublicHoliday(StokivaCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Holiday = cls.env['stokiva.public.holiday']
        cls.Holiday.with_context(active_test=False).search([]).unlink()

    def _load(self, countries=None, **values):
        return self.env['stokiva.holiday.wizard'].with_user(self.user_manager).create({
            'country_ids': (countries or self.country).ids, 'year_from': 2026, 'year_to': 2027, **values,
        }).action_load()

    def test_turkish_holidays_and_half_days(self):
        self._load()
        days = {holiday.date: holiday.closed_from for holiday in self.Holiday.search([])}
        self.assertEqual({day: days[day] for day in days if day.month == 10}, {
            date(2026, 10, 28): 13, date(2026, 10, 29): 0, date(2027, 10, 28): 13, date(2027, 10, 29): 0})
        self.assertEqual(days[date(2026, 3, 19)], 13)  # eve of the feast of Ramadan
        self.assertEqual(days[date(2026, 5, 27)], 0)  # feast of the Sacrifice
        self.assertEqual(len(days), 33)

    def test_names_in_the_users_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        Holiday = self.Holiday.with_context(lang='tr_TR')
        self.assertEqual(Holiday._get_calendar(self.country, [2026])[date(2026, 10, 29)]['name'], "Cumhuriyet Bayramı")
        english = self.Holiday.with_context(lang='en_US')._get_calendar(self.country, [2026])
        self.assertEqual(english[date(2026, 10, 29)]['name'], "Republic Day")
        self._load()
        holiday = self.Holiday.search([('date', '=', date(2026, 10, 29))])
        self.assertEqual(holiday.with_context(lang='en_US').name, "Republic Day")
        self.assertEqual(holiday.with_context(lang='tr_TR').name, "Cumhuriyet Bayramı")

    def test_regions_with_providers(self):
        germany, bavaria = self.env.ref('base.de'), self.env.ref('base.state_de_by')
        self.provider_a.partner_id.write({'country_id': germany.id, 'state_id': bavaria.id})
        self.provider_a.holiday_country_id = germany
        self._load(germany)
        regional = self.Holiday.search([('country_id', '=', germany.id), ('state_id', '!=', False)])
        self.assertEqual(regional.state_id, bavaria)
        self.assertIn(date(2026, 1, 6), regional.mapped('date'), "Epiphany")
        self.assertFalse(regional.filtered(lambda holiday: holiday.date == date(2026, 12, 25)))
        count = self.Holiday.search_count([])
        self._load(germany)
        self.assertEqual(self.Holiday.search_count([]), count)
        self.assertEqual(self.provider_a.holiday_state_id, bavaria)

    def test_loading_again_changes_nothing(self):
        self._load()
        holidays = self.Holiday.search([])
        holidays[0].active = False
        holidays[1].name = "Renamed"
        self.assertIn("already", self._load()['params']['message'])
        self.assertEqual(self.Holiday.with_context(active_test=False).search([]), holidays)
        self.assertFalse(holidays[0].active)
        self.assertEqual(holidays[1].name, "Renamed")

    def test_many_countries(self):
        germany = self.env.ref('base.de')
        self._load(self.country | germany)
        self.assertIn(date(2026, 10, 3), self.Holiday.search([('country_id', '=', germany.id)]).mapped('date'))

    def test_bad_input(self):
        unknown = self.env['res.country'].create({'name': "Nowhere", 'code': 'QQ'})
        for values, words in (
                ({'country_ids': unknown.ids}, "Nowhere are not known"),
                ({'country_ids': False}, "Choose the countries"),
                ({'year_to': 2025}, "Choose years"),
                ({'year_to': 2070}, "Choose years"),
                ({'year_from': 3000, 'year_to': 3000}, "Choose years")):
            with self.assertRaisesRegex(UserError, words):
                self._load(**values)
        self.assertFalse(self.Holiday.search([]))
        for values in ({'closed_from': 24}, {'closed_from': -1}):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.Holiday.create({
                    'name': "Bad", 'date': fields.Date.today(), 'country_id': self.country.id, **values})

    def test_two_holidays_on_one_day(self):
        values = {'name': "One", 'date': fields.Date.today(), 'country_id': self.country.id}
        self.Holiday.create(values)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.Holiday.create(values)

    def test_only_managers_load(self):
        with self.assertRaises(AccessError):
            self.env['stokiva.holiday.wizard'].with_user(self.user_dispatcher).create({})
