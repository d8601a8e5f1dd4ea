from odoo import models


class Media(models.Model):
    _name = 'stokiva.media'
    _inherit = ['stokiva.media', 'stokiva.portal.readable']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'kind', 'media_type', 'mimetype', 'taken_at',
    })
