from odoo import api, fields, models

from .. import preauthorising

KINDS = [
    (preauthorising.LABOUR, "Labour"),
    (preauthorising.PART, "Part"),
    (preauthorising.DISTANCE, "Kilometres"),
]


class PreauthorisationRule(models.Model):
    """What providers have to ask before, and what is granted without a person."""
    _name = 'stokiva.preauthorisation.rule'
    _inherit = ['stokiva.audited']
    _description = "Rule of Pre-authorisation"
    _order = 'sequence, id'
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(KINDS, "For", required=True, default=preauthorising.PART)
    provider_ids = fields.Many2many(
        'stokiva.provider', string="Providers", check_company=True,
        help="If empty, for all. A rule that names the provider goes before those for all.")
    is_needed = fields.Boolean("Must Be Asked", default=True, help="What was done without is shown to the officer.")
    needed_above = fields.Monetary("Above", help="Claims above this amount, without tax, have to be asked for before.")
    is_automatic = fields.Boolean("Granted by Itself", help="Up to both limits; beyond them a person answers.")
    grant_amount = fields.Monetary("Up to Amount", help="Without tax. 0: whatever the amount.")
    grant_quantity = fields.Float("Up to Quantity", digits='Product Unit', help="Hours, pieces, kilometres. 0: however many.")

    _limits_positive = models.Constraint(
        'CHECK(needed_above >= 0 AND grant_amount >= 0 AND grant_quantity >= 0)', "A limit cannot be negative.")
    _automatic_has_limit = models.Constraint(
        'CHECK(NOT is_automatic OR grant_amount > 0 OR grant_quantity > 0)',
        "Say up to which amount or quantity it is granted by itself.")

    @api.depends('kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._("Pre-authorisation: %s", kinds.get(rule.kind, ""))

    def _to_rule(self, factor=1.0):
        """Return the rule as ``preauthorising.py`` knows it.

        :param float factor: from the company's currency into that of the claims
        """
        self.ensure_one()
        return preauthorising.Rule(
            id=self.id,
            kind=self.kind,
            provider_ids=frozenset(self.provider_ids.ids),
            needed_above=self.needed_above * factor if self.is_needed else None,
            grant_amount=self.grant_amount * factor or None,
            grant_quantity=self.grant_quantity or None,
            is_automatic=self.is_automatic)

    @api.model
    def _find(self, companies):
        """Return the rules of companies in their sequence.

        :param companies: res.company records
        :return: ``{res.company: records}``
        """
        # sudo: providers and officers are bound by rules that they need not read
        return self.sudo().search([('company_id', 'in', companies.ids)]).grouped('company_id')
