from odoo import api, fields, models


class OrderLine(models.AbstractModel):
    """What belongs to a work order and is changed only while the order may be edited, logged with it."""
    _name = 'stokiva.order.line'
    _description = "Line of a Work Order"

    # Name of the order's one2many field to this model; set by each model.
    _order_field = None

    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, index=True, precompute=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; for a user as an ``edit`` event of their orders.

        :raise UserError: if an order may not be edited now
        """
        if self.env.su:
            return super().create(vals_list)
        orders = self.env['stokiva.work.order'].browse(
            {vals['work_order_id'] for vals in vals_list if vals.get('work_order_id')}
            or self.env.context.get('default_work_order_id') or [])
        with orders._recording([self._order_field], actor=self.env.user, channel=orders._get_user_channel()):
            return super().create(vals_list)

    def write(self, vals):
        """Write lines; for a user as an ``edit`` event of their orders, old and new.

        :raise UserError: if an order may not be edited now
        """
        if self.env.su:
            return super().write(vals)
        orders = self.work_order_id | self.env['stokiva.work.order'].browse(vals.get('work_order_id') or [])
        with orders._recording([self._order_field], actor=self.env.user, channel=orders._get_user_channel()):
            return super().write(vals)

    def unlink(self):
        """Delete lines; for a user as an ``edit`` event of their orders.

        :raise UserError: if an order may not be edited now
        """
        if self.env.su:
            return super().unlink()
        orders = self.work_order_id
        with orders._recording([self._order_field], actor=self.env.user, channel=orders._get_user_channel()):
            return super().unlink()

    def _get_log_values(self):
        """Return the JSON-like values that stand for this line in the audit log.

        :return: dict with string keys
        """
        raise NotImplementedError
