from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from .. import snapshots, workflow
from ..given import find_malformed

# Events by which an order gets its offer.
OFFERING = ('assign', 'reassign')


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    # === THE DOOR === #

    def _apply_event(self, event, given=None, *, actor, channel, key=None, occurred=None, then=None):
        """Carry out one event of the workflow table on the orders: the only way to change their state.

        Locks the orders in id order (a conflict is retried by the framework), checks the table, writes,
        appends to the audit log and calls ``_post_event``. Orders that the event takes along (same offer,
        same trip) are included. The caller needs no rights of his own: ``actor`` decides.

        :param str event: key of ``workflow.TABLE``
        :param dict given: JSON-like values of the event; ids of records as integers
        :param actor: record of res.users, stokiva.personnel or res.partner; None for the system
        :param str channel: where it comes from, see ``stokiva.event.channel``
        :param str key: the sender's own id of this event; a repetition changes nothing
        :param datetime occurred: naive UTC time at which it happened, default now; one that lies in the future or before
            what has been done to the orders is put right
        :param then: function of the orders that says what happens to them at once after it, before anything else follows: list
            of ``(some of the orders, event, given, actor, channel)``
        :return: stokiva.event, one per order; for a repetition those of the first time
        :raise AccessError: if the actor may not see the order or has no role for the event
        :raise UserError: if the event is not legal now, something is missing or a value cannot be used
        """
        given = dict(given or {})
        if malformed := find_malformed(given):
            raise UserError(self.env._("This value cannot be used: %s.", malformed))
        if event != 'open':
            self._check_actor(actor)
        # No default of the caller's context may reach what the door creates.
        orders = self.with_env(self.env(context=clean_context(self.env.context)))
        orders = orders.sudo()._take_along(event, given)  # sudo: the table decides what the actor may do
        if event != 'open':  # nobody else can see an order before it is opened
            orders._lock_rows()
        if key and (known := orders._find_events(key)):
            return known
        occurred = orders._get_moment(occurred)
        with orders._within_door():
            unwritten = {} if then else None
            taken = [(orders, orders._take_step(event, given, actor, channel, key, occurred, unwritten))]
            for further, *step in then(orders) if then else ():
                taken.append((further, further._take_step(*step, None, occurred, unwritten)))
            orders._write_alike(unwritten or {})
            events = orders.env['stokiva.event']._insert([row for _orders, rows in taken for row in rows])
            end = 0
            for further, rows in taken:
                start, end = end, end + len(rows)
                further._post_event(events[start:end])
        return events[:len(orders)]

    def _take_step(self, event, given, actor, channel, key, occurred, unwritten=None):
        """Check and carry out one event, up to what follows from it.

        The other parameters are those of ``_apply_event``.

        :param dict unwritten: if others follow at once, where to note, by order, what is only in the record cache
        :return: rows for the log, one per order: list of ``stokiva_event.Row``
        """
        facts = self._get_facts(actor, given)
        for order in self:
            order._raise_problem(event, workflow.problem_of(event, given, facts[order]), facts[order])
        handler = getattr(self, f'_on_{event}', None)
        payloads = handler(given, actor, channel, occurred) if handler else None
        rows = self.env['stokiva.event']._prepare([
            self._prepare_event_values(
                order, event, facts[order], (payloads or {}).get(order, given), actor, channel, key, occurred)
            for order in self])
        changes = self._write_event(event, given, facts, rows, occurred, payloads)
        if unwritten is None:
            self._write_alike(changes)
        else:
            for order, values in changes.items():
                unwritten.setdefault(order, {}).update(values)
                for name, value in values.items():
                    self._fields[name].write(order, value)
        self._follow_event(event, given, occurred)
        return rows

    def _follow_event(self, event, given, occurred):
        """Do what follows from each event by itself, also where another one comes at once; to be extended.

        The parameters are those of ``_apply_event``.
        """

    def _post_event(self, events):
        """Do what follows from events, in the same transaction; to be extended.

        Called for each event of a call of the door with the orders in sudo, after states and log are written, as records
        are: whoever asks the database itself flushes them first. Where another event came at once, the orders are further
        than this one. Extensions call super and may look at ``event``, ``state_before`` and ``state_after``.

        :param events: stokiva.event records, one per order
        """
        self.env['stokiva.message']._enqueue(events)
        if events[:1].event in ('plan', 'reassign'):
            self.env['stokiva.message']._enqueue(events, 'withdraw')
        elif events[:1].event in ('reject', 'expire'):
            self._assign_automatically()
        elif events[:1].event == 'submit':
            self._approve_unasked()
        elif events[:1].event == 'edit' and not self._is_unasked(events[0]._get_payload()):
            # What the customer was asked is void: he needs the link to what is asked now.
            asked_anew = events.filtered(
                lambda event: event.state_after == workflow.AWAITING_APPROVAL and not event.work_order_id.is_halted)
            self.env['stokiva.message']._enqueue(asked_anew, 'resolve')
            quoted = self.env['stokiva.approval']._get_quoted_orders(self)
            self.env['stokiva.message']._enqueue(
                events.filtered(lambda event: event.work_order_id in quoted), 'quote')

    def _get_legal_events(self, actor):
        """Return the names of the events that the actor could cause now, in the table's order.

        :param actor: as in ``_apply_event``
        """
        self.ensure_one()
        order = self.sudo()  # sudo: facts need fields that the actor may not read; only names are returned
        return workflow.legal_events(order._get_facts(actor, {})[order])

    def _edit(self, values, *, actor, channel, key=None, occurred=None):
        """Write business fields or lines for an actor without rights of his own, as one ``edit`` event.

        :param dict values: as for ``write``; protected fields are refused
        :param actor: as in ``_apply_event``
        :param str channel: as in ``_apply_event``
        :param str key: as in ``_apply_event``; a repetition changes nothing
        :param datetime occurred: as in ``_apply_event``
        :raise AccessError: on a protected field, or if the actor may not
        :raise UserError: if editing is not legal now
        """
        self._refuse_protected(values)
        self._check_actor(actor)
        orders = self.sudo()  # sudo: the table decides; protected fields were refused above
        if key and orders._lock_rows()._find_events(key):
            return
        with orders._recording(values.keys(), actor=actor, channel=channel, key=key, occurred=occurred):
            orders.write(values)

    @contextmanager
    def _recording(self, names, *, actor, channel, key=None, occurred=None):
        """Check that the orders may be edited, and log what changed inside as ``edit`` events.

        Recordings inside recordings (a line written through its order) belong to the outer one.

        :param names: names of the fields that may change
        :param actor: as in ``_apply_event``
        :param str channel: as in ``_apply_event``
        :param str key: as in ``_apply_event``
        :param datetime occurred: as in ``_apply_event``
        """
        busy = self.env.cr.precommit.data.setdefault('stokiva.work.order.door', set())
        orders = self.browse(id_ for id_ in self.ids if id_ not in busy)
        if not orders:
            yield
            return
        names = sorted(names)
        orders_sudo = orders.sudo()._lock_rows()  # sudo: the log sees all that changes
        orders._check_actor(actor)
        facts = orders_sudo._get_facts(actor, {})
        for order in orders_sudo:
            order._raise_problem('edit', workflow.problem_of('edit', {}, facts[order]), facts[order])
        before = {order: order._snapshot(names) for order in orders_sudo}
        with orders._within_door():
            yield
        for order in orders_sudo:
            after = order._snapshot(names)
            changes = {
                name: [before[order][name], after[name]] for name in names if before[order][name] != after[name]}
            if changes:
                order._apply_event(
                    'edit', {'changes': changes}, actor=actor, channel=channel, key=key, occurred=occurred)

    @contextmanager
    def _within_door(self):
        """Mark the orders as being changed by an event, for this transaction and not by a context key."""
        busy = self.env.cr.precommit.data.setdefault('stokiva.work.order.door', set())
        added = set(self.ids) - busy
        busy |= added
        try:
            yield
        finally:
            busy -= added

    # === ITS PARTS === #

    def _check_actor(self, actor):
        """Raise unless an employee who acts may see the orders.

        Portal users need no such right: what they may is their role, found by membership.
        """
        if actor and actor._name == 'res.users' and not actor.share:
            self.with_user(actor).check_access('read')

    def _take_along(self, event, given):
        """Return the orders with those that the event's scope adds, in id order.

        :param str event: key of ``workflow.TABLE``
        :param dict given: what it is given; the engine names all its orders itself
        """
        scope = workflow.scope_of(event, given)
        orders = self
        if scope == 'offer' and self.assignment_id:
            orders |= self.search([('assignment_id', 'in', self.assignment_id.ids), ('state', '=', 'assigned')])
        elif scope == 'trip' and self.group_id and not given.get('choices'):
            wanted = {order._get_trip(event) for order in self}
            orders |= self._get_group().filtered(lambda order: order._get_trip(event) in wanted)
        return orders.sorted('id')

    def _lock_rows(self):
        """Lock the orders, waiting; a change since the transaction's start is a conflict to be retried."""
        new = self.env.cr.precommit.data.get('stokiva.work.order.new', ())
        known = self.browse(id_ for id_ in self.ids if id_ not in new)
        if known:
            known.flush_recordset()
            self.env.cr.execute(SQL(
                "SELECT id FROM stokiva_work_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", list(known.ids)),
                log_exceptions=False)  # a conflict is retried: nothing for the log of errors
        return self

    def _find_events(self, key):
        """Return the orders' events with the sender's key."""
        return self.env['stokiva.event'].search([('work_order_id', 'in', self.ids), ('key', '=', key)])

    def _prepare_event_values(self, order, event, facts, payload, actor, channel, key, occurred):
        """Return the values of an order's next event row, without its place in the chain."""
        approval_kind = facts['approval_kind']
        return {
            'work_order_id': order,
            'event': event,
            'state_before': facts['state'],
            'state_after': workflow.target_of(event, facts),
            'actor': actor,
            'role': workflow.role_for(event, facts['roles']),
            'channel': channel,
            'key': key,
            'occurred_at': occurred,
            'payload': dict(payload, approval_kind=approval_kind) if approval_kind else payload,
        }

    def _write_event(self, event, given, facts, rows, occurred, payloads):
        """Write chain head and offer of each order after its event.

        :return: what else is to be written: state, stamp, clock and place in the chain, by order
        :rtype: dict
        """
        changes, offered = {}, ('provider_id', 'assignment_id') if event in OFFERING else ()
        if self.provider_id or self.assignment_id:  # else nobody else's values hang on them
            self.modified(offered, before=True)
        for order, row in zip(self, rows, strict=True):
            state = row.values['state_after']
            values = {'event_seq': row.values['seq'], **({'unassigned_why': False} if offered else {})}
            if state != facts[order]['state']:
                values['state'] = state
            stamp = workflow.stamp_of(event, facts[order])
            if stamp and order[stamp] != occurred and not (stamp == 'started_at' and order.started_at):
                values[stamp] = occurred
            if state in workflow.CLOSED:
                values['waiting_for'] = False
            elif awaited := workflow.clock_of(event, given):
                values['waiting_for'] = awaited
            changes[order] = values
            # Each order's own: no need for all that ``write`` does, order by order.
            self._fields['event_hash'].write(order, row.values['hash'])
            for name in offered:
                self._fields[name].write(order, payloads[order][name])
        self.modified(offered)
        return changes

    @api.model
    def _write_alike(self, changes):
        """Write orders, those alike at once.

        :param dict changes: values by order
        """
        alike = {}
        for order, values in changes.items():
            alike.setdefault(tuple(values.items()), []).append(order.id)
        for values, ids in alike.items():
            self.browse(ids).write(dict(values))

    def _snapshot(self, names):
        """Return JSON-like values of fields, lines written out, to tell before from after."""
        self.ensure_one()
        return {name: snapshots.value_of(self, self._fields[name]) for name in names}
