from odoo import api, fields, models
from odoo.fields import Domain

from .. import cutoffs


class StatementWizard(models.TransientModel):
    """Gathers a period's approved settlements into statements, one per provider and currency."""
    _name = 'stokiva.statement.wizard'
    _description = "New Statements"
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    provider_ids = fields.Many2many('stokiva.provider', string="Providers", check_company=True)
    date_from = fields.Date("From", required=True, default=lambda self: self._default_date_from())
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    settlement_count = fields.Integer("Settlements", compute='_compute_waiting')
    provider_count = fields.Integer("Statements", compute='_compute_waiting')
    amount_text = fields.Char("Total", compute='_compute_waiting')

    def _default_date_from(self):
        return cutoffs.get_period_start(
            cutoffs.parse_days(self.env.company.stokiva_cutoff_days), fields.Date.context_today(self))

    @api.depends('company_id', 'provider_ids', 'date_to')
    def _compute_waiting(self):
        for wizard in self:
            waiting = wizard._find_waiting()
            wizard.settlement_count = len(waiting)
            wizard.provider_count = len(waiting.grouped(
                lambda settlement: (settlement.provider_id, settlement.currency_id)))
            wizard.amount_text = " + ".join(
                currency.format(sum(batch.mapped('amount_total')))
                for currency, batch in waiting.grouped('currency_id').items())

    def _find_waiting(self):
        """Return the approved settlements until the cut-off that are in no statement, late ones of earlier periods, too."""
        self.ensure_one()
        domain = (
            Domain('company_id', '=', self.company_id.id)
            & self.env['stokiva.settlement']._get_billable_domain()
            & Domain('date', '<=', self.date_to))
        if self.provider_ids:
            domain &= Domain('provider_id', 'in', self.provider_ids.ids)
        return self.env['stokiva.settlement'].search(domain)

    def action_apply(self):
        """Make the statements.

        :return: an action that opens them
        :rtype: dict
        :raise UserError: if no settlement waits
        """
        self.ensure_one()
        return self._find_waiting()._create_statements(self.date_from, self.date_to)._get_action()
