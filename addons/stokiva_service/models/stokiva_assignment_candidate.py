from odoo import fields, models
from odoo.tools import SQL


class AssignmentCandidate(models.Model):
    """The rows of ``stokiva.assignment.ranking``, kept there because an offer has up to fifty of them."""
    _name = 'stokiva.assignment.candidate'
    _inherit = ['stokiva.candidate.mixin']
    _description = "Provider Considered for an Order"
    _order = 'assignment_id, rank'
    _auto = False
    _depends = {'stokiva.assignment': ['company_id', 'ranking', 'rule']}

    assignment_id = fields.Many2one('stokiva.assignment', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)

    @property
    def _table_query(self):
        return SQL("""
            SELECT offer.id::bigint * 100 + candidate.rank AS id, offer.id AS assignment_id, offer.company_id,
                   provider.id AS provider_id, candidate.rank::integer AS rank,
                   (candidate.item->>'points')::numeric AS points, candidate.item->'values' AS values,
                   offer.rule->'weights' AS weights, (offer.ranking->0->>'points')::numeric AS goal,
                   candidate.item->>'failed' AS failed
              FROM stokiva_assignment offer
        CROSS JOIN LATERAL jsonb_array_elements(offer.ranking) WITH ORDINALITY AS candidate(item, rank)
         LEFT JOIN stokiva_provider provider ON provider.id = (candidate.item->>'provider_id')::integer
        """)
