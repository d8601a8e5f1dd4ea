from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import babel_locale_parse, format_datetime

from .. import sla, workflow
from ..rows import get_held
from .stokiva_sla_clock import PROMISES, SAME

# So far ahead are the opening hours of providers looked at, in multiples of the time promised.
REACH = 24
# What no service level speaks of is at risk in its last hours.
DUE_SOON = timedelta(hours=2)
READ = [*SAME, 'work_order_id', 'clock', 'runs', 'window_start', 'window_end', 'assignment_id', 'provider_id', 'policy_id']


class WorkOrder(models.Model):
    """In which time what was promised: the clocks of an order, what is due next, what is late or at risk."""
    _inherit = 'stokiva.work.order'

    sla_policy_id = fields.Many2one('stokiva.sla.policy', "Service level", readonly=True, copy=False)
    sla_clock_ids = fields.One2many('stokiva.sla.clock', 'work_order_id', "Promised times", readonly=True)
    sla_clock = fields.Char(readonly=True, copy=False)
    sla_deadline = fields.Datetime(readonly=True, copy=False)
    risk_at = fields.Datetime("At risk from", readonly=True, copy=False)
    paused_at = fields.Datetime("Clock stopped on", readonly=True, copy=False)
    due_at = fields.Datetime(
        "Due", compute='_compute_due', store=True, precompute=True,
        help="The next promise: whatever is due first of the offer, its answer, the arrival and the work.")
    due_clock = fields.Selection(PROMISES, "Due next", compute='_compute_due', store=True, precompute=True)
    is_late = fields.Boolean(compute='_compute_is_late', search='_search_is_late')
    is_at_risk = fields.Boolean("At risk", compute='_compute_is_late', search='_search_is_at_risk')
    time_left = fields.Char(compute='_compute_time_left')
    _due_idx = models.Index("(due_at, id) WHERE due_at IS NOT NULL")
    _risk_idx = models.Index("(risk_at) WHERE risk_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends('deadline', 'sla_deadline', 'sla_clock', 'state', 'sla_paused', 'is_halted')
    def _compute_due(self):
        for order in self:
            is_counting = (
                order.state in workflow.OPEN and not order.sla_paused
                and (order.state != workflow.AWAITING_APPROVAL or order.is_halted))
            times = [
                (moment, clock) for moment, clock in (
                    (order.sla_deadline, order.sla_clock), (order.deadline, 'complete')) if moment and is_counting]
            order.due_at, order.due_clock = min(times, key=lambda time: time[0]) if times else (False, False)

    @api.model
    def _derive_values(self, vals_list):
        """Add that nothing is due of orders that are not open."""
        return [{**values, 'due_at': False, 'due_clock': False} for values in super()._derive_values(vals_list)]

    @api.depends('due_at', 'risk_at')
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for order in self:
            order.is_late = bool(order.due_at) and order.due_at < now
            order.is_at_risk = bool(order.due_at) and (order.risk_at or order.due_at - DUE_SOON) <= now <= order.due_at

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('due_at', '<', fields.Datetime.now())

    def _search_is_at_risk(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._get_at_risk_domain()

    @api.model
    def _get_at_risk_domain(self):
        """Return the domain of the open orders that are at risk now and not late yet, for lists and the board.

        Together with ``('is_late', '=', True)``: all whose promises need somebody. Both are indexed; order by ``due_at``.

        :return: domain
        :rtype: Domain
        """
        now = fields.Datetime.now()
        return Domain('due_at', '>=', now) & (
            Domain('risk_at', '<=', now) | Domain('risk_at', '=', False) & Domain('due_at', '<=', now + DUE_SOON))

    @api.depends('due_at')
    @api.depends_context('lang')
    def _compute_time_left(self):
        for order in self:
            order.time_left = order._get_time_left(order.due_at)

    @api.model
    def _get_time_left(self, moment):
        """Return in words how long it is until a moment, or since it.

        :param datetime moment: naive UTC, False for none
        :rtype: str or bool
        """
        if not moment:
            return False
        now = fields.Datetime.now()
        text = format_timedelta(abs(moment - now), format='short', locale=babel_locale_parse(self.env.lang or 'en_US'))
        return self.env._("%s late", text) if moment < now else self.env._("%s left", text)

    def _get_due_text(self, tz=None):
        """Return in one sentence what is or was due next, in the language of the context.

        :param str tz: name of the time zone to tell it in, by default the user's
        :return: False where nothing is due
        :rtype: str or bool
        """
        self.ensure_one()
        if not self.due_at:
            return False
        return self._describe_due(self.due_clock, self.due_at, self.due_at < fields.Datetime.now(), tz)

    @api.model
    def _describe_due(self, clock, due, is_past, tz=None):
        """Return in one sentence that a promise is or was due, in the language of the context.

        :param str clock: one of ``sla.CLOCKS``
        :param datetime due: naive UTC
        :param bool is_past: whether it was due
        :param str tz: name of the time zone to tell it in, by default the context's
        :rtype: str
        """
        promise = dict(self._fields['due_clock']._description_selection(self.env))[clock]
        moment = format_datetime(self.env, due, tz=tz, dt_format='short')
        if is_past:
            return self.env._("%(promise)s was due on %(moment)s.", promise=promise, moment=moment)
        return self.env._("%(promise)s is due on %(moment)s.", promise=promise, moment=moment)

    # === FOLLOWING THE EVENTS === #

    def _follow_event(self, event, given, occurred):
        """Let the clocks follow."""
        if self and event not in sla.SILENT:
            outcome = given.get('outcome') if event == 'suspend' else None
            self._follow_sla(event, occurred, was_there=outcome in sla.THERE_OUTCOMES)
        return super()._follow_event(event, given, occurred)

    def _follow_sla(self, event, moment, was_there=False):
        """Bring clocks and deadlines of the orders up to date after an event, all of them in one go.

        One query reads the clocks and one the opening hours of providers, where there are any; none without a policy.

        :param str event: key of ``workflow.TABLE``
        :param datetime moment: when it happened, naive UTC
        :param bool was_there: whether it tells of somebody at the customer's door
        """
        for order in self:
            if order.sla_paused and not order.paused_at:
                order.paused_at = moment
        policies, renewed = self._choose_policies(event)
        concerned = self.filtered(lambda order: order in policies or order in renewed)
        rows = self.env['stokiva.sla.clock']
        if event != 'open' and concerned:
            rows = concerned._get_clocks()
        by_order = rows.grouped('work_order_id')
        find_openings = concerned._get_openings_finder(policies, moment)
        created, ended = [], []
        for order in concerned:
            own = by_order.get(order, rows.browse())
            clocks = [row._to_clock() for row in own]
            known = dict(zip(map(id, clocks), own, strict=True))
            facts = order._get_sla_facts(was_there)
            changed = sla.follow(
                clocks, facts, policies.get(order), moment,
                lambda whose, start, order=order: find_openings(order, whose, start), order in renewed)
            for clock in changed:
                values = rows._prepare_values(clock, rows.env['stokiva.sla.policy']._get_policy(clock.policy_id), moment)
                if id(clock) in known:
                    known[id(clock)].write(values)
                    if clock.stage and clock.state not in sla.UNDER_WAY:
                        ended.append(known[id(clock)].id)
                else:
                    created.append(dict(
                        values, clock=clock.kind, work_order_id=order.id, company_id=order.company_id.id,
                        assignment_id=clock.ref))
            order._set_due([*clocks, *(clock for clock in changed if id(clock) not in known)])
        rows._keep(created, ended)
        for order in self.filtered(lambda order: order.paused_at and not order.sla_paused):
            if order.state in workflow.OPEN and 'complete' not in (policies.get(order) or {'minutes': ()})['minutes']:
                order.deadline += moment - order.paused_at
            order.paused_at = False

    def _get_clocks(self):
        """Return the clocks of the orders, with one query; with none of orders that are not there yet, see ``rows.holding``.

        :return: stokiva.sla.clock records
        """
        clocks = self.env['stokiva.sla.clock']
        if get_held(self) >= {*self.ids}:
            return clocks.browse(sorted(get_held(clocks))).filtered(lambda clock: clock.work_order_id in self)
        return clocks.search_fetch([('work_order_id', 'in', self.ids)], READ)

    def _choose_policies(self, event):
        """Return what is promised for the orders now, and remember it on them.

        :param str event: key of ``workflow.TABLE``
        :return: ``{order: snapshot}`` without those that are promised nothing, and the orders for which it changed
        """
        policy_model = self.env['stokiva.sla.policy']
        if event not in sla.CHOOSING:
            return {order: policy_model._get_policy(order.sla_policy_id.id) for order in self if order.sla_policy_id}, self.browse()
        chosen, renewed = {}, self.browse()
        for company, orders in self.grouped('company_id').items():
            policies = policy_model._get_policies(company.id)
            wanted = {name for policy in policies for name, ids in policy['conditions'].items() if ids}
            for order in orders:
                policy = sla.find_policy(policies, order._get_sla_keys(wanted), order.opened_at) if policies else None
                if order.sla_policy_id.id == (policy['id'] if policy else False):
                    if policy:
                        chosen[order] = policy
                    continue
                if order.sla_policy_id:
                    renewed |= order
                order.sla_policy_id = policy and policy['id']
                if policy:
                    chosen[order] = policy
        return chosen, renewed

    def _get_sla_keys(self, wanted):
        """Return what an order has of each condition that policies set.

        :param set wanted: names of the conditions
        :return: condition → set
        :rtype: dict
        """
        self.ensure_one()
        keys = {
            'service_type': lambda: {self.service_type_id.id},
            'device_type': lambda: {int(id_) for id_ in (self.device_type_id.parent_path or '').split('/') if id_},
            'priority': lambda: {self.priority},
            'customer': lambda: {self.partner_id.id, self.partner_id.commercial_partner_id.id},
            'provider_kind': lambda: {self.provider_id.kind},
            'provider': lambda: {self.provider_id.id},
            'area': lambda: {('city', self.city_id.id), ('state', self.city_id.state_id.id)},
        }
        return {name: keys[name]() for name in wanted}

    def _get_sla_facts(self, was_there):
        """Return what the clocks have to know of an order.

        :param bool was_there: see ``sla.Order``
        :return: sla.Order
        """
        self.ensure_one()
        return sla.Order(
            state=self.state, opened_at=self.opened_at, earliest_start=self.earliest_start or None,
            window=(self.window_start, self.window_end) if self.window_end else None, started_at=self.started_at or None,
            paused=self.sla_paused, halted=self.is_halted, provider_id=self.provider_id.id or None,
            offer_id=self.assignment_id.id or None, was_there=was_there)

    def _get_openings_finder(self, policies, moment):
        """Return the function by which clocks ask for open intervals; providers are read once, all together.

        :param dict policies: ``{order: snapshot}``
        :param datetime moment: naive UTC
        :return: function of an order, ``whose`` and a moment, see ``sla.follow``
        """
        cache = {}

        def find(order, whose, start):
            if whose == sla.ELAPSED:
                return None
            minutes = max((max(policy['minutes'].values()) for policy in policies.values()), default=0)
            end = max(start, moment) + timedelta(days=14, minutes=min(REACH * minutes, 380 * 24 * 60))
            if whose == sla.COMPANY:
                key = (order.company_id, start, end)
                if key not in cache:
                    cache[key] = order.company_id._stokiva_get_openings(start, end)
                return cache[key]
            if sla.PROVIDER not in cache:
                starts = [
                    order[name] for order in self for name in ('opened_at', 'earliest_start', 'window_start') if order[name]]
                cache[sla.PROVIDER] = self.provider_id._opening_intervals(
                    min([moment, *starts]), max([end, *(start + (end - moment) for start in starts)]))
            return cache[sla.PROVIDER].get(int(whose.partition(',')[2]), [])

        return find

    def _set_due(self, clocks):
        """Note on the order what its running clocks say: for lists, filters and the order of work.

        :param list clocks: all of its sla.Clock
        """
        self.ensure_one()
        running = [clock for clock in clocks if clock.state == sla.RUNNING and clock.deadline]
        first = min(running, key=lambda clock: clock.deadline, default=None)
        values = {
            'sla_deadline': first and first.deadline, 'sla_clock': first and first.kind,
            'risk_at': min((clock.risk_at for clock in running if clock.risk_at), default=False)}
        if work := [clock for clock in running if clock.kind == 'complete']:
            values['deadline'] = work[0].deadline
        for name, value in values.items():
            if (self[name] or False) != (value or False):
                self[name] = value
