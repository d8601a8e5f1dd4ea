from datetime import timedelta

import phonenumbers

from odoo import api, fields, models

from odoo.addons.stokiva_service import messages
from odoo.addons.stokiva_service.models.stokiva_message_approval import CODE

from .. import segments
from ..masking import LINK, REPLY, mask

MOBILE_TYPES = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
MAX_PARTS = 6


class Message(models.Model):
    _inherit = 'stokiva.message'

    channel = fields.Selection(selection_add=[('sms', "SMS")], ondelete={'sms': 'cascade'})
    sms_log_ids = fields.One2many('stokiva.sms.log', 'message_id', "SMS journal")

    def _deliver(self):
        messages = self.filtered(lambda message: message.channel == 'sms')
        for message in messages:
            message._deliver_sms()
        return super(Message, self - messages)._deliver()

    def _deliver_sms(self):
        """Put one message into Odoo's SMS queue, or note why not. Nothing outside is called."""
        self.ensure_one()
        number, refusal = self._get_sms_number()
        template = self.rule_id.sms_template_id
        text, values = '', {}
        if not refusal:
            masked = self._finish_sms(self._render(template, 'body'))
            text = self._replace_link(self._finish_sms(self._replace_reply(masked, number))).strip()
            values = dict(self.env['stokiva.sms.log']._prepare_text_values(text, number), body=mask(masked))
            refusal = self._get_sms_refusal(number, masked, values['parts'])
            values['valid_until'] = self._get_valid_until()
        log = self._note_in_journal(number, refusal, values)
        if refusal:
            self._set_canceled(refusal)
        else:
            log._queue(text)
            self._set_sent()

    def _prepare_render_context(self, lang):
        """Leave out what is no must where links do not arrive."""
        context = super()._prepare_render_context(lang)
        if self.channel == 'sms' and not self.company_id._stokiva_allows_links():
            context['follow'] = ''
        return context

    def _finish_sms(self, text):
        """Return a rendered text as it is sent: in plain letters, if the rule says so."""
        self.ensure_one()
        return segments.simplify(text.strip()) if self.rule_id.sms_is_plain else text.strip()

    def _refuse(self, reason):
        if self.channel == 'sms':
            self._note_in_journal(self._get_sms_number()[0], reason, {})
        return super()._refuse(reason)

    def _note_in_journal(self, number, refusal, values):
        """Add the message to the journal of SMS.

        :param str number: where it goes
        :param refusal: why it does not, False if it does
        :param dict values: of the journal's row
        :return: stokiva.sms.log record
        """
        self.ensure_one()
        return self.env['stokiva.sms.log'].create({
            'message_id': self.id,
            'work_order_id': self.work_order_id.id,
            'company_id': self.company_id.id,
            'event': self.event,
            'audience': self.audience,
            'partner_id': self.partner_id.id,
            'number': number,
            'lang': self.lang,
            'gateway': self.company_id.sms_provider,
            'state': 'canceled' if refusal else 'queued',
            'reason': refusal,
            **values,
        })

    def _replace_reply(self, text, number):
        """Return a text with ``{reply}`` replaced by how to answer by SMS, or by nothing where that is impossible.

        Where links do not arrive, ``{link}`` is taken out, too.

        :param str text: rendered
        :param str number: E.164 of the recipient
        """
        self.ensure_one()
        if LINK in text and not self.company_id._stokiva_allows_links():
            text = text.replace(LINK, '').rstrip()
        if REPLY not in text:
            return text
        question = self.env['stokiva.sms.question']
        if self.company_id._stokiva_can_reply():
            question = question._ask(self, number)
        instruction = question.with_context(lang=self._get_lang())._get_instruction(
            self.company_id._stokiva_get_reply_to()) if question else ''
        return text.replace(REPLY, instruction)

    def _get_lang(self):
        """Return the code of the language that the recipient reads, among those installed."""
        installed = dict(self.env['res.lang'].get_installed())
        return (self.lang if self.lang in installed else self.company_id.partner_id.lang) or 'en_US'

    def _get_valid_until(self):
        """Return until when the message may still be sent: a late one would mislead."""
        self.ensure_one()
        limits = [self.valid_until or fields.Datetime.now() + timedelta(hours=messages.DEFAULT.hours)]
        offer = self.work_order_id.assignment_id
        if self.audience == 'provider' and offer.state == 'offered':
            limits.append(offer.expires_at)
        approval = self._get_waiting_approval()
        if self.audience == 'customer' and approval and not messages.kind(self.event).momentary:
            limits = [approval.expires_at]
        return min(limits)

    @api.model
    def _get_mobile_types(self):
        """Return the types of numbers that receive SMS."""
        return MOBILE_TYPES

    def _get_sms_number(self):
        """Return where the message may go.

        :return: ``(number, refusal)``: the number in E.164, or as it stands if it is none; why no SMS goes
            there, False if one does
        :rtype: tuple
        """
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        number = partner._phone_format(fname='phone')
        refusal = False
        if not partner.phone:
            refusal = self.env._("%s has no phone number.", partner.name)
        elif not number:
            refusal = self.env._("%s is not a valid phone number.", partner.phone)
        elif phonenumbers.number_type(phonenumbers.parse(number)) not in MOBILE_TYPES:
            refusal = self.env._("%s is not a mobile number.", number)
        elif self.env['phone.blacklist'].search_count([('number', '=', number)], limit=1):
            refusal = self.env._("%s is on the blacklist.", number)
        return number or partner.phone, refusal

    def _get_sms_refusal(self, number, masked, parts):
        """Return why a rendered text is not sent, False if it is.

        :param str number: E.164
        :param str masked: the text with ``{link}``
        :param int parts: of the text with the real link
        """
        self.ensure_one()
        if not masked:
            return self.env._("The template gives no text for this order.")
        if LINK in masked and not self.company_id._stokiva_allows_links() and (
                REPLY not in masked or not self.company_id._stokiva_can_reply()):
            return self.env._("No gateway of the company may send links, and none takes replies.")
        if parts > MAX_PARTS:
            return self.env._(
                "The text takes %(parts)s SMS, more than %(max)s.", parts=parts, max=MAX_PARTS)
        # A new technician in the same window is no news to the customer. A link is: it may be a new one.
        last = self.env['stokiva.sms.log'].search([
            ('work_order_id', 'in', self.work_order_id._get_group().ids), ('number', '=', number),
            ('state', 'in', ('queued', 'sent', 'delivered')),
        ], limit=1)
        if LINK not in masked and CODE not in masked and last.body == masked:
            return self.env._("The same text was the last one sent.")
        return False
