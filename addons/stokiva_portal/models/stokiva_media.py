from odoo import fields, models


class Media(models.Model):
    _name = 'stokiva.media'
    _inherit = ['stokiva.portal.readable', 'stokiva.media']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'kind', 'media_type', 'mimetype', 'taken_at',
    })

    field_uuid = fields.Char(
        "Operation", readonly=True, copy=False, help="By which a technician's phone knows what it has sent.")

    _field_uuid_uniq = models.UniqueIndex('(field_uuid) WHERE field_uuid IS NOT NULL')
