from odoo import models


class PartLine(models.Model):
    _name = 'stokiva.part.line'
    _inherit = ['stokiva.part.line', 'stokiva.portal.readable']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'product_id', 'quantity', 'coverage',
        'is_provider_stock',
    })
