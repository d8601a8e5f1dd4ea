from functools import cache

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import clean_context

from .stokiva_settlement_line import ADJUSTMENT
from .stokiva_statement_line import CARRY_OVER


class Statement(models.Model):
    """Taxes, what is to be paid, and the vendor bill. Statement and bill are made of the same rows by accounting's own
    computation, so they agree to the smallest unit.
    """
    _inherit = 'stokiva.statement'

    amount_tax = fields.Monetary("Tax", compute='_compute_taxes', store=True)
    amount_withheld = fields.Monetary("Withheld", compute='_compute_taxes', store=True, help="Negative taxes.")
    amount_billed = fields.Monetary("Billed amount", compute='_compute_taxes', store=True, help="With taxes, as on the vendor bill.")
    amount_payable = fields.Monetary(
        "To pay", compute='_compute_payable', store=True, tracking=True,
        help="The bill less what the provider owes from earlier statements. If negative, the next statement begins with it.")
    tax_amounts = fields.Json(compute='_compute_taxes', store=True)
    carried_line_ids = fields.One2many('stokiva.statement.line', 'origin_id', "Carried over to", readonly=True)

    @api.depends('settlement_ids.line_ids.amount', 'line_ids.amount')
    def _compute_taxes(self):
        rules = self.env['stokiva.settlement.tax'].sudo()._get_rules(self.company_id)  # sudo: taxes are accounting's
        for statement in self.sudo():  # sudo: taxes are accounting's
            taxes = statement._get_tax_amounts(rules)
            statement.tax_amounts = [[tax.id, amount] for tax, amount in taxes.items()]
            statement.amount_tax = sum(amount for tax, amount in taxes.items() if tax.amount >= 0)
            statement.amount_withheld = sum(amount for tax, amount in taxes.items() if tax.amount < 0)
            statement.amount_billed = statement.currency_id.round(
                statement.amount_total + statement.amount_tax + statement.amount_withheld)

    @api.depends('amount_billed', 'amount_carried')
    def _compute_payable(self):
        for statement in self:
            statement.amount_payable = statement.currency_id.round(statement.amount_billed + statement.amount_carried)

    # === TAXES === #

    def _get_tax_amounts(self, rules):
        """Return what each tax amounts to, by accounting's computation.

        :param dict rules: see ``stokiva.settlement.tax._get_rules``
        :return: ``{account.tax record: amount}``, in the order of the rows
        """
        self.ensure_one()
        if self.provider_kind == 'in_house':
            return {}
        tax_model = self.env['account.tax'].with_company(self.company_id)
        product = self._get_bill_product()
        base_lines = [
            tax_model._prepare_base_line_for_taxes_computation(
                {}, price_unit=row['amount'], quantity=1.0, tax_ids=row['taxes'], currency_id=self.currency_id,
                product_id=product, partner_id=self.provider_id.partner_id)
            for row in self._get_bill_rows(rules)]
        tax_model._add_tax_details_in_base_lines(base_lines, self.company_id)
        tax_model._round_base_lines_tax_details(base_lines, self.company_id)
        totals = tax_model._aggregate_base_lines_aggregated_values(tax_model._aggregate_base_lines_tax_details(
            base_lines, lambda _line, tax_data: tax_data and tax_data['tax']))
        return {tax: values['tax_amount_currency'] for tax, values in totals.items() if tax}

    def _get_tax_finder(self, rules):
        """Return the function that says which taxes lie on work, mapped by the provider's fiscal position.

        :param dict rules: see ``stokiva.settlement.tax._get_rules``
        :return: function of a day, stokiva.service.type and source of a settlement line → account.tax records
        """
        self.ensure_one()
        provider, company = self.provider_id, self.company_id
        position = self.env['account.fiscal.position'].with_company(company)._get_fiscal_position(provider.partner_id)

        @cache
        def find(date, service_type, source):
            rule = next((rule for rule in rules.get(company, ()) if rule._fits(provider, date, service_type, source)), None)
            return position.map_tax(rule.tax_ids if rule else self._get_default_taxes())

        return find

    def _get_default_taxes(self):
        """Return the taxes where no rule says otherwise: the product's, else the company's default ones."""
        taxes = self._get_bill_product().supplier_taxes_id._filter_taxes_by_company(self.company_id)
        return taxes or self.company_id.account_purchase_tax_id

    @api.model
    def _get_bill_product(self):
        """Return the product of bill lines; without it the journal's account is taken."""
        return self.env.ref('stokiva_settlement.product_service_work', raise_if_not_found=False) \
            or self.env['product.product']

    # === BILL === #

    def _get_bill_rows(self, rules):
        """Return what the bill consists of: each settlement and tax set, each deduction, adjustment and advance. What
        is carried over was billed already.

        :param dict rules: see ``stokiva.settlement.tax._get_rules``
        :return: list of dicts: ``name``, ``amount``, ``taxes``; of work ``product``; of others ``account``, ``event``
        """
        self.ensure_one()
        find = self._get_tax_finder(rules)
        rows = [
            row for settlement in self.settlement_ids.sorted(lambda settlement: (settlement.date, settlement.id))
            for row in settlement._get_bill_rows(find)]
        kinds = dict(self.line_ids._fields['kind']._description_selection(self.env))
        for line in self.line_ids.filtered(lambda line: line.kind != CARRY_OVER):
            what = dict.fromkeys([kinds[line.kind], line.name, line.why])
            row = {'name': " · ".join(what), 'amount': line.amount}
            if line.kind == ADJUSTMENT:
                taxes = find(self.date_to, self.env['stokiva.service.type'], ADJUSTMENT)
                rows.append({**row, 'taxes': taxes, 'product': self._get_bill_product()})
            else:
                rows.append({
                    **row, 'taxes': self.env['account.tax'], 'account': self.company_id.stokiva_advance_account_id})
        return rows

    def action_create_bill(self):
        """Create one draft vendor bill per statement, and for statements whose balance these ones carry.

        :return: an action that opens the bills, where the user may see them
        :rtype: dict
        :raise UserError: if one is not confirmed, the provider is in-house, or taxes have changed since
        """
        self.check_access('write')
        self._lock()
        self._check_state('confirmed')
        self._check_ready()
        if in_house := self.filtered(lambda statement: statement.provider_kind == 'in_house'):
            raise UserError(self.env._(
                "In-house providers send no bill: %s", ", ".join(in_house.mapped('name'))))
        if owed := self.line_ids.origin_id.filtered(lambda earlier: earlier.state == 'confirmed') - self:
            owed.action_create_bill()
        # sudo: officers need no accounting rights; nor may a caller's defaults reach the bill
        clean_sudo = self.with_env(self.env(context=clean_context(self.env.context))).sudo()
        accounts = clean_sudo._get_deduction_accounts()
        rules = clean_sudo.env['stokiva.settlement.tax']._get_rules(clean_sudo.company_id)
        for company, statements in clean_sudo.grouped('company_id').items():
            statements = statements.with_company(company)
            bills = statements.env['account.move'].create(
                [statement._prepare_bill_values(rules, accounts) for statement in statements])
            for statement, bill in zip(statements, bills, strict=True):
                statement.bill_id = bill
                statement._check_bill()
        return self.action_view_bill()

    def _get_deduction_accounts(self):
        """Return where the payments lie that the provider keeps.

        :return: ``{stokiva.event: account.account}``
        """
        return {
            payment.stokiva_event_id: payment.outstanding_account_id
            for payment in self.env['account.payment'].search(
                [('stokiva_event_id', 'in', self.settlement_ids.line_ids.event_id.ids)])}

    def _prepare_bill_values(self, rules, accounts):
        """Return the values of the vendor bill, of a credit note if the total is negative; to be extended.

        :param dict rules: see ``stokiva.settlement.tax._get_rules``
        :param dict accounts: see ``_get_deduction_accounts``
        :rtype: dict
        """
        self.ensure_one()
        speaker = self._for_provider()
        sign = -1 if (self.amount_billed or self.amount_total) < 0 else 1
        today = fields.Date.context_today(self)
        own_currency = self.company_id.currency_id
        rate = own_currency._get_conversion_rate(own_currency, self.currency_id, self.company_id, today)
        return {
            'move_type': 'in_refund' if sign < 0 else 'in_invoice',
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'partner_id': self.provider_id.partner_id.id,
            'invoice_date': today,
            'ref': self.name,
            'invoice_origin': self.name,
            'stokiva_statement_id': self.id,
            'invoice_line_ids': [
                # With its amounts given, accounting need not write each line once more: less than half the time.
                Command.create({
                    **self._prepare_bill_line_values(row, sign, accounts), 'amount_currency': row['amount'],
                    'balance': own_currency.round(row['amount'] / rate)})
                for row in speaker._get_bill_rows(rules)],
        }

    def _prepare_bill_line_values(self, row, sign, accounts):
        """Return the values of a line of the bill; to be extended.

        :param dict row: see ``_get_bill_rows``
        :param int sign: -1 on a credit note
        :param dict accounts: see ``_get_deduction_accounts``
        :rtype: dict
        """
        values = {
            'name': row['name'],
            'quantity': sign,
            'price_unit': row['amount'],
            'tax_ids': [Command.set(row['taxes'].ids)],
        }
        if product := row.get('product'):
            values['product_id'] = product.id
        if account := row.get('account') or accounts.get(row.get('event')):
            values['account_id'] = account.id
        return values

    def _check_bill(self):
        """Raise unless the bill says to the smallest unit what the statement does.

        :raise UserError: if taxes were changed after the statement was shown
        """
        self.ensure_one()
        sign = -1 if self.bill_id.move_type == 'in_refund' else 1
        for bill, own in ((self.bill_id.amount_untaxed, self.amount_total), (self.bill_id.amount_total, self.amount_billed)):
            if self.currency_id.compare_amounts(sign * bill, own):
                raise UserError(self.env._(
                    "The bill of %(statement)s would amount to %(bill)s, but the statement says %(own)s: taxes have changed "
                    "since. Take it back to draft and send it again.", statement=self.name,
                    bill=self.currency_id.format(sign * bill), own=self.currency_id.format(own)))

    def _get_connected(self):
        """Return the statements that pass balances on to each other with these ones, with them."""
        connected, found = self, self
        while found:
            found = (found.line_ids.origin_id | found.carried_line_ids.statement_id) - connected
            connected |= found
        return connected

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
