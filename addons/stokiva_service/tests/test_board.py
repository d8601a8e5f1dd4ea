from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestBoard(WorkOrderCommon):
    """The dispatcher's board: who stands where, what is counted, who has time, what a drop does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is there already would only disturb the counts: nobody here sees it.
        others = cls.env['stokiva.work.order'].search([])
        cls.now = fields.Datetime.now()
        cls.env['ir.rule'].create({
            'name': "Only those of the test", 'model_id': cls.env.ref('stokiva_service.model_stokiva_work_order').id,
            'domain_force': [('id', 'not in', others.ids)]})
        cls.orders = cls.env['stokiva.work.order'].with_user(cls.user_dispatcher)

    def _set(self, order, **values):
        order.sudo().write(values)
        return order

    def _in_window(self, order, start, hours=2):
        return self._set(order, window_start=start, window_end=start + timedelta(hours=hours))

    def _make_one_of_each(self):
        """Return an order for each place on the board and two that are not on it."""
        today = self.orders._get_today()
        waiting = self._open_order()
        offered = self._open_order()
        self._do(offered, 'assign', provider_id=self.provider_a.id)
        late = self._set(self._accepted(), deadline=self.now - timedelta(hours=1))
        risky = self._set(self._accepted(), deadline=self.now + timedelta(minutes=20))
        todays = self._in_window(self._accepted(), today[1] - timedelta(hours=3))
        tomorrows = self._in_window(self._accepted(), today[1] + timedelta(hours=9))
        unplanned = self._accepted()
        return waiting, offered, late, risky, todays, tomorrows, unplanned

    # === COLUMNS AND COUNTS === #

    def test_each_order_stands_in_one_column(self):
        orders = self._make_one_of_each()
        expected = ['decide', 'answer', 'risk', 'risk', 'today', False, False]
        self.assertEqual([order.with_env(self.orders.env).board_column for order in orders], expected)
        groups = dict(self.orders._read_group([], ['board_column'], ['id:recordset']))
        for column in ('decide', 'answer', 'risk', 'today', False):
            own = self.env['stokiva.work.order'].union(*(
                order for order, name in zip(orders, expected, strict=True) if name == column))
            self.assertEqual(groups[column].with_env(self.env), own, column)
            self.assertEqual(
                self.orders.search([('board_column', '=', column)]).with_env(self.env).sorted('id'), own, column)
        self.assertEqual(len(self.orders.search([('board_column', '!=', False)])), 5)

    def test_urgency_of_an_offer_is_its_time_to_answer(self):
        _waiting, offered, late, risky, todays, *_others = self._make_one_of_each()
        urgencies = {late: 'late', risky: 'soon', todays: 'calm', offered: 'calm'}
        self.assertEqual({order: order.board_urgency for order in urgencies}, urgencies)
        self.assertIn("to answer", offered.answer_left)
        offered.assignment_id.expires_at = self.now + timedelta(minutes=5)
        offered.invalidate_recordset()
        self.assertEqual(offered.board_urgency, 'soon')
        bars = self.orders.read_progress_bar(
            [('board_column', '!=', False)], 'board_column',
            {'field': 'board_urgency', 'colors': {'late': 'danger', 'soon': 'warning', 'calm': 'success'}})
        self.assertEqual(bars['answer'], {'late': 0, 'soon': 1, 'calm': 0})
        self.assertEqual(bars['risk'], {'late': 1, 'soon': 1, 'calm': 0})

    def test_counts_are_those_of_the_lists_that_they_open(self):
        self._make_one_of_each()
        self._submitted()
        arch = etree.fromstring(self.orders.get_view(
            self.env.ref('stokiva_service.work_order_view_search').id, 'search')['arch'])
        strip = self.orders.get_strip()
        for name, count in strip.items():
            domain = safe_eval(arch.xpath(f"//filter[@name='{name}']/@domain")[0], {'uid': self.user_dispatcher.id})
            self.assertEqual(count, self.orders.search_count(domain), name)
            self.assertTrue(count, name)

    def test_counts_are_of_orders_that_the_user_may_see(self):
        self._make_one_of_each()
        self.assertTrue(self.orders.get_strip()['to_assign'])
        company = self.env['res.company'].create({'name': "Other"})
        self.user_dispatcher.write({'company_ids': [Command.set(company.ids)], 'company_id': company.id})
        self.assertEqual(set(self.orders.get_strip().values()), {0})
        self.assertEqual(self.orders.get_load(), [])
        with self.assertRaises(AccessError):
            self.orders.with_user(self.env.ref('base.public_user')).get_strip()

    def test_number_of_queries_does_not_grow(self):
        def count(method):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method()
            return self.env.cr.sql_log_count - before

        orders = self._make_one_of_each()
        methods = (self.orders.get_strip, self.orders.get_load)
        few = [(count(method), count(method))[1] for method in methods]
        for order in [order.copy({'device_id': order.device_id.id}) for order in orders for _number in range(2)]:
            self._in_window(order, self.orders._get_today()[0] + timedelta(hours=9))
        self.assertEqual([count(method) for method in methods], few)

    def test_columns_and_counts_read_open_orders_by_index(self):
        self.env.flush_all()
        # On a small table the planner would read it all: only whether an index can serve is asked.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for domain in ([('board_column', '!=', False)], [('board_column', '=', 'today')], [('is_at_risk', '=', True)]):
            query = self.env['stokiva.work.order']._search(domain)
            plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
            self.assertNotIn("Seq Scan on stokiva_work_order", plan, domain)

    # === LOAD === #

    def test_load_is_what_is_planned_for_today(self):
        self.company.stokiva_slots = False
        start = self.orders._get_today()[0]
        first, second = self._accepted(), self._accepted()
        self._in_window(first, start + timedelta(hours=9))
        self._in_window(second, start + timedelta(hours=33))
        rows = {row['id']: row for row in self.orders.get_load()}
        row = rows[self.provider_a.id]
        self.assertEqual((row['jobs'], row['minutes']), (1, 60))
        person = next(item for item in row['people'] if item['id'] == self.technician_a.id)
        self.assertEqual((person['jobs'], person['minutes']), (1, 60))
        self.assertNotIn(self.provider_b.id, rows)
        self.assertNotIn(self.dispatcher_a.id, [item['id'] for item in row['people']])
        self._do(first, 'cancel', reason="Called off")
        row = next(row for row in self.orders.get_load() if row['id'] == self.provider_a.id)
        self.assertEqual((row['jobs'], row['minutes']), (0, 0))

    def test_free_time_is_that_of_the_diaries(self):
        self.company.stokiva_slots = True
        self.provider_a.day_ids.create({
            'provider_id': self.provider_a.id, 'kind': 'open', 'name': "Fair", 'hour_from': 0, 'hour_to': 24,
            'date_start': fields.Date.context_today(self.orders), 'date_end': fields.Date.context_today(self.orders)})
        self.provider_a.tz = self.user_dispatcher.tz or 'UTC'
        self._accepted()
        self.env['stokiva.opening']._rebuild_marked()
        row = next(row for row in self.orders.get_load() if row['id'] == self.provider_a.id)
        self.assertEqual((row['work'], row['minutes']), (24 * 60, 0))
        self.assertLessEqual(row['free'], row['work'])
        self.assertEqual(
            [(person['name'], person['work']) for person in row['people']], [(self.technician_a.name, 24 * 60)])

    def test_load_opens_the_list_of_exactly_those(self):
        start = self.orders._get_today()[0]
        order, other = self._accepted(), self._accepted()
        self._in_window(order, start + timedelta(hours=9))
        self._in_window(other, start + timedelta(hours=33))
        for name, record in (('provider_id', self.provider_a), ('personnel_id', self.technician_a)):
            action = self.orders.action_view_today(name, record.id)
            self.assertEqual(self.orders.search(action['domain']).with_env(self.env), order)
        with self.assertRaises(UserError):
            self.orders.action_view_today('company_id', 1)

    # === DRAGGING === #

    def _drag(self, order, user=None, **values):
        return order.with_user(user or self.user_dispatcher).action_plan_by_drag(values)

    def test_dragging_in_the_calendar_is_a_plan_event(self):
        order = self._accepted()
        self._drag(order, window_start='2030-05-06 08:00:00', window_end='2030-05-06 10:00:00')
        self.assertEqual(str(order.visit_id.window_start), '2030-05-06 08:00:00')
        self.assertRecordValues(order.event_ids.sorted('seq')[-1], [
            {'event': 'plan', 'actor_id': self.user_dispatcher.id, 'channel': 'office'}])

    def test_refused_drag_changes_nothing(self):
        order, begun = self._accepted(), self._in_progress()
        before = (order.window_start, order.personnel_id, order.event_seq)
        for values, message in (
            ({'window_start': '2020-05-06 08:00:00', 'window_end': '2020-05-06 10:00:00'}, "has passed"),
            ({'window_start': '2030-05-06 10:00:00', 'window_end': '2030-05-06 08:00:00'}, "after its start"),
            ({'personnel_id': self.technician_b.id}, "own people"),
            ({'window_start': 'tomorrow'}, "cannot be used"),
            ({'state': 'completed', 'provider_id': self.provider_b.id}, "technician or a time"),
            ({}, "technician or a time"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._drag(order, **values)
        with self.assertRaisesRegex(UserError, "In progress"):
            self._drag(begun, window_start='2030-05-06 08:00:00', window_end='2030-05-06 10:00:00')
        for user in (self.user_provider_a, self.user_customer, self.user_settlement, self.user_technician):
            with self.assertRaises(AccessError, msg=user.login):
                self._drag(order, user, window_start='2030-05-06 08:00:00', window_end='2030-05-06 10:00:00')
        self.assertEqual((order.window_start, order.personnel_id, order.event_seq), before)

    def test_card_dropped_on_a_technician_is_planned(self):
        order = self._accepted()
        self.technician_b.provider_id = self.provider_a
        self.assertIs(order.with_user(self.user_dispatcher).action_drop('personnel_id', self.technician_b.id), True)
        self.assertEqual(order.personnel_id, self.technician_b)
        with self.assertRaisesRegex(UserError, "replaced"):
            order.with_user(self.user_dispatcher).action_drop('personnel_id', False)

    def test_card_dropped_on_a_provider_asks_first(self):
        waiting, accepted = self._open_order(), self._accepted()
        for order, event in ((waiting, 'assign'), (accepted, 'reassign')):
            seq = order.event_seq
            action = order.with_user(self.user_dispatcher).action_drop('provider_id', self.provider_b.id)
            wizard = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
            self.assertEqual((wizard.event, wizard.provider_id), (event, self.provider_b))
            self.assertTrue(wizard.candidate_ids)
            self.assertEqual(order.event_seq, seq)
            if event == 'reassign':
                with self.assertRaisesRegex(UserError, "Say why"):
                    wizard.action_confirm()
            wizard.reason = "Nearer"
            wizard.action_confirm()
            self.assertEqual(order.provider_id, self.provider_b)

    def test_card_dropped_elsewhere_is_refused(self):
        order = self._accepted()
        for name, value in (
            ('state', 'completed'), ('board_column', 'today'), ('board_column', 'answer'), ('provider_id', False),
            ('company_id', 1), ('nonsense', True),
        ):
            with self.assertRaises(UserError, msg=name):
                order.with_user(self.user_dispatcher).action_drop(name, value)
        with self.assertRaises(AccessError):
            order.with_user(self.user_provider_a).action_drop('provider_id', self.provider_b.id)
        self.assertEqual((order.state, order.provider_id), ('accepted', self.provider_a))

    # === MASS ASSIGNMENT === #

    def test_all_that_wait_are_assigned_with_a_summary(self):
        near, also, far = self._open_order(), self._open_order(), self._open_order()
        far.city_id = self.city_cankaya
        action = self.orders.action_assign_waiting()
        wizard = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
        self.assertEqual(wizard.line_ids.work_order_id.with_env(self.env), near | also | far)
        wizard.action_confirm()
        self.assertEqual(set((near | also).mapped('state')), {'assigned'})
        self.assertIn(near.provider_id.name, wizard.done_text)
        self.assertEqual(wizard.problem_text, f"{far.unassigned_reason} (1)")
        self._do(far, 'cancel', reason="No")
        with self.assertRaisesRegex(UserError, "No order waits"):
            self.orders.action_assign_waiting()
