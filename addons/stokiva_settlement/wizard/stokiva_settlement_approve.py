from odoo import api, fields, models


class SettlementApprove(models.TransientModel):
    """Says what approving a selection means before it is done: how many, how much, and which not."""
    _name = 'stokiva.settlement.approve'
    _description = "Approve Settlements"

    settlement_ids = fields.Many2many('stokiva.settlement', string="Selected")
    approvable_ids = fields.Many2many('stokiva.settlement', string="To approve", compute='_compute_approvable')
    approvable_count = fields.Integer("Settlements", compute='_compute_approvable')
    amount_text = fields.Char("Total", compute='_compute_approvable')
    unpriced_count = fields.Integer("Without rate", compute='_compute_approvable')
    decided_count = fields.Integer("Decided already", compute='_compute_approvable')
    held_ids = fields.Many2many('stokiva.settlement', string="On hold", compute='_compute_approvable')
    held_count = fields.Integer("Held back", compute='_compute_approvable')
    asked_count = fields.Integer("With open questions", compute='_compute_approvable')
    above_limit_count = fields.Integer("Above the limit", compute='_compute_approvable')

    @api.depends('settlement_ids')
    def _compute_approvable(self):
        for wizard in self:
            approvable = wizard.settlement_ids._get_approvable()
            pending = wizard.settlement_ids.filtered(lambda settlement: settlement.state == 'pending')
            wizard.approvable_ids = approvable
            wizard.approvable_count = len(approvable)
            wizard.amount_text = " + ".join(
                currency.format(sum(batch.mapped('amount_total')))
                for currency, batch in approvable.grouped('currency_id').items())
            wizard.unpriced_count = len(approvable.filtered('is_unpriced'))
            wizard.decided_count = len(wizard.settlement_ids - pending)
            wizard.held_ids = pending.filtered('held_at')
            wizard.held_count = len(wizard.held_ids)
            asked = pending.filtered('question_state') - wizard.held_ids
            wizard.asked_count = len(asked)
            wizard.above_limit_count = len(pending - approvable - wizard.held_ids - asked)

    def action_apply(self):
        """Approve those that the user may approve.

        :return: an action that closes the question
        :rtype: dict
        """
        self.ensure_one()
        self.approvable_ids.action_approve()
        return {'type': 'ir.actions.act_window_close'}
