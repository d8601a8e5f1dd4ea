from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import workflow


class DistrictWizard(models.TransientModel):
    """Gives one district to many contacts, or to the addresses of many work orders."""
    _name = 'stokiva.district.wizard'
    _description = "Set District"

    city_id = fields.Many2one('res.city', "District", required=True)
    partner_ids = fields.Many2many('res.partner', string="Addresses")
    order_ids = fields.Many2many('stokiva.work.order', string="Work Orders")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        records = self.env[self.env.context.get('active_model') or 'res.partner'].browse(
            self.env.context.get('active_ids', []))
        if records._name == 'stokiva.work.order':
            orders = records.filtered(lambda order: order.state in workflow.OPEN)
            values['order_ids'] = [Command.set(orders.ids)]
            values['partner_ids'] = [Command.set(orders.site_id.ids)]
        elif records._name == 'res.partner':
            values['partner_ids'] = [Command.set(records.ids)]
            if len(records) == 1:
                values['city_id'] = records.stokiva_suggested_city_id.id
        return {name: value for name, value in values.items() if name in fields}

    def action_apply(self):
        """Set the district on the addresses, on their open orders without one, and on the orders chosen.

        :raise UserError: if there is nothing to set it on
        """
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose the addresses."))
        self.partner_ids._stokiva_set_city(self.city_id)
        self.order_ids.filtered(lambda order: order.city_id != self.city_id)._set_city(self.city_id)
        return {'type': 'ir.actions.act_window_close'}
