import logging
from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .. import scoring

_logger = logging.getLogger(__name__)

# What a condition raises that cannot be read, or not be compared with what orders have.
UNREADABLE = (ValueError, SyntaxError, TypeError)
# So many of the newest orders is a condition tried on.
TRIED_ON = 20
WEIGHTS = {f'weight_{name}': name for name in scoring.CRITERIA}
# Whatever changes a ranking makes a new version.
RANKING_FIELDS = frozenset({
    *WEIGHTS, 'max_distance_km', 'min_rating', 'for_authorised', 'for_private', 'for_in_house', 'provider_ids'})


class AssignmentRule(models.Model):
    """Which providers may get an order and what counts most; the first rule that an order meets applies."""
    _name = 'stokiva.assignment.rule'
    _inherit = ['mail.thread', 'stokiva.audited', 'stokiva.cached.mixin']
    _description = "Assignment Rule"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="If empty, it holds for all companies.")
    domain = fields.Char(
        "Orders", default='[]', tracking=True,
        help="The orders for which the rule holds: by customer, product, device type, service type, place. If "
             "empty, for all that no rule before it holds.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    is_automatic = fields.Boolean(
        "Assign Automatically", default=True, tracking=True,
        help="Otherwise the orders wait for a dispatcher, who sees the ranking.")

    strategy = fields.Selection(
        [
            ('balanced', "Balanced"),
            ('nearest', "Nearest"),
            ('least_loaded', "Least loaded"),
            ('best_rated', "Best rated"),
            ('cheapest', "Cheapest"),
            ('round_robin', "In turn"),
            ('fixed', "Fixed providers"),
            ('custom', "Own weights"),
        ],
        required=True, default='balanced', tracking=True, help="A strategy is nothing but weights: see below.")
    weight_coverage = fields.Integer(
        "Closeness of the Service Area", compute='_compute_weights', store=True, readonly=False,
        help="Whether the provider works in this postal code, this district, this province or just this country.")
    weight_preference = fields.Integer(
        "Preference", compute='_compute_weights', store=True, readonly=False, help="The priority of the service area.")
    weight_distance = fields.Integer("Distance", compute='_compute_weights', store=True, readonly=False)
    weight_workload = fields.Integer("Open Orders", compute='_compute_weights', store=True, readonly=False)
    weight_capacity = fields.Integer(
        "Free Time", compute='_compute_weights', store=True, readonly=False,
        help="Free minutes of its people: in the wished window, else in the week from when the order can begin.")
    weight_rating = fields.Integer("Rating", compute='_compute_weights', store=True, readonly=False)
    weight_on_time = fields.Integer("On Time", compute='_compute_weights', store=True, readonly=False)
    weight_acceptance = fields.Integer("Offers Accepted", compute='_compute_weights', store=True, readonly=False)
    weight_rotation = fields.Integer(
        "Time since the Last Order", compute='_compute_weights', store=True, readonly=False)
    weight_cost = fields.Integer("Cost", compute='_compute_weights', store=True, readonly=False)

    for_authorised = fields.Boolean("Authorised", default=True)
    for_private = fields.Boolean("Private", default=True)
    for_in_house = fields.Boolean("In-house", default=True)
    provider_ids = fields.Many2many(
        'stokiva.provider', 'stokiva_assignment_rule_provider_rel', string="Only These")
    max_distance_km = fields.Float("Farthest (km)", digits=(8, 1), help="0: as far as they work.")
    min_rating = fields.Float("Lowest Rating", digits=(2, 1), help="0: any. Who has no rating yet passes.")
    answer_minutes = fields.Integer("Time to Answer (minutes)", help="0: as the provider has it.")
    attempts = fields.Integer(help="How often an order is offered before a dispatcher is asked. 0: as the company has it.")

    _limits_positive = models.Constraint(
        'CHECK(max_distance_km >= 0 AND answer_minutes >= 0 AND attempts >= 0 AND min_rating BETWEEN 0 AND 5)',
        "Limits cannot be negative, and a rating goes up to 5.")

    @api.depends('strategy')
    def _compute_weights(self):
        for rule in self:
            preset = scoring.PRESETS.get(rule.strategy)
            for name, criterion in WEIGHTS.items():
                rule[name] = rule[name] if preset is None else preset.get(criterion, 0)

    @api.constrains(*WEIGHTS)
    def _check_weights(self):
        for rule in self:
            weights = [rule[name] for name in WEIGHTS]
            if min(weights) < 0 or not any(weights):
                raise ValidationError(self.env._("Weights cannot be negative, and one of them has to count."))

    @api.constrains('strategy', 'provider_ids')
    def _check_providers(self):
        for rule in self:
            if rule.strategy == 'fixed' and not rule.provider_ids:
                raise ValidationError(self.env._("Choose the providers of “%s”.", rule.name))

    @api.constrains('domain')
    def _check_domain(self):
        orders = self.env['stokiva.work.order'].sudo()  # sudo: whatever orders there are
        for rule in self:
            try:
                domain = Domain(rule._get_domain())
                domain.validate(orders)
                # To be well formed is not enough: in memory, a number does not compare with a text.
                orders.search([], limit=TRIED_ON, order='id desc').filtered_domain(domain)
            except UNREADABLE as error:
                raise ValidationError(self.env._("“%s” cannot be read as a condition on orders.", rule.domain)) from error

    @api.onchange(*WEIGHTS)
    def _onchange_weights(self):
        preset = scoring.PRESETS.get(self.strategy)
        if preset is not None and self._get_weights() != preset:
            self.strategy = 'custom'

    def write(self, vals):
        """Write rules; what changes the ranking counts their version up."""
        before = {rule: rule._get_snapshot() for rule in self}
        res = super().write(vals)
        if {'strategy', *RANKING_FIELDS}.intersection(vals):
            for rule in self:
                if rule._get_snapshot() != before[rule]:
                    super(AssignmentRule, rule).write({'version': rule.version + 1})
        return res

    def _get_domain(self):
        """Return the condition as a list."""
        self.ensure_one()
        return literal_eval(self.domain or '[]')

    def _get_weights(self):
        """Return the weights that count, ``{criterion: weight}``."""
        self.ensure_one()
        return {criterion: self[name] for name, criterion in WEIGHTS.items() if self[name]}

    def _get_snapshot(self):
        """Return all that the ranking needs of the rule, as it is stored with an offer.

        :return: JSON-like dict, see ``docs/verify.md``
        :rtype: dict
        """
        self.ensure_one()
        return {
            'id': self.id, 'version': self.version, 'weights': self._get_weights(),
            'kinds': [
                kind for kind in ('authorised', 'private', 'in_house') if self[f'for_{kind}']],
            'provider_ids': sorted(self.provider_ids.ids), 'max_distance_km': self.max_distance_km,
            'min_rating': self.min_rating, 'answer_minutes': self.answer_minutes, 'attempts': self.attempts,
            'is_automatic': self.is_automatic}

    @api.model
    @tools.ormcache('company_id')
    def _get_rules(self, company_id):
        """Return the rules of a company in order.

        :param int company_id: id of the company
        :return: list of ``(Domain of orders, snapshot)``
        """
        orders = self.env['stokiva.work.order']
        rules = self.sudo().search([('company_id', 'in', (company_id, False))])  # sudo: read by whoever assigns
        # To read a condition takes as long as to apply it.
        found = []
        for rule in rules:
            try:
                found.append((Domain(rule._get_domain()).optimize(orders), rule._get_snapshot()))
            except UNREADABLE as error:  # of a field that is no more
                rule._note_passed_over(error)
        return found

    def _note_passed_over(self, error):
        """Log that a rule is as if it were not there: nothing may keep a sale from being confirmed."""
        _logger.warning("Assignment rule %s is passed over: %s", self.ids, error)

    @api.model
    def _get_applying(self, orders):
        """Return the snapshot of the rule that applies to each order.

        :param orders: stokiva.work.order records, also new ones
        :return: ``{order: snapshot}``; ``scoring.DEFAULT_RULE`` where none applies
        """
        applying = {}
        for company, batch in orders.grouped('company_id').items():
            for domain, snapshot in self._get_rules(company.id):
                try:
                    met = batch.filtered_domain(domain)
                except UNREADABLE as error:
                    self.browse(snapshot['id'])._note_passed_over(error)
                    continue
                applying |= dict.fromkeys(met, snapshot)
                batch -= met
                if not batch:
                    break
            applying |= dict.fromkeys(batch, scoring.DEFAULT_RULE)
        return applying

    def action_view_offers(self):
        """Open the offers that were made by these rules.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.assignment_action')
        return {**action, 'domain': [('rule_id', 'in', self.ids)], 'context': {}}
