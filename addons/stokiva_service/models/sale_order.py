from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    stokiva_work_order_ids = fields.One2many(
        'stokiva.work.order', 'sale_order_id', "Work orders", groups='base.group_user', copy=False)
    stokiva_work_order_count = fields.Integer(
        compute='_compute_stokiva_work_order_count', groups='base.group_user')

    # Read with the sale at every confirmation, where it spares looking for orders; written with the first of them.
    stokiva_has_work_orders = fields.Boolean("Has work orders", copy=False, readonly=True, groups=fields.NO_ACCESS)
    stokiva_can_open = fields.Boolean(compute='_compute_stokiva_can_open', groups='base.group_user')

    def _compute_stokiva_work_order_count(self):
        counts = dict(self.env['stokiva.work.order']._read_group(
            [('sale_order_id', 'in', self.ids)], ['sale_order_id'], ['__count']))
        for sale in self:
            sale.stokiva_work_order_count = counts.get(sale, 0)

    @api.depends('state', 'order_line.product_id', 'order_line.product_uom_qty', 'stokiva_work_order_ids.state')
    def _compute_stokiva_can_open(self):
        for sale in self:
            lines = sale.order_line.filtered(
                lambda line: line.state == 'sale' and line.product_id.stokiva_policy == 'on_request')
            sale.stokiva_can_open = bool(lines and lines._stokiva_get_missing(lines._stokiva_get_orders()[1]))

    def write(self, vals):
        """Let open work orders follow the delivery address of a confirmed sale."""
        res = super().write(vals)
        if 'partner_shipping_id' in vals:
            sales = self.filtered(lambda sale: sale.state == 'sale')
            for sale in sales.sudo():  # sudo: the seller need not see work orders
                sale.stokiva_work_order_ids._follow_address(sale.partner_shipping_id)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stokiva_work_orders(self):
        # sudo: the seller need not see work orders
        order = self.env['stokiva.work.order'].sudo().search([('sale_order_id', 'in', self.ids)], limit=1)
        if order:
            raise UserError(self.env._(
                "%(sale)s cannot be deleted: work order %(order)s is kept as evidence of it.",
                sale=order.sale_order_id.display_name, order=order.name))

    @api.onchange('partner_shipping_id')
    def _onchange_partner_shipping_id(self):
        """Warn when providers have accepted work at the address that is left."""
        res = super()._onchange_partner_shipping_id() or {}
        # sudo: the seller need not see work orders; only their numbers are told
        accepted = self._origin.sudo().stokiva_work_order_ids.filtered(
            lambda order: order.state in ('accepted', 'on_the_way') and order.site_id != self.partner_shipping_id
        ) if self.state == 'sale' else ()
        if accepted:
            text = self.env._(
                "Providers have accepted work at the former address: %s. They and a dispatcher will see the new one.",
                ", ".join(accepted.mapped('name')))
            before = res.get('warning', {})
            res['warning'] = {
                'title': before.get('title') or self.env._("Service at another address"),
                'message': "\n".join(filter(None, [before.get('message'), text]))}
        return res

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

    def action_stokiva_open_work_orders(self):
        """Open the work orders of products that wait for the salesperson to ask for it.

        :return: window action that shows them
        :raise UserError: if none are missing, or the sale is not confirmed
        """
        self.ensure_one()
        self.check_access('write')
        if not self.stokiva_can_open:
            raise UserError(self.env._("No work order is missing on this sale."))
        self.order_line._stokiva_sync_work_orders(is_requested=True)
        return self.action_view_stokiva_work_orders()

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
