from odoo import api, models


class MailTemplate(models.Model):
    """What messages about work orders say is part of the change log; other templates are not.

    Odoo tries a template out whenever it is saved: it knows then what the outbox gives to those texts.
    """
    _name = 'mail.template'
    _inherit = ['mail.template', 'stokiva.audited']

    _audited_fields = frozenset({'active', 'body_html', 'email_from', 'lang', 'name', 'reply_to', 'subject'})

    def _filter_audited(self):
        """Return those that rules of messages use."""
        # sudo: whoever changes a text need not see the rules; those of other companies count, too
        rules = self.env['stokiva.message.rule'].sudo().with_context(active_test=False)
        return self & rules.search([('template_id', 'in', self.ids)]).template_id.with_env(self.env)

    @api.model
    def _render_eval_context(self):
        """Add what texts about work orders can name besides the order."""
        context = super()._render_eval_context()
        if self[:1].model == 'stokiva.work.order':
            sample = self.env['stokiva.message'].new({'partner_id': self.env.user.partner_id.id})
            context.update(sample._prepare_render_context(self.env.lang or 'en_US'))
        return context
