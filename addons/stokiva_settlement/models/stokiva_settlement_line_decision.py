from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.stokiva_service.charging import CHARGED, GOODWILL, WARRANTY

from .. import rates
from .stokiva_settlement_line import ADJUSTMENT

ACCEPTED, REDUCED, REJECTED, RETURNED, ANSWERED = 'accepted', 'reduced', 'rejected', 'returned', 'answered'
# Nothing is decided as long as the provider or the officer has to say something.
UNDECIDED = (RETURNED, ANSWERED)
# What an officer writes himself, and what is a fact.
NOT_CLAIMED = (ADJUSTMENT, rates.DEDUCTION)
COMPANY = 'company'


class SettlementLine(models.Model):
    """What of a computed line is paid: all of it, less, or nothing; and who bears it in the end."""
    _inherit = 'stokiva.settlement.line'

    bearer = fields.Selection(
        [(WARRANTY, "Warranty"), (CHARGED, "Customer"), (GOODWILL, "Goodwill"), (COMPANY, "Company")],
        "Borne by", compute='_compute_bearer', store=True, precompute=True,
        help="Warranty: who grants it. Customer: it is charged to him. Goodwill and the company's own bonuses, "
             "penalties and adjustments: the company.")
    decision = fields.Selection(
        [
            (ACCEPTED, "Accepted"),
            (REDUCED, "Reduced"),
            (REJECTED, "Rejected"),
            (RETURNED, "Sent back"),
            (ANSWERED, "Answered"),
        ],
        required=True, readonly=True, default=ACCEPTED)
    decision_reason = fields.Char("Why decided so", readonly=True)
    decided_amount = fields.Monetary("Reduced to", readonly=True, aggregator=None)
    decided_quantity = fields.Float("Quantity reduced to", digits='Product Unit', readonly=True, aggregator=None)
    decided_at = fields.Datetime("Decided on", readonly=True)
    decided_by_id = fields.Many2one(
        'res.users', "Decided by", readonly=True, help="Empty: a rule, not a person.")
    question = fields.Char("Asked", readonly=True)
    answer = fields.Text("Provider's answer", readonly=True)
    answered_at = fields.Datetime("Answered on", readonly=True)
    answered_by_id = fields.Many2one('res.users', "Answered by", readonly=True)
    can_decide = fields.Boolean(compute='_compute_can_decide')
    decision_text = fields.Char("Said about it", compute='_compute_decision_text')

    @api.depends('source', 'labour_line_id', 'part_line_id', 'settlement_id')
    def _compute_bearer(self):
        for line in self:
            evidence = line.labour_line_id or line.part_line_id
            if line.source in (ADJUSTMENT, *rates.QUALITY):
                line.bearer = COMPANY
            elif line.source == rates.DEDUCTION:
                line.bearer = CHARGED
            else:
                line.bearer = evidence.coverage or line.settlement_id.work_order_id._get_labour_coverage()

    @api.depends('source', 'settlement_id.state')
    def _compute_can_decide(self):
        for line in self:
            line.can_decide = line.source not in NOT_CLAIMED and line.settlement_id.state == 'pending'

    @api.depends(
        'decision', 'decision_reason', 'decided_at', 'decided_by_id', 'question', 'answer', 'answered_by_id')
    @api.depends_context('lang', 'tz')
    def _compute_decision_text(self):
        labels = dict(self._fields['decision']._description_selection(self.env))
        for line in self:
            said = []
            if line.question:
                said.append(self.env._("Asked: %s", line.question))
            if line.answer:
                said.append(self.env._(
                    "Answered by %(name)s: %(answer)s", name=line.answered_by_id.name or "", answer=line.answer))
            if line.decided_at and line.decision not in UNDECIDED:
                decided = labels[line.decision] + (f": {line.decision_reason}" if line.decision_reason else "")
                said.append(self.env._(
                    "%(decision)s (%(name)s, %(date)s)", decision=decided,
                    name=line.decided_by_id.name or self.env._("by rule"),
                    date=format_date(self.env, fields.Datetime.context_timestamp(line, line.decided_at))))
            line.decision_text = " · ".join(said)

    @api.depends('decision', 'decided_amount')
    def _compute_amount(self):  # pylint: disable=missing-return
        super()._compute_amount()
        for line in self:
            if line.decision == REDUCED:
                line.amount = line.decided_amount
            elif line.decision == REJECTED:
                line.amount = 0

    @api.depends('decision')
    def _compute_is_unpriced(self):  # pylint: disable=missing-return
        super()._compute_is_unpriced()
        self.filtered(lambda line: line.decision == REJECTED).is_unpriced = False

    # === DECIDING === #

    def action_decide(self):
        """Ask what of the line is paid.

        :return: an action that opens the question
        :rtype: dict
        """
        self.ensure_one()
        self._check_decidable()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Decide on “%s”", self.name),
            'res_model': 'stokiva.settlement.line.decide',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_line_id': self.id},
        }

    def _check_decidable(self):
        """Raise unless the lines are claims of pending settlements.

        :raise UserError: naming what is none
        """
        self.check_access('write')
        self.settlement_id._check_state('pending')
        if others := self.filtered(lambda line: line.source in NOT_CLAIMED):
            raise UserError(self.env._(
                "Adjustments and what the provider has in hand are not decided upon: %s",
                ", ".join(others.mapped('name'))))

    def _decide(self, decision, reason=False, amount=None, quantity=None):
        """Say what of computed lines is paid; in sudo in the name of a rule.

        :param str decision: ``accepted``, ``reduced``, ``rejected``
        :param str reason: kept with them and shown to the provider; needed unless accepted
        :param float amount: of a reduced line: what is paid, in the settlement's currency
        :param float quantity: instead of the amount: how many of the line's units are paid
        :raise UserError: if a settlement is not pending, a line no claim, the reason missing, or less is not less
        """
        self._check_decidable()
        reason = (reason or "").strip()
        if decision != ACCEPTED and not reason:
            raise UserError(self.env._("Say why, the provider may ask for it."))
        for line in self:
            # sudo: after the checks of rights, state and kind of line; users write adjustments only
            line.sudo().write({
                'decision': decision,
                'decision_reason': reason,
                'decided_at': fields.Datetime.now(),
                'decided_by_id': not self.env.su and self.env.uid,
                **line._prepare_reduction(decision == REDUCED, amount, quantity),
            })

    def _prepare_reduction(self, is_reduced, amount, quantity):
        """Return the values of how much is paid.

        :param bool is_reduced: otherwise they are empty
        :raise UserError: unless it is more than nothing and less than what was computed
        """
        self.ensure_one()
        if not is_reduced:
            return {'decided_amount': 0, 'decided_quantity': 0}
        quantity = rates.round_cents(quantity or 0)
        amount = self.currency_id.round(quantity * self.rate if quantity else rates.round_cents(amount or 0))
        # Of a penalty, less means nearer to nothing, too.
        if not 0 < amount * (1 if self.claimed_amount > 0 else -1) < abs(self.claimed_amount):
            raise UserError(self.env._(
                "“%(line)s” can only be reduced to something between nothing and %(amount)s.",
                line=self.name, amount=self.currency_id.format(self.claimed_amount)))
        return {'decided_amount': amount, 'decided_quantity': quantity}

    # === RECOMPUTING AND REVERSING === #

    def _get_claim(self):
        """Return what makes a computed line the same claim as one computed later.

        :rtype: tuple
        """
        self.ensure_one()
        return self._get_claim_of({
            **{name: self[name] for name in ('source', 'quantity', 'rate')},
            **{name: self[name].id for name in ('rate_line_id', 'labour_line_id', 'part_line_id', 'visit_id')}})

    @api.model
    def _get_claim_of(self, values):
        """Return the claim of a line that is to be created, see ``_get_claim``.

        :param dict values: of the line
        :rtype: tuple
        """
        return (
            values['source'], rates.round_cents(values['quantity']), rates.round_cents(values['rate']),
            *(values.get(name) or False for name in ('rate_line_id', 'labour_line_id', 'part_line_id', 'visit_id')))

    def _prepare_decision_values(self):
        """Return what was decided and said about a line, for the same claim computed anew."""
        self.ensure_one()
        names = (
            'decision', 'decision_reason', 'decided_amount', 'decided_quantity', 'decided_at', 'question', 'answer',
            'answered_at')
        return {name: self[name] for name in names} | {
            'decided_by_id': self.decided_by_id.id, 'answered_by_id': self.answered_by_id.id}

    def _prepare_reversal_values(self):
        """Take back what was paid, not what was claimed."""
        values = super()._prepare_reversal_values()
        if self.decision == REDUCED:
            values.update(
                {'quantity': -self.decided_quantity} if self.decided_quantity
                else {'quantity': -1, 'rate': self.decided_amount})
        return values | {'bearer': self.bearer}
