from odoo import api, fields, models


class Settlement(models.Model):
    """What the settlement's currency was worth, so that reports add up what was settled in several."""
    _inherit = 'stokiva.settlement'

    company_rate = fields.Float(
        compute='_compute_company_rate', store=True, precompute=True, digits=0, aggregator=None,
        help="Company currency for one unit of the settlement's, on its day.")

    # The report of earnings lists them so.
    _date_idx = models.Index("(date DESC)")

    @api.depends('currency_id', 'company_id', 'date')
    def _compute_company_rate(self):
        for settlement in self:
            settlement.company_rate = self.env['res.currency']._get_conversion_rate(
                settlement.currency_id, settlement.company_id.currency_id, settlement.company_id, settlement.date)
