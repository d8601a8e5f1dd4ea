from odoo import fields, models


class PartRequestLine(models.TransientModel):
    _name = 'stokiva.part.request.line'
    _description = "Part to Transfer"

    request_id = fields.Many2one('stokiva.part.request', required=True, index=True, ondelete='cascade')
    product_id = fields.Many2one(
        'product.product', "Part", required=True, domain=[('is_storable', '=', True), ('stokiva_device_type_id', '=', False)])
    quantity = fields.Float(default=1.0, digits='Product Unit', required=True)
