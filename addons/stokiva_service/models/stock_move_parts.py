from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from .. import figures


class StockMove(models.Model):
    """Moves of parts: used on an order, taken back, or between the company and its providers."""
    _inherit = 'stock.move'

    stokiva_work_order_id = fields.Many2one(
        'stokiva.work.order', "Work Order", readonly=True, index='btree_not_null', ondelete='restrict')
    stokiva_for_order_id = fields.Many2one(
        'stokiva.work.order', "For Work Order", readonly=True, index='btree_not_null', ondelete='set null',
        help="The work order for which a technician asked for the part.")
    stokiva_part_line_id = fields.Many2one(
        'stokiva.part.line', "Part of a Work Order", readonly=True, index='btree_not_null', ondelete='set null')

    def _action_done(self, cancel_backorder=False):
        """Refuse to take from a provider what is not there; what came is what short lines wait for."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda move: move.state == 'done')
        done.filtered('location_id.stokiva_provider_id')._stokiva_check_not_negative()
        arrived = done.filtered(lambda move: (
            move.location_dest_id.stokiva_provider_id and not move.location_dest_id.stokiva_is_defective))
        arrived._stokiva_serve_waiting()
        done.filtered('stokiva_part_line_id')._stokiva_follow_returns()
        return moves

    def _action_cancel(self):
        """Cancel; defective parts stay with the provider then."""
        res = super()._action_cancel()
        # sudo: warehouse people have no rights on work orders
        lines = self.filtered(lambda move: move.state == 'cancel').stokiva_part_line_id.sudo()
        lines.filtered(lambda line: line.return_state == 'sent').return_state = 'due'
        return res

    def _prepare_merge_moves_distinct_fields(self):
        """Keep apart what was asked for different work orders."""
        return [*super()._prepare_merge_moves_distinct_fields(), 'stokiva_for_order_id']

    def _stokiva_is_use(self):
        """Tell whether a part was fitted by this move."""
        self.ensure_one()
        return bool(self.stokiva_part_line_id) and self.location_dest_id.usage == 'customer'

    def _stokiva_check_not_negative(self):
        """Raise if a provider's place holds less than nothing after these moves.

        :raise UserError: naming the first
        """
        if not self:
            return
        missing = self.env['stock.quant'].sudo()._read_group(  # sudo: only whether something is missing
            [('location_id', 'in', self.location_id.ids), ('product_id', 'in', self.product_id.ids)],
            ['location_id', 'product_id', 'lot_id'], ['quantity:sum'], having=[('quantity:sum', '<', 0)])
        for location, product, _lot, quantity in missing:
            if product.uom_id.compare(quantity, 0) < 0:
                raise UserError(self.env._(
                    "%(place)s has not enough of %(part)s: %(quantity)s missing.",
                    place=location.display_name, part=product.display_name, quantity=figures.spell(self.env, -quantity)))

    def _stokiva_serve_waiting(self):
        """Let the job look again at lines that wait for what has come."""
        if not self:
            return
        self.env['stokiva.part.line'].sudo().search([  # sudo: warehouse people have no rights on work orders
            ('stock_state', '=', 'short'), ('product_id', 'in', self.product_id.ids),
            ('work_order_id.provider_id', 'in', self.location_dest_id.stokiva_provider_id.ids),
            ('company_id', 'in', self.company_id.ids)])._retry()

    def _stokiva_follow_returns(self):
        """Note which defective parts came back."""
        back = self.filtered(lambda move: (
            move.location_dest_id.stokiva_is_defective and not move.location_dest_id.stokiva_provider_id))
        back.stokiva_part_line_id.sudo().return_state = 'back'  # sudo: warehouse people have no rights on work orders

    def _stokiva_take_back_parts(self):
        """Undo moves of parts: new ones the other way, with the same lots. What was sent on stays where it is."""
        by_target = defaultdict(self.browse)
        for move in self:
            by_target[move.location_dest_id] |= move
        for moves in by_target.values():
            undone = moves.filtered(lambda move: (
                not move.location_dest_id.stokiva_is_defective or move.stokiva_part_line_id.return_state == 'due'
                or not move.stokiva_part_line_id))
            self.create([move._stokiva_prepare_undo_values() for move in undone])._action_done()

    def _stokiva_prepare_undo_values(self):
        """Return the values of the move that undoes this one."""
        self.ensure_one()
        common = {
            'product_id': self.product_id.id, 'company_id': self.company_id.id,
            'location_id': self.location_dest_id.id, 'location_dest_id': self.location_id.id}
        return {
            **common, 'product_uom': self.product_uom.id, 'product_uom_qty': self.quantity, 'state': 'draft',
            'picked': True, 'origin': self.origin, 'partner_id': self.partner_id.id,
            'origin_returned_move_id': self.id, 'to_refund': True,
            'stokiva_part_line_id': self.stokiva_part_line_id.id,
            'stokiva_work_order_id': self.stokiva_work_order_id.id,
            'move_line_ids': [fields.Command.create({
                **common, 'product_uom_id': line.product_uom_id.id, 'quantity': line.quantity,
                'lot_id': line.lot_id.id, 'picked': True}) for line in self.move_line_ids]}
