from odoo import fields, models


class LabourLine(models.Model):
    _name = 'stokiva.labour.line'
    _inherit = ['stokiva.portal.readable', 'stokiva.labour.line']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'workmanship_id', 'quantity', 'duration_minutes',
        'coverage',
    })

    field_uuid = fields.Char(
        "Operation", readonly=True, copy=False, help="By which a technician's phone knows what it has sent.")

    _field_uuid_uniq = models.UniqueIndex('(field_uuid) WHERE field_uuid IS NOT NULL')
