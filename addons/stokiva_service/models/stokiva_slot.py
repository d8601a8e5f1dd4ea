from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models, tools
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from .. import prepared, slots

DAYS_AHEAD = 42
# Providers whose windows are booked: with weekly hours, and of a company that books windows.
BOUND = SQL("""(p.active AND p.resource_calendar_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM res_company c WHERE c.stokiva_slots AND (p.company_id IS NULL OR c.id = p.company_id)))""")
COLUMNS = SQL(", ").join(map(SQL.identifier, (
    'provider_id', 'date', 'start_at', 'end_at', 'company_id', 'work_minutes', 'free_minutes', 'longest_gap')))
# Types of the parameters of the query of diaries, and of how many providers it costs more to plan than to run.
DIARY_PARAMETERS = ('integer[]', 'date', 'date', 'integer[]')
FEW = 10


class Slot(models.Model):
    """A provider's arrival windows of the coming six weeks, and what is free in each.

    Derived, and the only row of others that an event of a work order writes: from opening intervals
    (``stokiva.opening``), own hours and absences of the people, and booked time (``stokiva.slot.booking``). Each
    person who goes to customers is a lane; a provider that names nobody has one, its opening hours. A booking
    has a fixed place on a lane, so that nobody's place is disturbed by who comes later.

    ``free_minutes`` and ``longest_gap`` are what the ranking filters by. Whoever books asks the lanes
    themselves, writes the windows that his place changes by one conditional UPDATE in id order, and is retried
    by the framework when somebody else has written one of them: transactions are REPEATABLE READ, so what was
    read is true when the UPDATE goes through. Every minute of work lies in a window, so two bookings of the
    same minute always meet in a row. ``assign`` waits for others at the same windows before its work
    (``_queue_for_slots``): measured, that halves the retries. Who is retried has his turn (``_taking_turns``).

    Nothing writes the table but the methods here. What it derives from marks the provider; few are brought up
    to date before the transaction ends, many by a cron. Until then only the filter is old, not the booking.

    Windows bind where the order's company books windows (``res.company.stokiva_slots``) and the provider has
    weekly hours. All else has no windows, and room for everything.
    """
    _name = 'stokiva.slot'
    _description = "Arrival Window"
    _log_access = False
    _order = 'start_at, provider_id, id'

    provider_id = fields.Many2one('stokiva.provider', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='provider_id.company_id', store=True, index='btree_not_null')
    date = fields.Date("Local Day", required=True, readonly=True)
    start_at = fields.Datetime("From", required=True, readonly=True)
    end_at = fields.Datetime("Until", required=True, readonly=True)
    work_minutes = fields.Integer("Working Time", required=True, readonly=True, help="Minutes of all people together.")
    free_minutes = fields.Integer("Free", required=True, readonly=True, help="Minutes of all people together.")
    longest_gap = fields.Integer(
        "Longest Stretch", required=True, readonly=True, aggregator='max',
        help="Minutes: the longest visit that can begin in this window.")
    color = fields.Integer(compute='_compute_color')

    _provider_uniq = models.UniqueIndex("(provider_id, start_at)")
    _order_idx = models.Index("(start_at, provider_id, id)")
    _date_idx = models.Index("(date)")
    _free_sensible = models.Constraint('CHECK(free_minutes BETWEEN 0 AND work_minutes)', "More is booked than there is.")

    @api.depends('free_minutes', 'work_minutes', 'provider_id')
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = self.env._(
                "%(free)s of %(work)s min free", free=slot.free_minutes, work=slot.work_minutes)

    @api.depends('free_minutes', 'work_minutes')
    def _compute_color(self):
        for slot in self:
            slot.color = 1 if not slot.free_minutes else 3 if 3 * slot.free_minutes < slot.work_minutes else 10

    # === READING === #

    @api.model
    def _get_horizon(self):
        """Return the first and the last local day that has windows; yesterday's may still be today's elsewhere."""
        today = fields.Date.today()
        return today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)

    @api.model
    def _get_free(self, providers, minutes, start, end=None, limit=3):
        """Return the next windows in which a visit can begin: for a booking page, or who was refused another.

        :param providers: stokiva.provider records
        :param int minutes: of the visit
        :param datetime start: naive UTC; windows that end after it
        :param datetime end: naive UTC; windows that begin before it, by default all in sight
        :param int limit: how many
        :return: stokiva.slot records in order of time
        """
        domain = [
            ('provider_id', 'in', providers.ids), ('longest_gap', '>=', min(minutes, slots.MOST_MINUTES)),
            ('end_at', '>', max(start, fields.Datetime.now()))]
        if end:
            domain.append(('start_at', '<', end))
        return self.search(domain, limit=limit)

    @api.model
    def _load(self, provider_ids, first, last, without=()):
        """Return the diaries of providers, in one query for all of them.

        :param provider_ids: iterable of ids; those whose windows do not bind are left out
        :param date first: first local day
        :param date last: last local day
        :param without: ids of bookings that do not count
        :return: ``{provider id: (slots.Diary, rows of bookings that have lost their place)}``; a row is
            ``(booking id, window start, window end, minutes, person)``
        """
        people, work, own, away, booked = (defaultdict(list) for _kind in range(5))
        for kind, provider, person, day, start, end, facts, *booking in self._read_diaries(
                list(provider_ids), first - timedelta(days=1), last + timedelta(days=1), list(without)):
            if kind == 'lane':
                tz, length, *skills = facts
                people[provider, tz, length].append((person, *skills))
            elif kind == 'work':
                work[provider].append((day, start, end))
            elif kind == 'own':
                own[provider, person].append((day, start, end))
            elif kind == 'away':
                away[person].append((start, end))
            else:
                booked[provider].append((person, start, end, booking))
        diaries = {}
        for (provider, tz, length), persons in people.items():
            shared = slots.Lane(None, [row[1:] for row in work[provider]])
            intervals = [] if all(has_own for _person, has_own, *_skills in persons) else list(work[provider])
            lanes = {}
            for person, has_own, *skills in persons:
                rows = own[provider, person] if has_own else None
                intervals += rows or ()
                lanes[person] = slots.Lane(
                    person, shared.work if rows is None else [row[1:] for row in rows], away[person], tuple(skills))
            lost = []
            for person, start, end, booking in booked[provider]:
                if start and person in lanes and lanes[person].holds(start, end):
                    lanes[person].take(start, end)
                else:
                    lost.append((*booking, person))
            diaries[provider] = slots.Diary(ZoneInfo(tz), length * 60, intervals, list(lanes.values())), lost
        return diaries

    @api.model
    def _read_diaries(self, provider_ids, *values):
        """Return the rows of ``_get_diary_query`` for the values of its parameters."""
        if len(provider_ids) <= FEW:
            return prepared.execute_query(self.env, self._get_diary_statement(), (provider_ids, *values))
        return self.env.execute_query(self._get_diary_query(prepared.get_literals((provider_ids, *values), DIARY_PARAMETERS)))

    @api.model
    @tools.ormcache()
    def _get_diary_statement(self):
        """Return the query of diaries as ``prepared.execute_query`` wants it."""
        return prepared.Statement.make(
            self.env.cr, self._get_diary_query(prepared.get_placeholders(DIARY_PARAMETERS)), DIARY_PARAMETERS)

    @api.model
    def _get_diary_query(self, parameters):
        """Return the query of all that ``_load`` reads; nothing in it may depend on whose diaries are read, when, or by whom.

        :param list parameters: SQL of the providers' ids, the first and the last local day, and the ids of bookings that do
            not count
        """
        provider_ids, first, last, without = parameters
        providers = SQL("ARRAY(SELECT id FROM bound)")
        opened = SQL("p.id = ANY(%s) AND o.date BETWEEN %s AND %s", providers, first, last)
        return SQL(
            """
              WITH bound AS MATERIALIZED (SELECT * FROM stokiva_provider p WHERE p.id = ANY(%(candidates)s) AND %(is_bound)s)
            (SELECT 'lane', p.id, n.id, NULL::date, NULL::timestamp, NULL::timestamp,
                    jsonb_build_array(p.tz, p.slot_hours, n.resource_calendar_id IS NOT NULL,
                    ARRAY(SELECT r.stokiva_service_type_id FROM stokiva_personnel_stokiva_service_type_rel r
                           WHERE r.stokiva_personnel_id = n.id),
                    ARRAY(SELECT t.parent_path FROM stokiva_device_type_stokiva_personnel_rel r
                            JOIN stokiva_device_type t ON t.id = r.stokiva_device_type_id
                           WHERE r.stokiva_personnel_id = n.id)),
                    NULL::integer, NULL::timestamp, NULL::timestamp, NULL::integer
               FROM bound p
          LEFT JOIN stokiva_personnel n ON n.provider_id = p.id AND n.active AND n.role IN ('master', 'technician')
           ORDER BY p.id, n.id)
         UNION ALL
            SELECT 'work', provider_id, NULL, date, start_at, end_at, NULL, NULL, NULL, NULL, NULL
              FROM (%(openings)s) AS opening
         UNION ALL
            SELECT 'own', provider_id, person_id, date, start_at, end_at, NULL, NULL, NULL, NULL, NULL
              FROM (%(own)s) AS opening
         UNION ALL
            SELECT 'away', n.provider_id, n.id, NULL, a.date_from, a.date_to, NULL, NULL, NULL, NULL, NULL
              FROM stokiva_personnel_absence a
              JOIN stokiva_personnel n ON n.id = a.personnel_id
             WHERE n.provider_id = ANY(%(providers)s) AND a.date_to > %(first)s AND a.date_from < %(last)s
         UNION ALL
            (SELECT 'booked', b.provider_id, b.personnel_id, NULL, b.start_at, b.end_at, NULL,
                   b.id, b.window_start, b.window_end, b.minutes
              FROM stokiva_slot_booking b
             WHERE b.provider_id = ANY(%(providers)s) AND b.window_end > %(first)s AND b.window_start < %(last)s
               AND b.id <> ALL(%(without)s)
          ORDER BY b.id)
            """,
            candidates=provider_ids, is_bound=BOUND, providers=providers, openings=self.env['stokiva.opening']._get_query(opened),
            own=self.env['stokiva.opening']._get_people_query(opened), first=first, last=SQL("(%s + 2)", last), without=without)

    # === WRITING === #

    @api.model
    def _store(self, diaries, first, last):
        """Write the windows of some local days as the diaries say; only those that are not so yet.

        :param dict diaries: as ``_load`` returns them
        :param date first: first local day
        :param date last: last local day
        :raise ConcurrencyError: or a serialisation failure, if somebody else has written one of them; retried
        """
        known = {}
        for slot_id, provider, *figures in self.env.execute_query(SQL(
                """SELECT id, provider_id, date, start_at, end_at, work_minutes, free_minutes, longest_gap
                     FROM stokiva_slot WHERE %s AND provider_id = ANY(%s) AND date BETWEEN %s AND %s""",
                self._get_turn(diaries), list(diaries), first, last)):
            known[(provider, *figures[:3])] = slot_id, tuple(figures[3:])
        new, changed = [], []
        for provider, (diary, _lost) in diaries.items():
            for window, figures in diary.get_figures(first, last).items():
                slot_id, before = known.pop((provider, *window), (None, None))
                if slot_id is None:
                    new.append((provider, *window, *figures))
                elif before != figures:
                    changed.append((slot_id, *before[:2], *figures))
        self._claim(sorted(changed))
        if known:
            self._execute(SQL("DELETE FROM stokiva_slot WHERE id = ANY(%s)", [row[0] for row in known.values()]))
        if new:
            # What another transaction has inserted meanwhile raises a serialisation failure.
            self._execute(SQL(
                """INSERT INTO stokiva_slot (%s)
                   SELECT v.provider_id, v.date, v.start_at, v.end_at, p.company_id, v.work, v.free, v.gap
                     FROM unnest(%s, %s, %s, %s, %s, %s, %s) AS v (provider_id, date, start_at, end_at, work, free, gap)
                     JOIN stokiva_provider p ON p.id = v.provider_id
                       ON CONFLICT DO NOTHING""",
                COLUMNS, *(list(column) for column in zip(*new, strict=True))))
        self.invalidate_model(flush=False)

    @api.model
    def _claim(self, changed):
        """Write what is free in windows, in id order, if it is still what was read.

        :param list changed: ``(id, working and free minutes that were read, the three new figures)``
        """
        if not changed:
            return
        self._execute(SQL(
            """
              WITH mine AS MATERIALIZED (SELECT id FROM stokiva_slot WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
            UPDATE stokiva_slot s SET work_minutes = v.work, free_minutes = v.free, longest_gap = v.gap
              FROM mine
              JOIN unnest(%s, %s, %s, %s, %s, %s) AS v (id, work_before, free_before, work, free, gap) USING (id)
             WHERE s.id = mine.id AND s.work_minutes = v.work_before AND s.free_minutes = v.free_before
            """, [row[0] for row in changed], *(list(column) for column in zip(*changed, strict=True))))
        if self.env.cr.rowcount != len(changed):
            raise ConcurrencyError("arrival windows were booked meanwhile")  # pylint: disable=missing-gettext

    @api.model
    def _execute(self, query):
        """Carry out a statement that may meet another booking: a conflict is retried, nothing for the log of errors."""
        self.env.cr.execute(query, log_exceptions=False)

    @api.model
    def _refresh(self, provider_ids, first=None, last=None):
        """Bring the windows of providers up to date; bookings that have lost their place get another one.

        :param list provider_ids: ids
        :param date first: first local day, by default the first that has windows
        :param date last: last local day, by default the last that has windows
        """
        horizon = self._get_horizon()
        first, last = first or horizon[0], last or horizon[1]
        self.env['stokiva.opening']._rebuild_marked()
        self.env['stokiva.slot.booking'].flush_model()
        diaries = self._load(provider_ids, first, last)
        unbound = set(provider_ids) - diaries.keys()
        if unbound:
            self._execute(SQL("DELETE FROM stokiva_slot WHERE provider_id = ANY(%s)", list(unbound)))
        self.env['stokiva.slot.booking']._place_lost(diaries)
        self._store(diaries, first, last)
