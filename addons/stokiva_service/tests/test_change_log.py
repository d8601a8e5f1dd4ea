from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_orders import WorkOrderCommon

# Models without a change log of their own, and why. What belongs to a work order is in the order's log.
WITHOUT = {
    'stokiva.assignment', 'stokiva.assignment.candidate', 'stokiva.take.in.line', 'stokiva.work.order',
    # the log itself, and what is only ever appended
    'stokiva.event.chain', 'stokiva.event.personal', 'stokiva.seal', 'stokiva.seal.head',
    'stokiva.personnel.consent', 'stokiva.partner.consent',
    # derived, or the machine's own notes
    'stokiva.alert', 'stokiva.opening', 'stokiva.performance', 'stokiva.performance.day', 'stokiva.slot',
    'stokiva.throttle',
}


@tagged('post_install', '-at_install')
class TestChangeLog(WorkOrderCommon):
    """Master data and configuration: who changed what, before → after, in chains as those of the orders."""

    def setUp(self):
        super().setUp()
        self.manager_env = self.env(user=self.user_manager)

    def _rows(self, record):
        self.env.flush_all()
        return self.env['stokiva.event'].search(
            [('model', '=', record._name), ('res_id', '=', record.id)], order='seq')

    def _changes(self, record):
        return [(row.event, row._get_payload()['changes']) for row in self._rows(record)]

    def _is_sound(self):
        return self.assertFalse(self.env['stokiva.verifier']._verify_all()[2])

    def test_every_model_of_this_addon_has_a_log(self):
        """A new model of master data needs ``stokiva.audited``; one that is not is named above."""
        audited = dict(self.env['stokiva.event']._get_audited_models())
        for name, model in self.env.registry.items():
            if (
                name.startswith('stokiva.') and model._original_module == 'stokiva_service'
                and model._auto and not model._abstract and not model._transient
            ):
                self.assertTrue(name in audited or name in WITHOUT or 'work_order_id' in model._fields, f"{name} has no change log")
        self.assertFalse(WITHOUT & audited.keys())

    def test_kinds_are_told_in_the_readers_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        events = self.manager_env['stokiva.event'].with_context(lang='tr_TR')
        self.env['ir.model']._get('stokiva.fault').with_context(lang='tr_TR').name = "Arıza"
        self.assertEqual(dict(events.fields_get(['model'])['model']['selection'])['stokiva.fault'], "Arıza")
        self.assertEqual(dict(self.manager_env['stokiva.event']._get_audited_models())['stokiva.fault'], "Fault")

    def test_creation_change_archiving_and_deletion(self):
        fault = self.manager_env['stokiva.fault'].create({
            'name': "Leaks", 'kind': 'symptom', 'device_type_id': self.device_type.id, 'sequence': 7})
        fault.write({'name': "Leaks water", 'sequence': 7})
        fault.write({'name': "Leaks water"})
        fault.action_archive()
        fault.action_unarchive()
        rows = self._rows(fault)
        fault.unlink()
        self.assertEqual(self._changes(fault), [
            ('create', {
                'active': [None, True], 'device_type_id': [None, self.device_type.ids], 'kind': [None, 'symptom'],
                'name': [None, "Leaks"], 'sequence': [None, 7]}),
            ('edit', {'name': ["Leaks", "Leaks water"]}),
            ('archive', {'active': [True, False]}),
            ('unarchive', {'active': [False, True]}),
            ('delete', {
                'active': [True, None], 'device_type_id': [self.device_type.ids, None], 'kind': ['symptom', None],
                'name': ["Leaks water", None], 'sequence': [7, None]}),
        ])
        self.assertEqual(rows.mapped('seq'), [1, 2, 3, 4])
        self.assertEqual(rows.mapped('prev_hash')[1:], rows.mapped('hash')[:-1])
        self.assertEqual(
            {(row.actor_kind, row.actor_id, row.role, row.channel) for row in rows},
            {('user', self.user_manager.id, 'manager', 'office')})
        self._is_sound()

    def test_many_records_in_few_statements(self):
        def create(count):
            return self.env['stokiva.accessory'].create([
                {'name': f"Part {number}", 'device_type_id': self.device_type.id} for number in range(count)])

        create(1)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        create(2)
        self.env.flush_all()
        few = self.env.cr.sql_log_count
        parts = create(50)
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - few, few - before)
        self.assertEqual(len({self._rows(part).hash for part in parts}), 50)

    def test_lines_that_go_with_their_record(self):
        checklist = self.env['stokiva.checklist'].create({
            'name': "Repair", 'device_type_id': self.device_type.id, 'item_ids': [Command.create({'name': "Water off"}), Command.create({'name': "Power off"})]})
        items = checklist.item_ids
        checklist.unlink()
        for item in items:
            self.assertEqual([event for event, _changes in self._changes(item)], ['create', 'delete'])

    def test_what_a_write_causes_belongs_to_it(self):
        """One row, also where overrides and computed fields write more."""
        self._rows(self.technician_a)
        known = len(self._rows(self.technician_a))
        self.technician_a.with_user(self.user_dispatcher).write({'active': False})
        event, changes = self._changes(self.technician_a)[known:][0]
        self.assertEqual(event, 'archive')
        self.assertTrue(changes['date_left'][1])
        self.assertEqual(len(self._rows(self.technician_a)), known + 1)

    def test_customers_from_their_first_order(self):
        self.customer.with_user(self.user_dispatcher).phone = '+90 532 000 00 01'
        self.assertFalse(self._rows(self.customer))
        order = self._open_order()
        self.customer.with_user(self.user_dispatcher).write({'phone': '+90 532 000 00 02', 'comment': "not logged"})
        row = self._rows(self.customer)
        self.assertEqual((row.event, row.actor_id), ('edit', self.user_dispatcher.id))
        self.assertEqual([*row._get_payload()['changes']], ['phone'])
        self.assertNotRegex(row.payload, r'532\W*000', "a digest may hold any three digits, not seven")
        site = self.env['res.partner'].create({'name': "Summer house", 'parent_id': self.customer.id, 'street': "Old 1"})
        order.with_user(self.user_dispatcher).site_id = site
        site.street = "New 2"
        self.assertEqual(self._rows(site).event, 'edit')
        self._is_sound()

    def test_texts_of_messages(self):
        templates = self.env['mail.template'].create([
            {'name': name, 'model_id': self.env['ir.model']._get_id('stokiva.work.order'), 'subject': "Old"}
            for name in ("Used", "Free")])
        self.env['stokiva.message.rule'].search([('channel', '=', 'email')], limit=1).template_id = templates[0]
        templates.write({'subject': "New", 'auto_delete': True})
        self.assertEqual(self._changes(templates[0]), [('edit', {'subject': ["Old", "New"]})])
        self.assertFalse(self._rows(templates[1]))

    def test_providers_and_what_they_may(self):
        self.provider_a.with_user(self.user_manager).write({
            'can_close': False, 'area_ids': [Command.create({'state_id': self.state_ankara.id, 'priority': 4})]})
        self.assertEqual(self._changes(self.provider_a)[-1], ('edit', {'can_close': [True, False]}))
        area = self.provider_a.area_ids.filtered(lambda item: item.state_id == self.state_ankara)
        self.assertEqual(self._changes(area)[-1][1]['priority'], [None, 4])
        hours = self.provider_a.resource_calendar_id.attendance_ids[:1]
        before = hours.hour_to
        hours.hour_to = before + 0.5
        self.assertEqual(self._changes(hours)[-1][1]['hour_to'], [before, before + 0.5])

    def test_personal_values_are_digests(self):
        self.technician_a.with_user(self.user_manager).phone = '+90 532 000 11 22'
        partner = self.technician_a.partner_id
        row = self._rows(partner)[-1]
        self.assertNotRegex(row.payload, r'532\W*000', "a digest may hold any three digits, not seven")
        self.assertTrue(row._get_payload()['changes']['phone'].startswith('sha256:'))
        self.env['stokiva.event.personal'].search([('event_id', '=', row.id)]).unlink()
        self._is_sound()

    def test_customers_are_not_logged(self):
        self.customer.phone = '+90 532 000 11 33'
        self.assertFalse(self._rows(self.customer))

    def test_company_settings_and_products(self):
        self.company.stokiva_offer_attempts = 9
        self.assertEqual(self._changes(self.company)[-1][1]['stokiva_offer_attempts'][1], 9)
        self.assertEqual(self._rows(self.company)[-1].company_id, self.company)
        template = self.product.product_tmpl_id
        self.product.write({'stokiva_warranty_months': 36, 'list_price': 1.0})
        self.assertEqual(list(self._changes(template)[-1][1]), ['stokiva_warranty_months', 'stokiva_warranty_parts_months'])

    def test_logins_and_permissions(self):
        user = new_test_user(self.env, 'newcomer', groups='stokiva_service.group_stokiva_call_centre')
        self.assertEqual(self._changes(user)[0][0], 'create')
        self.assertEqual(len(self._rows(user)), 1, "the first password belongs to the creation")
        group = self.env.ref('stokiva_service.group_stokiva_manager')
        user.group_ids += group
        before, after = self._changes(user)[-1][1]['group_ids']
        self.assertEqual(set(after) - set(before), set(group.ids))
        user.password = 'something else'
        self.assertEqual(self._changes(user)[-1], ('password', {}))
        group.user_ids -= user
        self.assertIn(user.id, self._changes(group)[-1][1]['user_ids'][0])
        self.assertNotIn('something else', "".join(self._rows(user).mapped('payload')))
        self._is_sound()

    def test_devices_of_a_sale_begin_in_the_sale(self):
        device = self.env['stokiva.device'].create({'partner_id': self.customer.id, 'product_id': self.product.id})
        self.assertEqual(self._changes(device)[0][0], 'create')
        order = self._sell()
        sold = self.env['stokiva.device'].search([('sale_line_id', 'in', order.order_line.ids)])
        self.assertTrue(sold)
        self.assertFalse(self.env['stokiva.event'].search(
            [('model', '=', 'stokiva.device'), ('res_id', 'in', sold.ids), ('event', '=', 'create')]))
        sold[0].serial = 'SN-9'
        self.assertEqual(self._changes(sold[0])[-1], ('edit', {'serial': [None, 'SN-9']}))

    def test_who_reads_the_change_log(self):
        row = self._rows(self.provider_a)[-1]
        self.assertEqual(row.with_user(self.user_manager).subject, self.provider_a.display_name)
        for user in (self.user_call_centre, self.user_dispatcher, self.user_settlement):
            with self.assertRaises(AccessError):
                row.with_user(user).read(['payload'])
            self.assertTrue(self._open_order().event_ids.with_user(user).mapped('hash'))
        with self.assertRaises(AccessError):
            self.manager_env['stokiva.event'].create({'model': 'stokiva.fault', 'res_id': 1})

    def test_how_it_reads(self):
        provider = self.provider_a.with_user(self.user_manager)
        provider.write({'can_close': False, 'kind': 'private', 'user_id': self.user_dispatcher.id})
        row = self._rows(self.provider_a)[-1].with_user(self.user_manager)
        self.assertIn("May close work orders: yes → –", row.detail)
        self.assertIn("Authorised → Private", row.detail)
        self.assertIn(self.user_dispatcher.name, row.detail)
        self.assertEqual(row.event_label, "Edited")
        day = self.env['stokiva.provider.day'].create({
            'provider_id': provider.id, 'name': "Market day", 'kind': 'open', 'hour_from': 9.5, 'hour_to': 16.1234567,
            'date_start': '2026-12-06', 'date_end': '2026-12-06'})
        absence = self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': '2026-12-07 05:00:00', 'date_to': '2026-12-07 15:30:00'})
        self.user_manager.tz = 'Europe/Istanbul'
        for record, texts in ((day, ("06.12.2026", " 9,5", " 16,1234567")), (absence, (" 7.12.2026 08:00", " 7.12.2026 18:30"))):
            detail = self._rows(record).with_user(self.user_manager).with_context(lang='tr_TR').detail
            for text in texts:
                self.assertIn(text, detail)
        shown = row.action_verify()['params']
        self.assertEqual(shown['type'], 'success')
