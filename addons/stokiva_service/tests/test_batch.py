from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.stokiva_work_order_many import MAX_ORDERS
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestBatch(WorkOrderCommon):
    """One step for many orders: each goes by the door, each is answered for."""

    def _open_batch(self, orders, event, user=None, **values):
        """What the button above the list does: the dialog, filled in."""
        user = user or self.user_dispatcher
        action = orders.with_user(user).with_context(stokiva_event=event).action_event_for_many()
        wizard = self.env[action['res_model']].with_user(user).browse(action['res_id'])
        wizard.write(values)
        return wizard

    def _results(self, wizard):
        return {line.work_order_id: line.result for line in wizard.line_ids}

    def test_engine_assigns_what_waits_and_leaves_out_the_rest(self):
        waiting, other, accepted = self._open_order(), self._open_order(), self._accepted()
        wizard = self._open_batch(waiting | other | accepted, 'assign')
        self.assertEqual(self._results(wizard), {waiting: 'ready', other: 'ready', accepted: 'left_out'})
        self.assertEqual((wizard.ready_count, wizard.problem_count, wizard.total_count), (2, 1, 3))
        self.assertIn("is in the state “Accepted”", wizard.problem_line_ids.message)
        seq = accepted.event_seq
        wizard.action_confirm()
        self.assertEqual(self._results(wizard), {waiting: 'done', other: 'done', accepted: 'left_out'})
        self.assertEqual((waiting | other).mapped('state'), ['assigned', 'assigned'])
        self.assertEqual(accepted.event_seq, seq)
        self.assertRecordValues(waiting.event_ids.sorted('seq')[-1], [
            {'event': 'assign', 'actor_id': self.user_dispatcher.id, 'channel': 'office'}])

    def test_order_that_nobody_covers_is_named_with_the_reason(self):
        near, far = self._open_order(), self._open_order()
        far.city_id = self.city_cankaya
        wizard = self._open_batch(near | far, 'assign')
        wizard.action_confirm()
        self.assertEqual(self._results(wizard), {near: 'done', far: 'failed'})
        self.assertEqual(wizard.problem_line_ids.message, far.unassigned_reason)
        self.assertEqual(far.state, 'created')

    def test_chosen_provider_gets_them_with_a_reason(self):
        orders = self._open_order() | self._open_order()
        wizard = self._open_batch(orders, 'assign', provider_id=self.provider_b.id)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        wizard.reason = "Alfa is full"
        wizard.action_confirm()
        self.assertEqual(orders.provider_id, self.provider_b)
        self.assertEqual(set(self._results(wizard).values()), {'done'})

    def test_what_the_door_refuses_leaves_the_others_done(self):
        alfas, betas = self._accepted(), self._open_order()
        self._do(betas, 'assign', provider_id=self.provider_b.id)
        self._do(betas, 'accept')
        wizard = self._open_batch(
            alfas | betas, 'plan', personnel_id=self.technician_b.id,
            window_start='2030-05-06 08:00:00', window_end='2030-05-06 10:00:00')
        before = (alfas.window_start, alfas.personnel_id, alfas.event_seq)
        wizard.action_confirm()
        self.assertEqual(self._results(wizard), {alfas: 'failed', betas: 'done'})
        self.assertEqual((alfas.window_start, alfas.personnel_id, alfas.event_seq), before)
        self.assertIn("own people", wizard.problem_line_ids.message)
        self.assertEqual(betas.personnel_id, self.technician_b)
        self.assertEqual(str(betas.visit_id.window_start), '2030-05-06 08:00:00')

    def test_window_alone_is_planned_for_several_providers(self):
        alfas, betas = self._accepted(), self._open_order()
        self._do(betas, 'assign', provider_id=self.provider_b.id)
        wizard = self._open_batch(alfas | betas, 'plan', window_start='2030-05-06 08:00:00')
        self.assertEqual(str(wizard.window_end), '2030-05-06 10:00:00')
        wizard.action_confirm()
        self.assertEqual(set(self._results(wizard).values()), {'done'})
        self.assertEqual(alfas.personnel_id, self.technician_a)
        wizard = self._open_batch(alfas, 'plan')
        with self.assertRaisesRegex(UserError, "Choose a technician or a time"):
            wizard.action_confirm()

    def test_group_goes_along_once(self):
        orders = self.env['stokiva.work.order'].search([('sale_order_id', '=', self._sell(2).id)])
        self.assertEqual(len(orders.group_id), 1)
        alone = self._in_progress()
        wizard = self._open_batch(orders | alone, 'plan', window_start='2030-05-06 08:00:00')
        wizard.action_confirm()
        self.assertEqual(self._results(wizard), {**dict.fromkeys(orders, 'done'), alone: 'left_out'})
        for order in orders:
            self.assertEqual(order.event_ids.mapped('event').count('plan'), 1)

    def test_cancel_needs_a_reason_and_leaves_what_has_begun(self):
        waiting, begun = self._open_order(), self._in_progress()
        wizard = self._open_batch(waiting | begun, 'cancel')
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        wizard.reason = "Shop closed"
        wizard.action_confirm()
        self.assertEqual((waiting.state, begun.state), ('canceled', 'in_progress'))
        with self.assertRaisesRegex(UserError, "done already"):
            wizard.action_confirm()

    def test_refused_when_nothing_can_be_done_or_nobody_may(self):
        begun = self._in_progress()
        wizard = self._open_batch(begun, 'cancel', reason="No")
        with self.assertRaisesRegex(UserError, "None of these"):
            wizard.action_confirm()
        order = self._open_order()
        for event in ('approve', 'edit', 'nonsense', None):
            with self.assertRaises(UserError):
                self._open_batch(order, event)
        for user in (self.user_settlement, self.user_technician, self.user_provider_a):
            with self.assertRaises(AccessError, msg=user.name):
                self._open_batch(order, 'cancel', user)
        with self.assertRaisesRegex(UserError, str(MAX_ORDERS)):
            self._open_batch(self.env['stokiva.work.order'].browse(range(1, MAX_ORDERS + 2)), 'plan', self.env.user)
        self.assertEqual(order.state, 'created')

    def test_reasons_need_no_query_per_order(self):
        orders = self.env['stokiva.work.order'].concat(*(self._open_order() for _number in range(6)))

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.user_dispatcher)._get_problems('plan')
            return self.env.cr.sql_log_count - before

        count(orders)
        self.assertLessEqual(count(orders), count(orders[0]) + 1)
