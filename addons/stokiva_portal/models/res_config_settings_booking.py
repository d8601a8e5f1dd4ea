from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    stokiva_booking = fields.Boolean(related='company_id.stokiva_booking', readonly=False)
    stokiva_booking_origins = fields.Char(related='company_id.stokiva_booking_origins', readonly=False)
    stokiva_booking_lead_hours = fields.Integer(related='company_id.stokiva_booking_lead_hours', readonly=False)
    stokiva_booking_days = fields.Integer(related='company_id.stokiva_booking_days', readonly=False)
    stokiva_booking_url = fields.Char(related='company_id.stokiva_booking_url')
    stokiva_change_hours = fields.Integer(related='company_id.stokiva_change_hours', readonly=False)
    stokiva_tracking = fields.Boolean(related='company_id.stokiva_tracking', readonly=False)
    stokiva_tracking_change = fields.Boolean(related='company_id.stokiva_tracking_change', readonly=False)
    stokiva_tracking_hours = fields.Integer(related='company_id.stokiva_tracking_hours', readonly=False)
    stokiva_lacking_count = fields.Integer("Message Rules without the Link", compute='_compute_stokiva_lacking_count')

    @api.depends('company_id', 'stokiva_tracking')
    def _compute_stokiva_lacking_count(self):
        count = self.env['stokiva.message.rule'].search_count([('lacks_follow', '=', True)])
        self.stokiva_lacking_count = count
