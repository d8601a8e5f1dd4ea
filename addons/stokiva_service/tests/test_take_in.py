import base64

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon, photo, signature


@tagged('post_install', '-at_install')
class TestTakeIn(WorkOrderCommon):
    """The device leaves its customer with a list, and comes back with the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hose = cls.env['stokiva.accessory'].create({'name': "Hose", 'device_type_id': cls.device_type.id})

    def _taken(self, order, **given):
        self._do(order, 'take_in', self.user_technician_a, 'portal', **{
            'accessory_ids': (self.accessory | self.hose).ids, 'condition': "Scratch on the door", **given})
        return order.take_in_ids

    def test_collected_at_home_goes_by_the_technician_to_the_workshop(self):
        order = self._in_progress()
        stay = self._taken(order)
        self.assertRecordValues(order, [{'custody': 'technician', 'place': 'collected'}])
        self.assertRecordValues(stay, [{
            'custody': 'technician', 'provider_id': self.provider_a.id, 'condition': "Scratch on the door",
            'handed_back_at': False, 'accessories': "Cutlery basket, Hose"}])
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='workshop')
        with self.assertRaises(UserError):
            self._do(order, 'start', self.user_technician_a, 'portal')
        self._do(order, 'move', self.user_technician_a, 'portal', custody='workshop')
        self.assertRecordValues(order | stay.work_order_id, [{'custody': 'workshop'}])
        self.assertEqual(stay.custody, 'workshop')
        for custody in ('workshop', 'customer', 'seller', '', None, 7):
            with self.subTest(custody=custody), self.assertRaises(UserError):
                self._do(order, 'move', self.user_technician_a, 'portal', custody=custody)
        self._do(order, 'start', self.user_technician_a, 'portal')
        self.assertEqual(order.state, 'in_progress')

    def test_brought_to_the_desk(self):
        order = self._accepted()
        self._taken(order)
        self.assertRecordValues(order, [{'custody': 'workshop', 'place': 'brought_in'}])

    def test_what_was_taken_in_is_ticked_again(self):
        order = self._accepted()
        stay = self._taken(order)
        events = len(order.event_ids)
        with self.assertRaisesRegex(UserError, "Hose"):
            self._do(order, 'hand_back', self.user_technician_a, 'portal', accessory_ids=self.accessory.ids)
        other = self.env['stokiva.accessory'].create({'name': "Rack", 'device_type_id': self.device_type.id})
        for wrong in ([other.id], [0], ['x'], 'x', {'a': 1}, [self.accessory.id, -3]):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self._do(order, 'hand_back', self.user_technician_a, 'portal', accessory_ids=wrong, note="lost")
        self.assertEqual((order.custody, len(order.event_ids), stay.handed_back_at), ('workshop', events, False))
        self._do(
            order, 'hand_back', self.user_technician_a, 'portal', accessory_ids=self.accessory.ids,
            note="The hose was torn", signed_by="Ayşe Yılmaz", signature=signature())
        self.assertEqual(order.custody, 'customer')
        self.assertRecordValues(stay, [{
            'custody': 'customer', 'missing_note': "The hose was torn", 'received_by': "Ayşe Yılmaz"}])
        self.assertEqual(stay.line_ids.filtered('is_back').accessory_id, self.accessory)
        self.assertTrue(stay.received_signature)
        payload = order.event_ids.sorted('seq')[-1]._get_payload()
        self.assertEqual((payload['accessory_ids'], payload['missing_ids']), (self.accessory.ids, self.hose.ids))
        self.assertNotIn("Ayşe", str(payload))
        self.assertTrue(payload['signature'].startswith('sha256:'))

    def test_a_second_stay_has_its_own_list(self):
        order = self._accepted()
        first = self._taken(order)
        with self.assertRaises(UserError):
            self._taken(order)
        self._do(order, 'hand_back', accessory_ids=(self.accessory | self.hose).ids)
        self._taken(order, accessory_ids=[])
        self.assertRecordValues(order.take_in_ids, [
            {'id': first.id, 'custody': 'customer'}, {'id': order.take_in_ids[-1].id, 'custody': 'workshop'}])
        self._do(order, 'hand_back')
        self.assertFalse(order._get_stays())

    def test_no_signature_that_is_none(self):
        order = self._accepted()
        for wrong in ("no picture", photo(), base64.b64encode(b'x' * 400_000).decode(), 7, ['x']):
            with self.subTest(wrong=str(wrong)[:20]), self.assertRaises(UserError):
                self._taken(order, signature=wrong)
        self.assertEqual((order.custody, order.take_in_ids), ('customer', order.take_in_ids.browse()))

    def test_repaired_device_is_handed_back_after_the_approval(self):
        order = self._accepted()
        stay = self._taken(order)
        self._do(order, 'start', self.user_technician_a, 'portal')
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self.assertTrue(stay.is_ready)
        self.assertIn(stay, stay.search([('is_ready', '=', True)]))
        self._answer(order)
        completed_at = order.completed_at
        self.assertRecordValues(order, [{'state': 'completed', 'custody': 'workshop'}])
        self._do(order, 'hand_back', self.user_technician_a, 'portal', accessory_ids=(self.accessory | self.hose).ids)
        self.assertRecordValues(order, [{
            'state': 'completed', 'custody': 'customer', 'completed_at': completed_at, 'waiting_for': False}])
        with self.assertRaises(UserError):
            self._do(order, 'take_in', self.user_technician_a, 'portal')

    def test_refused_quote_and_the_device_comes_back(self):
        order = self._accepted()
        self._taken(order)
        self._do(order, 'start', self.user_technician_a, 'portal')
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=900, text="Pump")
        self._answer(order, 'dispute')
        self.assertRecordValues(order, [{'state': 'returned', 'custody': 'workshop'}])
        self.assertIn(',hand_back,', order.with_user(self.user_dispatcher).legal_events)
        self._do(order, 'hand_back', accessory_ids=(self.accessory | self.hose).ids)
        self.assertEqual(order.custody, 'customer')

    def test_nobody_else_writes_or_hands_back(self):
        order = self._accepted()
        stay = self._taken(order)
        for actor in (self.user_sales, self.user_provider_b, self.user_call_centre, self.user_settlement):
            with self.subTest(actor=actor.login), self.assertRaises(AccessError):
                self._do(order, 'hand_back', actor, 'portal', accessory_ids=(self.accessory | self.hose).ids)
        for user in (self.user_manager, self.user_dispatcher, self.user_call_centre):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                stay.with_user(user).missing_note = "x"
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                order.with_user(user).write({'take_in_ids': [Command.delete(stay.id)]})
        self.assertFalse(stay.with_user(self.user_sales).search([('id', '=', stay.id)]))

    def test_one_stay_at_a_time(self):
        order = self._accepted()
        stay = self._taken(order)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            stay.create({'work_order_id': order.id, 'provider_id': self.provider_a.id, 'taken_at': stay.taken_at})

    def test_age_in_days(self):
        with freeze_time('2026-03-01 10:00:00'):
            stay = self._taken(self._accepted())
        for moment, days, age in (
                ('2026-03-08 09:59:00', 6, 'fresh'), ('2026-03-08 10:00:00', 7, 'late'),
                ('2026-03-21 10:00:00', 20, 'overdue')):
            stay.invalidate_recordset(['days', 'age'])
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual((stay.days, stay.age), (days, age))

    def test_customer_is_told(self):
        order = self._accepted()
        self._taken(order)
        self._do(order, 'hand_back', accessory_ids=self.accessory.ids, note="The hose was torn")
        messages = self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', 'in', ('take_in', 'hand_back')), ('channel', '=', 'email')],
            order='id')
        self.assertEqual(messages.mapped('audience'), ['customer', 'customer'])
        bodies = [message._render(message.rule_id.template_id, 'body_html') for message in messages]
        self.assertIn("Cutlery basket, Hose", bodies[0])
        self.assertIn("The hose was torn", bodies[1])
