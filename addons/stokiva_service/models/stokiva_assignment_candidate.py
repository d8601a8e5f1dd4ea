from odoo import api, fields, models
from odoo.tools import SQL

from .. import labels


class AssignmentCandidate(models.Model):
    """The rows of ``stokiva.assignment.ranking``, kept there because an offer has up to fifty of them."""
    _name = 'stokiva.assignment.candidate'
    _description = "Provider Considered for an Order"
    _order = 'assignment_id, rank'
    _auto = False
    _depends = {'stokiva.assignment': ['company_id', 'ranking']}

    assignment_id = fields.Many2one('stokiva.assignment', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    provider_id = fields.Many2one('stokiva.provider', readonly=True)
    rank = fields.Integer(readonly=True)
    points = fields.Float(digits=(8, 2), readonly=True)
    values = fields.Json(readonly=True, help="Criterion → raw value")
    coverage = fields.Char("Covers the", compute='_compute_coverage')
    open_orders = fields.Integer(readonly=True)
    failed = fields.Selection([
        ('refused', "Has refused this order"),
        ('suspended', "Suspended"),
        ('document', "A document has expired"),
        ('group', "Such work goes to others"),
        ('expired', "Authorisation has expired"),
        ('service_type', "Not for this service type"),
        ('device_type', "Not for this kind of device"),
        ('brand', "Not for this brand"),
    ], "Left out because", readonly=True)

    @property
    def _table_query(self):
        return SQL("""
            SELECT offer.id::bigint * 100 + candidate.rank AS id, offer.id AS assignment_id, offer.company_id,
                   provider.id AS provider_id, candidate.rank::integer AS rank,
                   (candidate.item->>'points')::float AS points, candidate.item->'values' AS values,
                   (candidate.item->'values'->>'open_orders')::integer AS open_orders,
                   candidate.item->>'failed' AS failed
              FROM stokiva_assignment offer
        CROSS JOIN LATERAL jsonb_array_elements(offer.ranking) WITH ORDINALITY AS candidate(item, rank)
         LEFT JOIN stokiva_provider provider ON provider.id = (candidate.item->>'provider_id')::integer
        """)

    @api.depends('values')
    @api.depends_context('lang')
    def _compute_coverage(self):
        for candidate in self:
            level = (candidate.values or {}).get('coverage')
            candidate.coverage = labels.label(self.env, labels.COVERAGES, level)
