from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_approval_limit = fields.Monetary(
        related='company_id.stokiva_approval_limit', readonly=False)
    stokiva_repeat_days = fields.Integer(related='company_id.stokiva_repeat_days', readonly=False)
