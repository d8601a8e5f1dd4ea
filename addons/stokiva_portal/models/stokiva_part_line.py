from odoo import fields, models


class PartLine(models.Model):
    _name = 'stokiva.part.line'
    _inherit = ['stokiva.portal.readable', 'stokiva.part.line']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'product_id', 'quantity', 'coverage',
        'is_provider_stock',
    })

    field_uuid = fields.Char(
        "Operation", readonly=True, copy=False, help="By which a technician's phone knows what it has sent.")

    _field_uuid_uniq = models.UniqueIndex('(field_uuid) WHERE field_uuid IS NOT NULL')
