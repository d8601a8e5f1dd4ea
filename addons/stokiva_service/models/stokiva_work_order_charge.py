from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import charging, workflow


class WorkOrder(models.Model):
    """Who pays for the work, how much with taxes, and what the customer accepted."""
    _inherit = 'stokiva.work.order'

    warranty_refusal = fields.Selection(
        [
            ('misuse', "Misuse"),
            ('third_party', "Opened or repaired by others"),
            ('voltage', "Voltage or lightning"),
            ('liquid', "Water or other liquid"),
            ('transport', "Damaged in transport"),
            ('wear', "Wear part or consumable"),
            ('no_proof', "No proof of purchase"),
            ('other', "Other reason"),
        ],
        "Warranty refused", readonly=True, copy=False, help="The warranty lasts, but does not hold for this fault.")
    amount_charged = fields.Monetary(
        "To pay", compute='_compute_amount_charged', store=True, precompute=True,
        help="What the customer pays for charged lines, taxes included.")
    amount_untaxed = fields.Monetary("Without tax", compute='_compute_amount_parts')
    amount_tax = fields.Monetary("Tax", compute='_compute_amount_parts')
    amount_agreed = fields.Monetary(
        "Agreed price", readonly=True, copy=False, help="Taxes included, by the last quote that the customer accepted.")
    amount_goodwill = fields.Monetary("Goodwill", compute='_compute_amount_parts')
    is_beyond_quote = fields.Boolean(compute='_compute_is_beyond_quote')

    _charged_idx = models.Index("(deadline, id) WHERE amount_charged > 0")
    _warranty_refusal_idx = models.Index("(deadline, id) WHERE warranty_refusal IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        'labour_line_ids.amount', 'labour_line_ids.coverage', 'part_line_ids.amount', 'part_line_ids.coverage',
        'partner_id', 'site_id')
    def _compute_amount_charged(self):
        for order in self:
            order.amount_charged = order._get_charge_totals()['total']

    @api.model
    def _derive_values(self, vals_list):
        """Add that nothing is charged of orders without lines."""
        return [{**values, 'amount_charged': 0} for values in super()._derive_values(vals_list)]

    @api.depends(
        'amount_charged', 'labour_line_ids.coverage', 'part_line_ids.coverage', 'labour_line_ids.price_unit',
        'part_line_ids.price_unit')
    def _compute_amount_parts(self):
        for order in self:
            totals = order.sudo()._get_charge_totals()  # sudo: sums only; taxes are read by accountants
            order.amount_untaxed = totals['untaxed']
            order.amount_tax = totals['total'] - totals['untaxed']
            order.amount_goodwill = sum(line._get_goodwill() for line in order.sudo()._get_priced_lines())

    @api.depends('amount_charged', 'amount_agreed')
    def _compute_is_beyond_quote(self):
        for order in self:
            order.is_beyond_quote = bool(order.currency_id) and order.currency_id.compare_amounts(
                order.amount_charged, order.amount_agreed) > 0

    # === WHO PAYS === #

    def _get_warranty_day(self):
        """Return the day on which the warranty has to last: when the customer reported the fault."""
        tz = self.provider_id.tz or self.company_id.partner_id.tz or self.env.user.tz or 'UTC'
        moment = self.opened_at or fields.Datetime.now()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()

    def _find_coverage(self, kind):
        """Find who bears new labour or a new part: the customer only where service type, an ended warranty or its
        refusal say so.

        :param str kind: ``labour`` or ``parts``
        :return: ``coverage`` and ``coverage_basis`` of a line
        :rtype: tuple(str, str)
        """
        device = self.device_id
        is_covered = device._get_warranty(self._get_warranty_day())[kind] if device[f'warranty_{kind}_until'] else None
        return charging.find(self.service_type_id.is_charged, bool(self.warranty_refusal), is_covered)

    def _get_priced_lines(self):
        """Return labour and parts, one after the other."""
        return [*self.labour_line_ids, *self.part_line_ids]

    def _get_charged_lines(self):
        """Return the labour and parts that the customer pays."""
        return [line for line in self._get_priced_lines() if line.coverage == 'charged']

    # === HOW MUCH === #

    def _get_charge_totals(self):
        """Compute the taxes of the charged lines, as a sale of them would.

        :return: ``untaxed`` and ``total``; ``taxes``: list of ``{'text', 'amount'}``; ``lines``: amount without
            tax by line; all in the order's currency
        :rtype: dict
        """
        self.ensure_one()
        return self._get_tax_totals([
            {'record': line, 'taxes_of': line._get_taxes, 'price_unit': line.price_unit, 'quantity': line.quantity,
             'product_id': line._get_invoiced_product()}
            for line in self._get_charged_lines()])

    def _get_tax_totals(self, entries):
        """Compute taxes of what is priced, see ``_get_charge_totals``.

        :param list entries: dicts of ``record``, ``taxes_of`` (fiscal position → taxes), ``price_unit``, ``quantity``
            and ``product_id``
        """
        if not entries:
            return {'untaxed': 0.0, 'total': 0.0, 'taxes': [], 'lines': {}}
        company, currency = self.company_id, self.currency_id
        tax_model = self.env['account.tax'].with_company(company)
        fiscal_position = self.env['account.fiscal.position'].with_company(company)._get_fiscal_position(
            self.partner_id, self.site_id)
        base_lines = [
            tax_model._prepare_base_line_for_taxes_computation(
                None, **{key: value for key, value in entry.items() if key not in ('record', 'taxes_of')},
                tax_ids=entry['taxes_of'](fiscal_position), currency_id=currency, partner_id=self.partner_id)
            for entry in entries]
        tax_model._add_tax_details_in_base_lines(base_lines, company)
        tax_model._round_base_lines_tax_details(base_lines, company)
        totals = tax_model._get_tax_totals_summary(base_lines, currency, company)
        return {
            'untaxed': totals['base_amount_currency'],
            'total': totals['total_amount_currency'],
            'taxes': [
                {'text': group['group_name'], 'amount': group['tax_amount_currency']}
                for subtotal in totals['subtotals'] for group in subtotal['tax_groups']],
            'lines': {
                entry['record']: base_line['tax_details']['total_excluded_currency']
                for entry, base_line in zip(entries, base_lines, strict=True)},
        }

    def _get_diagnosis_fee(self):
        """Return what the customer pays for the diagnosis if he declines a quote.

        :return: ``price`` as configured, ``total`` with taxes
        :rtype: dict
        """
        self.ensure_one()
        price = self.service_type_id.diagnosis_fee or self.company_id.stokiva_diagnosis_fee
        product = self.company_id._stokiva_get_diagnosis_product()
        totals = self._get_tax_totals([{
            'record': None, 'price_unit': price, 'quantity': 1.0, 'product_id': product,
            'taxes_of': lambda fiscal_position: fiscal_position.map_tax(
                product.taxes_id._filter_taxes_by_company(self.company_id)),
        }] if price else [])
        return {'price': price, 'total': totals['total']}

    def _get_shown_content(self):
        """Add taxes; amounts of lines are without them."""
        shown = super()._get_shown_content()
        totals = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)._get_charge_totals()
        for key, lines in (('labour', self.labour_line_ids), ('parts', self.part_line_ids)):
            for values, line in zip(shown[key], lines, strict=True):
                values['amount'] = totals['lines'].get(line, 0.0)
        return shown | {
            'amount': totals['total'], 'untaxed': totals['untaxed'], 'taxes': totals['taxes'],
            'warranty_refusal': self._get_refusal_text()}

    def _get_refusal_text(self):
        """Return why the warranty is refused, in the customer's language; None when it is not."""
        order = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)
        return dict(order._fields['warranty_refusal']._description_selection(order.env)).get(self.warranty_refusal)

    # === THE TABLE'S FACTS === #

    def _get_charge_facts(self):
        """Return the facts of warranty and money that ``workflow.problem_of`` wants."""
        self.ensure_one()
        is_at_work = self.state in workflow.WITH_PROVIDER
        return {
            'in_warranty': is_at_work and any(
                self._find_coverage(kind)[0] == charging.WARRANTY for kind in ('labour', 'parts')),
            'warranty_refused': bool(self.warranty_refusal),
            'fault_photo': is_at_work and 'fault' in self._get_photo_kinds(),
            'beyond_quote': bool(self.amount_charged) and self.is_beyond_quote,
            'something_charged': bool(self.amount_charged),
            'has_charge_order': self._has_charge_order(),
        }

    # === WHAT HAPPENS === #

    def _on_refuse_warranty(self, given, actor, channel, occurred):
        if given['reason'] not in charging.REFUSALS:
            raise UserError(self.env._("Choose why the warranty is refused."))
        if given['reason'] == 'other' and not given.get('note'):
            raise UserError(self.env._("Say in a few words why the warranty is refused."))
        self.warranty_refusal = given['reason']
        payloads = {}
        for order in self:
            for line in order._get_priced_lines():
                if line.coverage == 'warranty':
                    line.coverage = 'charged'
            photos = order._get_photos().filtered(lambda photo: photo.kind == 'fault')
            payloads[order] = dict(given, photos=photos.mapped('sha256'), amount=order.amount_charged)
        return payloads

    def _on_grant_warranty(self, given, actor, channel, occurred):
        self.warranty_refusal = False
        for order in self:
            for line in order._get_priced_lines():
                if line.coverage_basis == 'refused':
                    line.coverage = order._find_coverage(line._warranty_kind)[0]
        return {order: dict(given, amount=order.amount_charged) for order in self}

    def _on_quote(self, given, actor, channel, occurred):
        payloads = {}
        self.sla_paused = True
        for order in self:
            extra = order._prepare_quote(given)
            approval = self.env['stokiva.approval']._request(order, 'quote', extra)
            payloads[order] = dict(
                given, amount=extra.get('lump_sum') or order.amount_charged, approval_id=approval.id,
                shown_hash=approval.shown_hash, lines=[line._get_log_values() for line in order._get_charged_lines()])
        return payloads

    def _prepare_quote(self, given):
        """Return what a quote shows besides the order: words, and a lump sum where no line is charged yet.

        :param dict given: ``text``; ``amount`` with taxes where no line is charged
        :raise UserError: if the price is missing, or another than that of the charged lines
        """
        self.ensure_one()
        amount = given.get('amount')
        if amount is not None and (
                isinstance(amount, bool) or not isinstance(amount, (int, float)) or not 0 < amount < 1e9):
            raise UserError(self.env._("The quote needs an amount above zero."))
        extra = {'text': given['text']}
        if self.amount_charged:
            if amount is not None and self.currency_id.compare_amounts(amount, self.amount_charged):
                raise UserError(self.env._(
                    "The charged lines of %(order)s cost %(charged)s, not %(amount)s. Change the lines, and the quote "
                    "follows.", order=self.name, charged=self.currency_id.format(self.amount_charged),
                    amount=self.currency_id.format(amount)))
        elif amount is None:
            raise UserError(self.env._(
                "Nothing is charged on %s. Add labour and parts that the customer pays, or give a price.", self.name))
        else:
            extra |= {'lump_sum': amount, 'amount': amount, 'untaxed': None, 'taxes': []}
        fee = self._get_diagnosis_fee()
        return extra | ({'diagnosis_fee': fee['total'], 'diagnosis_price': fee['price']} if fee['total'] else {})

    def _on_approve(self, given, actor, channel, occurred):
        payloads = super()._on_approve(given, actor, channel, occurred)
        approval = self.env['stokiva.approval'].browse(given['approval_id'])
        if approval.kind == 'quote':
            self.amount_agreed = approval._get_shown()['amount']
        return payloads

    def _on_dispute(self, given, actor, channel, occurred):
        payloads = super()._on_dispute(given, actor, channel, occurred)
        approval = self.env['stokiva.approval'].browse(given['approval_id'])
        if approval.kind == 'quote':
            for order in self:
                payloads[order] = dict(payloads[order], **order._decline_quote(approval._get_shown()))
        return payloads

    def _decline_quote(self, shown):
        """Take off what will not be done, and charge the diagnosis if the quote said so.

        :param dict shown: of the quote
        :return: what the log keeps of it
        """
        self.ensure_one()
        lines = self._get_charged_lines()
        removed = [line._get_log_values() for line in lines]
        for line in lines:  # of two models
            line.unlink()
        price = shown.get('diagnosis_price')
        if price:
            line = self.env['stokiva.labour.line'].create(self._prepare_diagnosis_values(price))
            line.coverage_basis = 'diagnosis'
            self.amount_agreed = shown['diagnosis_fee']
        return {'removed': removed, 'diagnosis_fee': shown.get('diagnosis_fee', 0.0)}

    def _prepare_diagnosis_values(self, price):
        """Return the values of the labour line that charges the diagnosis."""
        order = self.with_context(lang=self.partner_id.lang or self.company_id.partner_id.lang)
        product = order.company_id._stokiva_get_diagnosis_product()
        return {
            'work_order_id': self.id, 'name': product.name or order.env._("Diagnosis"), 'product_id': product.id,
            'price_unit': price, 'duration_minutes': 0, 'coverage': 'charged', 'personnel_id': self.personnel_id.id}

    def _on_edit(self, given, actor, channel, occurred):
        for order in self:
            order._check_goodwill(given['changes'], actor)
            if order.state == workflow.AWAITING_APPROVAL and order.is_beyond_quote:
                order._raise_problem('edit', ('within_quote', None), order._get_facts(actor, {})[order])
        return super()._on_edit(given, actor, channel, occurred)

    # === GOODWILL === #

    def _check_goodwill(self, changes, actor):
        """Raise unless whoever made changes may grant the goodwill in them.

        :param dict changes: as logged by ``edit``
        :param actor: as in ``_apply_event``
        :raise UserError: naming amount and limit
        """
        self.ensure_one()
        before = after = 0.0
        for name in ('labour_line_ids', 'part_line_ids'):
            old, new = changes.get(name) or ({}, {})
            before += _sum_goodwill(old)
            after += _sum_goodwill(new)
        if not actor or self.currency_id.compare_amounts(after, before) <= 0:
            return
        company = self.company_id
        limit = charging.get_goodwill_limit(self._get_roles(actor)[self], {
            workflow.DISPATCHER: company.stokiva_goodwill_dispatcher,
            workflow.MANAGER: company.stokiva_goodwill_manager})
        if not limit:
            raise UserError(self.env._(
                "You may not do work as goodwill, nor below its price in the catalogue. Ask a dispatcher or a manager."))
        total = self.amount_goodwill
        if self.currency_id.compare_amounts(total, limit) > 0:
            raise UserError(self.env._(
                "The goodwill on %(order)s would be %(amount)s. You may grant up to %(limit)s.", order=self.name,
                amount=self.currency_id.format(total), limit=self.currency_id.format(limit)))


def _sum_goodwill(lines):
    """Return how much of logged lines is goodwill, without tax."""
    return sum(
        charging.get_goodwill(line['coverage'], line['quantity'], line['price_unit'], line.get('price_listed', 0.0))
        for line in lines.values())
