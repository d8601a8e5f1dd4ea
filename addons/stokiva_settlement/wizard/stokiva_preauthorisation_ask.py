from odoo import api, fields, models

from ..models.stokiva_preauthorisation_rule import KINDS


class PreauthorisationAsk(models.TransientModel):
    """Notes what a provider asks for by telephone."""
    _name = 'stokiva.preauthorisation.ask'
    _description = "New Pre-authorisation"
    _check_company_auto = True

    work_order_id = fields.Many2one('stokiva.work.order', required=True, ondelete='cascade')
    company_id = fields.Many2one(related='work_order_id.company_id', related_sudo=False)
    currency_id = fields.Many2one(related='company_id.currency_id')
    device_type_id = fields.Many2one(related='work_order_id.device_type_id', related_sudo=False)
    kind = fields.Selection(KINDS, "For", required=True, default='part')
    workmanship_id = fields.Many2one(
        'stokiva.workmanship', check_company=True, domain="[('device_type_id', 'parent_of', device_type_id)]")
    product_id = fields.Many2one(
        'product.product', "Part", check_company=True,
        domain=[('type', '=', 'consu'), ('stokiva_policy', '=', 'none'), ('stokiva_device_type_id', '=', False)])
    what = fields.Char("In words", help="If it is not in the catalogue.")
    quantity = fields.Float(digits='Product Unit', required=True, default=1, help="In all: hours, pieces, kilometres.")
    amount = fields.Monetary("Expected amount", help="Without tax. 0: not said.")
    reason = fields.Text("Why it is needed", required=True)

    @api.onchange('kind')
    def _onchange_kind(self):
        self.workmanship_id = self.product_id = False

    def action_apply(self):
        """Ask, in the user's name for the provider.

        :return: an action that opens the request
        :rtype: dict
        """
        self.ensure_one()
        self.env['stokiva.preauthorisation'].check_access('write')
        order = self.work_order_id
        order.check_access('read')
        # sudo: after the checks; requests are made by this method only
        request = order.sudo()._ask_preauthorisation({
            'kind': self.kind, 'workmanship_id': self.workmanship_id.id, 'product_id': self.product_id.id,
            'what': self.what, 'quantity': self.quantity, 'amount': self.amount, 'reason': self.reason}, self.env.user)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.preauthorisation',
            'res_id': request.id,
            'view_mode': 'form',
        }
