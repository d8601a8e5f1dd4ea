from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.stokiva_work_order import PROTECTED_FIELDS
from .common_orders import WorkOrderCommon, photo


@tagged('post_install', '-at_install')
class TestApprovalFrozen(WorkOrderCommon):
    """What was shown is what was approved: changed before the answer it is asked anew, after it nobody changes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._submitted(cls())
        cls.other_device = cls.env['stokiva.device'].create({
            'product_id': cls.product.id, 'partner_id': cls.customer.id, 'company_id': cls.company.id, 'serial': "F-2"})
        cls.actors = {
            'manager': cls.user_manager, 'dispatcher': cls.user_dispatcher, 'call centre': cls.user_call_centre,
            'settlement': cls.user_settlement, 'sales': cls.user_sales, 'provider': cls.user_provider_a,
            'other provider': cls.user_provider_b, 'technician': cls.user_technician_a}

    def _get_changes(self):
        """Values for all that the customer was shown, by what a reader calls it."""
        order = self.order
        labour, part, media = order.labour_line_ids[0], order.part_line_ids[0], order.media_ids[0]
        return {
            'device': {'device_id': self.other_device.id},
            'customer': {'partner_id': self.env['res.partner'].create({'name': "Somebody else"}).id},
            'words': {'symptom_note': "Also rattles"}, 'diagnosis': {'diagnosis': "Another pump"},
            'symptoms': {'symptom_ids': [Command.clear()]} if order.symptom_ids else {'symptom_note': "x"},
            'new labour': {'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id})]},
            'labour': {'labour_line_ids': [Command.update(labour.id, {'quantity': labour.quantity + 1})]},
            'no labour': {'labour_line_ids': [Command.delete(labour.id)]},
            'new part': {'part_line_ids': [Command.create({'product_id': self.part_product.id})]},
            'part': {'part_line_ids': [Command.update(part.id, {'quantity': part.quantity + 1})]},
            'no part': {'part_line_ids': [Command.delete(part.id)]},
            'new photo': {'media_ids': [Command.create({'kind': 'after', 'image': photo((9, 9, 9))})]},
            'photo': {'media_ids': [Command.update(media.id, {'kind': 'work'})]},
            'no photo': {'media_ids': [Command.delete(media.id)]},
        }

    def _dump(self):
        """All rows that an approval stands for, as the database holds them."""
        self.env.flush_all()
        rows = []
        for table, column in (
            ('stokiva_work_order', 'id'), ('stokiva_labour_line', 'work_order_id'), ('stokiva_part_line', 'work_order_id'),
            ('stokiva_media', 'work_order_id'), ('stokiva_approval', 'work_order_id'), ('stokiva_visit', 'work_order_id'),
            ('stokiva_event', 'work_order_id'),
        ):
            self.env.cr.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s ORDER BY id", [self.order.id])  # pylint: disable=sql-injection
            rows.append((table, self.env.cr.fetchall()))
        return rows

    def _get_ways(self, user, values):
        """How somebody may try: as a user by the ORM, and through each page or app that edits for him."""
        yield 'orm', lambda: self.order.with_user(user).write(values)
        for channel in ('office', 'portal', 'field', 'api'):
            yield channel, lambda channel=channel: self.order._edit(values, actor=user, channel=channel)

    def test_after_the_approval_nobody_changes_anything(self):
        self._answer(self.order, stars=5)
        self.assertEqual(self.order.state, 'completed')
        before = self._dump()
        for what, values in self._get_changes().items():
            for who, user in self.actors.items():
                for channel, change in self._get_ways(user, values):
                    with self.subTest(what=what, who=who, channel=channel):
                        with self.assertRaises(UserError):
                            change()
                        self.env.invalidate_all()
        self.assertEqual(self._dump(), before)

    def test_stamps_and_states_are_the_doors(self):
        self._answer(self.order)
        before = self._dump()
        for name in sorted(PROTECTED_FIELDS & self.order._fields.keys()):
            for who, user in self.actors.items():
                with self.subTest(field=name, who=who), self.assertRaises(UserError):
                    self.order.with_user(user).write({name: False})
        for record in (self.order.approval_ids, self.order.visit_ids, self.order.event_ids):
            for who, user in self.actors.items():
                with self.subTest(record=record, who=who), self.assertRaises(UserError):
                    record.with_user(user).unlink()
        self.env.invalidate_all()
        self.assertEqual(self._dump(), before)

    def test_what_changes_before_the_answer_is_asked_anew(self):
        for what, values in self._get_changes().items():
            if what in ('customer',):  # goes with its device
                values = {**values, 'device_id': self.env['stokiva.device'].create({
                    'product_id': self.product.id, 'partner_id': values['partner_id'], 'company_id': self.company.id}).id}
            with self.subTest(what=what), self.env.cr.savepoint() as savepoint:
                old = self.order.approval_ids.filtered(lambda item: item.state == 'pending')
                self.order.with_user(self.user_dispatcher).write(values)
                new = self.order.approval_ids.filtered(lambda item: item.state == 'pending')
                self.assertEqual((old.state, len(new)), ('void', 1))
                if what != 'customer':
                    self.assertNotEqual(new.shown_hash, old.shown_hash)
                for answer in ('approve', 'dispute'):
                    with self.assertRaises(UserError):
                        self._do(self.order, answer, self.customer, 'link', approval_id=old.id, comment="Yes")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_before_the_answer_only_the_office_changes_anything(self):
        before = self._dump()
        for what, values in self._get_changes().items():
            for who in ('settlement', 'sales', 'provider', 'other provider', 'technician', 'call centre'):
                with self.subTest(what=what, who=who), self.assertRaises(UserError):
                    self.order.with_user(self.actors[who]).write(values)
        self.env.invalidate_all()
        self.assertEqual(self._dump(), before)
