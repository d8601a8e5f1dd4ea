from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    stokiva_work_order_ids = fields.One2many(
        'stokiva.work.order', 'sale_order_id', "Work orders", groups='base.group_user', copy=False)
    stokiva_work_order_count = fields.Integer(
        compute='_compute_stokiva_work_order_count', groups='base.group_user')

    def _compute_stokiva_work_order_count(self):
        counts = dict(self.env['stokiva.work.order']._read_group(
            [('sale_order_id', 'in', self.ids)], ['sale_order_id'], ['__count']))
        for sale in self:
            sale.stokiva_work_order_count = counts.get(sale, 0)

    def _action_confirm(self):
        """Open and assign a work order for each sold unit that calls for service."""
        res = super()._action_confirm()
        self.order_line._stokiva_sync_work_orders()
        self.order_line._stokiva_sync_extensions()
        return res

    def _action_cancel(self):
        """End the work orders of what is not sold any more."""
        res = super()._action_cancel()
        self.order_line._stokiva_close_work_orders(self.env._("The sale was cancelled."))
        self.order_line._stokiva_sync_extensions()
        return res

    def action_view_stokiva_work_orders(self):
        """Open the work orders of this sale.

        :return: window action, on the form when there is only one
        """
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('stokiva_service.work_order_action')
        action.update(
            domain=[('sale_order_id', '=', self.id)],
            context={'create': False})
        orders = self.stokiva_work_order_ids
        if len(orders) == 1:
            action.update(views=[(False, 'form')], res_id=orders.id)
        return action
