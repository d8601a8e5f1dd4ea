from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import workflow


class WorkOrder(models.Model):
    """What the sale that an order comes from still changes on it: delivery, address, and its end."""
    _inherit = 'stokiva.work.order'

    is_undelivered = fields.Boolean("Not delivered yet", compute='_compute_is_undelivered')

    @api.depends('state', 'earliest_start', 'device_id.date_delivered')
    def _compute_is_undelivered(self):
        for order in self:
            order.is_undelivered = bool(
                order.earliest_start and order.state in workflow.BEFORE_WORK and not order.device_id.date_delivered)

    def _get_alert(self):
        return super()._get_alert() or (
            ('delivery', self._get_undelivered_text()) if self.is_undelivered else None)

    def _get_undelivered_text(self):
        """Return in one sentence that the device is not there yet, and since when the work can be done."""
        self.ensure_one()
        moment = format_datetime(self.env, self.earliest_start, dt_format='short')
        if self.window_start and self.window_start < self.earliest_start:
            return self.env._(
                "The visit is planned before the delivery: the device can be worked on from %s.", moment)
        return self.env._("The device is not delivered yet: it can be worked on from %s.", moment)

    # === EVENTS === #

    def _on_start(self, given, actor, channel, occurred):
        payloads = super()._on_start(given, actor, channel, occurred)
        early = self.filtered('is_undelivered')
        early._ask_dispatcher_about(self.env._("Work has begun before the delivery of the device was booked."))
        return {**(payloads or {}), **{order: dict(given, before_delivery=True) for order in early}} or None

    # === FROM THE SALE === #

    def _is_live_for_sale(self):
        """Tell whether the order stands for a unit that is sold: open or done, and the device did not come back."""
        self.ensure_one()
        return self.state not in ('canceled', 'returned') and self.device_id.return_reason != 'sale_return'

    def _has_begun(self):
        """Tell whether work was done, so that the order does not end with its sale."""
        self.ensure_one()
        return bool(self.started_at) or not self._can_be_cancelled()

    def _can_be_cancelled(self):
        self.ensure_one()
        return self.state in workflow.TABLE['cancel'].sources and self.custody == 'customer'

    def _get_sale_group_key(self):
        """Return what orders of a sale have in common that are done on one trip; to be extended."""
        self.ensure_one()
        line = self.sale_line_id
        return (
            self.sale_order_id, self.site_id, self.service_type_id, line.stokiva_provider_id,
            self.window_start, self.window_end)

    def _is_left_to_dispatcher(self, rule):
        return (
            self.sale_line_id.stokiva_is_manual or self.product_id.product_tmpl_id.stokiva_policy == 'manual'
            or super()._is_left_to_dispatcher(rule))

    def _open_for_sale(self, actor, earlier):
        """Group new orders of sales, open them, and give each to the provider that was chosen on its line, to that of an
        earlier order whose visit it joins, or to the best.

        :param actor: who sells, None for the system
        :param earlier: sale.order records that had orders before
        """
        groups = defaultdict(self.browse)
        for order in self:
            groups[order._get_sale_group_key()] |= order
        waiting = self
        for group in groups.values():
            if len(group) > 1:
                group.group_id = group[0]
            if group.sale_order_id in earlier and group._join_trip(actor):
                waiting -= group
        chosen = waiting.filtered(lambda order: order.sale_line_id.stokiva_provider_id)
        if chosen:
            chosen._apply_event('open', actor=actor, channel='sale')
        for group in groups.values():
            (group & chosen)._assign_as_sold(actor)
        (waiting - chosen)._open_and_assign(actor=actor, channel='sale')

    def _join_trip(self, actor):
        """Open new orders that are alike, and offer them to the provider of an earlier one of their sale, for the same visit.

        Never raises: where that cannot be, nothing is done.

        :param actor: who sells, None for the system
        :return: whether it was done
        """
        companion = self._find_trip()
        if not companion:
            return False
        try:
            with self.env.cr.savepoint():
                self.write({'window_start': companion.window_start, 'window_end': companion.window_end})
                # Ranked for themselves: the time of the others is booked already.
                rankings = self._get_kept_rankings(self.env['stokiva.assignment.engine']._rank(self))
                (self | companion).group_id = companion.group_id or companion
                self._apply_event('open', actor=actor, channel='sale')
                self._apply_event('assign', {
                    'provider_id': companion.provider_id.id, 'rankings': rankings,
                    'reason': self.env._("Sold later: goes with %s.", companion.name)}, actor=None, channel='sale')
        except UserError:
            return False
        return True

    def _find_trip(self):
        """Return an order of the same sale, address and service type whose visit is still to come and may serve these, too.

        :return: stokiva.work.order record or none
        """
        order, now = self[0], fields.Datetime.now()
        rules = self.env['stokiva.assignment.rule']._get_applying(self)
        if any(member._is_left_to_dispatcher(rules[member]) for member in self):
            return self.browse()
        others = self.search([
            ('sale_order_id', '=', order.sale_order_id.id), ('site_id', '=', order.site_id.id),
            ('service_type_id', '=', order.service_type_id.id), ('state', 'in', (workflow.ASSIGNED, workflow.ACCEPTED)),
            ('custody', '=', 'customer'), ('started_at', '=', False), ('id', 'not in', self.ids)], order='id')
        provider = order.sale_line_id.stokiva_provider_id
        # Not before the delivery of what was sold later, nor at another time than what was agreed for it.
        begin = max([now, *filter(None, self.mapped('earliest_start'))])
        return others.filtered(
            lambda other: provider in (self.env['stokiva.provider'], other.provider_id)
            and (not other.window_end or other.window_end > begin)
            and order.window_start in (False, other.window_start) and order.window_end in (False, other.window_end))[:1]

    def _assign_as_sold(self, actor):
        """Give orders of one line to the provider that was chosen on it, or say on them why it cannot be.

        Never raises: a sale must not fail for it.

        :param actor: who sells, None for the system
        """
        if not self:
            return
        provider = self.sale_line_id.stokiva_provider_id
        try:
            with self.env.cr.savepoint():
                self._apply_event('assign', {'provider_id': provider.id}, actor=actor, channel='sale')
        except UserError as error:
            for order in self:
                order._ask_for_provider({'kind': 'refused', 'text': str(error)})

    def _cancel_for_sale(self, reason):
        """Cancel orders whose sale is no more and put their devices away; ask a dispatcher where work has begun.

        :param str reason: for the log
        """
        to_cancel = self.filtered(lambda order: order._can_be_cancelled() and not order.started_at)
        if to_cancel:
            to_cancel._apply_event('cancel', {'reason': reason}, actor=None, channel='sale')
            to_cancel.device_id._put_away()
        (self - to_cancel)._ask_dispatcher_about(self.env._(
            "%(reason)s Work has begun: finish it, or close the order.", reason=reason))

    def _follow_pickings(self):
        """Let orders whose device is not delivered yet begin no earlier than the deliveries say now."""
        waiting = self.filtered(lambda order: order.state in workflow.BEFORE_WORK and not order.device_id.date_delivered)
        for line, orders in waiting.grouped('sale_line_id').items():
            moment = line._stokiva_get_earliest_start()
            if moment:
                orders._follow_delivery(moment)

    def _follow_delivery(self, moment):
        """Move the earliest start, and the deadline with it, as an event of the sale.

        :param datetime moment: naive UTC
        """
        moved = self.filtered(lambda order: order.state in workflow.BEFORE_WORK and order.earliest_start != moment)
        if not moved:
            return
        with moved._recording(['earliest_start', 'deadline'], actor=None, channel='sale'):
            for service_type, orders in moved.grouped('service_type_id').items():
                orders.write(service_type._prepare_earliest_values(moment))
        for order in moved.filtered(lambda order: order.window_start and order.window_start < moment):
            order._ask_dispatcher_about(order._get_undelivered_text())

    def _follow_address(self, site):
        """Move orders whose visit has not come to work to another address, as an event of the sale.

        Those without a provider are ranked anew; of the others a dispatcher is told.

        :param site: res.partner record
        """
        moved = self.filtered(lambda order: order.state in workflow.BEFORE_WORK and order.site_id != site)
        if not moved:
            return
        before = {order: order.site_id for order in moved}
        with moved._recording(['site_id', 'city_id'], actor=None, channel='sale'):
            moved.site_id = site
        moved.device_id.site_id = site
        unassigned = moved.filtered(lambda order: order.state == workflow.CREATED)
        unassigned._assign_automatically()
        for order in moved - unassigned:
            order._ask_dispatcher_about(self.env._(
                "The sale's delivery address was changed from %(before)s to %(after)s. Does %(provider)s still go there?",
                before=before[order].display_name, after=site.display_name, provider=order.provider_id.name))

    def _ask_dispatcher_about(self, text):
        """Raise a to-do for a dispatcher on each order.

        :param str text: what has happened
        """
        for order in self:
            order.activity_schedule(
                'stokiva_service.mail_activity_type_sale', note=text, user_id=order._get_dispatcher().id)
