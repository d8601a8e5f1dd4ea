from odoo import fields, models


class SettlementReason(models.TransientModel):
    """Asks why, before a settlement is rejected or reversed."""
    _name = 'stokiva.settlement.reason'
    _description = "Reason of a Settlement's Rejection or Reversal"

    settlement_ids = fields.Many2many('stokiva.settlement', required=True)
    kind = fields.Selection([('reject', "Reject"), ('reverse', "Reverse")], required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Reject or reverse the settlements.

        :return: an action: the reversal, or nothing more
        :rtype: dict
        """
        self.ensure_one()
        if self.kind == 'reject':
            self.settlement_ids._reject(self.reason)
            return {'type': 'ir.actions.act_window_close'}
        reversals = self.settlement_ids._reverse(self.reason)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.settlement',
            'res_id': reversals[:1].id,
            'view_mode': 'form',
        }
