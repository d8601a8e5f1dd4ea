from odoo import fields, models


class RatePreviewLine(models.TransientModel):
    _name = 'stokiva.rate.preview.line'
    _description = "Line of What an Order Would Pay"

    preview_id = fields.Many2one('stokiva.rate.preview', required=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='preview_id.currency_id')
    name = fields.Char("Description", readonly=True)
    quantity = fields.Float(digits='Product Unit', readonly=True)
    rate = fields.Monetary(readonly=True, aggregator=None)
    amount = fields.Monetary(readonly=True)
    why = fields.Char("Why this amount", readonly=True)
