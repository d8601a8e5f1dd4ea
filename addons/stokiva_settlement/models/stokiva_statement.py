from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.misc import clean_context

from .. import rates
from .stokiva_settlement_line import ADJUSTMENT

PAID_STATES = ('paid', 'in_payment')


class Statement(models.Model):
    """A period's settlements of one provider in one currency, billed together. Its state follows from
    the bill; settlements are paid when their statement is.
    """
    _name = 'stokiva.statement'
    _inherit = ['stokiva.guarded', 'mail.thread', 'mail.activity.mixin', 'stokiva.audited']
    _description = "Statement of a Provider"
    _order = 'date_to desc, id desc'
    _rec_names_search = ['name', 'provider_id.name']
    _check_company_auto = True

    _protected_fields = frozenset({
        'name', 'provider_id', 'company_id', 'currency_id', 'settlement_ids', 'settlement_count', 'bill_id',
        'state', 'amount_total', 'confirmed_at', 'closed_at',
    })

    name = fields.Char("Number", required=True, readonly=True, copy=False, index='trigram')
    provider_id = fields.Many2one(
        'stokiva.provider', required=True, readonly=True, index=True, ondelete='restrict', check_company=True)
    provider_kind = fields.Selection(related='provider_id.kind')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", required=True)
    state = fields.Selection(
        [
            ('draft', "Draft"),
            ('confirmed', "Confirmed"),
            ('billed', "Billed"),
            ('paid', "Paid"),
        ],
        compute='_compute_state', store=True, precompute=True, tracking=True, index=True)
    settlement_ids = fields.One2many('stokiva.settlement', 'statement_id', "Settlements", readonly=True)
    settlement_count = fields.Integer("Orders", compute='_compute_totals', store=True)
    amount_total = fields.Monetary("Total", compute='_compute_totals', store=True, tracking=True)
    amount_labour = fields.Monetary("Labour", compute='_compute_amounts')
    amount_travel = fields.Monetary("Travel", compute='_compute_amounts', help="With kilometres and wasted trips.")
    amount_part = fields.Monetary("Own parts", compute='_compute_amounts')
    amount_deduction = fields.Monetary("Kept from customers", compute='_compute_amounts')
    amount_adjustment = fields.Monetary("Adjustments", compute='_compute_amounts', help="With bonuses and penalties.")
    confirmed_at = fields.Datetime("Confirmed on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed on", readonly=True, copy=False)
    bill_id = fields.Many2one(
        'account.move', "Vendor bill", readonly=True, copy=False, index='btree_not_null', check_company=True)
    bill_name = fields.Char("Bill", compute='_compute_bill_name')
    note = fields.Text()

    _dates_order = models.Constraint(
        'CHECK(date_to >= date_from)', "A statement's period cannot end before it begins.")

    @api.depends('confirmed_at', 'closed_at', 'bill_id.state', 'bill_id.payment_state')
    def _compute_state(self):
        for statement in self:
            bill = statement._get_live_bill()
            if not statement.confirmed_at:
                statement.state = 'draft'
            elif statement.closed_at or bill.payment_state in PAID_STATES:
                statement.state = 'paid'
            else:
                statement.state = 'billed' if bill else 'confirmed'

    @api.depends('settlement_ids.amount_total')
    def _compute_totals(self):
        for statement in self:
            statement.settlement_count = len(statement.settlement_ids)
            statement.amount_total = sum(statement.settlement_ids.mapped('amount_total'))

    @api.depends('settlement_ids.line_ids.amount')
    def _compute_amounts(self):
        rows = self.env['stokiva.settlement.line']._read_group(
            [('settlement_id.statement_id', 'in', self.ids)],
            ['settlement_id', 'source'], ['amount:sum'])
        sums = {}
        for settlement, source, amount in rows:
            key = settlement.statement_id.id, source
            sums[key] = sums.get(key, 0.0) + amount
        for statement in self:
            def total(*sources, statement=statement):
                return sum(sums.get((statement.id, source), 0.0) for source in sources)
            statement.amount_labour = total(rates.LABOUR)
            statement.amount_travel = total(*rates.TRIPS)
            statement.amount_part = total(rates.PART)
            statement.amount_deduction = total(rates.DEDUCTION)
            statement.amount_adjustment = total(ADJUSTMENT, *rates.QUALITY)

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
            self._check_state('draft')
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_state('draft')

    def _get_live_bill(self):
        """Return the bill unless it was cancelled or reversed as a whole."""
        self.ensure_one()
        if self.bill_id.state == 'cancel' or self.bill_id.payment_state == 'reversed':
            return self.bill_id.browse()
        return self.bill_id

    # === ACTIONS === #

    def action_gather(self):
        """Add the provider's approved settlements of the period that are in no statement yet.

        :raise UserError: if one is not a draft
        """
        self._check_state('draft')
        for statement in self:
            self.env['stokiva.settlement'].search(statement._get_gather_domain())._write_protected(
                {'statement_id': statement.id})

    def _get_gather_domain(self):
        """Return which settlements wait for this statement.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        return (
            Domain('provider_id', '=', self.provider_id.id) & Domain('company_id', '=', self.company_id.id)
            & Domain('currency_id', '=', self.currency_id.id) & self.env['stokiva.settlement']._get_billable_domain()
            & Domain('date', '>=', self.date_from) & Domain('date', '<=', self.date_to))

    def action_confirm(self):
        """Fix what the statements hold.

        :raise UserError: if one is no draft or empty
        """
        self._check_state('draft')
        if empty := self.filtered(lambda statement: not statement.settlement_ids):
            raise UserError(self.env._(
                "There is nothing in the statement: %s", ", ".join(empty.mapped('name'))))
        self._write_protected({'confirmed_at': fields.Datetime.now()})

    def action_draft(self):
        """Open confirmed statements again.

        :raise UserError: if one is billed or paid
        """
        self._check_state('confirmed')
        self._write_protected({'confirmed_at': False, 'bill_id': False})

    def action_close(self):
        """Say that an in-house provider's statement was settled otherwise, as with the wages.

        :raise UserError: if one is not confirmed, or the provider sends bills
        """
        self._check_state('confirmed')
        if outside := self.filtered(lambda statement: statement.provider_kind != 'in_house'):
            raise UserError(self.env._(
                "Only in-house providers are settled without a bill: %s", ", ".join(outside.mapped('name'))))
        self._write_protected({'closed_at': fields.Datetime.now()})

    def action_create_bill(self):
        """Create one draft vendor bill per statement, with one line per settlement and per deduction.

        :return: an action that opens the bills, where the user may see them
        :rtype: dict
        :raise UserError: if one is not confirmed, or the provider is in-house
        """
        self.check_access('write')
        self._check_state('confirmed')
        if in_house := self.filtered(lambda statement: statement.provider_kind == 'in_house'):
            raise UserError(self.env._(
                "In-house providers send no bill: %s", ", ".join(in_house.mapped('name'))))
        # sudo: officers need no accounting rights; nor may a caller's defaults reach the bill
        clean_sudo = self.with_env(self.env(context=clean_context(self.env.context))).sudo()
        for company, statements in clean_sudo.grouped('company_id').items():
            statements = statements.with_company(company)
            bills = statements.env['account.move'].create(
                [statement._prepare_bill_values() for statement in statements])
            for statement, bill in zip(statements, bills, strict=True):
                statement.bill_id = bill
        return self.action_view_bill()

    def _prepare_bill_values(self):
        """Return the values of the vendor bill, of a credit note if the total is negative.

        :rtype: dict
        """
        self.ensure_one()
        partner = self.provider_id.partner_id
        taxes = self._get_bill_taxes()
        accounts = {
            payment.stokiva_event_id: payment.outstanding_account_id
            for payment in self.env['account.payment'].search(
                [('stokiva_event_id', 'in', self.settlement_ids.line_ids.event_id.ids)])}
        sign = -1 if self.amount_total < 0 else 1
        return {
            'move_type': 'in_refund' if sign < 0 else 'in_invoice',
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'partner_id': partner.id,
            'invoice_date': fields.Date.context_today(self),
            'ref': self.name,
            'invoice_origin': self.name,
            'invoice_line_ids': [
                Command.create(values)
                for settlement in self.with_context(lang=partner.lang).settlement_ids.sorted(
                    lambda settlement: (settlement.date, settlement.id))
                for values in settlement._prepare_bill_lines(taxes, accounts, sign)],
        }

    def _get_bill_taxes(self):
        """Return the taxes of the bill's lines: the product's, else the company's default ones, as mapped
        for the provider.
        """
        self.ensure_one()
        product = self._get_bill_product()
        taxes = product.supplier_taxes_id._filter_taxes_by_company(self.company_id)
        taxes = taxes or self.company_id.account_purchase_tax_id
        position = self.env['account.fiscal.position']._get_fiscal_position(self.provider_id.partner_id)
        return position.map_tax(taxes)

    @api.model
    def _get_bill_product(self):
        """Return the product of bill lines; without it the journal's account is taken."""
        return self.env.ref('stokiva_settlement.product_service_work', raise_if_not_found=False) \
            or self.env['product.product']

    def action_view_bill(self):
        """Open the statements' bills; without rights in accounting, stay where we are.

        :return: an action
        :rtype: dict
        """
        bills = self.bill_id
        if not bills.has_access('read'):
            return {'type': 'ir.actions.client', 'tag': 'soft_reload'}
        action = {
            'type': 'ir.actions.act_window',
            'name': self.env._("Vendor bills"),
            'res_model': 'account.move',
            'view_mode': 'list,form',
            'domain': [('id', 'in', bills.ids)],
            'context': {'default_move_type': 'in_invoice'},
        }
        return action if len(bills) != 1 else {**action, 'view_mode': 'form', 'res_id': bills.id}

    def action_view_settlements(self):
        """Open the settlements of the statements.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.settlement_action')
        return {**action, 'domain': [('statement_id', 'in', self.ids)], 'context': {}}

    def _get_action(self):
        """Return the action that opens these statements."""
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.statement_action')
        action = {**action, 'domain': [('id', 'in', self.ids)], 'context': {}}
        return action if len(self) != 1 else {**action, 'views': [(False, 'form')], 'res_id': self.id}
