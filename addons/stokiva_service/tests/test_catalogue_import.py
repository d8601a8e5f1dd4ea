from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import StokivaCommon

OPTIONS = {
    'has_headers': True, 'quoting': '"', 'separator': ',', 'encoding': 'utf-8', 'date_format': '%Y-%m-%d',
    'advanced': True, 'float_decimal_separator': '.', 'float_thousand_separator': ''}
# In the order in which they need each other.
MODELS = (
    'stokiva.service.type', 'stokiva.device.type', 'stokiva.accessory', 'stokiva.fault', 'stokiva.workmanship',
    'stokiva.checklist')


@tagged('post_install', '-at_install')
class TestCatalogueImport(StokivaCommon):
    """Example files, and the catalogue as a whole: companies, copies, full names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_manager.group_ids += cls.env.ref('base.group_allow_export')

    def _setup_empty(self):
        """Start without the test's own catalogue, whose names are those of the examples."""
        self.product.product_tmpl_id.write({
            'stokiva_policy': 'none', 'stokiva_service_type_ids': False, 'stokiva_device_type_id': False})
        self.device_type.unlink()
        self.device_type_parent.unlink()
        (self.service_type_install | self.service_type_repair).unlink()

    def _import(self, model, content):
        """Import as the dialog does, and return messages and ids."""
        wizard = self.env['base_import.import'].with_user(self.user_manager).create({
            'res_model': model, 'file': content, 'file_type': 'text/csv', 'file_name': 'x.csv'})
        preview = wizard.parse_preview(OPTIONS)
        self.assertNotIn('error', preview)
        headers = preview['headers']
        self.assertEqual(len(preview['matches']), len(headers), "every column is understood by itself")
        result = wizard.execute_import(headers, headers, OPTIONS)
        return result['messages'], result['ids'] or []

    def _import_example(self, model):
        template, = self.env[model].get_import_templates()
        self.assertTrue(template['label'])
        with file_open(template['template'].lstrip('/'), 'rb') as file:
            messages, ids = self._import(model, file.read())
        self.assertFalse(messages, model)
        return self.env[model].browse(ids)

    def test_examples_import_and_come_back(self):
        self._setup_empty()
        imported = {model: self._import_example(model) for model in MODELS}
        self.assertEqual(
            {model: len(records) for model, records in imported.items()},
            dict(zip(MODELS, (3, 5, 4, 8, 4, 3), strict=True)))
        self.assertEqual(
            imported['stokiva.device.type'].mapped('complete_name'),
            ["White Goods", "White Goods / Dishwasher", "White Goods / Washing Machine", "Climate",
             "Climate / Air Conditioner"])
        checklist = imported['stokiva.checklist'][1]
        self.assertEqual(len(checklist.item_ids), 4)
        self.assertEqual(checklist.item_ids.mapped('is_mandatory'), [True, True, True, False])
        self._assert_fault_files_meet(imported['stokiva.fault'])

    def test_example_of_devices_imports(self):
        self._setup_empty()
        for model in MODELS[1:2]:
            self._import_example(model)
        self.env['product.product'].create({'name': "Dishwasher 600", 'default_code': 'DW-600'})
        devices = self._import_example('stokiva.device')
        self.assertRecordValues(devices, [
            {'serial': 'SN-1001', 'partner_id': self.customer.id, 'state': 'in_service', 'name': "Dishwasher 600 · SN-1001"},
            {'serial': 'SN-1002', 'partner_id': self.customer.id, 'state': 'in_service', 'name': "Washing Machine · SN-1002"}])
        self.assertEqual(str(devices[0].warranty_labour_until), '2028-01-15')
        with file_open('stokiva_service/static/import/stokiva.device.csv', 'rb') as file, mute_logger('odoo.sql_db'):
            messages, ids = self._import('stokiva.device', file.read())
        self.assertTrue(messages, "the same serial numbers again")
        self.assertFalse(ids)

    def _assert_fault_files_meet(self, faults):
        """What is exported for another database comes back there, found by full names."""
        columns = ['device_type_id', 'kind', 'code', 'name']
        rows = faults.with_user(self.user_manager).export_data(columns)['datas']
        content = "\n".join([",".join(columns), *(",".join(str(cell) for cell in row) for row in rows)])
        faults.unlink()
        messages, ids = self._import('stokiva.fault', content.encode())
        self.assertFalse(messages)
        self.assertEqual(len(ids), 8)
        again = self.env['stokiva.fault'].browse(ids)
        self.assertEqual(again[3].device_type_id.complete_name, "White Goods / Dishwasher")

    def test_export_with_ids_updates_instead_of_doubling(self):
        before = self.env['stokiva.fault'].search_count([])
        columns = ['id', 'name', 'device_type_id/id', 'kind']
        rows = self.symptom.with_user(self.user_manager).export_data(columns)['datas']
        rows[0][1] = "Renamed"
        content = "\n".join([",".join(columns), ",".join(rows[0])]).encode()
        self.assertFalse(self._import('stokiva.fault', content)[0])
        self.assertEqual(self.symptom.name, "Renamed")
        self.assertEqual(self.env['stokiva.fault'].search_count([]), before)

    def test_bad_rows_are_refused_as_a_whole(self):
        before = self.env['stokiva.fault'].search_count([])
        for row in ("No such type,symptom,Good", "White Goods / Dishwasher,nothing,Good", "White Goods / Dishwasher,symptom,"):
            content = f"device_type_id,kind,name\nWhite Goods / Dishwasher,symptom,Good\n{row}\n".encode()
            messages, ids = self._import('stokiva.fault', content)
            self.assertTrue(messages, row)
            self.assertFalse(ids, row)
        self.assertEqual(self.env['stokiva.fault'].search_count([]), before)

    def test_full_name_names_one_type(self):
        garden = self.env['stokiva.device.type'].create({'name': "Garden"})
        other = self.env['stokiva.device.type'].create({'name': "Dishwasher", 'parent_id': garden.id})
        search = self.env['stokiva.device.type'].name_search
        self.assertEqual([row[0] for row in search("White Goods / Dishwasher", operator='=')], self.device_type.ids)
        self.assertEqual([row[0] for row in search("White Goods", operator='=')], self.device_type_parent.ids)
        self.assertEqual({row[0] for row in search("Dishwasher", operator='=')}, {*self.device_type.ids, *other.ids})
        self.assertEqual([row[0] for row in search("garden / dish")], other.ids)
        self.assertEqual(search("White Goods / Garden"), [])

    # === THE TREE AND THE COMPANIES === #

    def test_copy_takes_the_entries_along(self):
        checklist = self.env['stokiva.checklist'].create({
            'name': "Check", 'device_type_id': self.device_type.id, 'item_ids': [(0, 0, {'name': "No leaks"})]})
        copy = self.device_type.with_user(self.user_manager).copy()
        self.assertEqual((copy.name, copy.code, copy.parent_id), ("Dishwasher (copy)", False, self.device_type_parent))
        for field in ('fault_ids', 'workmanship_ids', 'accessory_ids'):
            self.assertEqual(
                sorted(copy[field].mapped('name')), sorted(self.device_type[field].mapped('name')), field)
            self.assertFalse(copy[field] & self.device_type[field])
        self.assertEqual(copy.checklist_ids.item_ids.mapped('name'), ["No leaks"])
        self.assertEqual(checklist.device_type_id, self.device_type)
        self.assertEqual(copy.workmanship_ids.price, 450.0)

    def test_counts_hold_what_is_inherited(self):
        self.env['stokiva.fault'].create({'name': "Noise", 'device_type_id': self.device_type_parent.id})
        self.assertEqual(self.device_type.offered_fault_count, 4)
        self.assertEqual(self.device_type_parent.offered_fault_count, 1)
        action = self.device_type.with_context(stokiva_offered='fault').action_view_offered()
        self.assertEqual(self.env['stokiva.fault'].search_count(action['domain']), 4)
        self.assertFalse(self.device_type.with_context(stokiva_offered='res.users').action_view_offered())

    def test_company_of_a_type_in_use(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.env['stokiva.device'].create({'product_id': self.product.id, 'partner_id': self.customer.id})
        with self.assertRaisesRegex(ValidationError, "devices of other companies"):
            self.device_type.company_id = other
        self.device_type.write({'company_id': self.company.id, 'parent_id': False})
        self.device_type.parent_id = self.device_type_parent
        with self.assertRaises(ValidationError):
            self.device_type_parent.company_id = other
        self.device_type_parent.company_id = self.company

    def test_service_type_for_a_group_of_providers(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.service_type_repair.provider_ids = self.provider_a
        self.assertEqual(self.service_type_repair.provider_ids, self.provider_a)
        with self.assertRaisesRegex(ValidationError, "of that company"):
            self.service_type_repair.company_id = other
        self.service_type_repair.provider_ids = False
        self.service_type_repair.company_id = other
        with self.assertRaises(UserError):
            self.service_type_repair.with_user(self.user_manager).provider_ids = self.provider_b

    def test_checklist_of_a_foreign_service_type(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.device_type.company_id = self.company
        foreign = self.env['stokiva.service.type'].create({'name': "Foreign", 'company_id': other.id})
        with self.assertRaises(UserError):
            self.env['stokiva.checklist'].create({
                'name': "X", 'device_type_id': self.device_type.id, 'service_type_id': foreign.id})
