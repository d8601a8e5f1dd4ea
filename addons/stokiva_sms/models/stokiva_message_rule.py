from odoo import api, fields, models

from .. import segments
from ..masking import REPLY


class MessageRule(models.Model):
    _inherit = 'stokiva.message.rule'

    channel = fields.Selection(selection_add=[('sms', "SMS")], ondelete={'sms': 'cascade'})
    sms_template_id = fields.Many2one(
        'sms.template', "SMS template", index='btree_not_null', ondelete='restrict',
        domain=[('model', '=', 'stokiva.work.order')])

    sms_is_plain = fields.Boolean(
        "Plain Letters", help="ç, ğ, ı and ş become c, g, i and s: the text takes fewer SMS.")
    preview_text = fields.Text("SMS", compute='_compute_preview')
    preview_size = fields.Char("Size", compute='_compute_preview')

    @api.model
    def _get_preview_fields(self):
        return (*super()._get_preview_fields(), 'sms_template_id.body', 'sms_is_plain')

    def _prepare_preview(self):
        if self.channel != 'sms' or not self.sms_template_id:
            return super()._prepare_preview()
        message = self._make_sample()
        text = message._render(self.sms_template_id, 'body')
        question = self.env['stokiva.sms.question'].with_context(lang=message._get_lang()).new({'code': '1234'})
        text = text.replace(REPLY, question._get_instruction(message.company_id._stokiva_get_reply_to()))
        text = message._finish_sms(self._replace_sample_link(message, text))
        size = segments.measure(text.replace('•', 'x'), segments.suffix_for('+90'))
        labels = dict(self.env['stokiva.sms.log']._fields['encoding']._description_selection(self.env))
        return {'preview_text': text, 'preview_size': self.env._(
            "%(parts)s SMS, %(characters)s characters in %(encoding)s, with what the operator adds",
            parts=size.parts, characters=size.length, encoding=labels[size.encoding])}

    def _get_templates(self):
        return [*super()._get_templates(), self.sms_template_id]

    _sms_has_template = models.Constraint(
        "CHECK(channel <> 'sms' OR sms_template_id IS NOT NULL)", "A rule for SMS needs an SMS template.")
