from odoo import fields, models


class MessageRule(models.Model):
    _inherit = 'stokiva.message.rule'

    channel = fields.Selection(selection_add=[('sms', "SMS")], ondelete={'sms': 'cascade'})
    sms_template_id = fields.Many2one(
        'sms.template', "SMS template", index='btree_not_null', ondelete='restrict',
        domain=[('model', '=', 'stokiva.work.order')])

    def _get_templates(self):
        return [*super()._get_templates(), self.sms_template_id]

    _sms_has_template = models.Constraint(
        "CHECK(channel <> 'sms' OR sms_template_id IS NOT NULL)", "A rule for SMS needs an SMS template.")
