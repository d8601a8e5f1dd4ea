from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_approval_limit = fields.Monetary(
        related='company_id.stokiva_approval_limit', readonly=False)
    stokiva_split = fields.Selection(related='company_id.stokiva_split', readonly=False)
    stokiva_split_master = fields.Float(related='company_id.stokiva_split_master', readonly=False)
    stokiva_split_technician = fields.Float(related='company_id.stokiva_split_technician', readonly=False)
    stokiva_split_assistant = fields.Float(related='company_id.stokiva_split_assistant', readonly=False)
    stokiva_repeat_days = fields.Integer(related='company_id.stokiva_repeat_days', readonly=False)
