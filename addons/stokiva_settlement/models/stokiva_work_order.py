from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from odoo.addons.stokiva_service.workflow import CLOSED, COMPLETED, WASTED_OUTCOMES

from .. import rates

SETTLEMENT_GROUP = 'stokiva_service.group_stokiva_settlement'


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    settlement_ids = fields.One2many(
        'stokiva.settlement', 'work_order_id', "Settlements", readonly=True, groups=SETTLEMENT_GROUP)
    settlement_total = fields.Monetary("Settled amount", compute='_compute_settlement_total', groups=SETTLEMENT_GROUP)

    @api.depends('settlement_ids.amount_total', 'settlement_ids.state')
    def _compute_settlement_total(self):
        for order in self:
            order.settlement_total = sum(
                settlement.amount_total for settlement in order.settlement_ids if settlement.state != 'rejected')

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
        lines = orders._prepare_settlement_lines()
        return Settlement.create([order._prepare_settlement_values(lines[order]) for order in orders])

    def _prepare_settlement_values(self, lines):
        """Return the values of the order's settlement; to be extended.

        :param list lines: values of its lines
        :rtype: dict
        """
        self.ensure_one()
        return {
            'work_order_id': self.id,
            'provider_id': self.provider_id.id,
            'company_id': self.company_id.id,
            'currency_id': self.company_id.currency_id.id,
            'date': self._get_settlement_date(),
            'line_ids': [Command.create(vals) for vals in lines],
        }

    def _get_settlement_date(self):
        """Return the day on which the order ended where the provider is."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.provider_id.tz), self.completed_at or self.closed_at).date()

    def _prepare_settlement_lines(self):
        """Return what the orders earn by the rate cards of the day of their completion; to be extended.

        :return: ``{order: [values of stokiva.settlement.line]}``
        """
        wanted = {order: (order.company_id, order.provider_id, order._get_settlement_date()) for order in self}
        rules = self.env['stokiva.rate.card']._get_rules(wanted.values())
        paid_trips = self._get_paid_trips()
        lines = {}
        for order in self.sorted('id'):
            job = rates.Job(order.service_type_id.id, order._get_device_path())
            pays = rates.price(order._get_payable_works(paid_trips), job, rules[wanted[order]])
            paid_trips.update(
                order._get_trip_key(pay.work.evidence) for pay in pays if pay.work.kind in rates.OPTIONAL)
            # The provider reads it.
            speaker = order.with_context(lang=order.provider_id.partner_id.lang or order.company_id.partner_id.lang)
            lines[order] = [
                speaker._prepare_settlement_line_values(pay, sequence) for sequence, pay in enumerate(pays)]
            lines[order] += speaker._prepare_held_lines(len(pays))
        return lines

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
                'quantity': line.quantity,
                'rate': 0,
                'why': self.env._("Held: the part was in no stock of the provider"),
                'part_line_id': line.id,
            }
            for number, line in enumerate(
                self.part_line_ids.filtered(lambda line: line._is_pay_held()), sequence)]

    def _get_device_path(self):
        """Return the ids of the device's type and those above it, from the top."""
        self.ensure_one()
        path = self.device_type_id.parent_path or ""
        return tuple(int(id_) for id_ in path.split('/') if id_)

    def _get_payable_works(self, paid_trips):
        """Return what there is to pay for, as ``rates.py`` knows it; to be extended.

        :param set paid_trips: keys of trips that are paid already, see ``_get_trip_key``
        :return: list of rates.Work
        """
        self.ensure_one()
        works = [
            rates.Work(rates.LABOUR, line.quantity, line.workmanship_id.id or None, evidence=line)
            for line in self.labour_line_ids] or [rates.Work(rates.LABOUR)]
        trips = {}
        for visit in self.visit_ids:
            # One departure for several orders is one trip, and only of the provider who is paid now.
            if visit.departed_at and visit.provider_id == self.provider_id:
                trips.setdefault(self._get_trip_key(visit), visit)
        works += [
            rates.Work(rates.WASTED_TRIP if visit.outcome in WASTED_OUTCOMES else rates.TRAVEL, evidence=visit)
            for key, visit in trips.items() if key not in paid_trips]
        works += [
            rates.Work(
                rates.PART, line.quantity, product_id=line.product_id.id, cost=line.cost / line.quantity,
                evidence=line)
            for line in self.part_line_ids if line._is_paid_as_own()]
        return works

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

    def _prepare_settlement_line_values(self, pay, sequence):
        """Return the values of a settlement line.

        :param rates.Pay pay: what was done and what it earns
        :param int sequence: its place
        :rtype: dict
        """
        self.ensure_one()
        work, evidence = pay.work, pay.work.evidence
        values = {
            'sequence': sequence,
            'source': work.kind,
            'name': self._get_work_name(work),
            'quantity': work.quantity,
            'rate': pay.rate,
            'why': self._get_reason(pay),
            'rate_line_id': pay.rule.id if pay.rule else False,
        }
        if evidence:
            field = {
                'stokiva.labour.line': 'labour_line_id',
                'stokiva.part.line': 'part_line_id',
                'stokiva.visit': 'visit_id',
            }[evidence._name]
            values[field] = evidence.id
        return values

    def _get_work_name(self, work):
        """Return what was done, in the language of the context."""
        evidence = work.evidence and work.evidence.with_env(self.env)
        if work.kind == rates.TRAVEL:
            return self.city_id.name or self.site_id.city or self.env._("Travel")
        if work.kind == rates.WASTED_TRIP:
            outcomes = dict(evidence._fields['outcome']._description_selection(self.env))
            departed = fields.Datetime.context_timestamp(
                evidence.with_context(tz=self.provider_id.tz), evidence.departed_at)
            return self.env._(
                "%(outcome)s, %(time)s", outcome=outcomes[evidence.outcome], time=f"{departed:%d.%m.%Y %H:%M}")
        return evidence.name if evidence else self.service_type_id.name

    def _get_reason(self, pay):
        """Return why a piece of work earns what it does, in the language of the context."""
        currency = self.company_id.currency_id
        terms = self.env._(
            "%(quantity)s × %(rate)s", quantity=f"{pay.work.quantity:g}",
            rate=formatLang(self.env, pay.rate, currency_obj=currency))
        if pay.rule:
            line = self.env['stokiva.rate.card.line'].browse(pay.rule.id)
            return self.env._(
                "%(card)s · %(rule)s · %(terms)s",
                card=line.card_id.display_name, rule=line.display_name, terms=terms)
        if pay.work.kind == rates.PART:
            return self.env._("Cost of the part · %(terms)s", terms=terms)
        return self.env._("No rate card pays for this")
