from odoo import api, fields, models

from ..models.stokiva_settlement_line_decision import ACCEPTED, REDUCED, REJECTED, RETURNED


class SettlementLineDecide(models.TransientModel):
    """Asks what of a computed line is paid."""
    _name = 'stokiva.settlement.line.decide'
    _description = "Decide on a Settlement Line"

    line_id = fields.Many2one('stokiva.settlement.line', required=True, ondelete='cascade')
    currency_id = fields.Many2one(related='line_id.currency_id', related_sudo=False)
    source = fields.Selection(related='line_id.source', related_sudo=False)
    quantity = fields.Float(related='line_id.quantity', related_sudo=False, digits='Product Unit')
    rate = fields.Float(related='line_id.rate', related_sudo=False, digits='Product Price')
    claimed_amount = fields.Monetary(related='line_id.claimed_amount', related_sudo=False)
    why = fields.Text(related='line_id.why', related_sudo=False)
    question = fields.Char(related='line_id.question', related_sudo=False)
    answer = fields.Text(related='line_id.answer', related_sudo=False)
    decision = fields.Selection(
        [(ACCEPTED, "Accept"), (REDUCED, "Reduce"), (REJECTED, "Reject"), (RETURNED, "Send back")],
        required=True, default=REDUCED)
    by = fields.Selection([('amount', "Amount"), ('quantity', "Quantity")], "Reduce by", required=True, default='amount')
    approved_quantity = fields.Float(
        "Quantity paid", digits='Product Unit', compute='_compute_approved', store=True, readonly=False, precompute=True)
    approved_amount = fields.Monetary(
        "Amount paid", compute='_compute_approved', store=True, readonly=False, precompute=True)
    reason = fields.Char()

    @api.depends('line_id')
    def _compute_approved(self):
        """Begin with what is paid by now."""
        for wizard in self:
            line = wizard.line_id
            wizard.approved_quantity = line.decided_quantity or line.quantity
            wizard.approved_amount = line.amount

    @api.onchange('by', 'approved_quantity')
    def _onchange_approved_quantity(self):
        if self.by == 'quantity':
            self.approved_amount = self.currency_id.round(self.approved_quantity * self.rate)

    def action_apply(self):
        """Decide, or send the line back to the provider.

        :return: an action that closes the question
        :rtype: dict
        """
        self.ensure_one()
        if self.decision == RETURNED:
            self.line_id._send_back(self.reason)
        else:
            is_quantity = self.by == 'quantity'
            self.line_id._decide(
                self.decision, self.reason, amount=not is_quantity and self.approved_amount,
                quantity=is_quantity and self.approved_quantity)
        return {'type': 'ir.actions.act_window_close'}
