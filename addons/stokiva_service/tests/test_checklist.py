from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon, photo


@tagged('post_install', '-at_install')
class TestChecklist(WorkOrderCommon):
    """From the catalogue to the tick on the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        oven = cls.env['stokiva.device.type'].create({'name': "Oven", 'parent_id': cls.device_type_parent.id})

        def create(name, device_type, service_type, *items):
            return cls.env['stokiva.checklist'].create({
                'name': name, 'device_type_id': device_type.id, 'service_type_id': service_type.id,
                'item_ids': [Command.create(item) for item in items]})

        nothing = cls.env['stokiva.service.type']
        cls.general = create("Safety", cls.device_type_parent, nothing, {'name': "Plug is sound"})
        cls.repair = create(
            "Repair", cls.device_type, cls.service_type_repair, {'name': "No leaks"},
            {'name': "Customer was shown", 'is_mandatory': False})
        cls.install = create("Installation", cls.device_type, cls.service_type_install, {'name': "Stands level"})
        cls.oven = create("Oven", oven, nothing, {'name': "Heats"})
        cls.service_type_repair.needs_checklist = True

    def _tick(self, order, name, user=None, **values):
        line = order.checklist_line_ids.filtered(lambda line: line.name == name)
        line.with_user(user or self.user_manager).write({'is_done': True, **values})

    def test_order_gets_the_items_of_its_type_and_of_those_above(self):
        order = self._open_order()
        self.assertFalse(order.checklist_line_ids, "nobody has taken the job yet")
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept')
        self.assertEqual(order.checklist_line_ids.mapped('name'), ["Plug is sound", "No leaks", "Customer was shown"])
        self.assertEqual(order.checklist_text, "0 of 3")

    def test_orders_of_a_sale_get_them_too(self):
        orders = self._sell(2).stokiva_work_order_ids
        self._do(orders, 'accept')
        for order in orders:
            self.assertEqual(order.checklist_line_ids.mapped('name'), ["Plug is sound", "Stands level"])

    def test_archived_lists_and_those_of_other_companies_do_not_count(self):
        self.general.active = False
        other = self.env['res.company'].create({'name': "Other"})
        theirs = self.env['stokiva.device.type'].create({'name': "Theirs", 'company_id': other.id})
        self.env['stokiva.checklist'].create({
            'name': "Theirs", 'device_type_id': theirs.id, 'item_ids': [Command.create({'name': "Foreign"})]})
        self.assertEqual(self._accepted().checklist_line_ids.mapped('name'), ["No leaks", "Customer was shown"])

    def test_words_stay_as_they_were(self):
        order = self._accepted()
        self.repair.item_ids[0].name = "Something else"
        self.repair.item_ids[1].unlink()
        self.assertEqual(order.checklist_line_ids.mapped('name'), ["Plug is sound", "No leaks", "Customer was shown"])

    def test_another_type_of_service_brings_its_own_list(self):
        order = self._accepted()
        self._tick(order, "No leaks", self.user_dispatcher)
        order.with_user(self.user_dispatcher).service_type_id = self.service_type_install
        self.assertEqual(
            set(order.checklist_line_ids.mapped('name')), {"Plug is sound", "No leaks", "Stands level"},
            "what is ticked stays")

    def test_tick_is_an_event(self):
        order = self._in_progress()
        self._tick(order, "No leaks", remark="2.1 bar")
        row = order.event_ids[-1]
        self.assertEqual((row.event, row.actor_id), ('edit', self.user_manager.id))
        self.assertIn('checklist_line_ids', row._get_payload()['changes'])
        self.assertIn("No leaks", row.detail)
        self.assertNotIn("2.1 bar", row.payload)
        self.assertEqual(order.checklist_text, "1 of 3")

    def test_mandatory_items_block_submitting(self):
        order = self._in_progress()
        self._work(order)
        with self.assertRaisesRegex(UserError, r"checklist \(2 left\)"):
            self._do(order, 'submit', self.user_technician_a, 'portal')
        self._tick(order, "Plug is sound")
        self._tick(order, "No leaks")
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self.assertEqual(order.state, 'awaiting_approval')

    def test_list_blocks_only_where_the_service_type_asks_for_it(self):
        self.service_type_repair.needs_checklist = False
        self.assertEqual(self._submitted().state, 'awaiting_approval')

    def test_lines_are_the_catalogues(self):
        order = self._in_progress()
        line = order.checklist_line_ids[0]
        for vals in ({'is_mandatory': False}, {'name': "Nothing"}, {'is_done': True, 'sequence': 3}):
            with self.assertRaises(AccessError):
                line.with_user(self.user_manager).write(vals)
        with self.assertRaises(AccessError):
            line.with_user(self.user_manager).unlink()
        with self.assertRaises(AccessError):
            self.env['stokiva.checklist.line'].with_user(self.user_manager).create(
                {'work_order_id': order.id, 'name': "Mine"})
        with self.assertRaises(AccessError):
            order.with_user(self.user_manager).write({'checklist_line_ids': [Command.clear()]})
        self.assertTrue(line.is_mandatory)
        self.assertFalse(line.is_done)

    def test_strangers_and_closed_orders(self):
        order = self._in_progress()
        line = order.checklist_line_ids[0]
        for user in (self.user_call_centre, self.user_settlement, self.user_technician, self.user_technician_a):
            with self.assertRaises(AccessError):
                line.with_user(user).is_done = True
        self._do(order, 'return', reason="x")
        with self.assertRaises(UserError):
            self._tick(order, "No leaks")
        self.assertFalse(any(order.checklist_line_ids.mapped('is_done')))

    def test_item_is_on_an_order_once(self):
        order = self._accepted()
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            order.checklist_line_ids[0].sudo().copy()

    def test_text_is_shown_as_text(self):
        self.repair.item_ids[0].name = "<script>alert(1)</script>"
        order = self._accepted()
        self.assertIn("<script>alert(1)</script>", order.checklist_line_ids.mapped('name'), "kept, escaped where shown")

    # === WHAT FITS === #

    def test_only_what_fits_the_device(self):
        oven = self.oven.device_type_id
        fault, cause = self.env['stokiva.fault'].create([
            {'name': "Does not heat", 'kind': kind, 'device_type_id': oven.id} for kind in ('symptom', 'cause')])
        accessory = self.env['stokiva.accessory'].create({'name': "Tray", 'device_type_id': oven.id})
        workmanship = self.env['stokiva.workmanship'].create({'name': "Replace the lamp", 'device_type_id': oven.id})
        order = self._in_progress()
        events = len(order.event_ids)
        as_manager = order.with_user(self.user_manager)
        for vals in (
                {'symptom_ids': [Command.link(fault.id)]}, {'cause_id': cause.id},
                {'labour_line_ids': [Command.create({'workmanship_id': workmanship.id})]},
                {'cause_id': self.symptom.id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                as_manager.write(vals)
        with self.assertRaisesRegex(UserError, "does not fit"), self.cr.savepoint():
            self._do(order, 'take_in', accessory_ids=accessory.ids)
        for ids in (['x'], [2**31 - 1]):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._do(order, 'take_in', accessory_ids=ids)
        order.invalidate_recordset()
        self.assertFalse(order.symptom_ids or order.cause_id or order.labour_line_ids)
        self.assertEqual((order.custody, len(order.event_ids)), ('customer', events))
        self._do(order, 'take_in', accessory_ids=self.accessory.ids)
        self.assertEqual(order.custody, 'technician')

    def test_archived_type_of_service_is_refused(self):
        self.service_type_repair.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._open_order()

    def test_service_type_that_is_charged_charges(self):
        self.service_type_repair.is_charged = True
        order = self._in_progress()
        order._edit({
            'part_line_ids': [Command.create({'product_id': self.part_product.id})],
            'media_ids': [Command.create({'kind': 'work', 'image': photo()})],
        }, actor=self.user_technician_a, channel='portal')
        self.company.stokiva_goodwill_manager = 10_000
        order._edit({'labour_line_ids': [Command.create({
            'workmanship_id': self.workmanship.id, 'coverage': 'goodwill', 'goodwill_reason': "Good customer"})],
        }, actor=self.user_manager, channel='office')
        self.assertEqual(order.part_line_ids.coverage, 'charged')
        self.assertEqual(order.labour_line_ids.coverage, 'goodwill')

    def test_ended_warranty_charges(self):
        device = self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, 'date_installed': '2020-01-01'})
        order = self._in_progress(device_id=device.id)
        self._work(order)
        self.assertEqual(set(order.part_line_ids.mapped('coverage')), {'charged'})
