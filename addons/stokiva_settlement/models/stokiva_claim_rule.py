from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.stokiva_service import figures

from .. import checks

PARAMETERS = ('count', 'bits', 'days', 'hours', 'distance_km', 'speed_kmh', 'percent', 'factor')
# What changes what a check says.
VERSIONED = frozenset({'active', 'action', *PARAMETERS})


class ClaimRule(models.Model):
    """One check of claims with its parameters: for all companies, or one company's own instead of that."""
    _name = 'stokiva.claim.rule'
    _inherit = ['stokiva.audited']
    _description = "Check of Claims"
    _order = 'sequence, company_id, id'

    kind = fields.Selection(
        [
            (checks.MISSING_PHOTOS, "Photos are missing"),
            (checks.SAME_PHOTO, "The same photo again"),
            (checks.PHOTO_FACTS, "Photo of another time or place"),
            (checks.CHECK_IN, "Check-in far away"),
            (checks.TRAVEL, "Impossible travel"),
            (checks.REPEAT, "Repeat visit"),
            (checks.PARTS, "Part without a trace"),
            (checks.AMOUNT, "Unusual amount"),
            (checks.WARRANTY, "Warranty had ended"),
            (checks.CLOSED_DAY, "Closed day"),
            (checks.SERIAL, "Serial number at two places"),
            (checks.APPROVAL, "Approved without the customer's hand"),
        ],
        "Check", required=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null',
        help="If empty, the check is for all companies that have none of their own of this kind.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean("Switched On", default=True)
    action = fields.Selection(
        [(checks.WARN, "Warn"), (checks.HOLD, "Put on hold")], "If Something Is Found", required=True,
        default=checks.HOLD)
    description = fields.Char("What It Looks For", compute='_compute_description')
    count = fields.Integer("At Least", aggregator=None)
    bits = fields.Integer("Bits That May Differ", aggregator=None)
    days = fields.Integer(aggregator=None)
    hours = fields.Float("Hours Before the Job", aggregator=None)
    distance_km = fields.Float("Distance (km)", aggregator=None)
    speed_kmh = fields.Float("Speed (km/h)", aggregator=None)
    percent = fields.Float("Percent by Hand", aggregator=None)
    factor = fields.Float("Deviations", aggregator=None)
    version = fields.Integer(
        default=1, readonly=True, copy=False, aggregator=None,
        help="Goes up with every change; each result keeps the version that it was found by.")

    _kind_uniq = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0))", "There is a check of this kind for this company already.")
    _not_negative = models.Constraint(
        'CHECK(LEAST(count, bits, days, hours, distance_km, speed_kmh, percent, factor) >= 0)',
        "A limit cannot be negative.")
    _bits_range = models.Constraint(
        'CHECK(bits <= 50)', "Photos that differ in more than 50 bits are not looked for.")

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for rule in self:
            rule.display_name = labels.get(rule.kind)

    @api.depends('kind', *PARAMETERS)
    @api.depends_context('lang')
    def _compute_description(self):
        for rule in self:
            rule.description = rule._describe()

    def _describe(self):
        """Return in a sentence what the check finds with these limits."""
        self.ensure_one()
        days = self.days
        km, hours, speed, percent, factor = (
            figures.spell(self.env, self[name]) for name in ('distance_km', 'hours', 'speed_kmh', 'percent', 'factor'))
        return {
            checks.MISSING_PHOTOS: self.env._(
                "Fewer photos before or after the work than the service type wants, or fewer than %s in all", self.count)
            if self.count else self.env._("Fewer photos before or after the work than the service type wants"),
            checks.SAME_PHOTO: self.env._("A photo that another order has already, also scaled, compressed or cropped"),
            checks.PHOTO_FACTS: self.env._(
                "Taken more than %(hours)s hours before the job, or more than %(km)s km from the address", hours=hours, km=km),
            checks.CHECK_IN: self.env._("Work begun more than %s km from the address", km),
            checks.TRAVEL: self.env._(
                "Two jobs of one technician more than %(km)s km apart, faster than %(speed)s km/h", km=km, speed=speed),
            checks.REPEAT: self.env._(
                "The same provider at the same device for a fault of the same family within %s days", days),
            checks.PARTS: self.env._(
                "A part that left no stock, or whose defective one is more than %s days overdue", days),
            checks.AMOUNT: self.env._(
                "More than %(percent)s %% added by hand, or more than %(factor)s robust deviations above the median of "
                "at least %(count)s alike", percent=percent, factor=factor, count=self.count),
            checks.WARRANTY: self.env._(
                "Claimed as warranty, though it had ended more than %s days before the fault was reported", days),
            checks.CLOSED_DAY: self.env._("Work begun on a day on which the provider is closed"),
            checks.SERIAL: self.env._(
                "The serial number was at another address, more than %(km)s km away, within %(days)s days", km=km, days=days),
            checks.APPROVAL: self.env._(
                "By call or document, if in the %(days)s days around such approvals exceed the provider's usual share by "
                "%(factor)s deviations, with at least %(count)s approvals", days=days, factor=factor, count=self.count),
        }.get(self.kind)

    @api.onchange('kind')
    def _onchange_kind(self):
        """Begin with the defaults of the kind."""
        if self.kind:
            self.update(checks.get_parameters(self.kind))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create checks, with the defaults of their kind for limits that are not given."""
        return super().create([
            {**checks.get_parameters(vals['kind']), **vals} if vals.get('kind') in checks.KINDS else vals
            for vals in vals_list])

    def write(self, vals):
        """Write checks; a change of what they say is a new version."""
        changed = self.filtered(lambda rule: any(
            name in vals and rule[name] != rule._fields[name].convert_to_record(
                rule._fields[name].convert_to_cache(vals[name], rule), rule) for name in VERSIONED))
        res = super().write(vals)
        for rule in changed:
            super(ClaimRule, rule).write({'version': rule.version + 1})
        return res

    # === FOR THE CHECKS === #

    def _get_parameters(self):
        """Return the limits that count for the kind.

        :rtype: dict
        """
        self.ensure_one()
        return {name: self[name] for name in checks.get_parameters(self.kind)}

    @api.model
    def _get_rules(self, companies):
        """Return which checks are on: a company's own, also if it is switched off, comes before that for all.

        :param companies: res.company records
        :return: ``{kind: {res.company: stokiva.claim.rule}}``
        :rtype: dict
        """
        rules = self.with_context(active_test=False).search(
            Domain('company_id', 'in', [False, *companies.ids]))
        chosen = {(rule.kind, rule.company_id): rule for rule in rules}
        return {
            kind: {
                company: rule for company in companies
                if (rule := chosen.get((kind, company)) or chosen.get((kind, company.browse()))) and rule.active}
            for kind in checks.KINDS}
