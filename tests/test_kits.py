"""Kits of Odoo's manufacturing, which none of our addons needs: an air conditioner sold as one, delivered in parts.

Only `make proof` runs it: installing takes a minute. The addon's own tests do without manufacturing.
"""
from commands import install
from helpers import PROOF


def make_sale(env):
    """Return the line of a confirmed sale of one kit: an indoor unit with serial numbers, an outdoor unit, two pipes."""
    city = env['res.city'].search([], limit=1)
    device_type = env['stokiva.device.type'].create({'name': "Air conditioner"})
    kit, indoor, outdoor, pipe = env['product.product'].create([
        {'name': name, 'type': 'consu', 'is_storable': True}
        for name in ("Air conditioner", "Indoor unit", "Outdoor unit", "Pipe")])
    indoor.write({'tracking': 'serial', 'stokiva_device_type_id': device_type.id})
    kit.write({
        'stokiva_device_type_id': device_type.id, 'stokiva_policy': 'auto',
        'stokiva_service_type_ids': [(0, 0, {'name': "Installation"})]})
    env['mrp.bom'].create({
        'product_tmpl_id': kit.product_tmpl_id.id, 'type': 'phantom', 'bom_line_ids': [
            (0, 0, {'product_id': part.id, 'product_qty': quantity}) for part, quantity in ((indoor, 1), (outdoor, 1), (pipe, 2))]})
    customer = env['res.partner'].create({'name': "Customer", 'city_id': city.id, 'country_id': city.country_id.id})
    sale = env['sale.order'].create({
        'partner_id': customer.id, 'order_line': [(0, 0, {'product_id': kit.id, 'product_uom_qty': 1})]})
    sale.action_confirm()
    return sale.order_line


def deliver(moves, lot):
    """Carry moves out, one with a serial number."""
    for move in moves:
        move.quantity = move.product_uom_qty
        if move.product_id == lot.product_id:
            move.move_line_ids.lot_id = lot
        move.picked = True
    moves.with_context(skip_sms=True)._action_done()


if PROOF:
    def test_a_kit_is_one_appliance(database, odoo_env):
        install(database, 'mrp')
        with odoo_env(database) as env:
            line = make_sale(env)
            order, moves = line.order_id.stokiva_work_order_ids, line.move_ids
            assert len(order) == 1 and len(moves) == 3
            lot = env['stock.lot'].create({'name': 'AC-77', 'product_id': moves.product_id.filtered('stokiva_device_type_id').id})
            first = moves.filtered(lambda move: move.product_id == lot.product_id)
            deliver(first, lot)
            assert not order.device_id.date_delivered and order.is_undelivered
            deliver(moves - first, lot)
            device = order.device_id
            assert (line.qty_delivered, bool(device.date_delivered), device.serial) == (1, True, 'AC-77')
            assert not order.is_undelivered
            wizard = env['stock.return.picking'].with_context(
                active_id=first.picking_id.id, active_ids=first.picking_id.ids, active_model='stock.picking').create({})
            wizard.product_return_moves.quantity = 1
            back = env['stock.picking'].browse(wizard.action_create_returns()['res_id'])
            deliver(back.move_ids, lot)
            assert (device.state, device.return_reason) == ('returned', 'sale_return')
            assert order.state == 'canceled'
