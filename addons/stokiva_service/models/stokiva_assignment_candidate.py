from odoo import api, fields, models

from .. import labels


class AssignmentCandidate(models.Model):
    _name = 'stokiva.assignment.candidate'
    _description = "Provider Considered for an Order"
    _order = 'assignment_id, rank'

    assignment_id = fields.Many2one('stokiva.assignment', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='assignment_id.company_id', store=True, precompute=True, index=True)
    provider_id = fields.Many2one('stokiva.provider', required=True, index=True)
    rank = fields.Integer()
    points = fields.Float(digits=(8, 2))
    values = fields.Json(help="Criterion → raw value")
    coverage = fields.Char("Covers the", compute='_compute_coverage')
    open_orders = fields.Integer()
    failed = fields.Selection([
        ('refused', "Has refused this order"),
        ('service_type', "Not for this service type"),
        ('device_type', "Not for this kind of device"),
    ], "Left out because")

    @api.depends('values')
    @api.depends_context('lang')
    def _compute_coverage(self):
        for candidate in self:
            level = (candidate.values or {}).get('coverage')
            candidate.coverage = labels.label(self.env, labels.COVERAGES, level)
