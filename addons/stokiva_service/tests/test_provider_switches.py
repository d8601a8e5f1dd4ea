from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestProviderSwitches(WorkOrderCommon):
    """What a provider is not allowed, its people cannot do by any way; the office can."""

    def _refuse(self, order, event, actor, **given):
        before = order.event_seq
        with self.assertRaises(AccessError):
            self._do(order, event, actor, 'portal', **given)
        self.assertEqual(order.event_seq, before)

    def test_closing(self):
        order = self._in_progress()
        self._work(order)
        self.provider_a.can_close = False
        for actor in (self.user_provider_a, self.user_technician_a, self.dispatcher_a, self.technician_a):
            self._refuse(order, 'submit', actor)
        self._refuse(order, 'return', self.user_provider_a, reason="x")
        self.assertNotIn('submit', order._get_legal_events(self.user_provider_a))
        self.assertIn('submit', order._get_legal_events(self.user_dispatcher))
        self._do(order, 'submit', self.user_dispatcher)
        self.assertEqual(order.state, 'awaiting_approval')

    def test_changing_the_technician(self):
        order = self._accepted()
        self.provider_a.can_reassign = False
        self._refuse(order, 'plan', self.user_provider_a, personnel_id=self.dispatcher_a.id)
        self.assertEqual(order.personnel_id, self.technician_a)
        window = {'window_start': '2031-03-05 06:00:00', 'window_end': '2031-03-05 08:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id, **window)
        self.assertTrue(order.window_start)
        self._do(order, 'plan', self.user_dispatcher, personnel_id=self.dispatcher_a.id)
        self.assertEqual(order.personnel_id, self.dispatcher_a)

    def test_first_technician_needs_no_permission(self):
        self.provider_a.can_reassign = False
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept', self.user_provider_a, 'portal')
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        self.assertEqual(order.personnel_id, self.technician_a)

    def test_opening(self):
        values = self._open_order().copy_data()[0]
        unopened = self.env['stokiva.work.order'].create(values)
        self._refuse(unopened, 'open', self.user_provider_a)
        self.provider_a.can_open = True
        self._refuse(unopened, 'open', self.user_technician_a)
        self._refuse(unopened, 'open', self.user_provider_b)
        unopened._apply_event('open', actor=self.user_provider_a, channel='portal')
        self.assertRecordValues(unopened.event_ids, [{'event': 'open', 'role': 'provider_dispatcher'}])
