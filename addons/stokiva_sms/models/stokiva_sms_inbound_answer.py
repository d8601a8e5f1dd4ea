import logging
from datetime import timedelta

import phonenumbers

from odoo import fields, models
from odoo.exceptions import UserError

from .. import replies

_logger = logging.getLogger(__name__)
# Of one number in an hour.
WRONG_CODES = 5
ANSWERS = 3
LISTED = 4


class SmsInbound(models.Model):
    """What a received SMS means, and what follows from it."""
    _inherit = 'stokiva.sms.inbound'

    def _read_reply(self):
        """Find what the text answers, and carry it out. Ends in a state other than ``new``."""
        for row in self:
            number = row.company_id._phone_format(number=row.number_raw, country=row.company_id.country_id)
            if not number or not row.number_raw.lstrip('+').isdecimal():
                row._end('unmatched', row.env._("The sender is not a telephone number."))
                continue
            row.number = number
            reply = replies.parse(row.text)
            row.verdict = reply.verdict
            if row._count('wrong_code') >= WRONG_CODES:
                row._end('ignored', row.env._("Too many wrong codes from this number within an hour."), is_open=False)
            else:
                row._act(reply)

    def _count(self, state):
        """Return how many SMS from the same number ended so within the last hour."""
        return self.search_count([
            ('number', '=', self.number), ('state', '=', state), ('id', '!=', self.id),
            ('received_at', '>', self.received_at - timedelta(hours=1))])

    def _act(self, reply):
        """Decide what a reply is about.

        :param reply: replies.Reply
        """
        questions = self.env['stokiva.sms.question']._find_open(self.number, self.company_id)
        if reply.verdict == replies.STOP or (reply.is_ret and not questions):
            self._stop(questions)
            return
        question = questions.filtered(lambda item: item.code == reply.code) if reply.code else questions
        if reply.code and not question:
            self._act_on_strange_code(reply, questions)
        elif not questions:
            self._end('unmatched', self.env._("Nothing waits for an answer from this number."))
        elif len(question) > 1:
            self._ask_back(questions, self.env._("Several things wait for an answer, and no code was given."))
        elif reply.verdict == replies.UNCLEAR:
            self._ask_back(question, self.env._("Neither a clear yes nor a clear no."))
        elif not reply.code and question._needs_code():
            self._ask_back(question, self.env._("Without the code this is not enough at this amount."))
        elif reply.verdict == replies.APPROVE and question._needs_signature():
            self._link(question)
            self._end('unclear', self.env._("A yes by SMS is not enough: the customer has to sign."), is_open=False)
            self._say(question, lambda own: own.env._(
                "%s: this needs your signature. Please open the link that we sent you.", own.work_order_id.name))
        else:
            self._carry_out(question, reply)

    def _act_on_strange_code(self, reply, questions):
        """Tell an answer that comes too late from a guess."""
        past = self.env['stokiva.sms.question'].search([
            ('number', '=', self.number), ('company_id', '=', self.company_id.id), ('code', '=', reply.code)], limit=1)
        if not past:
            self._link(questions[:1])
            self._end('wrong_code', self.env._("No such code was given to this number."), is_open=self._count('wrong_code') == 0)
            return
        self._link(past)
        if past._is_decided(reply.verdict):
            self._end('done', self.env._("Answered so before."), is_open=False)
            return
        self._end('late', self.env._("This was answered, changed or expired before."))
        self._say(past, lambda own: own.env._(
            "%s: this was answered, changed or expired before. Please call us.", own.work_order_id.name))

    def _carry_out(self, question, reply):
        """Answer a question through the door."""
        self._link(question)
        words = reply.reason or (self.text.strip() if reply.verdict == replies.REJECT else '')
        try:
            with self.env.cr.savepoint():
                question._answer(reply.verdict, words, f'sms:{self.id}')
        except UserError as error:
            self._end('unclear', error.args[0])
            return
        self._end('done', False, is_open=False)
        if reply.verdict == replies.APPROVE:
            self._say(question, lambda own: own.env._("Thank you. Your yes to %s was recorded.", own.work_order_id.name))
        else:
            self._say(question, lambda own: own.env._("Your no to %s was recorded. Thank you.", own.work_order_id.name))

    def _stop(self, questions):
        """Send nothing more to the number. It is told nothing more, either."""
        self._link(questions[:1])
        self.env['phone.blacklist']._add([self.number], message=self.env._("Asked for by SMS: %s", self.text[:100]))
        self._withdraw_consent()
        self._end('stopped', False, is_open=False)

    def _withdraw_consent(self):
        """Note that whoever has the number wants no offers by SMS any more, if he ever agreed to them."""
        consents = self.env['stokiva.partner.consent']
        customers = self.env['stokiva.sms.log'].search([
            ('number', '=', self.number), ('company_id', '=', self.company_id.id)]).partner_id
        consents.create([
            {'partner_id': customer.id, 'company_id': self.company_id.id, 'channel': 'sms', 'is_granted': False, 'source': 'reply'}
            for customer in customers if consents._has(customer, self.company_id, 'sms')])

    def _ask_back(self, questions, note):
        """Decide nothing, list it for the dispatcher, and tell the sender once how to answer."""
        self._link(questions[:1])
        self._end('unclear', note)
        if self._count('unclear'):
            return
        self._say(questions[:1], lambda own: " ".join([
            own.env._("We did not understand your answer."),
            *(f"{item.work_order_id.name}: {item._get_instruction(own.company_id._stokiva_get_reply_to())}"
              for item in questions[:LISTED].with_env(own.env))]))

    # === PARTS === #

    def _link(self, question):
        """Note what the SMS is about."""
        self.write({
            'question_id': question.id, 'work_order_id': question.work_order_id.id,
            'partner_id': (question.personnel_id.partner_id or question.work_order_id.partner_id).id})

    def _end(self, state, note, is_open=True):
        """Note what became of it; open ones are listed for the dispatcher."""
        self.write({'state': state, 'note': note, 'is_open': is_open})

    def _say(self, question, get_text):
        """Answer by SMS, in the recipient's language, within limits that no pair of robots can exceed.

        :param question: what it is about
        :param get_text: function of the question in that language
        """
        kind = phonenumbers.number_type(phonenumbers.parse(self.number))
        answered = self.search_count([
            ('number', '=', self.number), ('is_answered', '=', True),
            ('received_at', '>', self.received_at - timedelta(hours=1))])
        if answered >= ANSWERS or kind not in self.env['stokiva.message']._get_mobile_types():
            return
        if self.env['phone.blacklist'].search_count([('number', '=', self.number)], limit=1):
            return
        own = question.with_context(lang=question.lang or self.company_id.partner_id.lang)
        log = self.env['stokiva.sms.log']
        log.create({
            'work_order_id': question.work_order_id.id, 'company_id': self.company_id.id, 'number': self.number,
            'partner_id': self.partner_id.id, 'lang': question.lang, 'gateway': self.company_id.sms_provider,
            'valid_until': fields.Datetime.now() + timedelta(hours=2),
            **log._prepare_text_values(get_text(own), self.number),
        })._queue_plain(get_text(own))
        self.is_answered = True
