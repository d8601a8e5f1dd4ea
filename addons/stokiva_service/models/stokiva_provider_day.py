from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ProviderDay(models.Model):
    """Days on which a provider keeps other hours than every week: its own holidays, an open Sunday."""
    _name = 'stokiva.provider.day'
    _inherit = ['stokiva.audited']
    _description = "Exceptional Day"
    _order = 'date_start desc, hour_from, id'
    _rec_name = 'name'
    _check_company_auto = True

    provider_id = fields.Many2one(
        'stokiva.provider', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='provider_id.company_id', store=True, index='btree_not_null')
    kind = fields.Selection(
        [('closed', "Closed all day"), ('open', "Open")], required=True, default='closed',
        help="Closed all day, or open at the hours given here instead of the usual ones, also on a public holiday.")
    name = fields.Char("Reason", required=True)
    date_start = fields.Date("From", required=True, default=fields.Date.context_today)
    date_end = fields.Date(
        "Until", required=True, compute='_compute_date_end', store=True, readonly=False, precompute=True)
    hour_from = fields.Float("Opens at", default=9, aggregator=None)
    hour_to = fields.Float("Closes at", default=18, aggregator=None)

    _date_order = models.Constraint(
        'CHECK(date_end >= date_start)', "The last day cannot be before the first one.")
    _hour_order = models.Constraint(
        "CHECK(kind = 'closed' OR hour_to > hour_from)", "The closing hour must be after the opening hour.")
    _hour_range = models.Constraint(
        "CHECK(kind = 'closed' OR (hour_from >= 0 AND hour_to <= 24))", "Hours go from 0:00 to 24:00.")
    _provider_idx = models.Index("(provider_id, date_start, date_end)")
    _order_idx = models.Index("(date_start DESC, hour_from, id)")

    @api.depends('date_start')
    def _compute_date_end(self):
        for day in self:
            if not day.date_end or day.date_start and day.date_end < day.date_start:
                day.date_end = day.date_start

    @api.depends('name', 'provider_id')
    def _compute_display_name(self):
        for day in self:
            day.display_name = f"{day.provider_id.name}: {day.name}" if day.provider_id else day.name

    @api.constrains('provider_id', 'kind', 'date_start', 'date_end', 'hour_from', 'hour_to')
    def _check_overlap(self):
        """Refuse a day that is closed and open, closed twice, or open twice at the same time."""
        self.flush_model()
        clashes = self.env.execute_query(SQL(
            """
            SELECT d.id, GREATEST(d.date_start, o.date_start)
              FROM stokiva_provider_day d
              JOIN stokiva_provider_day o
                ON o.provider_id = d.provider_id AND o.id <> d.id
               AND o.date_start <= d.date_end AND o.date_end >= d.date_start
             WHERE d.id = ANY(%s)
               AND (d.kind = 'closed' OR o.kind = 'closed'
                    OR (o.hour_from < d.hour_to AND o.hour_to > d.hour_from))
          ORDER BY 2 LIMIT 1
            """, self.ids))
        if clashes:
            day = self.browse(clashes[0][0])
            raise ValidationError(self.env._(
                "%(provider)s has another entry for %(date)s already. A day is either closed or open, and its "
                "opening hours cannot overlap.",
                provider=day.provider_id.name, date=fields.Date.to_string(clashes[0][1])))

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self.env['stokiva.opening']._mark(providers=days.provider_id.ids)
        return days

    def write(self, vals):
        before = self.provider_id
        res = super().write(vals)
        self.env['stokiva.opening']._mark(providers=(before | self.provider_id).ids)
        return res

    def unlink(self):
        self.env['stokiva.opening']._mark(providers=self.provider_id.ids)
        return super().unlink()
