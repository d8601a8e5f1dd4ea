from odoo import models


class MailTemplate(models.Model):
    """What messages about work orders say is part of the change log; other templates are not."""
    _name = 'mail.template'
    _inherit = ['mail.template', 'stokiva.audited']

    _audited_fields = frozenset({'active', 'body_html', 'email_from', 'lang', 'name', 'reply_to', 'subject'})

    def _filter_audited(self):
        """Return those that rules of messages use."""
        # sudo: whoever changes a text need not see the rules; those of other companies count, too
        rules = self.env['stokiva.message.rule'].sudo().with_context(active_test=False)
        return self & rules.search([('template_id', 'in', self.ids)]).template_id.with_env(self.env)
