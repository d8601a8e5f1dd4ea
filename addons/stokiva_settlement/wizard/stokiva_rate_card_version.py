from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_round

from .. import rates


class RateCardVersion(models.TransientModel):
    """Asks from when a new version of a rate card holds, and by how much its prices change."""
    _name = 'stokiva.rate.card.version'
    _description = "New Version of a Rate Card"

    card_id = fields.Many2one('stokiva.rate.card', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='card_id.currency_id')
    date_from = fields.Date(
        "Valid from", required=True, compute='_compute_date_from', store=True, readonly=False, precompute=True)
    percent = fields.Float("Change (%)", digits=(6, 2), help="25 makes 100 to 125; -10 makes it 90.")
    step = fields.Monetary(
        "Round to", default=0.01, help="Changed prices are rounded to a multiple of this. Percentages stay as they are.")

    _percent_range = models.Constraint('CHECK(percent > -100)', "Prices cannot fall by 100 percent or more.")
    _step_positive = models.Constraint('CHECK(step > 0)', "Say to what prices are rounded, as 0.01 or 5.")

    @api.depends('card_id')
    def _compute_date_from(self):
        for wizard in self:
            wizard.date_from = max(
                fields.Date.context_today(self),
                (wizard.card_id.date_from or fields.Date.context_today(self)) + timedelta(days=1))

    def action_apply(self):
        """End the card the day before, and open a copy that follows it.

        :return: an action that opens the new version
        :rtype: dict
        :raise UserError: if it would not begin after the card
        """
        self.ensure_one()
        card = self.card_id
        if self.date_from <= card.date_from:
            raise UserError(self.env._("The new version has to begin after %s does.", card.display_name))
        lines = card.line_ids.copy_data()
        for line in lines:
            if self.percent and line['unit'] != rates.PERCENT:
                line['amount'] = float_round(line['amount'] * (1 + self.percent / 100), precision_rounding=self.step)
        successor = card.copy({
            'version': card.version + 1, 'previous_id': card.id, 'date_from': self.date_from,
            'line_ids': [Command.create(line) for line in lines]})
        card.date_to = self.date_from - timedelta(days=1)
        return {
            'type': 'ir.actions.act_window',
            'res_model': card._name,
            'res_id': successor.id,
            'view_mode': 'form',
        }
