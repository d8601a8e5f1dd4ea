from odoo import api, fields, models, tools

from .. import labels, workflow


class MessageRule(models.Model):
    _name = 'stokiva.message.rule'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Message Rule"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: for every company.")
    event = fields.Selection(selection='_get_events', required=True)
    audience = fields.Selection(
        [
            ('customer', "Customer"),
            ('provider', "Provider's dispatcher"),
            ('personnel', "Technician"),
            ('manager', "Responsible in the office"),
        ],
        required=True)
    channel = fields.Selection([('email', "E-mail")], required=True, default='email')
    template_id = fields.Many2one(
        'mail.template', "E-mail template", domain=[('model', '=', 'stokiva.work.order')])

    @api.model
    def _get_events(self):
        """Return the selection of events: those of the workflow table that somebody may be told of."""
        return [
            (event, labels.label(self.env, labels.EVENTS, event)) for event in workflow.TABLE if event != 'edit']

    @api.model
    @tools.ormcache('event', 'company_id')
    def _get_rules(self, event, company_id):
        """Return the active rules for an event in a company.

        :return: tuple of ``(id, audience, channel)``
        """
        rules = self.sudo().search(  # sudo: whoever causes the event, the rules apply
            [('event', '=', event), ('company_id', 'in', (company_id, False))])
        return tuple((rule.id, rule.audience, rule.channel) for rule in rules)
