from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from .common_sale import SaleCommon


@tagged('post_install', '-at_install')
class TestSaleKit(SaleCommon):
    """An air conditioner of two units: sold as one appliance, delivered as its parts, as Odoo's manufacturing does it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.indoor, cls.outdoor = cls.env['product.product'].create([
            {'name': name, 'type': 'consu', 'is_storable': True} for name in ("Indoor unit", "Outdoor unit")])

    def _sell_kits(self, quantity=1):
        """Return the line of a sale that is delivered in parts."""
        line = self._sell(quantity).order_line
        move = line.move_ids
        move.product_id = self.indoor
        moves = move | move.copy({'product_id': self.outdoor.id})
        moves.write({'sale_line_id': line.id, 'state': 'confirmed'})
        return line

    def _move(self, moves, delivered, parts=None, serials=()):
        """Move parts; afterwards so many whole kits are delivered, which manufacturing tells the sale."""
        moves = moves.filtered(lambda move: move.product_id in (parts or self.indoor | self.outdoor))
        for move in moves:
            if serials and move.product_id.tracking == 'serial':
                move.move_line_ids.unlink()
                move.move_line_ids = [
                    Command.create({'product_id': move.product_id.id, 'quantity': 1, 'lot_id': lot.id}) for lot in serials]
            else:
                move.quantity = move.product_uom_qty
            move.picked = True
        lines = type(self.env['sale.order.line'])
        with patch.object(lines, '_prepare_qty_delivered', lambda lines: dict.fromkeys(lines, delivered)):
            moves.with_context(skip_sms=True)._action_done()
            moves.sale_line_id.mapped('qty_delivered')

    def _lots(self, product, *names):
        product.tracking = 'serial'
        return self.env['stock.lot'].create([{'name': name, 'product_id': product.id} for name in names])

    def test_the_last_part_delivers_the_appliance(self):
        line = self._sell_kits()
        order = self._orders(line.order_id)
        self._move(line.move_ids, 0, self.outdoor)
        self.assertFalse(order.device_id.date_delivered)
        self.assertTrue(order.is_undelivered, "half of it is not there")
        self._move(line.move_ids, 1, self.indoor)
        self.assertTrue(order.device_id.date_delivered)
        self.assertFalse(order.is_undelivered)
        self.assertEqual(self.env['stokiva.device'].search([('sale_line_id', '=', line.id)]), order.device_id)

    def test_serial_number_of_the_part_that_is_the_appliance(self):
        self.indoor.stokiva_device_type_id = self.product.stokiva_device_type_id
        lots = self._lots(self.indoor, 'IN-1', 'IN-2')
        line = self._sell_kits(2)
        self._move(line.move_ids, 0, self.indoor, lots)
        self._move(line.move_ids, 2, self.outdoor)
        devices = self._orders(line.order_id).device_id
        self.assertEqual(devices.mapped('serial'), ['IN-1', 'IN-2'])
        self.assertFalse(devices.lot_id, "the kit itself has no stock")

    def test_parts_that_cannot_be_told_apart_give_no_serial_number(self):
        indoor, outdoor = self._lots(self.indoor, 'IN-1'), self._lots(self.outdoor, 'OUT-1')
        line = self._sell_kits()
        self._move(line.move_ids, 0, self.indoor, indoor)
        self._move(line.move_ids, 1, self.outdoor, outdoor)
        device = self._orders(line.order_id).device_id
        self.assertTrue(device.date_delivered)
        self.assertFalse(device.serial)

    def test_what_comes_back_leaves_service(self):
        line = self._sell_kits(2)
        self._move(line.move_ids, 2)
        devices = self._orders(line.order_id).device_id
        self.assertEqual(devices.mapped('state'), ['in_service'] * 2)
        back = self.env['stock.move'].union(*(
            move.copy({
                'location_id': move.location_dest_id.id, 'location_dest_id': move.location_id.id, 'product_uom_qty': 1,
                'sale_line_id': line.id, 'origin_returned_move_id': move.id, 'picking_id': False})
            for move in line.move_ids))
        self._move(back._action_confirm(merge=False), 1)
        self.assertEqual(sorted(devices.mapped('state')), ['in_service', 'returned'])

    def test_another_product_instead_is_no_kit(self):
        line = self._sell_kits()
        line.move_ids[0].write({'product_id': line.product_id.id, 'sale_line_id': line.id})
        self._move(line.move_ids, 3, self.outdoor)
        self.assertFalse(self._orders(line.order_id).device_id.date_delivered)
