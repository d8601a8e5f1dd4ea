from odoo import fields, models


class AssignmentTrialCandidate(models.TransientModel):
    _name = 'stokiva.assignment.trial.candidate'
    _inherit = ['stokiva.candidate.mixin']
    _description = "Provider in a Trial"

    trial_id = fields.Many2one('stokiva.assignment.trial', required=True, index=True, ondelete='cascade')
