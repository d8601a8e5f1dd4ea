from odoo import models


class LabourLine(models.Model):
    _name = 'stokiva.labour.line'
    _inherit = ['stokiva.labour.line', 'stokiva.portal.readable']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'work_order_id', 'company_id', 'workmanship_id', 'quantity', 'duration_minutes',
        'coverage',
    })
