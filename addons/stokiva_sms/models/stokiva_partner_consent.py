from odoo import fields, models


class PartnerConsent(models.Model):
    _inherit = 'stokiva.partner.consent'

    channel = fields.Selection(selection_add=[('sms', "SMS")], ondelete={'sms': 'cascade'})
