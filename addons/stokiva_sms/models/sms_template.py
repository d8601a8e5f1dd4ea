from odoo import models


class SmsTemplate(models.Model):
    """What SMS about work orders say is part of the change log; other templates are not."""
    _name = 'sms.template'
    _inherit = ['sms.template', 'stokiva.audited']

    _audited_fields = frozenset({'body', 'lang', 'name'})

    def _filter_audited(self):
        """Return those that rules of messages use."""
        # sudo: whoever changes a text need not see the rules; those of other companies count, too
        rules = self.env['stokiva.message.rule'].sudo().with_context(active_test=False)
        return self & rules.search([('sms_template_id', 'in', self.ids)]).sms_template_id.with_env(self.env)
