from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL


class StatementObjection(models.Model):
    """What a provider says against a row of a statement, and the office's answer. Kept as evidence."""
    _name = 'stokiva.statement.objection'
    _inherit = ['stokiva.audited']
    _description = "Objection to a Statement"
    _order = 'statement_id desc, id'
    _check_company_auto = True

    statement_id = fields.Many2one('stokiva.statement', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='statement_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='statement_id.currency_id')
    provider_id = fields.Many2one(related='statement_id.provider_id')
    revision = fields.Integer(required=True, readonly=True, aggregator=None)
    settlement_id = fields.Many2one(
        'stokiva.settlement', readonly=True, index='btree_not_null', ondelete='restrict', check_company=True)
    line_id = fields.Many2one('stokiva.statement.line', "Row", readonly=True, index='btree_not_null', ondelete='set null')
    subject = fields.Char("Row objected to", compute='_compute_subject', store=True, precompute=True)
    amount = fields.Monetary("In question", compute='_compute_subject', store=True, precompute=True)
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('accepted', "Accepted"), ('rejected', "Rejected"), ('withdrawn', "Withdrawn")],
        required=True, default='open', readonly=True)
    answer = fields.Text(readonly=True)
    answered_by_id = fields.Many2one('res.users', "Answered by", readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True)

    _settlement_uniq = models.UniqueIndex(
        "(settlement_id) WHERE state = 'open' AND settlement_id IS NOT NULL",
        "There is an open objection to this row already.")
    _line_uniq = models.UniqueIndex(
        "(line_id) WHERE state = 'open' AND line_id IS NOT NULL", "There is an open objection to this row already.")

    @api.depends('settlement_id', 'line_id')
    def _compute_subject(self):
        # What was objected to stays, even if the row is changed or removed afterwards.
        for objection in self:
            settlement, line = objection.settlement_id, objection.line_id
            objection.subject = objection.subject or (
                f"{settlement.name} · {settlement.work_order_id.name}" if settlement else line.name)
            objection.amount = objection.amount or settlement.amount_total or line.amount

    @api.depends('subject')
    def _compute_display_name(self):
        for objection in self:
            objection.display_name = objection.subject

    @api.constrains('reason')
    def _check_reason(self):
        if any(not objection.reason.strip() for objection in self):
            raise ValidationError(self.env._("An objection needs a reason."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Objections are kept as evidence."))

    def action_answer(self):
        """Ask for the answer.

        :return: an action that opens the question
        :rtype: dict
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Answer the objection"),
            'res_model': 'stokiva.statement.answer',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_objection_id': self.id},
        }

    # === THE OFFICE'S ANSWER === #

    def _answer(self, decision, answer, amount=0.0):
        """Answer an objection. When all are answered the statement can be sent again.

        :param str decision: ``reject``, ``remove`` the row from the statement, or ``adjust`` by an amount
        :param str answer: said to the provider
        :param float amount: of the adjustment, in the statement's currency
        :raise AccessError: if the user may not change the statement
        :raise UserError: if it is answered already, or the row cannot be removed
        """
        self.ensure_one()
        self.statement_id.check_access('write')
        self.env.cr.execute(SQL("SELECT FROM stokiva_statement_objection WHERE id = %s FOR NO KEY UPDATE", self.id))
        if self.state != 'open' or self.statement_id.state != 'objected':
            raise UserError(self.env._("This objection is answered already."))
        if decision == 'remove':
            self._remove_row()
        elif decision == 'adjust':
            self.env['stokiva.statement.line'].create({
                'statement_id': self.statement_id.id, 'name': self.subject, 'amount': amount, 'why': answer})
        self._write_answer('rejected' if decision == 'reject' else 'accepted', answer)

    def _remove_row(self):
        """Take what was objected to out of the statement; a settlement waits for a new decision then."""
        if self.settlement_id:
            self.settlement_id.action_leave_statement()
            self.settlement_id.action_reset()
        elif self.line_id:
            self.line_id.unlink()

    def _withdraw(self):
        """Close open objections without an answer, when the statement is taken back."""
        self._write_answer('withdrawn', False)

    def _write_answer(self, state, answer):
        self.statement_id.check_access('write')
        # sudo: after the check of rights on the statement; objections are changed by answers only
        self.sudo().write({
            'state': state, 'answer': answer, 'answered_by_id': self.env.uid, 'answered_at': fields.Datetime.now()})

    @api.model_create_multi
    def create(self, vals_list):
        """Note objections; only the provider's answer does so.

        :raise AccessError: for a user
        """
        if not self.env.su:
            raise AccessError(self.env._("Objections come from the provider."))
        return super().create(vals_list)
