from odoo import fields, models


class StockMove(models.Model):
    _inherit = 'stock.move'

    def _action_done(self, cancel_backorder=False):
        """Tell the devices of a sale that they were delivered, with their serial numbers, or came back."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # Parts of a kit are no appliances of their own.
        sold = moves.filtered(lambda move: (
            move.state == 'done' and move.product_id == move.sale_line_id.product_id
            and move.product_id._get_stokiva_device_type()))
        sold.filtered(lambda move: move._stokiva_goes_to_customer())._stokiva_deliver()
        sold.filtered(lambda move: move._stokiva_comes_back())._stokiva_take_back()
        return moves

    def _stokiva_goes_to_customer(self):
        return self.location_dest_id.usage == 'customer' and self.location_id.usage != 'customer'

    def _stokiva_comes_back(self):
        return self.location_id.usage == 'customer' and self.location_dest_id.usage != 'customer'

    def _stokiva_get_units(self):
        """Return one lot per unit moved, an empty one where units have no serial number of their own.

        :return: list of stock.lot records
        """
        self.ensure_one()
        if self.product_id.tracking == 'serial':
            return [line.lot_id for line in self.move_line_ids if line.quantity]
        quantity = self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id)
        return [self.env['stock.lot']] * int(quantity)

    def _stokiva_deliver(self):
        """Note day and serial number on the devices delivered; register those that no order has made yet."""
        if not self:
            return
        # sudo: warehouse people have no rights on devices
        devices = self.env['stokiva.device'].sudo().search([
            ('sale_line_id', 'in', self.sale_line_id.ids), ('state', '=', 'in_service'),
            ('date_delivered', '=', False)], order='id')
        waiting = devices.grouped('sale_line_id')
        taken = self._stokiva_get_taken_serials()
        values = []
        for move in self:
            day = fields.Date.context_today(move, move.date)
            for lot in move._stokiva_get_units():
                device = waiting.get(move.sale_line_id, devices.browse())._pick_for_delivery(lot)
                if device:
                    waiting[move.sale_line_id] -= device
                vals = {'date_delivered': day}
                if lot and (lot.product_id.id, lot.name) not in taken:
                    vals['lot_id'] = lot.id
                if device:
                    device.write(vals)
                else:
                    values.append({**move.sale_line_id._stokiva_prepare_device_values(), **vals})
        devices.create(values)
        self.sale_line_id._stokiva_sync_extensions()

    def _stokiva_get_taken_serials(self):
        """Return which of the serial numbers moved are in service already, on devices of other sales.

        Such a number is for people to clear up; the delivery must not fail for it.

        :return: set of ``(product id, serial)``
        """
        lots = self.move_line_ids.lot_id
        if not lots:
            return set()
        devices = self.env['stokiva.device'].sudo().search([  # sudo: warehouse people have no rights on devices
            ('product_id', 'in', lots.product_id.ids), ('serial', 'in', lots.mapped('name')),
            ('state', '=', 'in_service'), ('sale_line_id', 'not in', self.sale_line_id.ids)])
        return {(device.product_id.id, device.serial) for device in devices}

    def _stokiva_take_back(self):
        """Take the devices out of service that the customer gave back."""
        if not self:
            return
        # sudo: warehouse people have no rights on devices
        devices = self.env['stokiva.device'].sudo().search([
            ('sale_line_id', 'in', self.sale_line_id.ids), ('state', '=', 'in_service')])
        with_customer = devices.grouped('sale_line_id')
        for move in self:
            left = with_customer.get(move.sale_line_id, devices.browse())
            back = devices.browse()
            for lot in move._stokiva_get_units():
                back |= (left - back)._pick_for_return(lot)
            back._take_out_of_service('sale_return', fields.Date.context_today(move, move.date))
            with_customer[move.sale_line_id] = left - back
