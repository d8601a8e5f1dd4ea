from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import rates
from .stokiva_settlement_line import ADJUSTMENT
from .stokiva_statement_line import ADVANCE, CARRY_OVER, REPAYMENT

PAID_STATES = ('paid', 'in_payment')
# While its content may change.
OPEN_STATES = ('draft', 'objected')


class Statement(models.Model):
    """A period's settlements of one provider in one currency, billed together. Its state follows from what happened
    to it: sent, objected to, confirmed, and what became of the bill; settlements are paid when their statement is.
    """
    _name = 'stokiva.statement'
    _inherit = ['stokiva.guarded', 'stokiva.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Statement of a Provider"
    _order = 'date_to desc, id desc'
    _rec_names_search = ['name', 'provider_id.name']
    _check_company_auto = True

    _protected_fields = frozenset({
        'name', 'provider_id', 'company_id', 'currency_id', 'settlement_ids', 'settlement_count', 'bill_id',
        'state', 'amount_total', 'amount_tax', 'amount_withheld', 'amount_billed', 'amount_carried', 'amount_payable',
        'tax_amounts', 'carried_line_ids', 'sent_at', 'revision', 'answer_by', 'remind_on', 'objected_at', 'objection_ids',
        'open_objection_count', 'confirmed_at', 'confirmed_by_id', 'confirmed_via', 'closed_at', 'paid_told_at',
    })

    name = fields.Char("Number", required=True, readonly=True, copy=False, index='trigram')
    provider_id = fields.Many2one(
        'stokiva.provider', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    provider_kind = fields.Selection(related='provider_id.kind')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True, help="Cut-off: what was completed later goes into the next statement.")
    state = fields.Selection(
        [
            ('draft', "Draft"),
            ('sent', "With the provider"),
            ('objected', "Objected"),
            ('confirmed', "Confirmed"),
            ('billed', "Billed"),
            ('paid', "Paid"),
        ],
        compute='_compute_state', store=True, precompute=True, tracking=True, index=True)
    settlement_ids = fields.One2many('stokiva.settlement', 'statement_id', "Settlements", readonly=True)
    settlement_count = fields.Integer("Orders", compute='_compute_totals', store=True)
    line_ids = fields.One2many('stokiva.statement.line', 'statement_id', "Further Rows")
    amount_total = fields.Monetary("Without tax", compute='_compute_totals', store=True, tracking=True)
    amount_carried = fields.Monetary("Carried over", compute='_compute_totals', store=True)
    amount_labour = fields.Monetary("Labour", compute='_compute_amounts')
    amount_travel = fields.Monetary("Travel", compute='_compute_amounts', help="With kilometres and wasted trips.")
    amount_part = fields.Monetary("Own parts", compute='_compute_amounts')
    amount_adjustment = fields.Monetary("Bonuses and reductions", compute='_compute_amounts', help="With adjustments.")
    amount_earned = fields.Monetary("Subtotal", compute='_compute_amounts', help="What is taxed.")
    amount_deduction = fields.Monetary("Kept from customers", compute='_compute_amounts')
    amount_advance = fields.Monetary("Advances", compute='_compute_amounts')
    confirmed_at = fields.Datetime("Confirmed on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed on", readonly=True, copy=False)
    bill_id = fields.Many2one(
        'account.move', "Vendor bill", readonly=True, copy=False, index='btree_not_null', check_company=True)
    bill_name = fields.Char("Bill", compute='_compute_bill_name')
    note = fields.Text()

    _dates_order = models.Constraint(
        'CHECK(date_to >= date_from)', "A statement's period cannot end before it begins.")

    @api.depends('sent_at', 'objected_at', 'confirmed_at', 'closed_at', 'bill_id.state', 'bill_id.payment_state')
    def _compute_state(self):
        for statement in self:
            bill = statement._get_live_bill()
            if not statement.confirmed_at:
                statement.state = (
                    'draft' if not statement.sent_at else 'objected' if statement.objected_at else 'sent')
            elif statement.closed_at or bill.payment_state in (*PAID_STATES, 'reversed'):
                statement.state = 'paid'
            else:
                statement.state = 'billed' if bill else 'confirmed'

    @api.depends('settlement_ids.amount_total', 'line_ids.amount')
    def _compute_totals(self):
        for statement in self:
            carried = statement.line_ids.filtered(lambda line: line.kind == CARRY_OVER)
            statement.settlement_count = len(statement.settlement_ids)
            statement.amount_carried = sum(carried.mapped('amount'))
            statement.amount_total = statement.currency_id.round(
                sum(statement.settlement_ids.mapped('amount_total'))
                + sum((statement.line_ids - carried).mapped('amount')))

    @api.depends('settlement_ids.line_ids.amount', 'line_ids.amount')
    def _compute_amounts(self):
        sums = {}
        for settlement, source, amount in self.env['stokiva.settlement.line']._read_group(
                [('settlement_id.statement_id', 'in', self.ids)], ['settlement_id', 'source'], ['amount:sum']):
            key = settlement.statement_id.id, source
            sums[key] = sums.get(key, 0.0) + amount
        for statement in self:
            for line in statement.line_ids:
                key = statement._origin.id, line.kind
                sums[key] = sums.get(key, 0.0) + line.amount

            def total(*sources, statement=statement):
                return sum(sums.get((statement._origin.id, source), 0.0) for source in sources)
            statement.amount_labour = total(rates.LABOUR)
            statement.amount_travel = total(*rates.TRIPS)
            statement.amount_part = total(rates.PART)
            statement.amount_adjustment = total(ADJUSTMENT, *rates.QUALITY)
            statement.amount_earned = total(rates.LABOUR, *rates.TRIPS, rates.PART, ADJUSTMENT, *rates.QUALITY)
            statement.amount_deduction = total(rates.DEDUCTION)
            statement.amount_advance = total(ADVANCE, REPAYMENT)

    @api.depends('bill_id.name', 'bill_id.state', 'bill_id.ref')
    def _compute_bill_name(self):
        for statement in self:
            # sudo: officers see the bill's number without rights in accounting
            statement.bill_name = statement.bill_id.sudo().display_name or False

    # === CRUD === #

    def write(self, vals):
        """Write what users may; the period only before the statement is confirmed.

        :raise AccessError: on a protected field
        :raise UserError: on the period of a confirmed statement
        """
        if {'date_from', 'date_to'}.intersection(vals) and not self.env.su:
            self._check_state(*OPEN_STATES)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_state('draft')
        if sent := self.filtered('revision'):
            raise UserError(self.env._(
                "What the provider has seen is kept: %s", ", ".join(sent.mapped('name'))))

    def _get_live_bill(self):
        """Return the bill unless it was cancelled or reversed as a whole.

        A bill that only a carried credit note paid is *reversed* for accounting, too: this one stands.
        """
        self.ensure_one()
        bill = self.bill_id
        if bill.state == 'cancel' or bill.payment_state == 'reversed' and bill.reversal_move_ids:
            return bill.browse()
        return bill

    def _lock(self):
        """Let nobody else act on the statements until the end of the transaction.

        Who comes second fails with a conflict, is tried again by the framework, and sees then what was done.
        """
        self.env.cr.execute(SQL(
            "SELECT FROM stokiva_statement WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids))

    # === ACTIONS === #

    def action_close(self):
        """Say that an in-house provider's statement was settled otherwise, as with the wages.

        :raise UserError: if one is not confirmed, or the provider sends bills
        """
        self._lock()
        self._check_state('confirmed')
        if outside := self.filtered(lambda statement: statement.provider_kind != 'in_house'):
            raise UserError(self.env._(
                "Only in-house providers are settled without a bill: %s", ", ".join(outside.mapped('name'))))
        self._write_protected({'closed_at': fields.Datetime.now()})

    def action_view_settlements(self):
        """Open the settlements of the statements.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.settlement_action')
        return {**action, 'domain': [('statement_id', 'in', self.ids)], 'context': {}}

    def action_export(self):
        """Download the statement as a workbook.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': f'/stokiva/statements/{self.id}.xlsx', 'target': 'download'}

    def _get_action(self):
        """Return the action that opens these statements."""
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.statement_action')
        action = {**action, 'domain': [('id', 'in', self.ids)], 'context': {}}
        return action if len(self) != 1 else {**action, 'views': [(False, 'form')], 'res_id': self.id}
