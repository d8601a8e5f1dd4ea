from odoo import fields, models
from odoo.tools import SQL

from .. import slots, workflow
from ..rows import get_held

# Whose time is taken while an order stands in this state.
TAKING = (workflow.ASSIGNED, *workflow.WITH_PROVIDER)
# Events after which the time of the providers is put right. Before the first two nothing can be booked without a window.
SLOT_EVENTS = (
    'assign', 'accept', 'reassign', 'reject', 'expire', 'submit', 'approve', 'dispute', 'cancel', 'return', 'plan', 'suspend')
MOVING = ('plan', 'suspend')


class WorkOrder(models.Model):
    """The provider's time that a visit takes: booked, moved and released by the events, in their transaction."""
    _inherit = 'stokiva.work.order'

    def _post_event(self, events):
        # First, so that the next provider is looked for with this time free.
        event = events[:1].event
        if event in SLOT_EVENTS:
            self._sync_slots(is_moving=event in MOVING)
        return super()._post_event(events)

    def _on_assign(self, given, actor, channel, occurred):
        self._queue_for_slots(given)
        return super()._on_assign(given, actor, channel, occurred)

    def _queue_for_slots(self, given):
        """Wait for others who book the same windows just now, before the work is done that would be in vain.

        Whoever comes second learns it at once and is retried; so one booking after the other goes through, and
        not all of them at once, of which one. Full windows are nobody's to wait for.

        :param dict given: of the event ``assign``
        """
        now = fields.Datetime.now()
        rows = [
            (int((given.get('choices') or {}).get(str(order.id)) or given.get('provider_id') or 0), order.window_start,
             order.window_end, order.service_type_id.duration_minutes)
            for order in self if order.company_id.stokiva_slots and order.window_end and order.window_end > now]
        if not rows:
            return
        Slot = self.env['stokiva.slot']
        providers = {row[0] for row in rows}
        with Slot._taking_turns(providers, rows):
            Slot._execute(SQL(
                """SELECT s.id FROM stokiva_slot s
                    WHERE %s AND s.provider_id = ANY(%s) AND s.start_at < %s AND s.end_at > %s AND EXISTS (
                          SELECT 1 FROM unnest(%s, %s, %s, %s) AS v (provider_id, start_at, end_at, minutes)
                           WHERE s.provider_id = v.provider_id AND s.start_at < v.end_at AND s.end_at > v.start_at
                             AND s.longest_gap >= LEAST(v.minutes, %s))
                 ORDER BY s.id FOR NO KEY UPDATE""",
                Slot._get_turn(providers), list(providers), max(row[2] for row in rows), min(row[1] for row in rows),
                *(list(column) for column in zip(*rows, strict=True)), slots.MOST_MINUTES))

    def _sync_slots(self, *, is_moving=False):
        """Book what is planned with a provider that windows bind, and release what is no longer.

        :param bool is_moving: whether orders may have had another window before
        :raise UserError: if a window has no room, naming the next that have
        """
        orders = self.filtered(lambda order: order.company_id.stokiva_slots)
        if not (is_moving and orders or any(order.window_start for order in orders)):
            return
        Booking = self.env['stokiva.slot.booking']
        # Nothing in the database points to orders that are not there yet.
        is_new = get_held(orders) >= {*orders.ids} and not get_held(Booking)
        known = {} if is_new else {
            booking.work_order_id: booking for booking in Booking.search([('work_order_id', 'in', orders.ids)])}
        released, wanted = Booking, {}
        for order in orders.sorted('id'):
            booking = known.get(order, Booking)
            takes = order.state in TAKING and order.window_start and Booking._is_bound(
                order.company_id, order.provider_id, order.window_end)
            if takes and order._is_booked_by(booking):
                continue
            released |= booking
            if takes:
                key = order.provider_id, order.group_id or order, order.window_start, order.window_end
                wanted[key] = wanted.get(key, self.browse()) | order
        if released or wanted:
            Booking._book([members._prepare_slot_request(key[0]) for key, members in wanted.items()], released)

    def _is_booked_by(self, booking):
        """Tell whether a booking is what the order needs: provider, window, and its technician if he could be booked.

        :param booking: stokiva.slot.booking record or none
        """
        self.ensure_one()
        return bool(booking) and (
            (booking.provider_id, booking.window_start, booking.window_end)
            == (self.provider_id, self.window_start, self.window_end)
        ) and (not self.personnel_id or not booking.personnel_id or booking.personnel_id == self.personnel_id)

    def _prepare_slot_request(self, provider):
        """Return what orders of one trip take of a provider's time, as ``stokiva.slot.booking._book`` wants it.

        :param provider: stokiva.provider record
        """
        order = self[0]
        return {
            'provider': provider, 'window': (order.window_start, order.window_end),
            'preferred': order.personnel_id.filtered(lambda person: person.provider_id == provider).ids,
            'work': order._get_needed_skill(), 'travel': order.company_id.stokiva_travel_minutes,
            'jobs': [{
                'minutes': order.service_type_id.duration_minutes, 'company_id': order.company_id.id,
                'work_order_id': order.id} for order in self]}

    def _get_needed_skill(self):
        """Return the work as ``slots.is_skilled`` wants it: the service type's id, and the path of the device type."""
        self.ensure_one()
        return self.service_type_id.id, self.device_type_id.parent_path or ''
