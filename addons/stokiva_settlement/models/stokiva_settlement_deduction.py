from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_date

from odoo.addons.stokiva_service import labels, workflow

from .. import basis, rates


class Settlement(models.Model):
    """What comes after a settlement was decided upon: an adjusting one, approved and billed by itself."""
    _inherit = 'stokiva.settlement'

    adjusts_id = fields.Many2one(
        'stokiva.settlement', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
        help="The settlement of the same work order that had been decided upon before.")
    adjusting_ids = fields.One2many('stokiva.settlement', 'adjusts_id', "Adjusted by")
    can_recompute = fields.Boolean(compute='_compute_can_recompute')

    @api.depends('reversal_of_id', 'adjusts_id', 'work_order_id.state')
    def _compute_can_recompute(self):
        for settlement in self:
            settlement.can_recompute = (
                not settlement.reversal_of_id and not settlement.adjusts_id
                and settlement.work_order_id.state == workflow.COMPLETED)

    def _get_adjustable(self):
        """Return the pending settlement that takes what is found afterwards, a new adjusting one if need be.

        :return: stokiva.settlement record
        """
        self.ensure_one()
        if self.state == 'pending':
            return self
        return self.adjusting_ids.filtered(lambda later: later.state == 'pending')[:1] or self.create([{
            'work_order_id': self.work_order_id.id,
            'provider_id': self.provider_id.id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'date': fields.Date.context_today(self.with_context(tz=self.provider_id.tz)),
            'adjusts_id': self.id,
        }])

    def _adjust_parts(self, part_lines):
        """Pay parts that turned out to be the provider's own after the settlement was decided upon.

        :param part_lines: stokiva.part.line records of the order
        """
        self.ensure_one()
        later = (self | self.adjusting_ids).filtered(lambda settlement: settlement.state != 'rejected')
        paid = later.line_ids.filtered('claimed_amount').part_line_id
        due = part_lines.filtered(lambda line: line._is_paid_as_own()) - paid
        if due:
            [priced] = self.work_order_id._prepare_settlement_lines().values()
            target = self._get_adjustable()
            target.line_ids = [
                Command.create(values) for values in priced.lines if values.get('part_line_id') in due.ids]
            target._add_basis(basis.only_parts(priced.basis, due.ids))

    def _reject(self, reason):  # pylint: disable=missing-return
        """Reject settlements; what the provider has in hand is still owed, and goes to an adjusting one."""
        super()._reject(reason)
        # sudo: after the check of rights and state; users write adjustments only
        for settlement in self.sudo().filtered(lambda settlement: not settlement.adjusts_id):
            if deductions := settlement.line_ids.filtered(lambda line: line.source == rates.DEDUCTION):
                deductions.settlement_id = settlement._get_adjustable()

    def _get_earned(self):
        """Return what the work amounts to, whatever part of it the provider has in hand."""
        self.ensure_one()
        return sum(line.amount for line in self.line_ids if line.source != rates.DEDUCTION)


class WorkOrder(models.Model):
    """What the provider's people took from the customer and keep: deducted from what the provider earns."""
    _inherit = 'stokiva.work.order'

    def _deduct_kept(self):
        """Deduct each payment that the provider keeps, once, wherever the order's settlement stands now.

        An order that ended without work has no settlement: it gets one of the deduction alone.
        """
        # sudo: who notes a payment or ends an order has no rights on settlements
        settlement_model = self.env['stokiva.settlement'].sudo().with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True)
        orders = self.with_env(settlement_model.env)
        deducted = settlement_model.line_ids.search([('settlement_id.work_order_id', 'in', self.ids)]).event_id
        events = (orders._get_collect_events() - deducted).grouped('work_order_id')
        first = settlement_model.search(
            Domain('work_order_id', 'in', self.ids) & Domain('reversal_of_id', '=', False)
            & Domain('adjusts_id', '=', False)).grouped('work_order_id')
        for order, noted in events.items():
            if lines := order._prepare_deductions(noted):
                # The live one is the newest: rejected ones came before it.
                settlement = first.get(order, settlement_model).sorted('id')[-1:]
                target = settlement._get_adjustable() if settlement else settlement_model.create(
                    [order._prepare_settlement_values(order.company_id.currency_id, [])])
                for values in lines:
                    # What customers pay is in the company's currency.
                    values['rate'] = order.company_id.currency_id._convert(
                        values['rate'], target.currency_id, order.company_id, target.date)
                target.line_ids = [Command.create(values) for values in lines]

    def _prepare_deductions(self, events):
        """Return the values of deduction lines for payments that were noted; to be extended.

        :param events: stokiva.event records of the kind ``collect``
        :rtype: list
        """
        self.ensure_one()
        speaker = self.with_context(lang=self.provider_id.partner_id.lang or self.company_id.partner_id.lang)
        lines = []
        for event in events:
            paid = event._get_payload()
            if paid.get('kept'):
                day = fields.Datetime.context_timestamp(
                    speaker.with_context(tz=self.provider_id.tz), event.occurred_at).date()
                label = labels.label(speaker.env, labels.PAYMENT_METHODS, paid['method'])
                lines.append({
                    'sequence': 50,
                    'source': rates.DEDUCTION,
                    'name': " ".join(filter(None, [label, paid.get('receipt')])),
                    'rate': -paid['amount'],
                    'why': speaker.env._("The customer paid to the provider on %s", format_date(speaker.env, day))
                    if paid['amount'] > 0 else speaker.env._("Taken back on %s", format_date(speaker.env, day)),
                    'event_id': event.id,
                })
        return lines
