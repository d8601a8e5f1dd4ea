from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import cutoffs
from ..splitting import EQUALLY, RULES


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_approval_limit = fields.Monetary(
        "Officers Approve up to",
        help="Only a manager approves settlements above this amount. Zero: no limit.", prefetch='stokiva')

    stokiva_split = fields.Selection(
        RULES, "Split among Personnel", default=EQUALLY, required=True,
        help="How what a provider earns is divided among its people, for reports. Providers may have a rule of their own.",
        prefetch='stokiva')
    stokiva_split_master = fields.Float("Share of a Master", digits=(6, 2), default=100, required=True, prefetch='stokiva')
    stokiva_split_technician = fields.Float("Share of a Technician", digits=(6, 2), default=100, required=True,
        prefetch='stokiva')
    stokiva_split_assistant = fields.Float("Share of an Assistant", digits=(6, 2), default=50, required=True,
        prefetch='stokiva')

    _stokiva_split_positive = models.Constraint(
        'CHECK(stokiva_split_master >= 0 AND stokiva_split_technician >= 0 AND stokiva_split_assistant >= 0)',
        "A share cannot be negative.")
    stokiva_cutoff_days = fields.Char(
        "Statements Are Cut off on", default='31',
        help="Days of the month, as 15, 31: statements are drafted after each. Empty: only by hand.", prefetch='stokiva')
    stokiva_answer_days = fields.Integer(
        "Days to Answer a Statement", default=7, required=True,
        help="Then the provider is reminded. Without an answer a statement is not confirmed.", prefetch='stokiva')
    stokiva_advance_account_id = fields.Many2one(
        'account.account', "Advances Are Booked on", check_company=True, ondelete='restrict',
        help="Account of vendor bills for advances to providers and what they pay back.", prefetch='stokiva')

    _stokiva_answer_days_positive = models.Constraint(
        'CHECK(stokiva_answer_days > 0)', "A provider needs at least one day to answer.")
    _stokiva_approval_limit_positive = models.Constraint(
        'CHECK(stokiva_approval_limit >= 0)', "The approval limit cannot be negative.")

    @api.constrains('stokiva_cutoff_days')
    def _check_stokiva_cutoff_days(self):
        for company in self:
            try:
                cutoffs.parse_days(company.stokiva_cutoff_days)
            except ValueError as error:
                raise ValidationError(self.env._(
                    "Write days of the month as 15, 31, not “%s”.", company.stokiva_cutoff_days)) from error
