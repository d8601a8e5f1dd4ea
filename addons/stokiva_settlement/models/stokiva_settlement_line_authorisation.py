from odoo import api, fields, models

from .. import preauthorising


class SettlementLine(models.Model):
    """Whether what was done had been asked for before."""
    _inherit = 'stokiva.settlement.line'

    authorisation = fields.Selection(
        [
            (preauthorising.GRANTED, "Granted before"),
            (preauthorising.REFUSED, "Refused before"),
            (preauthorising.MISSING, "Not granted before"),
        ],
        "Pre-authorisation", readonly=True, help="Empty: none was needed.")
    preauthorisation_id = fields.Many2one(
        'stokiva.preauthorisation', readonly=True, index='btree_not_null', ondelete='restrict')


class Settlement(models.Model):
    _inherit = 'stokiva.settlement'

    is_unauthorised = fields.Boolean(
        "Not authorised", compute='_compute_is_unauthorised', store=True,
        help="Something was done without the pre-authorisation that it needed, and nobody has decided on it yet.")

    @api.depends('line_ids.authorisation', 'line_ids.decided_at')
    def _compute_is_unauthorised(self):
        for settlement in self:
            settlement.is_unauthorised = any(
                line.authorisation == preauthorising.MISSING and not line.decided_at for line in settlement.line_ids)
