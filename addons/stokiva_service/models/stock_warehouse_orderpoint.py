from odoo import models
from odoo.exceptions import AccessError

OFFICE_GROUP = 'stokiva_service.group_stokiva_dispatcher'


class StockWarehouseOrderpoint(models.Model):
    _inherit = 'stock.warehouse.orderpoint'

    def action_stokiva_replenish(self):
        """Order now what these minimum rules of providers want, instead of waiting for the daily run.

        :raise AccessError: if the user is no dispatcher, or may not write one of them
        :raise UserError: if the company has no route to its providers
        """
        if not self.env.user.has_group(OFFICE_GROUP):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        self.check_access('write')
        of_providers = self.filtered('location_id.stokiva_provider_id')
        for company, rules in of_providers.grouped('company_id').items():
            # sudo: after the check of rights: transfers are made by stock, not by dispatchers
            rules.sudo()._procure_orderpoint_confirm(company_id=company)
