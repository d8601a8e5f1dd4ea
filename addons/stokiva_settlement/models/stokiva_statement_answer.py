import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.stokiva_service.models.stokiva_message_send import LAYOUT

from .stokiva_statement_gather import OWED_STATES
from .stokiva_statement_line import CARRY_OVER

_logger = logging.getLogger(__name__)

TOLD_AT_ONCE = 50


class Statement(models.Model):
    """The statement goes to the provider, who confirms it or objects to rows. Silence is no consent."""
    _inherit = 'stokiva.statement'

    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)
    revision = fields.Integer("Times sent", readonly=True, copy=False, aggregator=None)
    answer_by = fields.Date("Answer by", readonly=True, copy=False)
    remind_on = fields.Date(readonly=True, copy=False)
    objected_at = fields.Datetime("Objected on", readonly=True, copy=False)
    objection_ids = fields.One2many('stokiva.statement.objection', 'statement_id', "Objections", readonly=True)
    open_objection_count = fields.Integer("Open objections", compute='_compute_open_objection_count', store=True)
    confirmed_by_id = fields.Many2one('res.users', "Confirmed by", readonly=True, copy=False)
    confirmed_via = fields.Selection(
        [('portal', "By the provider in the portal"), ('office', "By the office for the provider")],
        "How confirmed", readonly=True, copy=False)
    paid_told_at = fields.Datetime(readonly=True, copy=False)
    is_overdue = fields.Boolean("Answer is overdue", compute='_compute_is_overdue', search='_search_is_overdue')

    _remind_idx = models.Index("(remind_on) WHERE state = 'sent'")
    _paid_told_idx = models.Index("(id) WHERE state = 'paid' AND paid_told_at IS NULL")

    @api.depends('objection_ids.state')
    def _compute_open_objection_count(self):
        for statement in self:
            statement.open_objection_count = sum(item.state == 'open' for item in statement.objection_ids)

    @api.depends('state', 'answer_by')
    def _compute_is_overdue(self):
        late = self.filtered_domain(self._get_overdue_domain())
        for statement in self:
            statement.is_overdue = statement in late

    def _search_is_overdue(self, operator, value):
        return self._get_overdue_domain() if operator == 'in' else NotImplemented

    def _get_overdue_domain(self):
        """Return which statements the provider should have answered by now."""
        return Domain('state', '=', 'sent') & Domain('answer_by', '<', fields.Date.context_today(self))

    def _check_ready(self):
        """Raise unless the statements can be shown to the provider or confirmed.

        :raise UserError: if one is empty, an objection waits for an answer, or a balance was settled otherwise
        """
        if empty := self.filtered(lambda statement: not statement.settlement_ids and not statement.line_ids):
            raise UserError(self.env._("There is nothing in the statement: %s", ", ".join(empty.mapped('name'))))
        if waiting := self.filtered('open_objection_count'):
            raise UserError(self.env._("Answer the objections first: %s", ", ".join(waiting.mapped('name'))))
        for line in self.line_ids:
            if line.kind == CARRY_OVER and (
                    line.origin_id.state not in OWED_STATES or line.origin_id.amount_payable != line.amount):
                raise UserError(self.env._(
                    "%(statement)s: the balance of %(origin)s has changed or was settled. Remove the row and gather again.",
                    statement=line.statement_id.name, origin=line.origin_id.name))

    # === TO THE PROVIDER === #

    def action_send(self):
        """Show the statements to their providers, who are told by e-mail, and wait for the answer.

        :raise UserError: if one is not open, empty, or has objections without an answer
        """
        self.check_access('write')
        self._lock()
        self._check_open()
        self._check_ready()
        self.sudo()._compute_taxes()  # sudo: after the checks; the taxes of today are what the provider sees
        today = fields.Date.context_today(self)
        for company, statements in self.grouped('company_id').items():
            answer_by = today + timedelta(days=company.stokiva_answer_days)
            statements._write_protected({
                'sent_at': fields.Datetime.now(), 'objected_at': False, 'answer_by': answer_by,
                'remind_on': max(answer_by - timedelta(days=1), today + timedelta(days=1))})
        for statement in self:
            statement._write_protected({'revision': statement.revision + 1})
        self._tell('mail_template_statement_sent')

    def action_confirm(self):
        """Confirm statements in the office: of in-house providers, or where the provider agreed otherwise, as on paper.

        :raise UserError: if one is neither a draft nor with the provider, or empty
        """
        self.check_access('write')
        self._lock()
        self._check_state('draft', 'sent')
        self._check_ready()
        self.filtered(lambda statement: statement.state == 'draft').sudo()._compute_taxes()  # sudo: after the checks
        self._confirm('office')

    def _confirm(self, via):
        """Note that the provider agrees.

        :param str via: ``portal`` or ``office``
        """
        self._write_protected({
            'confirmed_at': fields.Datetime.now(), 'confirmed_by_id': self.env.uid, 'confirmed_via': via,
            'objected_at': False})

    def action_draft(self):
        """Take statements back from the provider, or open confirmed ones again.

        :raise UserError: if one is billed or paid, or a later statement holds its balance
        """
        self._lock()
        self._check_state('sent', 'objected', 'confirmed')
        if carried := self.carried_line_ids:
            raise UserError(self.env._(
                "Its balance was carried over: remove the row from %s first.",
                ", ".join(carried.statement_id.mapped('name'))))
        if repaid := self.line_ids.repayment_ids:
            raise UserError(self.env._(
                "Its advance is paid back: remove the row from %s first.", ", ".join(repaid.statement_id.mapped('name'))))
        self.objection_ids.filtered(lambda item: item.state == 'open')._withdraw()
        self._write_protected({
            'sent_at': False, 'objected_at': False, 'answer_by': False, 'remind_on': False, 'confirmed_at': False,
            'confirmed_by_id': False, 'confirmed_via': False, 'bill_id': False})

    # === THE ANSWER === #

    def _answer(self, revision, objections):
        """Take the provider's answer: without an objection the statement is confirmed. Whoever calls has checked that
        the user speaks for the provider.

        :param int revision: of what the provider was shown
        :param list objections: pairs of a settlement or a row of the statement, and the reason
        :raise UserError: if the statement was answered or changed meanwhile, or an objection is not to one of its rows
        """
        self.ensure_one()
        self._lock()
        if self.state != 'sent' or self.revision != revision:
            raise UserError(self.env._("The statement was changed or answered meanwhile. Please look at it again."))
        if not objections:
            self._check_ready()
            self._confirm('portal')
            self.message_post(body=self.env._("The provider confirmed the statement."), author_id=self.env.user.partner_id.id)
            return
        if any(record not in (self.settlement_ids if record._name == 'stokiva.settlement' else self.line_ids)
               for record, _reason in objections):
            raise UserError(self.env._("This row is not in the statement."))
        self.env['stokiva.statement.objection'].create([
            {
                'statement_id': self.id, 'revision': revision, 'reason': reason.strip(),
                'settlement_id': record.id if record._name == 'stokiva.settlement' else False,
                'line_id': record.id if record._name == 'stokiva.statement.line' else False,
            } for record, reason in objections])
        self._write_protected({'objected_at': fields.Datetime.now(), 'remind_on': False})
        self.message_post(
            body=self.env._("Rows that the provider objects to: %s", len(objections)), author_id=self.env.user.partner_id.id)

    # === MESSAGES === #

    def _get_recipients(self):
        """Return who of the provider is told: those who may see statements in the portal, else its contact."""
        self.ensure_one()
        leading = self.provider_id._get_dispatchers().filtered(lambda person: person.partner_id.email)
        return leading.partner_id or self.provider_id.partner_id

    def _tell(self, template):
        """Write e-mails to the providers; a broken template stops nothing.

        :param str template: XML id in this addon
        """
        template = self.env.ref(f'stokiva_settlement.{template}', raise_if_not_found=False)
        for statement in self.filtered(lambda item: item.provider_kind != 'in_house') if template else ():
            try:
                with self.env.cr.savepoint():
                    # sudo: whoever acts on a statement may not read templates' targets; the recipients are the provider's
                    template = template.sudo()
                    template.send_mail(statement.id, email_layout_xmlid=template.email_layout_xmlid or LAYOUT, email_values={
                        'recipient_ids': [(6, 0, statement._get_recipients().ids)]})
            except UserError as error:
                _logger.info("%s: no message to the provider: %s", statement.name, error)

    @api.model
    def _cron_tell(self):
        """Remind of statements without an answer, every so many days as the company sets, and tell what was paid."""
        today = fields.Date.context_today(self)
        unanswered = self._find_untold([('state', '=', 'sent'), ('remind_on', '<=', today)])
        unanswered._tell('mail_template_statement_reminder')
        for company, statements in unanswered.grouped('company_id').items():
            statements.remind_on = today + timedelta(days=max(company.stokiva_answer_days, 1))
        paid = self._find_untold([('state', '=', 'paid'), ('paid_told_at', '=', False)])
        paid._tell('mail_template_statement_paid')
        paid.paid_told_at = fields.Datetime.now()
        if max(len(unanswered), len(paid)) == TOLD_AT_ONCE:
            self.env.ref('stokiva_settlement.ir_cron_tell_providers')._trigger()

    def _find_untold(self, domain):
        """Return the first statements of a domain that nobody works on now."""
        return self.search(domain, order='id', limit=TOLD_AT_ONCE).try_lock_for_update()
