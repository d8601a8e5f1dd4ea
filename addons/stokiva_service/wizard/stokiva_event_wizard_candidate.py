from odoo import fields, models


class EventWizardCandidate(models.TransientModel):
    _name = 'stokiva.event.wizard.candidate'
    _inherit = ['stokiva.candidate.choice.mixin']
    _description = "Provider to Choose from"

    wizard_id = fields.Many2one('stokiva.event.wizard', required=True, index=True, ondelete='cascade')
