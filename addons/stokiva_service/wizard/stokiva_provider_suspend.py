from odoo import api, fields, models
from odoo.exceptions import UserError


class ProviderSuspend(models.TransientModel):
    """Asks why and how long a provider shall get no offers."""
    _name = 'stokiva.provider.suspend'
    _description = "Suspend a Provider"

    provider_id = fields.Many2one('stokiva.provider', required=True, readonly=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_until = fields.Date("Until", help="The last day without offers. If empty, until somebody ends it.")
    reason = fields.Selection('_get_reasons', required=True, default='holiday')
    note = fields.Char(help="Shown to the office.")
    offer_count = fields.Integer(compute='_compute_offer_count')
    take_back = fields.Boolean("Give waiting offers to others", default=True)

    @api.model
    def _get_reasons(self):
        reasons = self.env['stokiva.provider']._fields['suspend_reason']._description_selection(self.env)
        return [(key, text) for key, text in reasons if key != 'closing']

    @api.depends('provider_id')
    def _compute_offer_count(self):
        for wizard in self:
            wizard.offer_count = len(wizard._get_offered())

    def _get_offered(self):
        """Return the orders that wait for the provider's answer and that the user may see."""
        return self.env['stokiva.work.order'].search(
            [('provider_id', '=', self.provider_id.id), ('state', '=', 'assigned')])

    def action_suspend(self):
        """Suspend the provider; from today on, its waiting offers go to others if the user wants it.

        :return: action that closes the dialog
        :raise UserError: if the suspension would be over already
        """
        self.ensure_one()
        today = self.provider_id._get_today()
        if self.date_until and self.date_until < max(today, self.date_from):
            raise UserError(self.env._("The last day without offers is over already."))
        self.provider_id.write({
            'suspended_from': self.date_from, 'suspended_until': self.date_until,
            'suspend_reason': self.reason, 'suspend_note': self.note})
        orders = self._get_offered()
        if orders and self.take_back and self.date_from <= today:
            reason = dict(self._get_reasons())[self.reason]
            orders._apply_event('reject', {'reason': reason}, actor=self.env.user, channel='office')
        return {'type': 'ir.actions.act_window_close'}
