from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .. import sla

TIMES = {kind: f'{kind}_hours' for kind in sla.CLOCKS}


class SlaPolicy(models.Model):
    """In which time what is promised for which orders; the first policy in order that an order meets holds for it."""
    _name = 'stokiva.sla.policy'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Service Level"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', default=lambda self: self.env.company,
        help="If empty, it holds for all companies.")
    version = fields.Integer(default=1, readonly=True, copy=False)
    date_from = fields.Datetime(
        "Orders Opened From", required=True, default=fields.Datetime.now, copy=False,
        help="It holds for orders opened from then on; those of before keep what was promised to them.")

    service_type_ids = fields.Many2many(
        'stokiva.service.type', 'stokiva_sla_policy_service_type_rel', string="Service Types", check_company=True)
    device_type_ids = fields.Many2many(
        'stokiva.device.type', 'stokiva_sla_policy_device_type_rel', string="Device Types", check_company=True,
        help="With all types below them.")
    priority = fields.Selection([('0', "Normal"), ('1', "Urgent")])
    partner_ids = fields.Many2many(
        'res.partner', 'stokiva_sla_policy_partner_rel', string="Customers", check_company=True,
        help="With the contacts of a company.")
    provider_kind = fields.Selection(
        [('authorised', "Authorised"), ('private', "Private"), ('in_house', "In-house")], "Kind of Provider")
    provider_ids = fields.Many2many(
        'stokiva.provider', 'stokiva_sla_policy_provider_rel', string="Providers", check_company=True)
    state_ids = fields.Many2many('res.country.state', 'stokiva_sla_policy_state_rel', string="Provinces")
    city_ids = fields.Many2many(
        'res.city', 'stokiva_sla_policy_city_rel', string="Districts", help="These, besides those of the provinces.")

    assign_hours = fields.Float(
        "To a Provider Within", help="From the opening, or from a refusal, until a provider has the offer. 0: not promised.")
    accept_hours = fields.Float("Answer Within", help="From the offer until the provider accepts. 0: not promised.")
    arrive_hours = fields.Float(
        "There Within", help="From the opening, or from the delivery of the device, until work begins. 0: not promised.")
    complete_hours = fields.Float(
        "Done Within", help="From the opening, or from the delivery of the device, until the work is submitted. "
                            "0: as long as the service type says, round the clock.")
    hours = fields.Selection(
        [
            (sla.ELAPSED, "Round the clock"),
            (sla.COMPANY, "Working hours of the company"),
            (sla.PROVIDER, "Opening hours of the provider"),
        ],
        "The Time Counts", required=True, default=sla.COMPANY,
        help="As long as there is no provider, by the working hours of the company.")
    follows_window = fields.Boolean(
        "Agreed Time Counts", default=True,
        help="When a time was agreed with the customer, the technician is due at its end, and the time to get it done "
             "runs from its beginning.")
    risk_percent = fields.Integer(
        "At Risk After (%)", required=True, default=75, help="After which part of the time somebody is told. 0: only when it is missed.")
    escalation_ids = fields.One2many('stokiva.sla.escalation', 'policy_id', copy=True)

    _times_positive = models.Constraint(
        'CHECK(assign_hours >= 0 AND accept_hours >= 0 AND arrive_hours >= 0 AND complete_hours >= 0)',
        "Times cannot be negative.")
    _risk_range = models.Constraint(
        'CHECK(risk_percent BETWEEN 0 AND 99)', "An order is at risk after 0 to 99 percent of the time.")

    @api.constrains('name', *TIMES.values())
    def _check_times(self):
        for policy in self:
            if not policy._get_minutes():
                raise ValidationError(self.env._("“%s” promises nothing: give at least one time.", policy.name))

    # === CRUD === #

    def write(self, vals):
        """Write policies; what changes what they promise counts their version up."""
        before = {policy: policy._get_snapshot() for policy in self}
        res = super().write(vals)
        for policy in self:
            if policy._get_snapshot() != before[policy]:
                super(SlaPolicy, policy).write({'version': policy.version + 1})
        return res

    @api.model
    def _create_defaults(self, companies):
        """Give companies the promises to begin with: quick answers, the rest as the service types have it.

        :param companies: res.company records without policies
        :return: the policies
        """
        return self.create([
            {
                'name': self.env._("Standard"), 'company_id': company.id, 'sequence': 90, 'assign_hours': 1,
                'accept_hours': 4, 'hours': sla.COMPANY,
            }
            for company in companies])

    # === WHAT IS PROMISED === #

    def _get_minutes(self):
        """Return the promised times in minutes, ``{clock: minutes}``, only those that are promised."""
        self.ensure_one()
        return {kind: minutes for kind, name in TIMES.items() if (minutes := round(self[name] * 60))}

    def _get_snapshot(self):
        """Return all that the clocks need to know of the policy.

        :return: ``id version since conditions minutes hours follows_window percent levels``
        :rtype: dict
        """
        self.ensure_one()
        return {
            'id': self.id, 'version': self.version, 'since': self.date_from,
            'conditions': {
                'service_type': frozenset(self.service_type_ids.ids),
                'device_type': frozenset(self.device_type_ids.ids),
                'priority': frozenset(filter(None, [self.priority])),
                'customer': frozenset(self.partner_ids.ids),
                'provider_kind': frozenset(filter(None, [self.provider_kind])),
                'provider': frozenset(self.provider_ids.ids),
                'area': frozenset([
                    *(('state', id_) for id_ in self.state_ids.ids), *(('city', id_) for id_ in self.city_ids.ids)]),
            },
            'minutes': self._get_minutes(), 'hours': self.hours, 'follows_window': self.follows_window,
            'percent': self.risk_percent, 'levels': self.escalation_ids.mapped('minutes')}

    @api.model
    @tools.ormcache('company_id')
    def _get_policies(self, company_id):
        """Return the snapshots of a company's policies in order.

        :param int company_id: id of the company
        :rtype: list
        """
        policies = self.sudo().search([('company_id', 'in', (company_id, False))])  # sudo: they hold whoever opens an order
        return [policy._get_snapshot() for policy in policies]

    @api.model
    @tools.ormcache('policy_id')
    def _get_policy(self, policy_id):
        """Return the snapshot of one policy, archived ones too.

        :param int policy_id: id of the policy
        :rtype: dict
        """
        return self.sudo().browse(policy_id)._get_snapshot()  # sudo: as in _get_policies

    def action_view_clocks(self):
        """Open the clocks that these policies have set.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.sla_clock_action')
        return {**action, 'domain': [('policy_id', 'in', self.ids)], 'context': {}}
