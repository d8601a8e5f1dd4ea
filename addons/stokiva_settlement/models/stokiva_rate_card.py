from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RateCard(models.Model):
    """What providers are paid for what. Once a settlement was priced by a card, it stands: prices
    change by a new version, so that every amount can be computed again from what is stored.
    """
    _name = 'stokiva.rate.card'
    _inherit = ['mail.thread', 'stokiva.audited']
    _description = "Rate Card"
    _order = 'sequence, date_from desc, id'
    _check_company_auto = True

    # What decides prices, or names the card in their reasons.
    FROZEN_FIELDS = frozenset({
        'name', 'sequence', 'company_id', 'currency_id', 'date_from', 'provider_ids', 'provider_kind', 'line_ids', 'version',
        'previous_id'})

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10, help="Decides between cards that fit equally well: the first one wins.")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(
        'res.currency', required=True, compute='_compute_currency_id', store=True, readonly=False, precompute=True,
        help="A provider is paid in the currency of the most specific card that holds for it.")
    date_from = fields.Date("Valid from", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date("Valid until", copy=False, tracking=True, help="The last day. Empty: until further notice.")
    provider_ids = fields.Many2many(
        'stokiva.provider', string="Providers", check_company=True,
        help="If empty, the card is for all providers. A card that names a provider goes before those for all.")
    provider_kind = fields.Selection(
        lambda self: self.env['stokiva.provider']._fields['kind']._description_selection(self.env), "Kind of Provider",
        help="If empty, the card is for all kinds. A card for a kind goes before those for all.")
    line_ids = fields.One2many('stokiva.rate.card.line', 'card_id', "Rates", copy=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        'stokiva.rate.card', "Previous version", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict')
    is_used = fields.Boolean(compute='_compute_is_used')

    _dates_order = models.Constraint(
        'CHECK(date_to >= date_from)', "A rate card cannot end before it begins.")

    @api.depends('company_id')
    def _compute_currency_id(self):
        for card in self:
            card.currency_id = card.currency_id or card.company_id.currency_id

    @api.depends('name', 'version')
    def _compute_display_name(self):
        for card in self:
            card.display_name = card.name and self.env._(
                "%(name)s, version %(version)s", name=card.name, version=card.version)

    def _compute_is_used(self):
        used = self._get_used()
        for card in self:
            card.is_used = card in used

    def write(self, vals):
        """Write a card; what decided a settlement stays as it is.

        :raise UserError: if the card is used and its prices, dates or providers would change
        """
        if self.FROZEN_FIELDS.intersection(vals):
            self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _get_used(self):
        """Return those cards by which settlements were priced."""
        # sudo: a card is used even if the reader may not see by what
        rows = self.env['stokiva.settlement.line'].sudo()._read_group([('card_id', 'in', self.ids)], ['card_id'])
        return self.browse(card.id for card, in rows)

    def _check_unused(self):
        """Raise if settlements were priced by one of the cards."""
        if used := self._get_used():
            raise UserError(self.env._(
                "Settlements were priced by %s. Make a new version to change it.",
                ", ".join(used.mapped('display_name'))))

    def action_new_version(self):
        """Ask from when a new version holds, and by how much its prices change.

        :return: an action that opens the question
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("New version of %s", self.name),
            'res_model': 'stokiva.rate.card.version',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_card_id': self.id},
        }

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Rate Cards"),
            'template': '/stokiva_settlement/static/import/stokiva.rate.card.csv'}]

    def _get_rules(self, wanted):
        """Return the rules that hold for providers on days, for ``rates.price``.

        The most specific card decides the currency; cards in another one are not looked at.

        :param wanted: iterable of ``(res.company, stokiva.provider, date)``
        :return: ``{(company, provider, date): (res.currency, [rates.Rule])}``, the company's currency without a card
        """
        wanted = set(wanted)
        if not wanted:
            return {}
        dates = [date for _company, _provider, date in wanted]
        providers = list({provider.id for _company, provider, _date in wanted})
        cards = self.search(
            Domain('company_id', 'in', list({company.id for company, _provider, _date in wanted}))
            & (Domain('provider_ids', '=', False) | Domain('provider_ids', 'in', providers))
            & Domain('date_from', '<=', max(dates))
            & (Domain('date_to', '=', False) | Domain('date_to', '>=', min(dates))))
        places, index, rules, found = {}, defaultdict(list), {}, {}
        for place, card in enumerate(cards):
            places[card] = place
            for whose in card.provider_ids.ids or (card.provider_kind,):
                index[card.company_id, whose].append(card)
        for company, provider, date in wanted:
            holding = sorted(
                (card for whose in (provider.id, provider.kind, False) for card in index.get((company, whose), ())
                 if card._holds(company, provider, date)),
                key=lambda card: (card._get_scope(), places[card]))
            currency = holding[0].currency_id if holding else company.currency_id
            holding = tuple(card for card in holding if card.currency_id == currency)
            if holding not in rules:  # few cards hold for many providers
                rules[holding] = [
                    line._to_rule(card._get_scope(), places[card]) for card in holding for line in card.line_ids]
            found[company, provider, date] = currency, rules[holding]
        return found

    def _holds(self, company, provider, date):
        """Tell whether the card is for a provider of a company on a day."""
        self.ensure_one()
        return (
            self.company_id == company
            and self.date_from <= date <= (self.date_to or date)
            and (not self.provider_ids or provider in self.provider_ids)
            and self.provider_kind in (False, provider.kind))

    def _get_scope(self):
        """Return how general the card is, see ``rates.Rule``."""
        self.ensure_one()
        if self.provider_ids:
            return 0
        return 1 if self.provider_kind else 2
