from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_sms_code_limit = fields.Float(related='company_id.stokiva_sms_code_limit', readonly=False)
