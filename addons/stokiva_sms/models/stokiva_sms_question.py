import json
import secrets

from odoo import api, fields, models

CODES = 10_000


class SmsQuestion(models.Model):
    """What somebody was asked by SMS, under which code he may answer, and from which number."""
    _name = 'stokiva.sms.question'
    _description = "Question Asked by SMS"
    _order = 'id desc'
    _check_company_auto = True

    number = fields.Char(required=True, readonly=True, help="E.164; answers from others do not count.")
    code = fields.Char(required=True, readonly=True, groups='base.group_system')
    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    work_order_id = fields.Many2one(
        'stokiva.work.order', required=True, index=True, readonly=True, ondelete='cascade', check_company=True)
    approval_id = fields.Many2one('stokiva.approval', index='btree_not_null', readonly=True, ondelete='cascade')
    assignment_id = fields.Many2one('stokiva.assignment', index='btree_not_null', readonly=True, ondelete='cascade')
    personnel_id = fields.Many2one('stokiva.personnel', index='btree_not_null', readonly=True, ondelete='cascade')
    lang = fields.Char(readonly=True)
    asked_at = fields.Datetime(required=True, readonly=True)

    _number_idx = models.Index('(number, id)')

    @api.model
    def _ask(self, message, number):
        """Return the question that a message puts to a number: the one asked before, if it still waits.

        :param message: stokiva.message record
        :param str number: E.164
        :return: an empty record when there is nothing to answer
        """
        order = message.work_order_id
        approval, offer = self.env['stokiva.approval'], self.env['stokiva.assignment']
        if message.audience == 'customer':
            approval = message._get_waiting_approval()
        elif message.audience == 'provider' and message.personnel_id:
            offer = order.assignment_id.filtered(
                lambda item: item.state == 'offered' and item.provider_id == message.personnel_id.provider_id)
        if not approval and not offer:
            return self.browse()
        waiting = self._find_open(number)
        known = waiting.filtered(lambda item: item.approval_id == approval and item.assignment_id == offer)[:1]
        if known:
            known.asked_at = fields.Datetime.now()
            return known
        taken = set(waiting.mapped('code'))
        code = next(code for code in iter(lambda: f'{secrets.randbelow(CODES):04}', None) if code not in taken)
        return self.create({
            'number': number, 'code': code, 'company_id': message.company_id.id,
            'work_order_id': (approval.work_order_id or order).id, 'approval_id': approval.id,
            'assignment_id': offer.id, 'personnel_id': message.personnel_id.id, 'lang': message._get_lang(),
            'asked_at': fields.Datetime.now()})

    @api.model
    def _find_open(self, number, company=None):
        """Return the questions that a number has not answered yet, newest first."""
        domain = [('number', '=', number), '|', ('approval_id.state', '=', 'pending'), ('assignment_id.state', '=', 'offered')]
        if company:
            domain.append(('company_id', '=', company.id))
        return self.search(domain).filtered(lambda question: question._is_open())

    def _is_open(self):
        """Tell whether the question can still be answered."""
        self.ensure_one()
        if self.approval_id:
            return self.approval_id._is_answerable()
        return self.assignment_id.state == 'offered' and self.assignment_id.expires_at > fields.Datetime.now()

    def _is_decided(self, verdict):
        """Tell whether the question was answered in this sense before."""
        self.ensure_one()
        if self.approval_id:
            return self.approval_id.state == {'approve': 'approved', 'reject': 'disputed'}.get(verdict)
        return self.assignment_id.state == {'approve': 'accepted', 'reject': 'rejected'}.get(verdict)

    def _get_approvals(self):
        """Return the requests that the question put: those of the group that waited when it was asked."""
        return self.approval_id._get_page_approvals().filtered(lambda item: (
            item._is_answerable() and item.create_date <= self.asked_at
            and item.work_order_id.partner_id == self.work_order_id.partner_id))

    def _needs_code(self):
        """Tell whether a reply without the code is too little: a number can be forged."""
        amount = sum(json.loads(item.shown).get('amount') or 0 for item in self._get_approvals())
        return amount > self.company_id.stokiva_sms_code_limit

    def _needs_signature(self):
        """Tell whether a yes by SMS is too little because the customer has to sign."""
        return bool(self.approval_id) and bool(self._get_approvals().work_order_id.service_type_id.filtered('needs_signature'))

    def _get_instruction(self, reply_to=None):
        """Return the sentence that tells how to answer, in the recipient's language.

        :param str reply_to: number to write to; None when the message itself can be answered
        """
        self.ensure_one()
        if self._needs_signature():
            return self._get_refusal_instruction(reply_to)
        if reply_to:
            return self.env._("Reply YES %(code)s or NO %(code)s and why, to %(number)s.", code=self.code, number=reply_to)
        return self.env._("Reply YES %(code)s or NO %(code)s and why.", code=self.code)

    def _get_refusal_instruction(self, reply_to):
        """Return how to say no, where a yes needs the signature on the page of the link."""
        if reply_to:
            return self.env._(
                "If something is wrong, reply NO %(code)s and why, to %(number)s.", code=self.code, number=reply_to)
        return self.env._("If something is wrong, reply NO %(code)s and why.", code=self.code)

    def _answer(self, verdict, words, key):
        """Carry an answer out through the door.

        :param str verdict: ``approve`` or ``reject``
        :param str words: what else was written
        :param str key: of the reply: a repetition changes nothing
        :raise UserError: if the door refuses
        """
        self.ensure_one()
        if self.assignment_id:
            order = self.assignment_id.work_order_ids.filtered(
                lambda item: item.assignment_id == self.assignment_id)[:1]
            event = 'accept' if verdict == 'approve' else 'reject'
            given = {} if verdict == 'approve' else {'reason': words or 'other'}
            order._apply_event(event, given, actor=self.personnel_id, channel='sms', key=key)
            return
        for item in self._get_approvals().sorted('work_order_id'):
            order = item.work_order_id
            order._apply_event('approve' if verdict == 'approve' else 'dispute', {
                'approval_id': item.id, 'shown_hash': item.shown_hash, 'name': self.number, 'comment': words,
            }, actor=order.partner_id, channel='sms', key=key)
