from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_approval_limit = fields.Monetary(
        related='company_id.stokiva_approval_limit', readonly=False)
    stokiva_split = fields.Selection(related='company_id.stokiva_split', readonly=False)
    stokiva_split_master = fields.Float(related='company_id.stokiva_split_master', readonly=False)
    stokiva_split_technician = fields.Float(related='company_id.stokiva_split_technician', readonly=False)
    stokiva_split_assistant = fields.Float(related='company_id.stokiva_split_assistant', readonly=False)
    stokiva_cutoff_days = fields.Char(related='company_id.stokiva_cutoff_days', readonly=False)
    stokiva_answer_days = fields.Integer(related='company_id.stokiva_answer_days', readonly=False)
    stokiva_advance_account_id = fields.Many2one(related='company_id.stokiva_advance_account_id', readonly=False)
