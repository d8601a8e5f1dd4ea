from odoo.fields import Command
from odoo.tests import Form

from .common_orders import WorkOrderCommon


class SaleCommon(WorkOrderCommon):
    """Helpers that sell, deliver and take back as people do, through Odoo's own buttons and dialogs."""

    def _orders(self, sale):
        return sale.sudo().stokiva_work_order_ids.sorted('id')

    def _live(self, sale):
        return self._orders(sale).filtered(lambda order: order.state not in ('canceled', 'returned'))

    def _open_picking(self, sale):
        return sale.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))

    def _stock(self, quantity, serials=()):
        """Put the product on the shelf, with serial numbers if there are any."""
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.company.id)], limit=1)
        lots = self.env['stock.lot'].create(
            [{'name': serial, 'product_id': self.product.id} for serial in serials]) or [self.env['stock.lot']]
        for lot in lots:
            self.env['stock.quant']._update_available_quantity(
                self.product, warehouse.lot_stock_id, 1 if lot else quantity, lot_id=lot)

    def _validate(self, picking, quantity=None, serials=(), is_backorder=True):
        """Validate a transfer; of less than all the rest is left for a backorder, or for nobody."""
        picking.action_assign()
        move = picking.move_ids
        if serials:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create({
                    'product_id': move.product_id.id, 'quantity': 1,
                    'lot_id': self.env['stock.lot'].search([
                        ('name', '=', serial), ('product_id', '=', move.product_id.id)]).id})
                for serial in serials]
        else:
            move.quantity = move.product_uom_qty if quantity is None else quantity
        move.picked = True
        result = picking.with_context(skip_sms=True).button_validate()
        if isinstance(result, dict):
            self.assertEqual(result['res_model'], 'stock.backorder.confirmation')
            dialog = Form(self.env['stock.backorder.confirmation'].with_context(**result['context'])).save()
            dialog.process() if is_backorder else dialog.process_cancel_backorder()
        self.assertEqual(picking.state, 'done')

    def _give_back(self, picking, quantity, serials=()):
        """Return units by the dialog of the delivery, and receive them."""
        with Form(self.env['stock.return.picking'].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model='stock.picking')) as form:
            with form.product_return_moves.edit(0) as line:
                line.quantity = quantity
        back = self.env['stock.picking'].browse(form.save().action_create_returns()['res_id'])
        self._validate(back, quantity, serials)
        return back
