from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _post(self, soft=True):
        """Let what was paid on site pay the invoices of charged work."""
        posted = super()._post(soft)
        # sudo: who posts invoices need not see work orders
        orders_sudo = posted.sudo().invoice_line_ids.sale_line_ids.order_id.stokiva_charge_for_id
        for order_sudo in orders_sudo.filtered('amount_collected'):
            order_sudo._reconcile_payments()
        return posted
