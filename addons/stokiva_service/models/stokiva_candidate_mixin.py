from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate, formatLang

from .. import labels, scoring

_lt = LazyTranslate(__name__)

# What a change of a raw value is called in “what would have to change”.
CHANGES = {
    'coverage': _lt("a service area closer to the address (%s)"),
    'priority': _lt("priority %s"),
    'distance_km': _lt("%s km away"),
    'open_orders': _lt("%s open orders"),
    'free_minutes': _lt("%s free minutes"),
    'rating': _lt("a rating of %s"),
    'on_time': _lt("%s %% on time"),
    'acceptance': _lt("%s %% of offers accepted"),
    'idle_hours': _lt("%s hours since the last order"),
    'cost_excess': _lt("%s %% dearer than the cheapest"),
}
PERCENT = ('on_time', 'acceptance', 'cost_excess')
POSITIONS = {
    'district': _lt("from the middle of the district"),
    'province': _lt("from the middle of the province"),
}


class CandidateMixin(models.AbstractModel):
    """A provider in a ranking, as people read it: the row as ``candidates.Ranking`` has it, and what it says."""
    _name = 'stokiva.candidate.mixin'
    _description = "Provider in a Ranking"
    _order = 'rank, id'

    provider_id = fields.Many2one('stokiva.provider', readonly=True, ondelete='cascade')
    rank = fields.Integer("#", readonly=True, aggregator=None)
    points = fields.Float(digits=(8, 2), readonly=True, aggregator=None)
    values = fields.Json(readonly=True, help="Criterion → raw value")
    weights = fields.Json(readonly=True, help="Criterion → weight of the rule")
    goal = fields.Float(digits=(8, 2), readonly=True, aggregator=None, help="The points of the best.")
    failed = fields.Selection([
        ('refused', "Has refused this order"),
        ('suspended', "Suspended"),
        ('document', "A document has expired"),
        ('group', "Such work goes to others"),
        ('expired', "Authorisation has expired"),
        ('service_type', "Not for this service type"),
        ('device_type', "Not for this kind of device"),
        ('brand', "Not for this brand"),
        ('no_part', "Lacks the part"),
        ('kind', "Not this kind of provider"),
        ('not_listed', "Not among the rule's providers"),
        ('too_far', "Too far"),
        ('rating', "Rating too low"),
        ('no_slot', "No free time in the window"),
    ], "Left out because", readonly=True)
    coverage = fields.Char("Covers the", compute='_compute_figures')
    distance = fields.Char(compute='_compute_figures')
    distance_km = fields.Float("Distance (km)", digits=(8, 1), compute='_compute_figures', aggregator=None)
    open_orders = fields.Integer(compute='_compute_figures')
    rating = fields.Char(compute='_compute_figures')
    on_time = fields.Char(compute='_compute_figures')
    acceptance = fields.Char("Offers Accepted", compute='_compute_figures')
    would_win = fields.Char(
        "Would Be First with", compute='_compute_would_win', help="Any one of these changes alone would be enough.")

    @api.depends('values')
    @api.depends_context('lang')
    def _compute_figures(self):
        for candidate in self:
            values = candidate.values or {}
            candidate.coverage = labels.label(self.env, labels.COVERAGES, values.get('coverage'))
            candidate.open_orders = values.get('open_orders') or 0
            distance = values.get('distance_km')
            candidate.distance_km = distance
            note = values.get('position') in POSITIONS and labels.label(self.env, POSITIONS, values['position'])
            candidate.distance = distance is not None and f"{self._format('distance_km', distance)} km" + (
                f" ({note})" if note else "")
            for name in ('rating', 'on_time', 'acceptance'):
                value = values.get(name)
                candidate[name] = value is not None and self._format(name, value) + (" %" if name in PERCENT else "")

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let candidates be sorted by distance."""
        if field_expr == 'distance_km':
            return SQL("(%s->>'distance_km')::numeric", self._field_to_sql(alias, 'values', query))
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends('values', 'points', 'weights', 'goal', 'failed')
    @api.depends_context('lang')
    def _compute_would_win(self):
        for candidate in self:
            changes = {}
            if not candidate.failed and candidate.points < candidate.goal:
                changes = scoring.what_would_win(
                    candidate.values, candidate.points, candidate.weights, candidate.goal)
            candidate.would_win = self.env._(" or ").join(
                labels.label(self.env, CHANGES, name) % self._format(name, value)
                for name, value in changes.items())

    def _format(self, name, value):
        """Return a raw value as people read it, without its unit."""
        if name == 'coverage':
            return labels.label(self.env, labels.COVERAGES, -int(-value // 1))
        digits = 1 if name in ('distance_km', 'rating') else 0
        return formatLang(self.env, 100 * value if name in PERCENT else value, digits=digits)
