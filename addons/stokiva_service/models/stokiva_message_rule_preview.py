from odoo import api, fields, models

from .. import workflow
from .stokiva_message_send import FOLLOW, LINK

# As long as the address of an approval.
SAMPLE_TOKEN = '/o/' + '•' * 22


class MessageRule(models.Model):
    """What a rule says of a real work order, before anybody is told."""
    _inherit = 'stokiva.message.rule'

    preview_order_id = fields.Many2one(
        'stokiva.work.order', "Preview with", compute='_compute_preview_order_id', readonly=False)
    preview_lang = fields.Selection(
        selection='_get_languages', string="In", compute='_compute_preview_lang', readonly=False)
    preview_subject = fields.Char("Subject", compute='_compute_preview')
    preview_html = fields.Html("Text", compute='_compute_preview', sanitize=False)
    preview_error = fields.Char("Error in the template", compute='_compute_preview')

    @api.model
    def _get_languages(self):
        """Return the selection of languages."""
        return self.env['res.lang'].get_installed()

    @api.depends('event', 'company_id')
    def _compute_preview_order_id(self):
        orders = self.env['stokiva.work.order']
        for rule in self:
            company = rule.company_id or self.env.company
            row = workflow.TABLE.get(rule.event)
            domain = [('company_id', '=', company.id)]
            rule.preview_order_id = orders.search(
                [*domain, ('state', '=', row.target or row.sources[0])], order='id desc', limit=1) if row else orders
            rule.preview_order_id = rule.preview_order_id or orders.search(domain, order='id desc', limit=1)

    @api.depends_context('lang')
    def _compute_preview_lang(self):
        for rule in self:
            rule.preview_lang = self.env.lang or 'en_US'

    @api.depends(lambda self: self._get_preview_fields())
    def _compute_preview(self):
        names = [name for name, field in self._fields.items() if field.compute == '_compute_preview']
        for rule in self:
            values = dict.fromkeys(names, False)
            if rule.preview_order_id:
                try:
                    with self.env.cr.savepoint(flush=False):  # nor may it forget what is typed
                        values.update(rule._prepare_preview())
                except Exception as error:  # a template can raise anything
                    values['preview_error'] = str(error)[:500]
            rule.update(values)

    @api.model
    def _get_preview_fields(self):
        """Return the names of the fields that the preview depends on; to be extended by channels."""
        return (
            'event', 'audience', 'channel', 'preview_order_id', 'preview_lang', 'template_id.subject',
            'template_id.body_html')

    def _prepare_preview(self):
        """Return what is shown of the message that the order would cause; to be extended by channels.

        :return: values of the preview's fields
        :rtype: dict
        """
        self.ensure_one()
        if self.channel != 'email' or not self.template_id:
            return {}
        message = self._make_sample()
        return {
            'preview_subject': message._render(self.template_id, 'subject'),
            'preview_html': self._replace_sample_link(message, message._render(self.template_id, 'body_html')),
        }

    def _make_sample(self):
        """Return an outbox row that is never written."""
        self.ensure_one()
        outbox, order = self.env['stokiva.message'], self.preview_order_id
        recipients = self.audience and outbox._get_recipients(self.audience, order)[order]
        partner, person = recipients[0] if recipients else (order.partner_id, self.env['stokiva.personnel'])
        return outbox.new({
            'rule_id': self._origin.id, 'channel': self.channel, 'audience': self.audience, 'event': self.event,
            'work_order_id': order.id, 'partner_id': partner.id, 'personnel_id': person.id,
            'company_id': order.company_id.id, 'lang': self.preview_lang,
            'event_id': order.event_ids.filtered(lambda row: row.event == self.event)[-1:].id})

    @api.model
    def _replace_sample_link(self, message, text):
        """Return a text with an address in place of ``{link}`` that opens nothing, as long as a real one."""
        link = message.company_id.get_base_url() + SAMPLE_TOKEN
        return text.replace(LINK, link).replace(FOLLOW, link)
