from odoo import models


class DeviceType(models.Model):
    _name = 'stokiva.device.type'
    _inherit = ['stokiva.portal.readable', 'stokiva.device.type']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'complete_name', 'code', 'active', 'sequence', 'company_id', 'parent_id',
        'parent_path', 'child_ids',
    })
