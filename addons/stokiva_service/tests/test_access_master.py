from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged, users

from odoo.addons.stokiva_service.tests.common import StokivaCommon


@tagged('post_install', '-at_install')
class TestAccessMaster(StokivaCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env['res.partner'].create({'name': "Stranger"})
        cls.device, cls.foreign_device = cls.env['stokiva.device'].create([
            {'product_id': cls.product.id, 'partner_id': partner.id}
            for partner in (cls.customer, cls.stranger)
        ])

    def test_ladder_of_groups(self):
        for user, has, lacks in (
                (self.user_dispatcher, ('call_centre',), ('settlement', 'manager')),
                (self.user_manager, ('call_centre', 'dispatcher', 'settlement'), ()),
                (self.user_settlement, (), ('call_centre', 'dispatcher'))):
            for role in has:
                self.assertTrue(user.has_group(f'stokiva_service.group_stokiva_{role}'))
            for role in lacks:
                self.assertFalse(user.has_group(f'stokiva_service.group_stokiva_{role}'))

    def test_portal_users_read_no_master_data(self):
        for user in (self.user_provider_a, self.user_technician_a, self.user_customer):
            for record in (
                    self.provider_a, self.dispatcher_a, self.provider_a.area_ids, self.workmanship, self.accessory,
                    self.symptom, self.service_type_install, self.city_kadikoy):
                with self.assertRaises(AccessError, msg=record._name):
                    record.with_user(user).read(['name' if 'name' in record._fields else 'display_name'])
                with self.assertRaises(AccessError, msg=record._name):
                    record.with_user(user).search([])

    def test_portal_writes_nothing(self):
        for user in (self.user_provider_a, self.user_customer):
            for record, values in (
                    (self.provider_a, {'can_open': True}), (self.dispatcher_a, {'role': 'master'}),
                    (self.provider_a.area_ids, {'priority': 0}), (self.device, {'serial': 'X'}),
                    (self.service_type_install, {'name': "X"}), (self.workmanship, {'name': "X"})):
                with self.assertRaises(AccessError):
                    record.with_user(user).write(values)

    def test_customer_sees_own_devices_only(self):
        devices = self.env['stokiva.device'].with_user(self.user_customer)
        self.assertEqual(devices.search([]), self.device)
        self.assertEqual(devices.browse(self.device.id).display_name, "Dishwasher")
        with self.assertRaises(AccessError):
            devices.browse(self.foreign_device.id).read(['name'])

    def test_companies_are_kept_apart(self):
        other = self.env['res.company'].create({'name': "Other"})
        manager = new_test_user(
            self.env, 'other_manager', 'base.group_user,stokiva_service.group_stokiva_manager',
            company_id=other.id, company_ids=[(6, 0, other.ids)])
        env = self.env(user=manager)
        ours = self.provider_a + self.provider_b
        self.assertFalse(env['stokiva.provider'].search([('id', 'in', ours.ids)]))
        self.assertFalse(env['stokiva.personnel'].search([('provider_id', 'in', ours.ids)]))
        self.assertFalse(env['stokiva.service.area'].search([('provider_id', 'in', ours.ids)]))
        self.assertFalse(env['stokiva.device'].search([('id', 'in', self.device.ids)]))
        self.assertTrue(env['stokiva.device.type'].search([('id', '=', self.device_type.id)]))
        self.provider_a.company_id = False
        self.assertEqual(env['stokiva.provider'].search([('id', 'in', ours.ids)]), self.provider_a)

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_settlement', 'stokiva_manager')
    def test_forms_open_for_each_role(self):
        for record in (self.provider_a, self.technician_a, self.device, self.device_type,
                       self.service_type_install):
            Form(record.with_env(self.env))

    @users('stokiva_sales')
    def test_salesperson_opens_product_and_customer(self):
        Form(self.customer.with_env(self.env))
        self.assertEqual(self.product.product_tmpl_id.with_env(self.env).stokiva_device_count, 2)
