from odoo import models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _anonymise_traces(self):
        """Take number and text out of the journal and of what they wrote, and what is still in the queue."""
        res = super()._anonymise_traces()
        self.env['stokiva.sms.log'].search([('partner_id', 'in', self.ids)]).write({'number': False, 'body': False})
        self.env['stokiva.sms.inbound'].search([('partner_id', 'in', self.ids)]).write({
            'number': False, 'number_raw': False, 'text': False, 'note': False, 'source_ip': False})
        self.env['sms.sms'].search([('partner_id', 'in', self.ids)]).unlink()
        return res
