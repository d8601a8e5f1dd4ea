import ast
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate

from .. import labels, workflow

_lt = LazyTranslate(__name__)
# A sentence each: languages inflect the recipient.
SENTENCES = {
    'customer': _lt("“%(event)s”: %(channel)s to the customer"),
    'provider': _lt("“%(event)s”: %(channel)s to the provider's dispatcher"),
    'personnel': _lt("“%(event)s”: %(channel)s to the technician"),
    'manager': _lt("“%(event)s”: %(channel)s to the responsible in the office"),
}


class Snapshot(NamedTuple):
    """What the outbox must know of a rule.

    :param int id: of the rule
    :param str audience: of the rule
    :param str channel: of the rule
    :param frozenset service_types: ids of stokiva.service.type; empty: all
    :param str condition: domain of work orders, empty string: all
    """
    id: int
    audience: str
    channel: str
    service_types: frozenset
    condition: str


class MessageRule(models.Model):
    """Who is told what by which channel. A company's own rule for event, audience and channel replaces the shared one,
    one for certain services that for all.
    """
    _name = 'stokiva.message.rule'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Message Rule"
    _order = 'event, sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True,
        help="Empty: for every company that has no rule of its own for the same event, recipient and channel.")
    event = fields.Selection(selection='_get_events', string="When", required=True, index=True)
    audience = fields.Selection(
        [
            ('customer', "Customer"),
            ('provider', "Provider's dispatcher"),
            ('personnel', "Technician"),
            ('manager', "Responsible in the office"),
        ],
        string="To", required=True, default='customer')
    channel = fields.Selection([('email', "E-mail")], required=True, default='email')
    template_id = fields.Many2one(
        'mail.template', "E-mail template", index='btree_not_null', domain=[('model', '=', 'stokiva.work.order')])
    service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Only for Services",
        help="For these services the rule replaces the one for all. If empty, all services.")
    condition = fields.Char("Only If", default='[]', help="Only for work orders that fulfil this when the message is written.")
    consent = fields.Selection(
        [('informational', "Informational"), ('commercial', "Commercial")], "Consent Class", required=True,
        default='informational',
        help="Commercial: an offer or advertisement. It goes only to customers who agreed to that by this channel.")
    heeds_quiet_hours = fields.Boolean(
        "Waits for the Morning", compute='_compute_heeds_quiet_hours', store=True, readonly=False, precompute=True,
        help="In the quiet hours of the company the message waits for their end, unless it would come too late then.")
    sentence = fields.Char("Rule", compute='_compute_sentence')

    @api.depends('audience', 'channel')
    def _compute_heeds_quiet_hours(self):
        for rule in self:
            rule.heeds_quiet_hours = rule.audience == 'customer' and rule.channel != 'email'  # an e-mail wakes nobody

    @api.depends('event', 'audience', 'channel', 'service_type_ids', 'condition', 'consent')
    @api.depends_context('lang')
    def _compute_sentence(self):
        events = dict(self._get_events())
        channels = dict(self._fields['channel']._description_selection(self.env))
        for rule in self:
            parts = []
            if rule.event and rule.audience and rule.channel:
                parts.append(labels.label(self.env, SENTENCES, rule.audience) % {
                    'event': events[rule.event], 'channel': channels[rule.channel]})
            if rule.service_type_ids:
                parts.append(self.env._("only for %s", ", ".join(rule.service_type_ids.mapped('name'))))
            if rule._has_condition():
                parts.append(self.env._("under a condition"))
            if rule.consent == 'commercial':
                parts.append(self.env._("only with consent"))
            rule.sentence = ", ".join(parts)

    @api.constrains('condition')
    def _check_condition(self):
        for rule in self.filtered(lambda item: item._has_condition()):
            try:
                self.env['stokiva.work.order'].search_count(ast.literal_eval(rule.condition), limit=1)
            except Exception as error:  # a domain can raise anything
                raise ValidationError(self.env._("The condition cannot be used: %s", error)) from error

    @api.constrains('channel', 'template_id')
    def _check_template(self):
        for rule in self:
            if rule.channel == 'email' and not rule.template_id:
                raise ValidationError(self.env._("“%s” needs an e-mail template.", rule.name))

    @api.model
    def _get_events(self):
        """Return the selection of kinds of messages: events of the workflow table, and what is told besides."""
        return [
            *((event, labels.label(self.env, labels.EVENTS, event)) for event in workflow.TABLE if event != 'edit'),
            *((name, labels.label(self.env, labels.MESSAGES, name)) for name in labels.MESSAGES)]

    def _has_condition(self):
        self.ensure_one()
        return bool(self.condition) and self.condition.strip() != '[]'

    @api.model
    @tools.ormcache('event', 'company_id')
    def _get_rules(self, event, company_id):
        """Return the rules that count for a kind of message in a company.

        :param str event: key of the selection of ``event``
        :param int company_id: id of the company
        :return: tuple of ``Snapshot``
        """
        # sudo: whoever causes the event, the rules apply; a company's rule that is off keeps the shared one off
        rules = self.sudo().with_context(active_test=False).search(
            [('event', '=', event), ('company_id', 'in', (company_id, False))])
        own = rules.filtered('company_id')
        chosen = rules.filtered('active').filtered(
            lambda rule: rule.company_id or not any(one._replaces(rule) for one in own))
        return tuple(
            Snapshot(
                rule.id, rule.audience, rule.channel, frozenset(rule.service_type_ids.ids),
                rule.condition if rule._has_condition() else '')
            for rule in chosen)

    def _replaces(self, shared):
        """Tell whether a company's rule stands in place of a shared one for the same event."""
        self.ensure_one()
        return (self.audience, self.channel) == (shared.audience, shared.channel) and (
            bool(self.service_type_ids & shared.service_type_ids)
            or not (self.service_type_ids | shared.service_type_ids))

    @api.model
    def _choose(self, snapshots, order):
        """Return the rules that speak of an order: those for its service, else those for all.

        :param snapshots: iterable of ``Snapshot``
        :param order: stokiva.work.order record
        :return: list of ``Snapshot``
        """
        service = order.service_type_id.id
        special = {(rule.audience, rule.channel) for rule in snapshots if service in rule.service_types}
        return [
            rule for rule in snapshots
            if service in rule.service_types
            or not rule.service_types and (rule.audience, rule.channel) not in special]

    def _filter_met(self, orders):
        """Return those of the orders that meet the condition.

        :param orders: stokiva.work.order records in sudo
        :raise ValueError: if it cannot be read
        """
        self.ensure_one()
        return orders.filtered_domain(ast.literal_eval(self.condition))
