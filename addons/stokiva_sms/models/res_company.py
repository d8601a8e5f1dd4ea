from odoo import fields, models

from ..tools.sms_api import GATEWAYS


class ResCompany(models.Model):
    _inherit = 'res.company'

    sms_provider = fields.Selection(selection_add=[('log', "Only record")], ondelete={'log': 'set default'})

    def _get_sms_api_class(self):
        self.ensure_one()
        return GATEWAYS.get(self.sms_provider) or super()._get_sms_api_class()
