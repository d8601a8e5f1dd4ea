from datetime import timedelta

from odoo import models


class SaleOrderLine(models.Model):
    """When what the line sells will be at the customer's, and since when work on it may begin."""
    _inherit = 'sale.order.line'

    def _stokiva_get_earliest_start(self):
        """Return when work may begin: planned delivery and the company's buffer.

        :return: naive UTC datetime; None where nothing is still to be delivered
        """
        self.ensure_one()
        moment = self._stokiva_get_planned_delivery()
        return moment and moment + timedelta(hours=self.company_id.stokiva_delivery_buffer_hours)

    def _stokiva_get_planned_delivery(self):
        """Return when the last of what is still under way will be delivered.

        :return: naive UTC datetime, or None; of a quotation what was promised to the customer
        """
        self.ensure_one()
        if self.product_id.type != 'consu':
            return None
        if self.state != 'sale':
            return self.order_id.commitment_date or self._expected_date()
        return max(self.move_ids.filtered(lambda move: move._stokiva_is_under_way()).mapped('date'), default=None)
