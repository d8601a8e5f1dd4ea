from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import charging, workflow

MAX_RECEIPT = 40


class WorkOrder(models.Model):
    """What the technician took from the customer, in cash or by card."""
    _inherit = 'stokiva.work.order'

    amount_collected = fields.Monetary(
        "Paid on site", readonly=True, copy=False, help="What the technician took in cash or by card.")
    amount_open = fields.Monetary("Still to pay", compute='_compute_amount_open')

    @api.depends('amount_charged', 'amount_collected')
    def _compute_amount_open(self):
        for order in self:
            order.amount_open = order.amount_charged - order.amount_collected

    def _on_collect(self, given, actor, channel, occurred):
        amount, receipt = given['amount'], given.get('receipt')
        if given['method'] not in charging.PAYMENT_METHODS:
            raise UserError(self.env._("Choose cash or card."))
        if isinstance(amount, bool) or not isinstance(amount, (int, float)) or not -1e9 < amount < 1e9:
            raise UserError(self.env._("Give the amount that was paid."))
        if receipt is not None and (not isinstance(receipt, str) or len(receipt) > MAX_RECEIPT):
            raise UserError(self.env._("A receipt's number has at most %s characters.", MAX_RECEIPT))
        roles = self._get_roles(actor)
        for order in self:
            currency = order.currency_id
            if amount < 0 and not roles[order] & {*workflow.OFFICE}:
                raise UserError(self.env._("Only the office takes back a payment that was noted."))
            total = order.amount_collected + currency.round(amount)
            if currency.compare_amounts(total, order.amount_charged) > 0:
                raise UserError(self.env._(
                    "%(order)s: the customer has %(open)s to pay, not %(amount)s.", order=order.name,
                    open=currency.format(order.amount_open), amount=currency.format(amount)))
            if currency.compare_amounts(total, 0.0) < 0:
                raise UserError(self.env._(
                    "%(order)s: only %(collected)s were paid.", order=order.name,
                    collected=currency.format(order.amount_collected)))
            order.amount_collected = total
        return {
            order: dict(given, amount=order.currency_id.round(amount), personnel_id=order.personnel_id.id)
            for order in self}
