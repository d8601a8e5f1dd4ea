from odoo import fields, models
from odoo.tools import SQL


class ProviderOpening(models.Model):
    """What a provider's calendar shows: when it is open, and why it is not."""
    _name = 'stokiva.provider.opening'
    _description = "Opening Hours"
    _auto = False
    _order = 'start_at, id'
    _rec_name = 'name'
    _depends = {
        'stokiva.opening': ['calendar_id', 'tz', 'country_id', 'state_id', 'company_id', 'provider_id', 'date', 'start_at', 'end_at'],
        'stokiva.provider': ['resource_calendar_id', 'tz', 'holiday_country_id', 'holiday_state_id', 'company_id'],
        'stokiva.provider.day': ['provider_id', 'kind', 'name', 'date_start', 'date_end'],
        'stokiva.public.holiday': ['name', 'date', 'country_id', 'state_id', 'company_id', 'active'],
    }

    provider_id = fields.Many2one('stokiva.provider')
    company_id = fields.Many2one('res.company')
    kind = fields.Selection([
        ('open', "Open"), ('special', "Open, exceptionally"), ('closed', "Closed, exceptionally"),
        ('holiday', "Public holiday")])
    name = fields.Char("Shown", compute='_compute_name')
    reason = fields.Char()
    date = fields.Date()
    start_at = fields.Datetime("From")
    end_at = fields.Datetime("Until")
    is_all_day = fields.Boolean("All Day")
    color = fields.Integer(compute='_compute_color')

    @property
    def _table_query(self):
        openings = self.env['stokiva.opening']._get_query(SQL("TRUE"))
        # Ids: the provider's above the row's, both of which fit the numbers of a browser (53 bits).
        return SQL(
            """
            SELECT (p.id::bigint << 32) + e.number * 4 + e.code AS id, p.id AS provider_id, p.company_id,
                   e.kind, e.reason, e.date, e.start_at, e.end_at, e.code > 1 AS is_all_day
              FROM (
                SELECT o.provider_id, o.opening_id AS number, CASE WHEN d.id IS NULL THEN 0 ELSE 1 END AS code,
                       CASE WHEN d.id IS NULL THEN 'open' ELSE 'special' END AS kind, d.name AS reason,
                       o.date, o.start_at, o.end_at
                  FROM (%(openings)s) o
             LEFT JOIN LATERAL (SELECT x.id, x.name FROM stokiva_provider_day x WHERE x.provider_id = o.provider_id
                                   AND o.date BETWEEN x.date_start AND x.date_end LIMIT 1) d ON TRUE
             UNION ALL
                SELECT d.provider_id, d.id, 2, 'closed', d.name, d.date_start,
                       d.date_start + INTERVAL '12 hours', d.date_end + INTERVAL '12 hours'
                  FROM stokiva_provider_day d
                 WHERE d.kind = 'closed' AND d.date_end >= %(first)s
             UNION ALL
                SELECT p.id, h.id, 3, 'holiday', %(holiday)s, h.date,
                       h.date + INTERVAL '12 hours', h.date + INTERVAL '12 hours'
                  FROM stokiva_public_holiday h
                  JOIN stokiva_provider p ON p.holiday_country_id = h.country_id
                   AND (h.company_id IS NULL OR h.company_id = p.company_id)
                   AND (h.state_id IS NULL OR h.state_id = p.holiday_state_id)
                 WHERE h.active AND h.date >= %(first)s
              ) e
              JOIN stokiva_provider p ON p.id = e.provider_id
            """,
            openings=openings, holiday=self.env['stokiva.public.holiday']._field_to_sql('h', 'name'),
            first=self.env['stokiva.opening']._get_horizon()[0])

    def _compute_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for row in self:
            row.name = row.reason or kinds[row.kind]

    def _compute_color(self):
        colors = {'open': 10, 'special': 4, 'closed': 1, 'holiday': 2}
        for row in self:
            row.color = colors[row.kind]
