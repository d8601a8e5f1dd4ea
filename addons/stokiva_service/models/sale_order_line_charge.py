from odoo import api, models


class SaleOrderLine(models.Model):
    """Lines that charge a work order are delivered by it."""
    _inherit = 'sale.order.line'

    def _stokiva_get_sold(self):
        """Return the lines without those that charge a work order: they sell nothing new."""
        return self.filtered(lambda line: not line.order_id.stokiva_charge_for_id)

    @api.depends('order_id.stokiva_charge_for_id')
    def _compute_qty_delivered_method(self):  # pylint: disable=missing-return
        super()._compute_qty_delivered_method()
        for line in self - self._stokiva_get_sold():
            line.qty_delivered_method = 'manual'

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Deliver nothing for what a work order charges: its parts are moved by the work order."""
        return super(SaleOrderLine, self._stokiva_get_sold())._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty)
