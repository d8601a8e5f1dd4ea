from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from .. import hours

DAYS_BEHIND, DAYS_AHEAD = 30, 400
MARKS = 'stokiva_service.openings'
# Providers with the same five share their opening intervals.
MATCH = SQL("""(
    o.provider_id IS NULL AND o.calendar_id = p.resource_calendar_id AND o.tz = p.tz
    AND o.country_id IS NOT DISTINCT FROM p.holiday_country_id AND o.company_id IS NOT DISTINCT FROM p.company_id
    AND o.state_id IS NOT DISTINCT FROM p.holiday_state_id)""")
# Whose hours the table holds: of providers, and of people with hours of their own, who keep their provider's holidays.
KEEPERS = SQL("""(
    SELECT id, resource_calendar_id, tz, holiday_country_id, holiday_state_id, company_id FROM stokiva_provider
 UNION ALL
    SELECT p.id, n.resource_calendar_id, p.tz, p.holiday_country_id, p.holiday_state_id, p.company_id
      FROM stokiva_personnel n JOIN stokiva_provider p ON p.id = n.provider_id
     WHERE n.resource_calendar_id IS NOT NULL)""")


class Opening(models.Model):
    """The one table of opening intervals: rows of shared hours (calendar, zone, holidays), and rows of one
    provider for the days on which it makes an exception. Nothing writes it but the methods here.

    It reaches from 30 days ago to 400 days ahead. Changes are noted by ``_mark`` and carried out once, before the
    transaction ends; a nightly job adds the day that comes into sight.
    """
    _name = 'stokiva.opening'
    _description = "Opening Interval"
    _log_access = False
    _order = 'start_at, id'

    calendar_id = fields.Many2one('resource.calendar', "Working Hours", ondelete='cascade')
    tz = fields.Char("Time Zone", required=True)
    country_id = fields.Many2one('res.country', "Holidays of", ondelete='cascade')
    state_id = fields.Many2one('res.country.state', "Regional Holidays of", ondelete='cascade')
    company_id = fields.Many2one('res.company', ondelete='cascade')
    provider_id = fields.Many2one('stokiva.provider', ondelete='cascade')
    date = fields.Date("Local Day", required=True)
    start_at = fields.Datetime("Opens", required=True)
    end_at = fields.Datetime("Closes", required=True)

    # Two transactions that build the same hours at once do not double them.
    _shared_uniq = models.UniqueIndex(
        "(calendar_id, tz, date, start_at, COALESCE(country_id, 0), COALESCE(state_id, 0), COALESCE(company_id, 0))"
        " WHERE provider_id IS NULL")
    _own_uniq = models.UniqueIndex("(provider_id, date, start_at) WHERE provider_id IS NOT NULL")
    _date_idx = models.Index("(date)")

    # === READING === #

    @api.model
    def _get_query(self, condition):
        """Return the query of the intervals in force, an exception's own ones instead of the shared ones.

        :param SQL condition: on the aliases ``p`` (stokiva_provider) and ``o`` (stokiva_opening)
        :return: SELECT of ``provider_id, opening_id, date, start_at, end_at``, in no order
        :rtype: SQL
        """
        return SQL(
            """
            SELECT p.id AS provider_id, o.id AS opening_id, o.date, o.start_at, o.end_at
              FROM stokiva_provider p
              JOIN stokiva_opening o ON %(match)s
             WHERE %(condition)s
               AND NOT EXISTS (SELECT 1 FROM stokiva_provider_day d
                                WHERE d.provider_id = p.id AND o.date BETWEEN d.date_start AND d.date_end)
         UNION ALL
            SELECT p.id, o.id, o.date, o.start_at, o.end_at
              FROM stokiva_provider p
              JOIN stokiva_opening o ON o.provider_id = p.id
             WHERE %(condition)s
            """, match=MATCH, condition=condition)

    @api.model
    def _get_people_query(self, condition):
        """Return the query of the intervals at which people with own hours work; on its provider's exceptional days
        everybody keeps those.

        :param SQL condition: on the aliases ``p`` (stokiva_provider) and ``o`` (stokiva_opening)
        :return: SELECT of ``provider_id, person_id, date, start_at, end_at``, in no order
        :rtype: SQL
        """
        return SQL(
            """
            SELECT p.provider_id, p.person_id, o.date, o.start_at, o.end_at
              FROM (SELECT h.id, h.id AS provider_id, n.id AS person_id, n.resource_calendar_id, h.tz,
                           h.holiday_country_id, h.holiday_state_id, h.company_id
                      FROM stokiva_personnel n JOIN stokiva_provider h ON h.id = n.provider_id
                     WHERE n.active AND n.resource_calendar_id IS NOT NULL) p
              JOIN stokiva_opening o ON o.provider_id = p.id OR (%(match)s AND NOT EXISTS (
                   SELECT 1 FROM stokiva_provider_day d
                    WHERE d.provider_id = p.id AND o.date BETWEEN d.date_start AND d.date_end))
             WHERE %(condition)s
            """, match=MATCH, condition=condition)

    # === REBUILDING === #

    @api.model
    def _mark(self, **marks):
        """Note what changed; the intervals follow before the transaction ends, once for all changes.

        :param marks: iterables of ids: ``calendars``, ``countries``, or ``providers`` (hours, zone or days of theirs)
        """
        if marks.keys() & {'calendars', 'countries'}:
            self.env.registry.clear_cache()  # the working hours of companies
        precommit = self.env.cr.precommit
        if MARKS not in precommit.data:
            precommit.data[MARKS] = defaultdict(set)
            precommit.add(self.sudo()._rebuild_marked)  # sudo: nobody has the right to write the table
        for kind, ids in marks.items():
            precommit.data[MARKS][kind].update(ids)

    @api.model
    def _rebuild_marked(self):
        """Bring the table up to date with what was marked in this transaction, and the arrival windows after it."""
        self.env['stokiva.provider'].flush_model(['holiday_state_id'])  # who moves to another region marks himself
        marks = self.env.cr.precommit.data.pop(MARKS, None)
        if not marks:
            return
        self.env.flush_all()
        calendars, countries, providers = (list(marks[kind]) for kind in ('calendars', 'countries', 'providers'))
        if calendars or countries:
            self.env.cr.execute(SQL(
                """DELETE FROM stokiva_opening
                    WHERE provider_id IS NULL AND (calendar_id = ANY(%s) OR country_id = ANY(%s))""",
                calendars, countries))
        self._build(SQL(
            """(p.resource_calendar_id = ANY(%(calendars)s) OR p.holiday_country_id = ANY(%(countries)s)
                OR p.id = ANY(%(providers)s))
               AND NOT EXISTS (SELECT 1 FROM stokiva_opening o WHERE %(match)s)""",
            calendars=calendars, countries=countries, providers=providers, match=MATCH))
        if providers:
            self._build_own(SQL("p.id = ANY(%s)", providers))
        self.invalidate_model(flush=False)
        self._touch_slots(calendars, countries, providers)

    @api.model
    def _touch_slots(self, calendars, countries, providers):
        """Have the arrival windows follow; see ``_mark`` for what was marked."""
        if not self.env['res.company'].search_count([('stokiva_slots', '=', True)], limit=1):
            return
        touched = [row[0] for row in self.env.execute_query(SQL(
            """SELECT p.id FROM stokiva_provider p
                WHERE p.id = ANY(%(providers)s) OR p.resource_calendar_id = ANY(%(calendars)s)
                   OR p.holiday_country_id = ANY(%(countries)s)
                   OR EXISTS (SELECT 1 FROM stokiva_personnel n
                               WHERE n.provider_id = p.id AND n.resource_calendar_id = ANY(%(calendars)s))""",
            providers=providers, calendars=calendars, countries=countries))]
        if touched:
            self.env['stokiva.slot']._touch(touched)

    @api.model
    def _get_horizon(self):
        """Return the first and the last local day that the table holds."""
        today = fields.Date.today()
        return today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD)

    @api.model
    def _build(self, condition):
        """Write the shared intervals that are missing up to the horizon, hours with the same content in one statement.

        :param SQL condition: on the alias ``p`` (stokiva_provider): for whose hours
        """
        first, last = self._get_horizon()
        shared = self.env.execute_query(SQL(
            """
            SELECT s.*, (SELECT MAX(o.date) FROM stokiva_opening o, (SELECT s.*) p WHERE %s)
              FROM (SELECT DISTINCT p.resource_calendar_id, p.tz, p.holiday_country_id, p.holiday_state_id, p.company_id
                      FROM %s p
                     WHERE p.resource_calendar_id IS NOT NULL AND %s) s
            """, MATCH, KEEPERS, condition))
        calendars = self.env['resource.calendar'].browse({row[0] for row in shared})
        weeks, closures = calendars._stokiva_get_weeks(), calendars._stokiva_get_closures(first)
        holidays = self._get_holidays({row[2] for row in shared}, first, last)
        groups = defaultdict(list)
        for calendar, tz, country, state, company, reached in shared:
            begin = max(first, reached + timedelta(days=1)) if reached else first
            groups[weeks[calendar], closures[calendar], tz, country, state, company, begin].append(calendar)
        for (week, closed, tz, country, state, company, begin), calendars in groups.items():
            closed_from = {}
            for key in {(country, at, whose) for at in (None, state) for whose in (None, company)}:
                for day, minute in holidays.get(key, {}).items():
                    closed_from[day] = min(minute, closed_from.get(day, hours.DAY_MINUTES))
            rows = hours.get_openings(begin, last, dict(week), ZoneInfo(tz), closed_from, closed)
            if rows:
                self.env.cr.execute(SQL(
                    """
                    INSERT INTO stokiva_opening (calendar_id, tz, country_id, state_id, company_id, date, start_at, end_at)
                    SELECT calendar, %s, %s, %s, %s, day, start_at, end_at
                      FROM unnest(%s) AS calendar
                CROSS JOIN unnest(%s, %s, %s) AS row (day, start_at, end_at)
             ON CONFLICT DO NOTHING
                    """, tz, country, state, company, calendars, *(list(column) for column in zip(*rows, strict=True))))

    @api.model
    def _get_holidays(self, country_ids, first, last):
        """Return from which minute of which days the countries and their regions are closed.

        :return: ``{(country id, state id or None, company id or None): {date: minute}}``
        """
        found = defaultdict(dict)
        for holiday in self.env['stokiva.public.holiday'].search_fetch(
                [('active', '=', True), ('country_id', 'in', list(country_ids)), ('date', '>=', first),
                 ('date', '<=', last)],
                ['country_id', 'state_id', 'company_id', 'date', 'closed_from']):
            key = holiday.country_id.id, holiday.state_id.id or None, holiday.company_id.id or None
            found[key][holiday.date] = round(holiday.closed_from * 60)
        return found

    @api.model
    def _build_own(self, condition):
        """Write the intervals of exceptional days anew.

        :param SQL condition: on the alias ``p`` (stokiva_provider): of whom
        """
        first, last = self._get_horizon()
        self.env.cr.execute(SQL(
            "DELETE FROM stokiva_opening o USING stokiva_provider p WHERE o.provider_id = p.id AND %s", condition))
        days = self.env.execute_query(SQL(
            """
            SELECT p.id, p.tz, p.company_id, GREATEST(d.date_start, %s), LEAST(d.date_end, %s),
                   round(d.hour_from * 60)::int, round(d.hour_to * 60)::int
              FROM stokiva_provider p
              JOIN stokiva_provider_day d ON d.provider_id = p.id
             WHERE d.kind = 'open' AND d.date_end >= %s AND d.date_start <= %s AND %s
            """, first, last, first, last, condition))
        rows = [
            (provider, tz, company, *opening)
            for provider, tz, company, begin, end, start, stop in days
            for opening in hours.get_openings(
                begin, end, {(parity, day): [(start, stop)] for parity in (0, 1) for day in range(7)}, ZoneInfo(tz))]
        if rows:
            self.env.cr.execute(SQL(
                """INSERT INTO stokiva_opening (provider_id, tz, company_id, date, start_at, end_at)
                   SELECT * FROM unnest(%s, %s, %s::int[], %s, %s, %s)
                   ON CONFLICT DO NOTHING""",
                *(list(column) for column in zip(*rows, strict=True))))

    @api.model
    def _cron_extend(self):
        """Add the days that came into sight, drop those gone by and hours that nobody keeps any longer.

        Public holidays of the years in sight are loaded first, for the countries of the providers.
        """
        first, last = self._get_horizon()
        self.env['stokiva.public.holiday']._load_missing(range(first.year, last.year + 1))
        self._rebuild_marked()
        self.env.cr.execute(SQL(
            """DELETE FROM stokiva_opening o WHERE o.date < %s
                   OR (o.provider_id IS NULL AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s))""",
            first, KEEPERS, MATCH))
        self._build(SQL("TRUE"))
        self._build_own(SQL("TRUE"))
        self.invalidate_model(flush=False)
