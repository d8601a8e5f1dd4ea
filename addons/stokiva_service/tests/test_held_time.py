import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from ..rows import get_held
from .test_slot import MORNING, SlotCommon

HOUR = 60
TIME = ('stokiva.sla.clock', 'stokiva.slot.booking')


@tagged('post_install', '-at_install')
class TestHeldTime(SlotCommon):
    """What a sale promises and books goes in along with its orders, as if one thing had come after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service_type_install.duration_minutes = HOUR
        cls.env['stokiva.sla.policy'].create({
            'name': "Promises", 'hours': 'provider', 'assign_hours': 4, 'accept_hours': 4, 'complete_hours': 48})
        cls.env.flush_all()

    def _draft(self, quantity=1, provider=None):
        sale = self._sell(quantity, confirm=False)
        sale.order_line.write({
            'stokiva_window_start': MORNING[0], 'stokiva_window_end': MORNING[1],
            **({'stokiva_provider_id': provider.id} if provider else {})})
        self.env.flush_all()
        return sale

    @contextmanager
    def _noting(self):
        """Note the statements that write our tables or look for bookings."""
        statements, execute = [], Cursor.execute

        def note(cr, query, params=None, log_exceptions=True):
            text = query.code if isinstance(query, SQL) else query
            if re.search(r'(INSERT INTO|UPDATE|DELETE FROM) "?stokiva_|FROM "stokiva_slot_booking"', text):
                statements.append(text)
            return execute(cr, query, params, log_exceptions)

        with patch.object(Cursor, 'execute', note):
            yield statements

    def _read_rows(self, orders):
        """Return what the database holds of the clocks and bookings of orders, ids and numbers of orders aside."""
        self.env.flush_all()
        rows = []
        for table in ('stokiva_sla_clock', 'stokiva_slot_booking'):
            self.env.cr.execute(SQL(
                "SELECT to_jsonb(row.*) FROM %s row WHERE work_order_id = ANY(%s) ORDER BY id", SQL.identifier(table), orders.ids))
            rows += [{
                **{name: value for name, value in row.items() if name not in ('id', 'work_order_id', 'assignment_id')},
                'order': orders.ids.index(row['work_order_id']), 'offer': orders.assignment_id.ids.index(row['assignment_id'])
                if row.get('assignment_id') else None} for row, in self.env.cr.fetchall()]
        return rows

    def test_one_statement(self):
        self._draft().action_confirm()  # what is remembered from now on
        sale = self._draft()
        with self._noting() as statements:
            sale.action_confirm()
            self.env.flush_all()
        self.assertEqual(len(statements), 3, statements)
        holds, windows, rows = statements
        self.assertIn('sale_line_id', holds, "of new orders nobody looks for bookings")
        self.assertIn('UPDATE stokiva_slot s', windows)
        for table in ('work_order', 'assignment', 'sla_clock', 'slot_booking', 'message'):
            self.assertRegex(rows, f'INSERT INTO "?stokiva_{table}"? ')

    def test_the_same_as_one_after_the_other(self):
        Line = type(self.env['sale.order.line'])
        sales = [self._draft(quantity=2) for _number in range(2)]
        with self.env.cr.savepoint() as savepoint:
            sales[0].action_confirm()
            together = self._read_rows(sales[0].sudo().stokiva_work_order_ids.sorted('id'))
            free = self._free(self.provider_a), self._free(self.provider_b)
            savepoint.rollback()
        self.env.invalidate_all()
        with patch.object(Line, '_stokiva_count_draws', lambda lines, wanted: {'stokiva_event_id_seq': 1}):
            sales[1].action_confirm()
        self.assertEqual(together, self._read_rows(sales[1].sudo().stokiva_work_order_ids.sorted('id')))
        self.assertEqual(free, (self._free(self.provider_a), self._free(self.provider_b)))
        self.assertEqual([row['clock'] for row in together if 'clock' in row], ['assign', 'complete', 'assign', 'complete', 'accept', 'accept'])
        self.assertEqual([row['minutes'] for row in together if 'window_end' in row and 'clock' not in row], [HOUR, HOUR])

    def test_the_next_one_sees_what_waits(self):
        """Two orders, each by itself with the same provider: the second finds the first one's hour taken."""
        sales = self._draft(provider=self.provider_a) | self._draft(provider=self.provider_a)
        sales.action_confirm()
        orders = sales.sudo().stokiva_work_order_ids
        bookings = self._booked(orders)
        self.assertEqual(bookings.mapped('work_order_id'), orders)
        self.assertEqual(len({*bookings.mapped('start_at')}), 2)
        self.assertEqual(self._free()[0], 0)

    def test_who_asks_for_what_waits(self):
        """What was booked and promised by then is found, and not booked twice."""
        Message, seen = type(self.env['stokiva.message']), {}
        method = Message._enqueue

        def look(messages, events, *args, **kwargs):
            if events[0].event == 'assign':
                orders = events.work_order_id
                seen['waiting'] = [bool(get_held(self.env[name])) for name in ('stokiva.work.order', *TIME)]
                for order in orders:
                    seen[order] = {clock.clock: (clock.state, clock.assignment_id) for clock in order._get_clocks()}
                orders._sync_slots()
            return method(messages, events, *args, **kwargs)

        sales = self._draft() | self._draft()
        with patch.object(Message, '_enqueue', look):
            sales.action_confirm()
        self.assertEqual(seen['waiting'], [True, True, True])
        for order in sales.sudo().stokiva_work_order_ids:
            offer = order.assignment_id
            self.assertEqual(seen[order], {
                'assign': ('kept', offer.browse()), 'accept': ('running', offer), 'complete': ('running', offer.browse())})
            self.assertEqual(self._booked(order).provider_id, order.provider_id)

    def test_given_to_somebody_else_at_once(self):
        """An extension that moves the order in the same transaction moves what it has booked and promised."""
        WorkOrder, first = type(self.env['stokiva.work.order']), []
        method = WorkOrder._post_event

        def move(orders, events):
            result = method(orders, events)
            if events[0].event == 'assign':
                first.append(orders.provider_id)
                self._do(orders, 'reassign', provider_id=(self.providers - first[0]).id, reason="Nearer")
            return result

        sale = self._draft()
        with patch.object(WorkOrder, '_post_event', move):
            sale.action_confirm()
        order, other = sale.sudo().stokiva_work_order_ids, self.providers - first[0]
        self.assertEqual(self._booked(order).provider_id, other)
        self.assertEqual((self._free(first[0])[0], self._free(other)[0]), (2 * HOUR, HOUR))
        self.assertEqual([
            (clock.clock, clock.state, clock.provider_id) for clock in order.sla_clock_ids.sorted('id')], [
            ('assign', 'kept', other.browse()), ('complete', 'running', other), ('accept', 'void', first[0]), ('accept', 'running', other)])

    def test_a_full_window_does_not_stop_what_waits(self):
        first = self._draft(quantity=2, provider=self.provider_a)
        sales = first | self._draft(provider=self.provider_a)
        sales.action_confirm()
        done, left = (sale.sudo().stokiva_work_order_ids for sale in sales)
        self.assertEqual((done.mapped('state'), left.state), (['assigned', 'assigned'], 'created'))
        self.assertIn("no free time", left.unassigned_reason)
        self.assertFalse(self._booked(left))
        self.assertEqual({clock.clock: clock.state for clock in left.sla_clock_ids}, {'assign': 'running', 'complete': 'running'})
        self.assertEqual(len(self._booked(done)), 2)
