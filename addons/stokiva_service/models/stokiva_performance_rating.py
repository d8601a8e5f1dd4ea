from odoo import api, models
from odoo.tools import SQL


class PerformanceDay(models.Model):
    _inherit = 'stokiva.performance.day'

    @api.model
    def _get_touched_query(self, since):
        """Add the orders that were rated meanwhile, or whose rating was changed or hidden: no event tells of it."""
        return SQL(
            "%s UNION SELECT work_order_id FROM stokiva_rating WHERE write_date >= %s",
            super()._get_touched_query(since), since)
