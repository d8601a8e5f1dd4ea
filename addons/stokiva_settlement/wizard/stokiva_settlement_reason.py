from odoo import fields, models


class SettlementReason(models.TransientModel):
    """Asks why, before a settlement is rejected, reversed, put on hold or released."""
    _name = 'stokiva.settlement.reason'
    _description = "Reason of a Decision on Settlements"

    settlement_ids = fields.Many2many('stokiva.settlement', required=True)
    kind = fields.Selection(
        [('reject', "Reject"), ('reverse', "Reverse"), ('hold', "Put on hold"), ('release', "Release")], required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Do it.

        :return: an action: the reversal, or nothing more
        :rtype: dict
        """
        self.ensure_one()
        settlements = self.settlement_ids
        if self.kind != 'reverse':
            do = {'reject': settlements._reject, 'hold': settlements._hold, 'release': settlements._release}
            do[self.kind](self.reason)
            return {'type': 'ir.actions.act_window_close'}
        reversals = settlements._reverse(self.reason)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.settlement',
            'res_id': reversals[:1].id,
            'view_mode': 'form',
        }
