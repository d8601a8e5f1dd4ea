from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common import StokivaCommon


@tagged('post_install', '-at_install')
class TestCatalogue(StokivaCommon):

    def _assert_refused(self, records, values):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            records.write(values)
            records.flush_recordset()

    def test_device_type_has_its_full_name(self):
        self.assertEqual(self.device_type.display_name, "White Goods / Dishwasher")
        self.device_type_parent.name = "Appliances"
        self.assertEqual(self.device_type.complete_name, "Appliances / Dishwasher")

    def test_device_type_is_found_by_name_code_and_parent(self):
        for text in ("dishw", 'T-DW', "white"):
            found = self.env['stokiva.device.type'].search([('display_name', 'ilike', text)])
            self.assertIn(self.device_type, found, text)

    def test_device_type_cannot_be_part_of_itself(self):
        with self.assertRaises(UserError):
            self.device_type_parent.parent_id = self.device_type

    def test_entries_of_the_type_above_are_offered_below(self):
        general = self.env['stokiva.fault'].create({
            'name': "Makes noise", 'device_type_id': self.device_type_parent.id})
        oven = self.env['stokiva.device.type'].create({'name': "Oven"})
        foreign = self.env['stokiva.fault'].create({
            'name': "Does not heat", 'device_type_id': oven.id})
        offered = self.env['stokiva.fault'].search(
            [('kind', '=', 'symptom'), ('device_type_id', 'parent_of', self.device_type.id)])
        self.assertIn(general, offered)
        self.assertIn(self.symptom, offered)
        self.assertNotIn(foreign, offered)

    def test_codes_are_unique(self):
        self._assert_refused(self.service_type_repair, {'code': 'T-INS'})
        self._assert_refused(self.device_type_parent, {'code': 'T-DW'})
        self.symptom.code = 'X1'
        self.cause.code = 'X1'
        other = self.symptom.copy({'code': False})
        self._assert_refused(other, {'code': 'X1'})

    def test_code_may_be_used_again_in_another_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.env['stokiva.device.type'].create([
            {'name': "There", 'company_id': other.id, 'code': 'SAME'},
            {'name': "Here", 'company_id': self.company.id, 'code': 'SAME'}]).flush_recordset()

    def test_empty_codes_do_not_clash(self):
        self.env['stokiva.device.type'].create([{'name': "A", 'code': ""}, {'name': "B", 'code': ""}])
        self.env.flush_all()

    def test_negative_figures_are_refused(self):
        for field in ('duration_minutes', 'sla_hours', 'photos_before', 'photos_after', 'approval_days'):
            self._assert_refused(self.service_type_install, {field: -1})
        self._assert_refused(self.workmanship, {'duration_minutes': -1})
        self._assert_refused(self.workmanship, {'price': -1})
        self._assert_refused(self.product.product_tmpl_id, {'stokiva_warranty_months': -1})
        self._assert_refused(self.company, {'stokiva_offer_attempts': 0})

    def test_parts_of_another_company_are_refused(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.device_type.company_id = self.company
        foreign = self.env['stokiva.service.type'].create({'name': "Foreign", 'company_id': other.id})
        self.assertEqual(self.workmanship.company_id, self.company)
        with self.assertRaises(UserError):
            self.workmanship.service_type_id = foreign
        with self.assertRaises(UserError):
            self.device_type.parent_id = self.env['stokiva.device.type'].create(
                {'name': "Theirs", 'company_id': other.id})

    def test_price_is_in_the_company_s_currency(self):
        self.assertEqual(self.workmanship.currency_id, self.company.currency_id)

    def test_catalogue_is_edited_in_the_device_type(self):
        with Form(self.device_type.with_user(self.user_manager)) as form:
            with form.fault_ids.new() as line:
                line.name = "Leaks"
            with form.workmanship_ids.new() as line:
                line.name = "Replace the door seal"
            with form.accessory_ids.new() as line:
                line.name = "Drain hose"
        self.assertIn("Leaks", self.device_type.fault_ids.mapped('name'))
        self.assertIn("Replace the door seal", self.device_type.workmanship_ids.mapped('name'))
        self.assertIn("Drain hose", self.device_type.accessory_ids.mapped('name'))

    def test_product_that_calls_for_service_says_for_which(self):
        with self.assertRaisesRegex(ValidationError, "service type"):
            self.part_product.stokiva_policy = 'auto'
        for product in (self.part_product, self.part_product.product_tmpl_id):
            product.write({
                'stokiva_policy': 'manual', 'stokiva_service_type_ids': self.service_type_repair.ids})
            self.assertEqual(self.part_product.product_tmpl_id.stokiva_policy, 'manual')
            product.write({'stokiva_service_type_ids': False, 'stokiva_policy': 'none'})

    def test_device_type_of_a_product_falls_back_on_its_category(self):
        oven = self.env['stokiva.device.type'].create({'name': "Oven"})
        above = self.env['product.category'].create(
            {'name': "Kitchen", 'stokiva_device_type_id': oven.id})
        self.part_product.categ_id = self.env['product.category'].create(
            {'name': "Ovens", 'parent_id': above.id})
        self.assertEqual(self.part_product._get_stokiva_device_type(), oven)
        self.product.categ_id = above
        self.assertEqual(self.product._get_stokiva_device_type(), self.device_type)
        above.stokiva_device_type_id = False
        self.assertFalse(self.part_product._get_stokiva_device_type())
