from dataclasses import replace
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.stokiva_service.workflow import CLOSED, COMPLETED, WASTED_OUTCOMES

from .. import basis, rates

SETTLEMENT_GROUP = 'stokiva_service.group_stokiva_settlement'
# Field of a settlement line that names what it pays for.
EVIDENCE_FIELDS = {
    'stokiva.labour.line': 'labour_line_id', 'stokiva.part.line': 'part_line_id', 'stokiva.visit': 'visit_id'}


class Priced(NamedTuple):
    """What an order earns.

    :param currency: res.currency record
    :param list lines: values of stokiva.settlement.line
    :param dict basis: what it was computed from, see ``basis.describe``
    """
    currency: object
    lines: list
    basis: dict


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    settlement_ids = fields.One2many(
        'stokiva.settlement', 'work_order_id', "Settlements", readonly=True, groups=SETTLEMENT_GROUP)
    settlement_total = fields.Monetary("Settled amount", compute='_compute_settlement_total', groups=SETTLEMENT_GROUP)

    # The report of margins lists them so.
    _ended_idx = models.Index(
        "(COALESCE(completed_at, closed_at) DESC, id DESC) WHERE state IN ('completed', 'returned')")

    @api.depends('settlement_ids.amount_total', 'settlement_ids.state')
    def _compute_settlement_total(self):
        for order in self:
            order.settlement_total = sum(
                settlement._to_company_currency(settlement.amount_total)
                for settlement in order.settlement_ids if settlement.state != 'rejected')

    def _refuse_protected(self, names):
        """Settlements have rules of their own: nobody reaches them through the order."""
        if 'settlement_ids' in names:
            raise AccessError(self.env._("Settlements are not changed through the work order."))
        return super()._refuse_protected(names)

    def action_view_settlements(self):
        """Open the orders' settlements.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.settlement_action')
        action = {**action, 'domain': [('work_order_id', 'in', self.ids)], 'context': {}}
        settlements = self.settlement_ids
        return action if len(settlements) != 1 else {
            **action, 'views': [(False, 'form')], 'res_id': settlements.id}

    def action_preview_pay(self):
        """Show what the order would earn its provider today.

        :return: an action that opens the preview
        :rtype: dict
        :raise UserError: if it has no provider yet
        """
        self.ensure_one()
        return self.env['stokiva.rate.preview']._open_for(self)

    # === SETTLING === #

    def _post_event(self, events):
        """Settle the orders that an approval completed, and deduct what was paid before or after an order's end."""
        res = super()._post_event(events)
        completed = events.filtered(lambda event: event.event == 'approve' and event.state_after == COMPLETED)
        if completed:
            completed.work_order_id._create_settlements()
        if paid := events.filtered(lambda event: event.state_after in CLOSED and (
                event.event == 'collect' or event.state_before not in CLOSED and event.work_order_id.amount_collected)):
            paid.work_order_id._deduct_kept()
        return res

    def _create_settlements(self):
        """Create a pending settlement for each order that has no live one.

        :return: the new stokiva.settlement records
        """
        # sudo: whoever approves has no rights on settlements
        Settlement = self.env['stokiva.settlement'].sudo().with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True)
        settled = Settlement.search(
            Settlement._get_live_domain() & Domain('work_order_id', 'in', self.ids)).work_order_id
        orders = self.with_env(Settlement.env) - settled
        priced = orders._prepare_settlement_lines()
        return Settlement.create([
            {**order._prepare_settlement_values(currency, lines), 'basis': basis.keep([described])}
            for order, (currency, lines, described) in priced.items()])

    def _prepare_settlement_values(self, currency, lines):
        """Return the values of the order's settlement; to be extended.

        :param currency: res.currency record
        :param list lines: values of its lines
        :rtype: dict
        """
        self.ensure_one()
        return {
            'work_order_id': self.id,
            'provider_id': self.provider_id.id,
            'company_id': self.company_id.id,
            'currency_id': currency.id,
            'date': self._get_settlement_date(),
            'line_ids': [Command.create(vals) for vals in lines],
        }

    def _get_settlement_date(self):
        """Return the day on which the order ended where the provider is."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.provider_id.tz), self.completed_at or self.closed_at).date()

    def _prepare_settlement_lines(self, date=None):
        """Return what the orders earn by the rate cards of a day; to be extended.

        :param date date: the day, default that of each order's completion; with it nothing is locked or kept
        :return: ``{order: Priced}``
        """
        wanted = {
            order: (order.company_id, order.provider_id, date or order._get_settlement_date()) for order in self}
        cards = self.env['stokiva.rate.card']._get_rules(wanted.values())
        texts = {key: basis.write_rules(rules) for key, (_currency, rules) in cards.items()}
        if not date:
            self.env['stokiva.rate.snapshot']._keep({(key[0], text) for key, text in texts.items()})
        paid_trips = set() if date else self._get_paid_trips()
        quality = self._get_quality_works()
        priced = {}
        for order in self.sorted('id'):
            currency, rules = cards[wanted[order]]
            works = order._get_payable_works(paid_trips, currency, wanted[order][2]) + quality[order]
            job = order._get_rated_job()
            pays = rates.price(works, job, rules)
            paid_trips.update(order._get_trip_key(pay.work.evidence) for pay in pays if pay.work.kind in rates.TRIPS)
            # The provider reads it.
            speaker = order.with_context(lang=order.provider_id.partner_id.lang or order.company_id.partner_id.lang)
            held = speaker._prepare_held_lines(len(pays))
            lines = [speaker._prepare_settlement_line_values(pay, sequence, currency) for sequence, pay in enumerate(pays)]
            priced[order] = Priced(currency, lines + held, basis.describe(
                texts[wanted[order]], job, [replace(work, evidence=self._get_evidence_values(work)) for work in works],
                [{'part_line_id': line['part_line_id'], 'quantity': line['quantity']} for line in held]))
        return priced

    def _prepare_held_lines(self, sequence):
        """Return settlement lines of nothing for the parts whose pay is held, so that the officer sees them.

        :param int sequence: place of the first
        :rtype: list
        """
        self.ensure_one()
        return [
            {
                'sequence': number,
                'source': rates.PART,
                'name': line.name,
                'quantity': rates.round_cents(line.quantity),
                'rate': 0,
                'why': self.env._("Held: the part was in no stock of the provider"),
                'part_line_id': line.id,
            }
            for number, line in enumerate(
                self.part_line_ids.filtered(lambda line: line._is_pay_held()), sequence)]

    def _get_trip_key(self, visit):
        """Return what is paid once: travel per group and provider, a wasted trip per departure."""
        wasted = visit.outcome in WASTED_OUTCOMES
        order = visit.work_order_id
        return order.group_id or order, visit.provider_id, visit.departed_at if wasted else None

    def _get_paid_trips(self):
        """Return the keys of trips that settlements of the same groups pay already.

        Two orders of a group that are approved at the same time must not both pay the travel: touching
        the group's first order makes the second one a conflict, which is retried.
        """
        leads = self.group_id
        if not leads:
            return set()
        self.env.cr.execute(SQL(
            "UPDATE stokiva_work_order SET id = id WHERE id = ANY(%s)", leads.ids))
        lines = self.env['stokiva.settlement.line'].search(
            [('visit_id.work_order_id.group_id', 'in', leads.ids),
             ('settlement_id', 'any', self.env['stokiva.settlement']._get_live_domain())])
        return {self._get_trip_key(line.visit_id) for line in lines}

    def _prepare_settlement_line_values(self, pay, sequence, currency):
        """Return the values of a settlement line.

        :param rates.Pay pay: what was done and what it earns
        :param int sequence: its place
        :param currency: res.currency record
        :rtype: dict
        """
        self.ensure_one()
        work = pay.work
        return {
            'sequence': sequence,
            'source': work.kind,
            'name': self._get_work_name(work),
            'quantity': pay.quantity,
            'rate': pay.rate,
            'why': self._get_reason(pay, currency),
            'rate_line_id': pay.rule.id if pay.rule else False,
            **self._get_evidence_values(work),
        }

    @api.model
    def _get_evidence_values(self, work):
        """Return by which field of a settlement line a piece of work is named, as values of it.

        :param rates.Work work: what was done
        :rtype: dict
        """
        return {EVIDENCE_FIELDS[work.evidence._name]: work.evidence.id} if work.evidence else {}
