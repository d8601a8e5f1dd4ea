from odoo import models


class Visit(models.Model):
    _name = 'stokiva.visit'
    _inherit = ['stokiva.portal.readable', 'stokiva.visit']

    _portal_fields = frozenset({
        'id', 'display_name', 'work_order_id', 'company_id', 'sequence', 'provider_id',
        'window_start', 'window_end', 'departed_at', 'arrived_at', 'finished_at', 'outcome',
    })
