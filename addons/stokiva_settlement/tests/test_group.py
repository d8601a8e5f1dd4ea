from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestGroup(SettlementCommon):
    """Two appliances of one sale: one trip for both."""

    def setUp(self):
        super().setUp()
        self.orders = self._sell(2).stokiva_work_order_ids.sorted('id')
        self._do(self.orders[0], 'accept', self.user_provider_a, 'portal')
        self._plan_and_go()

    def _plan_and_go(self):
        """The technician sets out; the group goes along."""
        self._do(self.orders[0], 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        self._do(self.orders[0], 'depart', self.user_technician_a, 'portal')

    def _finish(self, orders):
        """Do, submit and approve."""
        for order in orders:
            self._do(order, 'start', self.user_technician_a, 'portal')
            self._do(order, 'submit', self.user_technician_a, 'portal')
        for order in orders:
            self._answer(order)

    def _get_sources(self):
        """What each order's settlement pays."""
        return [order.settlement_ids.line_ids.mapped('source') for order in self.orders]

    def test_orders_are_a_group(self):
        self.assertEqual(self.orders.group_id, self.orders[0])
        self.assertEqual(set(self.orders.mapped('state')), {'on_the_way'})

    def test_travel_goes_to_the_first_completed(self):
        self._finish(self.orders[1])
        self._finish(self.orders[0])
        self.assertEqual(self._get_sources(), [['labour'], ['labour', 'travel']])

    def test_travel_is_paid_once_when_settled_together(self):
        self._finish(self.orders)
        self.orders.settlement_ids._reject("To do it again")
        created = self.orders._create_settlements()
        self.assertEqual(
            [settlement.line_ids.mapped('source') for settlement in created.sorted('work_order_id')],
            [['labour', 'travel'], ['labour']])

    def test_travel_stays_when_recomputed(self):
        self._finish(self.orders)
        self.orders.settlement_ids.with_user(self.user_settlement).action_recompute()
        self.assertEqual(self._get_sources(), [['labour', 'travel'], ['labour']])
        self.orders[1].settlement_ids.with_user(self.user_settlement).action_recompute()
        self.assertEqual(self._get_sources(), [['labour', 'travel'], ['labour']])

    def test_one_wasted_trip_for_both(self):
        self._do(self.orders[0], 'suspend', self.user_technician_a, 'portal', outcome='absent')
        self.assertEqual(self.orders.visit_ids.mapped('outcome').count('absent'), 2, "it was one trip")
        self._do(self.orders[0], 'depart', self.user_technician_a, 'portal')
        self._finish(self.orders)
        self.assertEqual(self._get_sources(), [['labour', 'wasted_trip', 'travel'], ['labour']])
