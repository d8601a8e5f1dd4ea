from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_orders import WorkOrderCommon, photo, signature


@tagged('post_install', '-at_install')
class TestTakeInDialog(WorkOrderCommon):
    """The office's dialogs for a device that comes and goes."""

    def test_photos_and_signature_come_with_the_device(self):
        order = self._accepted()
        image = self.env['ir.attachment'].with_user(self.user_dispatcher).create(
            {'name': "door.jpg", 'datas': photo(), 'res_model': 'stokiva.event.wizard'})
        foreign = self.env['ir.attachment'].create({'name': "secret.jpg", 'datas': photo(), 'res_model': 'res.company',
                                                    'res_id': self.company.id, 'public': False})
        action = self._confirm(
            order, 'take_in', photo_ids=[Command.set(image.ids)], signed_by="Ayşe", signature=signature())
        self.assertEqual(action['type'], 'ir.actions.report')
        self.assertRecordValues(order.media_ids, [{'kind': 'before', 'name': "door.jpg"}])
        self.assertFalse(image.exists())
        self.assertTrue(foreign.exists())
        self.assertTrue(order.take_in_ids.signature)

    def test_brought_to_the_desk_before_anybody_has_the_order(self):
        order = self._open_order(place='brought_in').with_user(self.user_dispatcher)
        self.assertTrue(order.can_take_in)
        wizard = self.env['stokiva.event.wizard'].with_user(self.user_dispatcher).browse(
            order.action_take_in()['res_id'])
        self.assertRecordValues(wizard, [{'needs_workshop': True, 'custody': 'workshop'}])
        wizard.workshop_id = False
        with self.assertRaisesRegex(UserError, "whose workshop"):
            wizard.action_confirm()
        self.assertEqual(order.state, 'created')
        wizard.workshop_id = self.provider_b
        wizard.action_confirm()
        self.assertRecordValues(order, [{
            'state': 'accepted', 'provider_id': self.provider_b.id, 'custody': 'workshop', 'place': 'brought_in'}])
        self.assertEqual(order.event_ids.sorted('seq').mapped('event'), ['open', 'assign', 'accept', 'take_in'])

    def test_desk_is_not_for_everybody(self):
        order = self._open_order(place='brought_in')
        for user in (self.user_settlement, self.user_sales):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                order.with_user(user).action_take_in()
        on_site = self._open_order()
        with self.assertRaises(UserError):
            on_site.with_user(self.user_dispatcher).action_take_in()

    def test_visit_that_ends_in_the_workshop_takes_the_device_in(self):
        order = self._in_progress()
        wizard = self._open_dialog(order, 'suspend')
        self.assertFalse(wizard.takes_in)
        wizard.outcome = 'workshop'
        self.assertTrue(wizard.takes_in)
        wizard.write({'accessory_ids': [Command.set(self.accessory.ids)], 'condition': "Scratch"})
        self.assertEqual(wizard.action_confirm()['type'], 'ir.actions.report')
        self.assertRecordValues(order, [{'state': 'accepted', 'custody': 'technician', 'place': 'collected'}])
        self.assertEqual(order.take_in_ids.line_ids.accessory_id, self.accessory)
        self.assertEqual(order.with_user(self.user_dispatcher).next_event, 'move')
        order.with_user(self.user_dispatcher).action_move_device()
        self.assertEqual(order.custody, 'workshop')
        wizard = self._open_dialog(order, 'hand_back')
        self.assertEqual(wizard.offered_accessory_ids, self.accessory)
        self.assertTrue(wizard.is_missing)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.accessory_ids = self.accessory
        self.assertFalse(wizard.is_missing)
        wizard.action_confirm()
        self.assertEqual(order.custody, 'customer')

    def test_each_device_has_its_own_list(self):
        orders = self._accepted() | self._accepted()
        with self.assertRaises(UserError):
            self._confirm(orders, 'take_in')
        self.assertEqual(set(orders.mapped('custody')), {'customer'})
