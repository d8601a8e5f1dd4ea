from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestWorkOrderLife(WorkOrderCommon):
    """The flows of the work order, by the one door."""

    def test_whole_life_of_an_order_by_hand(self):
        order = self._submitted()
        self.assertRecordValues(order, [{
            'state': 'awaiting_approval', 'provider_id': self.provider_a.id, 'waiting_for': 'customer'}])
        self.assertTrue(order.opened_at <= order.assigned_at <= order.accepted_at <= order.started_at)
        self._answer(order, stars=5, name="Ayşe")
        self.assertEqual(order.state, 'completed')
        self.assertTrue(order.completed_at)
        self.assertEqual(
            order.event_ids.mapped('event'),
            ['open', 'assign', 'accept', 'plan', 'depart', 'start', 'edit', 'submit', 'approve'])
        self.assertEqual(order.visit_ids.mapped('outcome'), ['done'])
        self.assertFalse(order.event_ids._verify())

    def test_dispute_halts_and_rework_goes_on(self):
        order = self._submitted()
        with self.assertRaises(UserError):
            self._answer(order, 'dispute')
        self._answer(order, 'dispute', comment="It still leaks")
        self.assertRecordValues(order, [{'state': 'awaiting_approval', 'is_halted': True}])
        with self.assertRaises(UserError):
            self._do(order, 'submit')
        self._do(order, 'rework', self.user_provider_a, 'portal')
        self.assertRecordValues(order, [{'state': 'in_progress', 'is_halted': False}])
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order, stars=4)
        self.assertEqual(order.state, 'completed')
        self.assertEqual(len(order.visit_ids), 2, "a second trip is a visit of its own")

    def test_resolve_asks_the_customer_again(self):
        order = self._submitted()
        self._answer(order, 'dispute', comment="Too loud")
        self._do(order, 'resolve', reason="Within the norm")
        self.assertFalse(order.is_halted)
        self.assertEqual(order.approval_ids.sorted('id').mapped('state'), ['disputed', 'pending'])
        self._answer(order)
        self.assertEqual(order.state, 'completed')

    def test_reject_goes_to_the_next_provider_and_then_to_a_dispatcher(self):
        order = self._open_order()
        order._assign_automatically()
        first = order.provider_id
        self.assertIn(first, self.provider_a | self.provider_b)
        second = (self.provider_a | self.provider_b) - first
        actors = {self.provider_a: self.user_provider_a, self.provider_b: self.user_provider_b}
        self._do(order, 'reject', actors[first], 'portal', reason='busy')
        self.assertRecordValues(order, [{'state': 'assigned', 'provider_id': second.id}])
        self._do(order, 'reject', actors[second], 'portal', reason='far')
        self.assertRecordValues(order, [{'state': 'created', 'provider_id': False}])
        self.assertTrue(order.unassigned_reason)
        self.assertEqual(order.activity_ids.activity_type_id.name, "Find a provider")

    def test_expired_offers_go_to_the_next(self):
        order = self._open_order()
        order._assign_automatically()
        first = order.provider_id
        order.assignment_id.expires_at = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf'))
        self.env['stokiva.assignment']._cron_expire()
        self.assertEqual(order.state, 'assigned')
        self.assertNotEqual(order.provider_id, first)
        self.assertEqual(order.assignment_ids.sorted('id').mapped('state'), ['expired', 'offered'])

    def test_suspend_keeps_the_trip_and_plans_another(self):
        order = self._accepted()
        self._do(order, 'depart', self.user_technician_a, 'portal')
        with self.assertRaises(UserError):
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='done')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent')
        self.assertEqual(order.state, 'accepted')
        self.assertEqual(order.visit_ids.sorted('sequence').mapped('outcome'), ['absent', False])

    def test_cancel_and_return(self):
        order = self._accepted()
        self._do(order, 'cancel', reason="Bought elsewhere")
        self.assertRecordValues(order, [{'state': 'canceled', 'waiting_for': False}])
        self.assertTrue(order.closed_at)
        working = self._in_progress()
        with self.assertRaises(UserError):
            self._do(working, 'cancel', reason="x")
        self._do(working, 'return', reason="Beyond repair")
        self.assertEqual(working.state, 'returned')
        with self.assertRaises(UserError):
            working.with_user(self.user_manager).diagnosis = "too late"

    def test_workshop_repair_starts_without_a_trip(self):
        order = self._accepted(place='brought_in')
        self._do(order, 'take_in', self.user_technician_a, 'portal', custody='workshop', condition="scratched")
        self.assertEqual(order.custody, 'workshop')
        with self.assertRaises(UserError):
            self._do(order, 'cancel', reason="x")
        self._do(order, 'start', self.user_technician_a, 'portal')
        self._do(order, 'hand_back', self.user_technician_a, 'portal')
        self.assertRecordValues(order, [{'state': 'in_progress', 'custody': 'customer'}])

    def test_quote_waits_for_the_customer(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=1200, text="New pump")
        self.assertTrue(order.sla_paused)
        self._work(order)
        with self.assertRaises(UserError):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        self.assertRecordValues(order, [{'state': 'in_progress', 'sla_paused': False}])
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=900, text="And a hose")
        self._answer(order, 'dispute')
        self.assertEqual(order.state, 'returned', "a declined quote ends the job")

    def test_evidence_is_asked_for(self):
        self.service_type_repair.write({'photos_before': 1, 'photos_after': 1, 'needs_serial': True})
        order = self._in_progress()
        with self.assertRaisesRegex(UserError, "after.*serial"):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        self._work(order)
        order.device_id.serial = 'SN-1'
        self._do(order, 'submit', self.user_technician_a, 'portal')

    def test_pause_and_resume(self):
        order = self._accepted()
        self._do(order, 'pause', reason="Waits for a part")
        self.assertTrue(order.sla_paused)
        with self.assertRaises(UserError):
            self._do(order, 'pause', reason="again")
        self._do(order, 'resume')
        self.assertFalse(order.sla_paused)

    def test_reassign_only_before_the_start(self):
        order = self._accepted()
        self._do(order, 'reassign', provider_id=self.provider_b.id, reason="Alfa is ill")
        self.assertRecordValues(order, [{
            'state': 'assigned', 'provider_id': self.provider_b.id, 'personnel_id': False}])
        self.assertEqual(order.assignment_ids.sorted('id').mapped('state'), ['withdrawn', 'offered'])
        working = self._in_progress()
        self._do(working, 'suspend', outcome='part_missing')
        with self.assertRaises(UserError):
            self._do(working, 'reassign', provider_id=self.provider_b.id, reason="x")

    def test_repeated_key_changes_nothing(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        first = order._apply_event('accept', actor=self.user_provider_a, channel='portal', key='k1')
        again = order._apply_event('accept', actor=self.user_provider_a, channel='portal', key='k1')
        self.assertEqual(first, again)
        self.assertEqual(order.event_ids.mapped('event').count('accept'), 1)

    def test_others_have_no_say(self):
        order = self._accepted()
        for actor in (self.user_provider_b, self.user_settlement, self.user_sales, self.user_technician_a):
            with self.subTest(actor=actor.login), self.assertRaises(AccessError):
                self._do(order, 'cancel', actor, reason="x")
        submitted = self._submitted()
        for actor in (self.user_technician_a, self.user_provider_a, self.user_provider_b, self.user_settlement):
            approval = submitted.approval_ids
            with self.subTest(actor=actor.login), self.assertRaises(AccessError):
                self._do(submitted, 'approve', actor, approval_id=approval.id)

    def test_office_approves_only_with_the_customers_words(self):
        order = self._submitted()
        approval = order.approval_ids
        with self.assertRaises(UserError):
            self._do(order, 'approve', self.user_call_centre, 'call', approval_id=approval.id)
        self._do(
            order, 'approve', self.user_call_centre, 'call', approval_id=approval.id,
            comment="Ayşe Yılmaz, 0532 123 45 67, 14:05: all is well")
        self.assertRecordValues(approval, [{'state': 'approved', 'channel': 'call'}])

    def test_the_past_is_kept_and_the_future_refused(self):
        order = self._open_order()
        now = fields.Datetime.now()
        past = fields.Datetime.subtract(now, hours=3)
        order.sudo().opened_at = fields.Datetime.subtract(now, hours=4)
        order._apply_event(
            'assign', {'provider_id': self.provider_a.id}, actor=self.user_manager, channel='office', occurred=past)
        self.assertEqual(order.assigned_at, past)
        order._apply_event(
            'pause', {'reason': "Holiday"}, actor=self.user_manager, channel='office',
            occurred=fields.Datetime.subtract(now, days=1))
        self.assertEqual(order.event_ids[-1].occurred_at, past, "nothing happens before what was done already")
        order._apply_event(
            'accept', actor=self.user_manager, channel='office', occurred=fields.Datetime.add(now, days=1))
        self.assertLessEqual(order.accepted_at, fields.Datetime.now())

    def test_service_without_approval_completes_at_once(self):
        self.service_type_repair.needs_approval = False
        order = self._submitted()
        self.assertEqual(order.state, 'completed')
        self.assertEqual(order.event_ids[-1].actor_kind, 'system')
