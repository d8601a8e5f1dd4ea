from odoo import fields, models


class SaleOrder(models.Model):
    """A sale that invoices what a work order charges: done already, so nothing is delivered or served for it."""
    _inherit = 'sale.order'

    stokiva_charge_for_id = fields.Many2one(
        'stokiva.work.order', "Charges Work Order", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict', groups='base.group_user')

    _stokiva_charge_uniq = models.UniqueIndex(
        "(stokiva_charge_for_id) WHERE stokiva_charge_for_id IS NOT NULL AND state <> 'cancel'",
        "This work order has its sale for the invoice already.")

    def action_view_stokiva_charged_order(self):
        """Open the work order that this sale charges.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.work.order',
            'res_id': self.stokiva_charge_for_id.id,
            'view_mode': 'form',
        }
