from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestGroup(WorkOrderCommon):
    """Orders of one sale, address and service type: one offer and one trip, also when one of them leaves."""

    def setUp(self):
        super().setUp()
        self.orders = self._sell(2).stokiva_work_order_ids.sorted('id')
        self.first, self.second = self.orders
        self.offer = self.orders.assignment_id

    def test_the_offer_stays_while_one_order_waits_for_it(self):
        self._do(self.first, 'cancel', reason="Only one is needed")
        self.assertEqual(self.offer.state, 'offered')
        self._do(self.second, 'accept')
        self.assertEqual((self.second.state, self.offer.state), ('accepted', 'accepted'))

    def test_the_last_order_takes_the_offer_with_it(self):
        self._do(self.first, 'cancel', reason="Not needed")
        self._do(self.second, 'cancel', reason="Not needed")
        self.assertEqual(self.offer.state, 'withdrawn')

    def test_the_group_changes_its_provider_together(self):
        self._do(self.first, 'accept')
        other = (self.provider_a | self.provider_b) - self.first.provider_id
        self._do(self.first, 'reassign', provider_id=other.id, reason="Ill")
        self.assertEqual(self.orders.mapped('state'), ['assigned', 'assigned'])
        self.assertEqual(self.orders.assignment_id.provider_id, other)
        self.assertEqual(len(self.orders.assignment_id), 1)
        self.assertEqual(self.offer.state, 'withdrawn')

    def test_what_was_begun_stays_when_the_rest_leaves(self):
        provider = self.first.provider_id
        self._do(self.first, 'accept')
        self._do(self.first, 'plan', personnel_id=provider.personnel_ids.filtered(
            lambda person: person.role == 'technician').id)
        self._do(self.first, 'depart')
        self._do(self.first, 'start')
        self._do(self.first, 'suspend', outcome='part_missing')
        self._do(self.second, 'suspend', outcome='no_access')
        other = (self.provider_a | self.provider_b) - provider
        self._do(self.second, 'reassign', provider_id=other.id, reason="Ill")
        self.assertEqual((self.first.provider_id, self.second.provider_id), (provider, other))
        self.assertEqual(self.offer.state, 'accepted', "one of its orders still stands on it")

    def test_what_was_completed_keeps_its_offer_when_the_rest_leaves(self):
        provider = self.first.provider_id
        self._do(self.first, 'accept')
        self._do(self.first, 'take_in', custody='workshop')
        self._do(self.first, 'plan', personnel_id=provider.personnel_ids.filtered(
            lambda person: person.role == 'technician').id)
        self._do(self.first, 'start')
        self._do(self.first, 'submit')
        self._answer(self.first)
        other = (self.provider_a | self.provider_b) - provider
        self._do(self.second, 'reassign', provider_id=other.id, reason="Ill")
        self.assertEqual((self.first.state, self.second.provider_id), ('completed', other))
        self.assertEqual(self.offer.state, 'accepted')

    def test_orders_are_assigned_by_hand_together(self):
        orders = self._sell(2, confirm=False)
        (self.provider_a | self.provider_b).area_ids.unlink()
        orders.action_confirm()
        orders = orders.stokiva_work_order_ids
        self.assertEqual(orders.mapped('state'), ['created', 'created'])
        self._do(orders[0], 'assign', provider_id=self.provider_b.id)
        self.assertEqual(orders.mapped('state'), ['assigned', 'assigned'])
        self.assertEqual(len(orders.assignment_id), 1)

    def test_visits_keep_their_numbers_when_the_provider_changes(self):
        self._do(self.first, 'accept')
        self._do(self.first, 'plan', personnel_id=self.first.provider_id.personnel_ids.filtered(
            lambda person: person.role == 'technician').id)
        self._do(self.first, 'depart')
        other = (self.provider_a | self.provider_b) - self.first.provider_id
        self._do(self.first, 'reassign', provider_id=other.id, reason="Ill")
        self._do(self.first, 'accept')
        self.assertEqual(self.first.visit_ids.mapped('sequence'), [1, 2])

    def test_a_quote_ends_with_its_provider(self):
        self._do(self.first, 'accept')
        self._do(self.first, 'quote', amount=100, text="A new fan")
        other = (self.provider_a | self.provider_b) - self.first.provider_id
        self._do(self.first, 'reassign', provider_id=other.id, reason="Ill")
        self.assertEqual(self.first.approval_ids.mapped('state'), ['void'])
        self.assertFalse(self.first.sla_paused)
