from odoo import api, fields, models
from odoo.exceptions import UserError

from .stokiva_settlement_line_decision import ANSWERED, RETURNED, UNDECIDED

MAX_TEXT = 2000


class Settlement(models.Model):
    """What was claimed, and what the provider still has to explain."""
    _inherit = 'stokiva.settlement'

    amount_claimed = fields.Monetary("Claimed", compute='_compute_amount_claimed', store=True)
    question_state = fields.Selection(
        [('asked', "Provider is asked"), ('answered', "Provider has answered")], "Questions",
        compute='_compute_question_state', store=True, index='btree_not_null')

    decision_text = fields.Text("Said about the lines", compute='_compute_decision_text')

    @api.depends('line_ids.name', 'line_ids.decision_text')
    @api.depends_context('lang', 'tz')
    def _compute_decision_text(self):
        for settlement in self:
            settlement.decision_text = "\n".join(
                f"{line.name}: {line.decision_text}" for line in settlement.line_ids if line.decision_text)

    @api.depends('line_ids.claimed_amount')
    def _compute_amount_claimed(self):
        for settlement in self:
            settlement.amount_claimed = sum(settlement.line_ids.mapped('claimed_amount'))

    @api.depends('line_ids.decision')
    def _compute_question_state(self):
        for settlement in self:
            decisions = set(settlement.line_ids.mapped('decision'))
            settlement.question_state = (
                'asked' if RETURNED in decisions else 'answered' if ANSWERED in decisions else False)

    def _get_approvable(self):
        """Leave out settlements on which a question is open."""
        return super()._get_approvable().filtered(lambda settlement: not settlement.question_state)

    def _check_approvable(self):  # pylint: disable=missing-return
        """Name the lines on which nothing is decided.

        :raise UserError: if a question is open
        """
        super()._check_approvable()
        if asked := self.line_ids.filtered(lambda line: line.decision in UNDECIDED):
            raise UserError(self.env._("Decide first on what the provider was asked about: %s", ", ".join(
                f"{line.settlement_id.name} · {line.name}" for line in asked)))


class SettlementLine(models.Model):
    """A line that goes back to the provider with a question, and comes again with an answer."""
    _inherit = 'stokiva.settlement.line'

    def _send_back(self, question):
        """Ask the provider about lines: on the order's page in the portal, and in the thread of the offer.

        :param str question: plain words
        :raise UserError: if a settlement is not pending, a line no claim, or the question missing
        """
        self._check_decidable()
        question = (question or "").replace("\0", "").strip()[:MAX_TEXT]
        if not question:
            raise UserError(self.env._("Say what you want to know."))
        # sudo: after the checks of rights, state and kind of line; users write adjustments only
        self.sudo().write({
            'decision': RETURNED, 'question': question, 'decided_at': fields.Datetime.now(),
            'decided_by_id': self.env.uid, 'decided_amount': 0, 'decided_quantity': 0, 'decision_reason': False,
            'answer': False, 'answered_at': False, 'answered_by_id': False})
        for line in self:
            settlement = line.settlement_id
            speaker = line.with_context(
                lang=settlement.provider_id.partner_id.lang or line.company_id.partner_id.lang)
            settlement.work_order_id.sudo()._tell_provider(speaker.env._(  # sudo: officers only read offers
                "About “%(line)s”: %(question)s", line=line.name, question=question))

    def _answer(self, text, user, attachments=()):
        """Take the provider's answer; the officer who asked decides.

        :param str text: plain words
        :param user: res.users record of the provider's people
        :param attachments: names and contents of evidence, as of ``message_post``
        :raise UserError: if nobody asks, or there is nothing in it
        """
        self.ensure_one()
        text = (text or "").replace("\0", "").strip()[:MAX_TEXT]
        if self.decision != RETURNED or self.settlement_id.state != 'pending':
            raise UserError(self.env._("This question is settled."))
        if not text:
            raise UserError(self.env._("Please write something."))
        self.write({
            'decision': ANSWERED, 'answer': text, 'answered_at': fields.Datetime.now(), 'answered_by_id': user.id})
        settlement, asker = self.settlement_id, self.decided_by_id
        settlement.message_post(
            body=self.env._("About “%(line)s”: %(question)s", line=self.name, question=text),
            author_id=user.partner_id.id, attachments=list(attachments))
        speaker = settlement.with_context(lang=asker.lang or self.company_id.partner_id.lang)
        settlement.activity_schedule(
            'mail.mail_activity_data_todo', user_id=asker.id,
            summary=speaker.env._("The provider has answered about “%s”", self.name))
