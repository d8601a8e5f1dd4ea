import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.stokiva_sold_mixin import QUIET
from ..rows import get_held, holding, insert_held
from .common_orders import WorkOrderCommon

ROOM = {'stokiva_device_id_seq': 5, 'stokiva_work_order_id_seq': 5, 'stokiva_event_id_seq': 5}


@tagged('post_install', '-at_install')
class TestHeld(WorkOrderCommon):
    """What a sale makes goes in by one statement; whoever needs it before has it before."""

    def setUp(self):
        super().setUp()
        self.sale = self._sell(confirm=False)
        self.line = self.sale.order_line
        self.env.flush_all()

    def _make_device(self, **more):
        return self.env['stokiva.device'].sudo().with_context(**QUIET).create(
            {**self.line._stokiva_prepare_device_values(), **more})

    def _make_order(self, device):
        return self.env['stokiva.work.order'].sudo().with_context(**QUIET).create(
            self.line._stokiva_prepare_work_order_values(self.service_type_install, device))

    def _count(self, record):
        """Return how many rows the database has, whatever waits."""
        self.env.cr.execute(SQL("SELECT COUNT(*) FROM %s WHERE id = %s", SQL.identifier(record._table), record.id))
        return self.env.cr.fetchone()[0]

    @contextmanager
    def _noting(self):
        """Note the statements that are executed."""
        statements, execute = [], Cursor.execute

        def note(cr, query, params=None, log_exceptions=True):
            statements.append(query.code if isinstance(query, SQL) else query)
            return execute(cr, query, params, log_exceptions)

        with patch.object(Cursor, 'execute', note):
            yield statements

    def test_a_sale_takes_one_statement(self):
        self.sale.sudo().copy().action_confirm()  # what is remembered from now on
        self.env.flush_all()
        self.env.cr.precommit.data.clear()
        with self._noting() as statements:
            self.sale.action_confirm()
            self.env.flush_all()
        writing = [text for text in statements if re.search(r'(INSERT INTO|UPDATE) "?stokiva_', text)]
        self.assertEqual(len(writing), 1, writing)
        for table in ('device', 'work_order', 'event', 'assignment', 'assignment_work_order_rel', 'message'):
            self.assertRegex(writing[0], f'INSERT INTO "?stokiva_{table}"? ')
        drawing = [text for text in statements if 'nextval(' in text and 'FROM' in text]
        self.assertEqual(len(drawing), 1, drawing)
        ranking = [text for text in statements if 'EXECUTE' in text]
        self.assertEqual(len(ranking), 1)
        self.assertNotIn('DO %s', ranking[0], "asked with the numbers whether the connection has it")
        order = self.sale.sudo().stokiva_work_order_ids
        self.assertEqual(order.assignment_ids, order.assignment_id)
        self.env.invalidate_all()
        self.assertEqual(order.state, 'assigned')
        self.assertEqual(order.assignment_ids, order.assignment_id)
        self.assertEqual(order.assignment_id.work_order_ids, order)
        self.assertEqual([row.event for row in order.event_ids.sorted('seq')], ['open', 'assign'])
        self.assertFalse(order.event_ids._verify())

    def test_several_at_once(self):
        """Units of one sale are together, those of another by themselves."""
        self.line.product_uom_qty = 2
        other = self._sell(confirm=False)
        (self.sale | other).action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        orders = (self.sale | other).sudo().stokiva_work_order_ids
        self.assertEqual(len(orders.assignment_id), 2)
        for order in orders:
            self.assertEqual(order.assignment_ids, order.assignment_id)
            self.assertEqual(order.state, 'assigned')
            self.assertFalse(order.event_ids._verify())
        self.assertEqual(len(self.sale.sudo().stokiva_work_order_ids.group_id), 1)

    def test_waits_for_the_end(self):
        with holding(self.env, ROOM):
            device = self._make_device()
            order = self._make_order(device)
            self.assertEqual((self._count(device), self._count(order)), (0, 0))
            self.assertEqual(order.device_id, device)
            order.with_context(tracking_disable=True).diagnosis = "Written before"
            self.assertEqual(self._count(order), 0)
        self.assertEqual((self._count(device), self._count(order)), (1, 1))
        with self._noting() as statements:
            self.env.flush_all()
        self.assertFalse([text for text in statements if 'UPDATE "stokiva' in text], "all of it went in at once")
        self.env.invalidate_all()
        self.assertEqual(order.diagnosis, "Written before")

    def test_who_looks_finds_it(self):
        looks = {
            'search': lambda order: order.search([('id', '=', order.id), ('personnel_id', '=', False)]) == order,
            'count': lambda order: order.search_count([('sale_line_id', '=', self.line.id)]) == 1,
            'exists': lambda order: order.exists() == order,
            'device': lambda order: order.device_id.exists() == order.device_id,
            'query': lambda order: bool(self.env.execute_query(SQL(
                "SELECT 1 FROM stokiva_work_order WHERE %s = %s",
                order._field_to_sql('stokiva_work_order', 'sale_line_id'), self.line.id))),
            'flush': lambda order: self.env.flush_all() or self._count(order),
            'read': lambda order: self.env.invalidate_all() or order.state is False,
        }
        for name, look in looks.items():
            with self.subTest(name), holding(self.env, ROOM):
                order = self._make_order(self._make_device())
                self.assertTrue(get_held(order))
                self.assertTrue(look(order), name)
                self.assertFalse(get_held(order))
                self.env.cr.execute("DELETE FROM stokiva_work_order WHERE id = %s", [order.id])
                self.env.invalidate_all(flush=False)

    def test_who_points_to_it(self):
        with holding(self.env, ROOM):
            order = self._make_order(self._make_device())
            visit = self.env['stokiva.visit'].sudo().create({
                'work_order_id': order.id, 'provider_id': self.provider_a.id, 'sequence': 1})
            self.assertEqual(self._count(order), 1)
        self.assertEqual(visit.work_order_id, order)
        known = self._open_order()
        with holding(self.env, ROOM):
            order = self._make_order(self._make_device())
            known.sudo().origin_id = order
            known.flush_recordset()
        self.assertEqual(known.origin_id, order)

    def test_not_enough_room(self):
        with holding(self.env, {'stokiva_device_id_seq': 1}):
            waiting, at_once = self._make_device(), self._make_device()
            self.assertEqual((self._count(waiting), self._count(at_once)), (1, 1), "who cannot wait takes all along")
            order = self._make_order(waiting)
            self.assertEqual(self._count(order), 1)

    def test_taken_back(self):
        with holding(self.env, ROOM):
            kept = self._make_device()
            try:
                with self.env.cr.savepoint():
                    self.assertEqual(self._count(kept), 1)
                    lost = self._make_device()
                    raise ZeroDivisionError
            except ZeroDivisionError:
                later = self._make_device()
        self.assertEqual([self._count(device) for device in (kept, lost, later)], [1, 0, 1])

    def test_one_in_the_other(self):
        with holding(self.env, ROOM):
            outer = self._make_device()
            with holding(self.env, ROOM):
                inner = self._make_device()
                self.assertEqual((self._count(outer), self._count(inner)), (1, 0))
            self.assertEqual(self._count(inner), 1)
            again = self._make_device()
            self.assertEqual(self._count(again), 0)
        self.assertEqual(self._count(again), 1)
        insert_held(self.env)
        self.assertEqual(self._count(again), 1)

    def test_what_is_discarded(self):
        """Changes may be dropped that nobody has flushed; not what was created."""
        with holding(self.env, ROOM):
            order = self._make_order(self._make_device())
            order.with_context(tracking_disable=True).diagnosis = "Dropped"
            self.env.invalidate_all(flush=False)
        self.assertEqual(self._count(order), 1)
        self.assertFalse(order.diagnosis)

    def test_an_extension_adds_its_own(self):
        """Rows of others can point to new orders wherever a sale calls their code."""
        WorkOrder = type(self.env['stokiva.work.order'])
        for name in ('create', '_on_assign', '_follow_event', '_post_event'):
            sale, made = self._sell(confirm=False), []
            method = getattr(WorkOrder, name)

            def add(orders, *args, method=method, name=name, made=made, **kwargs):
                result = method(orders, *args, **kwargs)
                made.extend(orders.env['stokiva.visit'].sudo().create([
                    {'work_order_id': order.id, 'provider_id': self.provider_a.id, 'sequence': 9}
                    for order in (result if name == 'create' else orders)]))
                return result

            with self.subTest(name), patch.object(WorkOrder, name, add):
                sale.action_confirm()
                order = sale.sudo().stokiva_work_order_ids
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(order.state, 'assigned')
                self.assertEqual([visit.work_order_id for visit in made], [order] * len(made))
                self.assertTrue(made)
                self.assertFalse(order.event_ids._verify())

    # === OPENED AND ASSIGNED BY ONE CALL === #

    def test_what_follows_is_called_in_turn(self):
        WorkOrder, calls = type(self.env['stokiva.work.order']), []
        method = WorkOrder._post_event

        def note(orders, events):
            calls.append((events.mapped('event'), orders.mapped('state')))
            return method(orders, events)

        with patch.object(WorkOrder, '_post_event', note):
            self.sale.action_confirm()
        self.assertEqual(calls, [(['open'], ['assigned']), (['assign'], ['assigned'])])

    @contextmanager
    def _noting_states(self):
        """Note what looks out for changes of the state, as automation rules do, gets to see."""
        WorkOrder, states = type(self.env['stokiva.work.order']), []
        method = WorkOrder.write

        def note(orders, vals):
            states.append(vals.get('state'))
            return method(orders, vals)

        with patch.object(WorkOrder, 'write', note):
            yield states

    def test_whoever_watches_writes(self):
        with self._noting_states() as states:
            self.sale.action_confirm()
        self.assertEqual(states, ['assigned'])

    def test_one_is_told_of_the_opening(self):
        """A rule for it sees the order as it was opened, not as it is assigned a moment later."""
        self.env['stokiva.message.rule'].create({
            'name': "Opened", 'event': 'open', 'channel': 'email', 'audience': 'customer',
            'template_id': self.env['stokiva.message.rule'].search([('channel', '=', 'email')], limit=1).template_id.id,
            'condition': "[('state', '=', 'created'), ('provider_id', '=', False)]"})
        self.sale.action_confirm()
        order = self.sale.sudo().stokiva_work_order_ids
        self.assertEqual(order.state, 'assigned')
        messages = self.env['stokiva.message'].search([('work_order_id', '=', order.id)])
        self.assertIn('open', messages.mapped('event'))
        self.assertEqual(
            [row.event for row in order.event_ids.sorted('seq')], ['open', 'assign'])

    def test_clocks_follow_each_event(self):
        self.env['stokiva.sla.policy'].create({'name': "Promises", 'hours': 'elapsed', 'assign_hours': 4, 'accept_hours': 4})
        self.sale.action_confirm()
        clocks = self.sale.sudo().stokiva_work_order_ids.sla_clock_ids
        self.assertEqual({clock.clock: clock.state for clock in clocks}, {'assign': 'kept', 'accept': 'running'})

    def test_nobody_fits(self):
        (self.provider_a | self.provider_b).active = False
        with self._noting_states() as states:
            self.sale.action_confirm()
        self.assertIn('created', states)
        self.env.flush_all()
        self.env.invalidate_all()
        order = self.sale.sudo().stokiva_work_order_ids
        self.assertEqual(order.state, 'created')
        self.assertEqual(order.waiting_for, 'office')
        self.assertEqual(order.event_seq, 1)
        self.assertTrue(order.unassigned_reason)
        self.assertTrue(order.activity_ids)
