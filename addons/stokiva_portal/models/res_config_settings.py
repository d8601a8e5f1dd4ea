from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_field_hours = fields.Integer(related='company_id.stokiva_field_hours', readonly=False)
    stokiva_field_position = fields.Boolean(related='company_id.stokiva_field_position', readonly=False)
