from odoo import api, models

from .. import workflow


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    def _set_city(self, city):
        """Give open orders their district, as an event of the user or, in a job, of the system.

        :param city: `res.city`
        """
        if self:
            self._edit(
                {'city_id': city.id}, actor=None if self.env.su else self.env.user,
                channel='system' if self.env.su else 'office')

    @api.model
    def _find_cities(self):
        """Give the open orders without district the one that their address names."""
        orders = self.search([('city_id', '=', False), ('state', 'in', workflow.OPEN)])
        cities = orders.site_id._stokiva_resolve_city()
        for site, group in orders.grouped('site_id').items():
            if site in cities:
                group._set_city(cities[site])
