import ast
import inspect

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.stokiva_work_order import GIVEN_AT_CREATION, PROTECTED_FIELDS
from .common_orders import ADDONS, WorkOrderCommon, get_context_keys, photo


@tagged('post_install', '-at_install')
class TestDoor(WorkOrderCommon):
    """Nothing but the door changes what it protects, and the log cannot be changed at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._open_order()
        cls.roles = {
            'call_centre': cls.user_call_centre, 'dispatcher': cls.user_dispatcher, 'manager': cls.user_manager,
            'technician': cls.user_technician, 'settlement': cls.user_settlement, 'sales': cls.user_sales,
            'provider': cls.user_provider_a, 'customer': cls.user_customer}

    def test_protected_fields_are_written_by_nobody(self):
        context = dict.fromkeys(get_context_keys(), True)
        for role, user in self.roles.items():
            for name in PROTECTED_FIELDS:
                for order in (
                    self.order.with_user(user), self.order.with_user(user).with_context(**context),
                ):
                    with self.subTest(role=role, field=name), self.assertRaises(AccessError):
                        order.write({name: False})

    def test_protected_fields_are_not_given_at_creation(self):
        values = {
            'partner_id': self.customer.id, 'device_id': self.order.device_id.id,
            'service_type_id': self.service_type_repair.id}
        model = self.env['stokiva.work.order'].with_user(self.user_manager)
        for name in PROTECTED_FIELDS - GIVEN_AT_CREATION:
            with self.subTest(field=name), self.assertRaises(AccessError):
                model.create(dict(values, **{name: False}))
        order = model.with_context(
            default_state='completed', default_provider_id=self.provider_a.id, default_is_halted=True,
            default_event_hash='x').create(values)
        self.assertRecordValues(order, [{'state': 'created', 'provider_id': False, 'is_halted': False}])

    def test_defaults_in_the_context_reach_nothing_that_an_event_creates(self):
        defaults = {'default_state': 'canceled', 'default_event': 'x', 'default_reason': 'busy'}
        order = self.order.with_user(self.user_manager).with_context(**defaults)
        order._apply_event('assign', {'provider_id': self.provider_a.id}, actor=self.user_manager, channel='office')
        self.assertRecordValues(self.order.assignment_id, [{'state': 'offered', 'reason': False}])
        messages = self.env['stokiva.message'].search([('work_order_id', '=', self.order.id)])
        self.assertEqual(set(messages.mapped('state')), {'pending'})

    def test_lines_are_written_only_while_the_order_is_open(self):
        order = self._submitted()
        line = order.labour_line_ids.with_user(self.user_dispatcher)
        self._answer(order)
        for change in (
            lambda: line.write({'quantity': 5}), line.unlink,
            lambda: line.create({'work_order_id': order.id, 'workmanship_id': self.workmanship.id}),
            lambda: order.media_ids.with_user(self.user_dispatcher).unlink(),
            lambda: order.with_user(self.user_dispatcher).write({'labour_line_ids': [Command.clear()]}),
        ):
            with self.assertRaises(UserError):
                change()

    def test_edits_are_logged_once_with_before_and_after(self):
        self.order.with_user(self.user_dispatcher).write({
            'diagnosis': "Pump", 'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id})]})
        event = self.order.event_ids[-1]
        changes = event._get_payload()['changes']
        self.assertEqual((event.event, event.actor_id), ('edit', self.user_dispatcher.id))
        self.assertEqual(changes['labour_line_ids'][0], {})
        self.assertEqual(list(changes['labour_line_ids'][1].values())[0]['text'], self.workmanship.name)
        self.assertNotIn("Pump", event.payload, "free text may name people: only its digest is logged")
        line = self.order.labour_line_ids
        count = len(self.order.event_ids)
        line.with_user(self.user_dispatcher).write({'quantity': 2})
        self.assertEqual(len(self.order.event_ids), count + 1)
        self.order.with_user(self.user_dispatcher).write({'user_id': self.user_dispatcher.id})
        self.assertEqual(len(self.order.event_ids), count + 1, "who looks after it is no event")

    def test_submitted_orders_are_edited_by_the_office_and_asked_anew(self):
        order = self._submitted()
        with self.assertRaises(UserError):
            order._edit({'diagnosis': "x"}, actor=self.user_technician_a, channel='portal')
        first = order.approval_ids
        order.with_user(self.user_dispatcher).diagnosis = "Something else"
        self.assertEqual(first.state, 'void')
        self.assertIn('resolve', self.env['stokiva.message'].search([('work_order_id', '=', order.id)]).mapped('event'))
        asked = order.approval_ids.sorted('id')[-1]
        self.assertNotEqual(asked.shown_hash, first.shown_hash)
        # How urgent it is is logged, but nothing that he was asked about.
        messages = self.env['stokiva.message'].search_count([('work_order_id', '=', order.id)])
        order.with_user(self.user_dispatcher).priority = '1'
        self.assertEqual(order.event_ids[-1]._get_payload()['changes'], {'priority': ['0', '1']})
        self.assertEqual((order.approval_ids.sorted('id')[-1], asked.state), (asked, 'pending'))
        self.assertEqual(self.env['stokiva.message'].search_count([('work_order_id', '=', order.id)]), messages)

    def test_foreign_catalogue_entries_are_refused(self):
        phone = self.env['stokiva.device.type'].create({'name': "Mobile phone"})
        foreign = self.env['stokiva.workmanship'].create({'name': "Change the glass", 'device_type_id': phone.id})
        with self.assertRaises(UserError):
            self.order._edit(
                {'labour_line_ids': [Command.create({'workmanship_id': foreign.id})]},
                actor=self.user_manager, channel='office')

    def test_device_of_somebody_else_is_refused(self):
        other = self.env['res.partner'].create({'name': "Mehmet"})
        with self.assertRaises(ValidationError):
            self.order.with_user(self.user_call_centre).partner_id = other

    def test_bad_photos_are_refused(self):
        for content in ('bm90IGFuIGltYWdl', '', '<svg onload=alert(1)>', 'A' * 10):
            with self.subTest(content=content), self.assertRaises(ValidationError):
                self.env['stokiva.media'].create({'work_order_id': self.order.id, 'image': content})
        good = self.env['stokiva.media'].create({'work_order_id': self.order.id, 'image': photo(size=(4000, 20))})
        self.assertEqual(len(good.sha256), 64)

    def test_log_rows_cannot_be_changed(self):
        event = self.order.event_ids[0]
        for statement in (
            "UPDATE stokiva_event SET event = 'x' WHERE id = %s", "DELETE FROM stokiva_event WHERE id = %s",
            "TRUNCATE stokiva_event CASCADE -- %s",
        ):
            with (
                self.subTest(statement), mute_logger('odoo.sql_db'),
                self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [event.id])
        with self.assertRaises(AccessError):
            self.env['stokiva.event'].with_user(self.user_manager).create({'work_order_id': self.order.id})

    def test_forged_rows_are_found(self):
        order = self._submitted()
        self.assertFalse(order.event_ids._verify())
        self.env.cr.execute("ALTER TABLE stokiva_event DISABLE TRIGGER USER")
        target = order.event_ids[3]
        self.env.flush_all()
        self.env.cr.execute("UPDATE stokiva_event SET role = 'system' WHERE id = %s", [target.id])
        self.env.invalidate_all()
        self.assertEqual([(found.kind, found.first) for found in order.event_ids._verify()], [('changed', 4)])
        self.env.cr.execute("DELETE FROM stokiva_message WHERE event_id = %s", [order.event_ids[-1].id])
        self.env.cr.execute("UPDATE stokiva_event SET role = %s WHERE id = %s", ['provider_dispatcher', target.id])
        self.env.cr.execute("DELETE FROM stokiva_event WHERE id = %s", [order.event_ids[-1].id])
        self.env.invalidate_all()
        self.assertEqual(order.event_ids._verify()[-1].kind, 'cut')
        self.env.cr.execute("ALTER TABLE stokiva_event ENABLE TRIGGER USER")

    def test_only_the_door_writes_states(self):
        """No code outside the door writes a work order's state or stamps."""
        names = {'state', 'provider_id', 'completed_at', 'closed_at', 'started_at', 'is_halted', 'assignment_id'}
        allowed = {'stokiva_work_order_door.py', 'stokiva_work_order_events.py'}
        offenders = []
        for path in ADDONS.glob('stokiva_*/**/*.py'):
            if 'tests' in path.parts or path.name in allowed:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        if (isinstance(target, ast.Attribute) and target.attr in names
                                and ast.unparse(target.value) in ('order', 'orders', 'work_order', 'order_sudo')):
                            offenders.append(f'{path.name}:{node.lineno}')
                if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'write'
                        and node.args and isinstance(node.args[0], ast.Dict)
                        and 'order' in ast.unparse(node.func.value).rsplit('.', 1)[-1]):
                    keys = {key.value for key in node.args[0].keys if isinstance(key, ast.Constant)}
                    if keys & names:
                        offenders.append(f'{path.name}:{node.lineno}')
        self.assertFalse(offenders)
        self.assertIn('_apply_event', inspect.getsource(type(self.env['stokiva.work.order'])._recording))
