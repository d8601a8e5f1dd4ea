from datetime import timedelta

from odoo import fields, models

from .. import workflow
from .sale_order_line import CALLING


class StockMove(models.Model):
    _inherit = 'stock.move'

    def write(self, vals):
        """Tell open work orders when the delivery of their device is moved."""
        res = super().write(vals)
        if 'date' in vals and vals.get('state') != 'done':  # what is done, _action_done tells
            lines = self.sale_line_id.filtered(lambda line: line.product_id.stokiva_policy in CALLING)
            if lines:
                # sudo: warehouse people have no rights on work orders
                self.env['stokiva.work.order'].sudo().search([
                    ('sale_line_id', 'in', lines.ids), ('state', 'in', workflow.BEFORE_WORK)])._follow_pickings()
        return res

    def _action_done(self, cancel_backorder=False):
        """Tell the devices of a sale that they were delivered, with their serial numbers, or came back."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        sold = moves.filtered(lambda move: (
            move.state == 'done' and move.sale_line_id.product_id._get_stokiva_device_type()))
        # Parts of a kit are no appliances of their own.
        whole = sold.filtered(lambda move: move.product_id == move.sale_line_id.product_id)
        whole.filtered(lambda move: move._stokiva_goes_to_customer())._stokiva_deliver()
        whole.filtered(lambda move: move._stokiva_comes_back())._stokiva_take_back()
        (sold - whole)._stokiva_follow_kits()
        return moves

    def _stokiva_goes_to_customer(self):
        return self.location_dest_id.usage == 'customer' and self.location_id.usage != 'customer'

    def _stokiva_comes_back(self):
        return self.location_id.usage == 'customer' and self.location_dest_id.usage != 'customer'

    def _stokiva_is_under_way(self):
        """Tell whether the move brings something to the customer that is not there yet, perhaps in several steps."""
        self.ensure_one()
        return (
            self.state not in ('done', 'cancel') and self.location_id.usage != 'customer'
            and 'customer' in (self.location_dest_id.usage, self.location_final_id.usage))

    def _stokiva_get_units(self):
        """Return one lot per unit moved, an empty one where units have no serial number of their own.

        :return: list of stock.lot records
        """
        self.ensure_one()
        if self.product_id.tracking == 'serial':
            return [line.lot_id for line in self.move_line_ids if line.quantity]
        return [self.env['stock.lot']] * self.product_id._stokiva_count_units(self.quantity, self.product_uom)

    def _stokiva_deliver(self, units=None):
        """Note day and serial number on the devices delivered; register those that no order has made yet.

        :param dict units: ``{move: lots}``, one per appliance, where these are not what was moved
        """
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
            delivered = devices.browse()
            day = fields.Date.context_today(move, move.date)
            for lot in units[move] if units else move._stokiva_get_units():
                device = waiting.get(move.sale_line_id, devices.browse())._pick_for_delivery(lot)
                if device:
                    waiting[move.sale_line_id] -= device
                vals = {'date_delivered': day}
                product = move.sale_line_id.product_id
                if lot and (product.id, lot.name) not in taken:
                    vals |= {'lot_id': lot.id} if lot.product_id == product else {'serial': lot.name}
                if device:
                    device.write(vals)
                    delivered |= device
                else:
                    values.append({**move.sale_line_id._stokiva_prepare_device_values(), **vals})
            move._stokiva_tell_orders(delivered)
        devices.create(values)
        self.sale_line_id._stokiva_sync_extensions()

    def _stokiva_tell_orders(self, devices):
        """Let the open orders of devices just delivered begin as soon as that is so, not when it was planned.

        :param devices: stokiva.device records, in sudo
        """
        self.ensure_one()
        if devices and self.sale_line_id.product_id.stokiva_policy in CALLING:
            devices.env['stokiva.work.order'].search([
                ('device_id', 'in', devices.ids), ('state', 'in', workflow.BEFORE_WORK), ('earliest_start', '!=', False),
            ])._follow_delivery(self.date + timedelta(hours=self.company_id.stokiva_delivery_buffer_hours))

    def _stokiva_get_taken_serials(self):
        """Return which of the serial numbers moved are in service already, on devices of other sales.

        Such a number is for people to clear up; the delivery must not fail for it.

        :return: set of ``(product id, serial)``
        """
        lots = self.sale_line_id.move_ids.move_line_ids.lot_id  # also of the parts of a kit that came before
        if not lots:
            return set()
        devices = self.env['stokiva.device'].sudo().search([  # sudo: warehouse people have no rights on devices
            ('product_id', 'in', self.sale_line_id.product_id.ids), ('serial', 'in', lots.mapped('name')),
            ('state', '=', 'in_service'), ('sale_line_id', 'not in', self.sale_line_id.ids)])
        return {(device.product_id.id, device.serial) for device in devices}

    def _stokiva_take_back(self, units=None):
        """Take the devices out of service that the customer gave back.

        :param dict units: as for ``_stokiva_deliver``
        """
        if not self:
            return
        # sudo: warehouse people have no rights on devices
        devices = self.env['stokiva.device'].sudo().search([
            ('sale_line_id', 'in', self.sale_line_id.ids), ('state', '=', 'in_service')])
        with_customer = devices.grouped('sale_line_id')
        for move in self:
            left = with_customer.get(move.sale_line_id, devices.browse())
            back = devices.browse()
            for lot in units[move] if units else move._stokiva_get_units():
                back |= (left - back)._pick_for_return(lot)
            back._take_out_of_service('sale_return', fields.Date.context_today(move, move.date))
            with_customer[move.sale_line_id] = left - back
