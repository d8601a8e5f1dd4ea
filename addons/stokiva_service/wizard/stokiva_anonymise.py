from odoo import api, fields, models


class Anonymise(models.TransientModel):
    """Asks once more before a customer's personal values are replaced for good."""
    _name = 'stokiva.anonymise'
    _description = "Anonymise a Customer"

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, readonly=True, default=lambda self: self.env.context.get('active_id'))
    order_count = fields.Integer("Work orders", compute='_compute_order_count')
    is_sure = fields.Boolean("The customer's data shall be removed for good")

    @api.depends('partner_id')
    def _compute_order_count(self):
        for wizard in self:
            wizard.order_count = self.env['stokiva.work.order'].search_count(
                [('partner_id', 'child_of', wizard.partner_id.commercial_partner_id.id)])

    def action_anonymise(self):
        """Anonymise the customer.

        :return: action that closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        self.partner_id._stokiva_anonymise()
        return {'type': 'ir.actions.act_window_close'}
