from odoo import fields, models


class SaleChoiceCandidate(models.TransientModel):
    _name = 'stokiva.sale.choice.candidate'
    _inherit = ['stokiva.candidate.choice.mixin']
    _description = "Provider to Choose from on a Sale"

    wizard_id = fields.Many2one('stokiva.sale.choice', required=True, index=True, ondelete='cascade')
