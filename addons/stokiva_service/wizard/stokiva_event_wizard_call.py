import json

from odoo import api, fields, models
from odoo.exceptions import UserError

BY_TELEPHONE = frozenset({'approve', 'dispute'})


class EventWizard(models.TransientModel):
    """The customer's answer by telephone: what is read out to him, who answered and in which words."""
    _inherit = 'stokiva.event.wizard'

    # Stored: the answer is to what was read out, not to what the order became meanwhile.
    approval_id = fields.Many2one('stokiva.approval', compute='_compute_approval_id', store=True, precompute=True)
    shown_text = fields.Text("What the customer is asked to approve", compute='_compute_shown_text')
    spoken_with = fields.Char("Spoken with", compute='_compute_spoken_with', store=True, readonly=False)
    comment = fields.Text("Customer's words")
    stars = fields.Selection(
        [('0', "Not asked"), ('1', "Very bad"), ('2', "Bad"), ('3', "Fair"), ('4', "Good"), ('5', "Very good")],
        default='0', string="Satisfaction")

    @api.depends('event', 'work_order_ids')
    def _compute_approval_id(self):
        for wizard in self:
            orders_sudo = wizard._get_orders().sudo()  # sudo: what the customer sees anyhow
            wizard.approval_id = (
                orders_sudo._get_pending_approvals()[orders_sudo]
                if len(orders_sudo) == 1 and wizard.event in BY_TELEPHONE else False)

    @api.depends('approval_id', 'work_order_ids')
    @api.depends_context('lang')
    def _compute_shown_text(self):
        for wizard in self:
            approval_sudo = wizard.approval_id.sudo()  # sudo: what the customer sees anyhow, of the user's orders
            shown = approval_sudo.work_order_id in wizard._get_orders() and approval_sudo.shown
            wizard.shown_text = wizard._get_shown_text(json.loads(shown)) if shown else False

    @api.depends('partner_id')
    def _compute_spoken_with(self):
        for wizard in self:
            wizard.spoken_with = wizard.partner_id.name

    def _get_channel(self):
        """An answer that somebody in the office took down came by telephone."""
        return 'call' if self.event in BY_TELEPHONE else super()._get_channel()

    def _check_given(self):
        """An answer is one order's, and somebody's."""
        if self.event in BY_TELEPHONE and len(self.work_order_ids) > 1:
            raise UserError(self.env._("Ask for each order on its own."))
        if self.event in BY_TELEPHONE and not (self.comment and self.spoken_with):
            raise UserError(self.env._("Write down who answered, and in which words."))
        return super()._check_given()

    def _prepare_given(self):
        """Say which request is answered, as it was read out."""
        given = super()._prepare_given()
        if self.event in BY_TELEPHONE:
            given |= {'approval_id': self.approval_id.id, 'shown_hash': self.approval_id.sudo().shown_hash}  # sudo: as shown
        if 'stars' in given:
            given['stars'] = int(given['stars'])
        return given

    def _get_shown_text(self, shown):
        """Return what the customer is asked, to be read out on the telephone.

        :param dict shown: what the approval shows
        :rtype: str
        """
        self.ensure_one()
        lines = [f"{shown['device']} · {shown['service_type']}"]
        lines += shown.get('found') or []
        for line in [*shown.get('labour', ()), *shown.get('parts', ())]:
            price = self.currency_id.format(line['amount']) if line['amount'] else self.env._("no charge")
            lines.append(f"{line['text']} × {line['quantity']:g}: {price}")
        if shown.get('text'):
            lines.append(shown['text'])
        lines.append(self.env._("To pay: %s", self.currency_id.format(shown['amount'])))
        return "\n".join(lines)
