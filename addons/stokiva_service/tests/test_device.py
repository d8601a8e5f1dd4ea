from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Date
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common import StokivaCommon


@tagged('post_install', '-at_install')
class TestDevice(StokivaCommon):

    def _create_device(self, **values):
        return self.env['stokiva.device'].create({
            'product_id': self.product.id, 'partner_id': self.customer.id, **values})

    def test_product_tells_what_the_device_is(self):
        device = self._create_device(serial=" SN-1 ")
        self.assertRecordValues(device, [{
            'name': "Dishwasher · SN-1", 'display_name': "Dishwasher · SN-1", 'serial': 'SN-1',
            'device_type_id': self.device_type.id, 'site_id': self.customer.id, 'state': 'in_service',
            'company_id': self.company.id,
        }])

    def test_device_without_a_product(self):
        device = self._create_device(product_id=False, device_type_id=self.device_type.id)
        self.assertEqual(device.name, "Dishwasher")
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._create_device(product_id=False)

    def test_device_type_stays_when_the_product_changes_its_own(self):
        device = self._create_device()
        self.product.stokiva_device_type_id = self.device_type_parent
        self.assertEqual(device.device_type_id, self.device_type)

    def test_device_is_found_by_serial_product_and_customer(self):
        device = self._create_device(serial='QX-991')
        for text in ('x-99', "Dishw", "yılmaz"):
            found = self.env['stokiva.device'].search([('display_name', 'ilike', text)])
            self.assertIn(device, found, text)

    def test_serial_comes_from_the_lot(self):
        lot = self.env['stock.lot'].create({'name': 'LOT-7', 'product_id': self.product.id})
        device = self._create_device(lot_id=lot.id)
        self.assertEqual(device.serial, 'LOT-7')
        with self.assertRaisesRegex(ValidationError, "another product"):
            device.product_id = self.part_product

    def test_serial_is_in_service_once(self):
        device = self._create_device(serial='SN-2')
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self._create_device(serial='SN-2 ')
        device.state = 'returned'
        device.flush_recordset()
        self._create_device(serial='SN-2').flush_recordset()
        self._create_device(serial='SN-2', product_id=self.part_product.id).flush_recordset()

    def test_devices_without_a_serial_do_not_clash(self):
        self._create_device(serial="")
        self._create_device(serial="  ")
        self.env.flush_all()

    def test_warranty_runs_from_installation_else_from_sale(self):
        self.product.stokiva_warranty_months = 24
        device = self._create_device(date_sold='2026-01-31')
        self.assertEqual(device.warranty_labour_until, Date.to_date('2028-01-31'))
        device.date_installed = '2026-02-15'
        self.assertEqual(device.warranty_parts_until, Date.to_date('2028-02-15'))
        device.warranty_parts_until = '2030-02-15'
        last = Date.to_date('2028-02-15')
        self.assertEqual(device._get_warranty(last), {'labour': True, 'parts': True})
        self.assertEqual(
            device._get_warranty(Date.add(last, days=1)), {'labour': False, 'parts': True})

    def test_no_date_no_warranty(self):
        device = self._create_device()
        self.assertEqual(
            device._get_warranty(Date.to_date('2026-01-01')), {'labour': False, 'parts': False})

    def test_dates_in_the_wrong_order(self):
        with self.assertRaisesRegex(ValidationError, "before it is sold"):
            self._create_device(date_sold='2026-02-02', date_installed='2026-02-01')
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self._create_device(date_sold='2026-02-02', warranty_labour_until='2026-02-01')

    def test_address_follows_the_customer(self):
        summer_house = self.env['res.partner'].create({
            'name': "Summer house", 'parent_id': self.customer.id, 'type': 'other'})
        device = self._create_device(site_id=summer_house.id)
        self.assertEqual(device.site_id, summer_house)
        device.partner_id = self.provider_a.partner_id
        self.assertEqual(device.site_id, self.provider_a.partner_id)

    def test_companies_do_not_mix(self):
        other = self.env['res.company'].create({'name': "Other"})
        with self.assertRaises(UserError):
            self.device_type.company_id = other
            self._create_device(device_type_id=self.device_type.id)

    def test_counters(self):
        child = self.env['res.partner'].create({'name': "Son", 'parent_id': self.customer.id})
        self._create_device()
        self._create_device(partner_id=child.id)
        self.assertEqual(self.customer.stokiva_device_count, 2)
        self.assertEqual(child.stokiva_device_count, 1)
        self.assertEqual(self.device_type.device_count, 2)
        self.assertEqual(self.product.product_tmpl_id.stokiva_device_count, 2)
        for record in (self.customer, self.product, self.product.product_tmpl_id):
            action = record.action_view_stokiva_devices()
            self.assertEqual(self.env['stokiva.device'].search_count(action['domain']), 2)

    def test_call_centre_enters_a_device_of_a_new_customer(self):
        lot = self.env['stock.lot'].create({'name': 'LOT-8', 'product_id': self.product.id})
        with Form(self.env['res.partner'].with_user(self.user_call_centre)) as form:
            form.name = "Mehmet Demir"
            form.country_id = self.country
            form.city_id = self.city_uskudar
        customer = form.save()
        self.assertEqual(customer.city, "Üsküdar")
        with Form(self.env['stokiva.device'].with_user(self.user_call_centre)) as form:
            form.partner_id = customer
            form.product_id = self.product
            form.serial = 'SN-9'
            self.assertEqual(form.device_type_id, self.device_type)
        device = form.save()
        self.assertEqual(device.site_id, customer)
        device.sudo().lot_id = lot
        with Form(device) as form:
            form.date_sold = '2026-01-01'
        self.assertEqual(device.serial, 'LOT-8')
