from odoo import fields, models
from odoo.exceptions import UserError


class StatementAnswer(models.TransientModel):
    """Asks what the office says to an objection of a provider."""
    _name = 'stokiva.statement.answer'
    _description = "Answer to an Objection"

    objection_id = fields.Many2one('stokiva.statement.objection', required=True, readonly=True, ondelete='cascade')
    subject = fields.Char(related='objection_id.subject', related_sudo=False)
    amount = fields.Monetary(related='objection_id.amount', related_sudo=False)
    currency_id = fields.Many2one(related='objection_id.currency_id', related_sudo=False)
    reason = fields.Text(related='objection_id.reason', related_sudo=False)
    decision = fields.Selection(
        [
            ('remove', "Accept: take the row out, to be decided anew"),
            ('adjust', "Accept: leave the row and add an adjustment"),
            ('reject', "Reject"),
        ],
        required=True)
    adjustment = fields.Monetary(help="Positive: the provider gets so much more.")
    answer = fields.Text("Answer to the provider", required=True)

    def action_apply(self):
        """Answer the objection.

        :return: an action that closes the question
        :rtype: dict
        :raise UserError: if an adjustment of nothing is wanted
        """
        self.ensure_one()
        if self.decision == 'adjust' and not self.adjustment:
            raise UserError(self.env._("Say by how much the statement is adjusted."))
        self.objection_id._answer(self.decision, self.answer, self.adjustment)
        return {'type': 'ir.actions.act_window_close'}
