from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .. import rates
from .stokiva_settlement_line import ADJUSTMENT


class SettlementTax(models.Model):
    """Which taxes, VAT and withholding, lie on what a provider earned, from which day: law as data. The first rule in
    the sequence that fits holds; without one the product of bill lines, or the company's default tax, decides.
    """
    _name = 'stokiva.settlement.tax'
    _inherit = ['stokiva.audited']
    _description = "Taxes of Service Work"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char("Reason", required=True, help="What the rule rests on, as the law and its number.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    date_from = fields.Date("Work from", required=True)
    date_to = fields.Date("Work until")
    kind = fields.Selection(selection='_get_kind_selection', string="Kind of provider")
    provider_ids = fields.Many2many('stokiva.provider', string="Providers", check_company=True)
    service_type_ids = fields.Many2many('stokiva.service.type', string="Service types")
    source = fields.Selection(
        [(rates.LABOUR, "Labour"), ('trip', "Trips"), (rates.PART, "Own parts"), (ADJUSTMENT, "Bonuses, reductions, adjustments")],
        "Only on")
    tax_ids = fields.Many2many(
        'account.tax', string="Taxes", check_company=True, domain=[('type_tax_use', '=', 'purchase')],
        help="As on vendor bills, withholding included. The provider's fiscal position replaces them where it says so. "
             "None: no tax.")

    _dates_order = models.Constraint('CHECK(date_to >= date_from)', "A rule cannot end before it begins.")

    def _get_kind_selection(self):
        return self.env['stokiva.provider']._fields['kind']._description_selection(self.env)

    @api.constrains('tax_ids')
    def _check_tax_ids(self):
        for rule in self:
            taxes = rule.sudo().tax_ids  # sudo: whoever keeps the rules may have no rights in accounting
            if any((taxes | taxes.children_tax_ids).mapped('price_include')):
                raise ValidationError(self.env._("What providers earn is without tax: take taxes that are added to the price."))

    def _fits(self, provider, date, service_type, source):
        """Tell whether the rule holds for work.

        :param provider: stokiva.provider record
        :param date date: the day of the work
        :param service_type: stokiva.service.type record, empty for adjustments of a statement
        :param str source: of a settlement line
        """
        self.ensure_one()
        source = 'trip' if source in rates.TRIPS else ADJUSTMENT if source in rates.QUALITY else source
        return (
            self.date_from <= date and (not self.date_to or date <= self.date_to)
            and self.kind in (False, provider.kind) and (not self.provider_ids or provider in self.provider_ids)
            and (not self.service_type_ids or service_type in self.service_type_ids)
            and self.source in (False, source))

    @api.model
    def _get_rules(self, companies):
        """Return the rules of companies, in sequence.

        :param companies: res.company records
        :return: stokiva.settlement.tax records by company
        :rtype: dict
        """
        return self.search(Domain('company_id', 'in', companies.ids)).grouped('company_id')
