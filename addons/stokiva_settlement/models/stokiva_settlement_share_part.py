from odoo import api, fields, models


class SettlementShare(models.Model):
    """Which part of the settlement a share is, for reports line by line."""
    _inherit = 'stokiva.settlement.share'

    part = fields.Float(compute='_compute_part', store=True, digits=0, aggregator=None, help="Of 1.")

    @api.depends('weight', 'settlement_id.share_ids.weight')
    def _compute_part(self):
        for settlement, shares in self.grouped('settlement_id').items():
            whole = sum(settlement.share_ids.mapped('weight'))
            for share in shares:
                share.part = share.weight / whole if whole else 1 / len(settlement.share_ids)
