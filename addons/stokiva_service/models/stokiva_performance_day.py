from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .stokiva_performance_facts import DIMENSIONS

# No transaction lasts so long: what it logs is found by the next run at the latest.
OVERLAP = timedelta(hours=1)
# Days that are counted at once: few enough for a cron, and fast when all are to be counted anew.
MOST_DAYS = 31
SINCE = 'stokiva_service.performance_since'


class PerformanceDay(models.Model):
    """A day that is to be counted anew.

    Events write no shared row: the cron finds the days that new events concern. All that is counted of an order happened
    at the moment of one of its events, so it is enough to look at the days of all events of the orders that have new ones.
    """
    _name = 'stokiva.performance.day'
    _description = "Day to Be Counted"
    _order = 'day desc'
    _rec_name = 'day'
    _log_access = False

    day = fields.Date(required=True, readonly=True)

    _day_uniq = models.UniqueIndex('(day)')

    @api.model
    def _cron_count(self):
        """Find the days that something new concerns, and count days until all are done or the time is over."""
        cron = self.env['ir.cron']
        self._find_days()
        cron._commit_progress(remaining=self.search_count([]))
        while days := self._take_days():
            self._count(days)
            if not cron._commit_progress(len(days)):
                break

    @api.model
    def _find_days(self):
        """Note the days that were touched since the last time, at the first time all."""
        parameters = self.env['ir.config_parameter'].sudo()  # sudo: where the counting stands is nobody's setting
        now, since = fields.Datetime.now(), parameters.get_param(SINCE)
        if not since:
            self._add_all_days()
        else:
            touched = self._get_touched_query(since)
            earlier = self.env['stokiva.repeat.visit']._find(touched)
            self._add_days(SQL("%s UNION SELECT unnest(%s::integer[])", touched, earlier))
        parameters.set_param(SINCE, fields.Datetime.to_string(now - OVERLAP))

    @api.model
    def _get_touched_query(self, since):
        """Return the query of the ids of orders of which something may have changed; to be extended.

        :param since: naive UTC, as text or datetime
        :rtype: SQL
        """
        # The log is in order of time but for a few: its end is read backwards until it is older.
        return SQL(
            """
            WITH fresh AS MATERIALIZED (
                SELECT work_order_id, model, res_id FROM stokiva_event
                 WHERE id > COALESCE((
                    SELECT id FROM stokiva_event WHERE recorded_at < %s ORDER BY id DESC LIMIT 1), 0)
            )
            SELECT work_order_id AS id FROM fresh WHERE work_order_id IS NOT NULL
             UNION SELECT k.work_order_id FROM fresh JOIN stokiva_sla_clock k ON k.id = fresh.res_id
                    WHERE fresh.model = 'stokiva.sla.clock'
             UNION SELECT r.earlier_id FROM fresh JOIN stokiva_repeat_visit r ON r.id = fresh.res_id
                    WHERE fresh.model = 'stokiva.repeat.visit'
            """, since)

    @api.model
    def _add_days(self, orders):
        """Note the days of all events of orders, and of the orders that they repeat.

        :param SQL orders: query of ids
        """
        # Which of a moment's days it is depends on the provider: the few zones are all tried.
        self.env.cr.execute(SQL(
            """
            WITH touched AS (%s)
            INSERT INTO stokiva_performance_day (day)
            SELECT DISTINCT (e.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
              FROM stokiva_event e
        CROSS JOIN (SELECT tz FROM stokiva_provider UNION SELECT COALESCE(tz, 'UTC') FROM resource_calendar
                     UNION SELECT 'UTC') zone
             WHERE e.work_order_id IN (SELECT id FROM touched)
                ON CONFLICT DO NOTHING
            """, orders))

    @api.model
    def _add_all_days(self):
        """Note all days since the first event, and find all repeat visits."""
        self.env['stokiva.repeat.visit']._find(SQL("SELECT id FROM stokiva_work_order"))
        self.env.cr.execute(SQL(
            """
            INSERT INTO stokiva_performance_day (day)
            SELECT day::date
              FROM (SELECT MIN(occurred_at) AS first, MAX(occurred_at) AS last FROM stokiva_event) e
        CROSS JOIN LATERAL generate_series(
                e.first::date - INTERVAL '1 day', e.last::date + INTERVAL '1 day', INTERVAL '1 day') day
                ON CONFLICT DO NOTHING
            """))

    @api.model
    def _take_days(self):
        """Return the latest days that are to be counted and follow one another, and lock them.

        :rtype: list
        """
        rows = self.env.execute_query(SQL(
            """
            SELECT day FROM stokiva_performance_day
             WHERE day > (SELECT MAX(day) FROM stokiva_performance_day) - %s::integer
          ORDER BY day DESC FOR UPDATE
            """, MOST_DAYS))
        days = [day for day, in rows]
        return [day for index, day in enumerate(days) if days[0] - day == timedelta(days=index)]

    @api.model
    def _count(self, days):
        """Count days anew.

        :param list days: that follow one another, the latest first
        """
        model = self.env['stokiva.performance']
        self.env.flush_all()
        measures = model._get_measures()
        first, last = days[-1], days[0]
        # What happened on a day where the provider is may be an event of the day before or after in UTC.
        orders = SQL(" UNION ").join(model._get_orders_of_days(first, last))
        dimensions = SQL(", ").join(map(SQL.identifier, DIMENSIONS))
        self.env.cr.execute(SQL("DELETE FROM stokiva_performance WHERE day BETWEEN %s AND %s", first, last))
        self.env.cr.execute(SQL(
            """
            SET LOCAL jit = off;  -- for a month, it would cost more than what it saves
            INSERT INTO stokiva_performance (%(dimensions)s, repair_list, %(names)s)
            SELECT %(dimensions)s, string_agg(repair_minutes::text, ','), %(sums)s
              FROM (%(facts)s) fact
             WHERE day BETWEEN %(first)s AND %(last)s
          GROUP BY %(dimensions)s
            """,
            dimensions=dimensions, names=SQL(", ").join(map(SQL.identifier, measures)),
            sums=SQL(", ").join(SQL("NULLIF(SUM(%s), 0)", SQL.identifier(name)) for name in measures),
            facts=model._get_facts_query(orders), first=first, last=last))
        self.env.cr.execute(SQL("DELETE FROM stokiva_performance_day WHERE day BETWEEN %s AND %s", first, last))
        model.invalidate_model()
        self.invalidate_model()

    @api.model
    def action_count_all(self):
        """Count all days anew, in the background, the latest first.

        :return: client action that says so
        :rtype: dict
        :raise AccessError: if the user is no manager
        """
        self.check_access('read')
        self.env['ir.config_parameter'].sudo().set_param(SINCE, False)  # sudo: as in _find_days
        self.env.ref('stokiva_service.ir_cron_performance').sudo()._trigger()  # sudo: crons belong to administrators
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'type': 'info', 'message': self.env._("All days are counted anew, the latest first.")}}
