from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class Settlement(models.Model):
    """What a provider earned by one work order. Its state follows from what happened to it: decided upon
    (``approved_at``, ``rejected_at``), billed and paid (through its statement).
    """
    _name = 'stokiva.settlement'
    _inherit = ['stokiva.guarded', 'mail.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Settlement"
    _order = 'date desc, id desc'
    _rec_names_search = ['name', 'work_order_id.name']
    _check_company_auto = True

    _protected_fields = frozenset({
        'name', 'work_order_id', 'provider_id', 'company_id', 'currency_id', 'company_rate', 'date', 'state', 'amount_total',
        'is_unpriced', 'statement_id', 'approved_at', 'approved_by_id', 'rejected_at', 'reject_reason',
        'reversal_of_id', 'reversal_ids', 'reverse_reason', 'adjusts_id', 'adjusting_ids', 'service_type_id',
        'held_at', 'held_by_id', 'hold_reason', 'release_reason', 'basis', 'amount_claimed', 'question_state',
        'split_by', 'is_unauthorised', 'claim_result_ids', 'checked_at', 'check_due', 'check_state',
    })

    name = fields.Char("Number", required=True, readonly=True, copy=False, index='trigram')
    work_order_id = fields.Many2one(
        'stokiva.work.order', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    device_id = fields.Many2one(related='work_order_id.device_id')
    service_type_id = fields.Many2one(related='work_order_id.service_type_id', store=True, index=True)
    provider_id = fields.Many2one(
        'stokiva.provider', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date = fields.Date(
        "Completed", required=True, readonly=True, help="Day of completion where the provider is; decides the rates.")
    state = fields.Selection(
        [
            ('pending', "Pending"),
            ('approved', "Approved"),
            ('paid', "Paid"),
            ('rejected', "Rejected"),
        ],
        compute='_compute_state', store=True, precompute=True, tracking=True)
    line_ids = fields.One2many('stokiva.settlement.line', 'settlement_id', "Lines")
    amount_total = fields.Monetary("Total", compute='_compute_amount_total', store=True, tracking=True)
    is_unpriced = fields.Boolean(
        "Without rate", compute='_compute_is_unpriced', store=True,
        help="Something that was done has no rate, and earns nothing.")
    is_above_limit = fields.Boolean(compute='_compute_is_above_limit')
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    approved_by_id = fields.Many2one('res.users', "Approved by", readonly=True, copy=False)
    rejected_at = fields.Datetime("Rejected on", readonly=True, copy=False)
    reject_reason = fields.Char("Why rejected", readonly=True, copy=False, tracking=True)
    reversal_of_id = fields.Many2one(
        'stokiva.settlement', "Reversal of", readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    reverse_reason = fields.Char("Why reversed", readonly=True, copy=False)
    reversal_ids = fields.One2many('stokiva.settlement', 'reversal_of_id', "Reversals")
    statement_id = fields.Many2one(
        'stokiva.statement', readonly=True, copy=False, index='btree_not_null', check_company=True)
    bill_id = fields.Many2one(related='statement_id.bill_id')
    note = fields.Text("Internal note")

    _live_uniq = models.UniqueIndex(
        "(work_order_id) WHERE rejected_at IS NULL AND reversal_of_id IS NULL AND adjusts_id IS NULL",
        "This work order has a settlement already.")
    _reversal_uniq = models.UniqueIndex(
        "(reversal_of_id) WHERE rejected_at IS NULL AND reversal_of_id IS NOT NULL",
        "This settlement was reversed already.")
    _state_idx = models.Index("(company_id, state, date DESC, id DESC)")
    _unbilled_idx = models.Index("(provider_id, date) WHERE state = 'approved' AND statement_id IS NULL")

    @api.depends('approved_at', 'rejected_at', 'statement_id.state')
    def _compute_state(self):
        for settlement in self:
            if settlement.rejected_at:
                settlement.state = 'rejected'
            elif not settlement.approved_at:
                settlement.state = 'pending'
            else:
                settlement.state = 'paid' if settlement.statement_id.state == 'paid' else 'approved'

    @api.depends('line_ids.amount')
    def _compute_amount_total(self):
        for settlement in self:
            settlement.amount_total = sum(settlement.line_ids.mapped('amount'))

    @api.depends('line_ids.is_unpriced')
    def _compute_is_unpriced(self):
        for settlement in self:
            settlement.is_unpriced = any(settlement.line_ids.mapped('is_unpriced'))

    @api.depends('line_ids.amount', 'company_id.stokiva_approval_limit')
    def _compute_is_above_limit(self):
        for settlement in self:
            limit = settlement.company_id.stokiva_approval_limit
            settlement.is_above_limit = bool(limit) and abs(
                settlement._to_company_currency(settlement._get_earned())) > limit

    def _to_company_currency(self, amount):
        """Return an amount of the settlement in the company's currency, at the rate of the settlement's day.

        :param float amount: in the settlement's currency
        :rtype: float
        """
        self.ensure_one()
        return self.currency_id._convert(amount, self.company_id.currency_id, self.company_id, self.date)

    # === CRUD === #

    def write(self, vals):
        """Write what users may; lines only before the decision.

        :raise AccessError: on a protected field
        :raise UserError: on lines of a settlement that was decided upon
        """
        if 'line_ids' in vals and not self.env.su:
            self._check_state('pending')
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("Settlements are kept as evidence. Reject it instead."))

    def _find_live(self):
        """Return the live settlements, reversals apart, of the same work orders."""
        return self.search(self._get_live_domain() & Domain('work_order_id', 'in', self.work_order_id.ids))

    @api.model
    def _get_live_domain(self):
        """Return what makes a settlement the one of its order.

        :rtype: odoo.fields.Domain
        """
        return (
            Domain('rejected_at', '=', False) & Domain('reversal_of_id', '=', False) & Domain('adjusts_id', '=', False))
