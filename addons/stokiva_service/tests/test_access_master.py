from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged, users

from odoo.addons.stokiva_service.tests.common import StokivaCommon

CATALOGUE = (
    'stokiva.service.type', 'stokiva.device.type', 'stokiva.accessory', 'stokiva.fault', 'stokiva.workmanship')


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

    def _get_rights(self, model):
        return ''.join(
            letter for letter, operation in zip('rwcu', ('read', 'write', 'create', 'unlink'), strict=True)
            if self.env[model].has_access(operation))

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_dispatcher', 'stokiva_settlement',
           'stokiva_manager', 'stokiva_sales', 'stokiva_provider_a', 'stokiva_customer')
    def test_rights_of_each_role(self):
        expected = {
            # catalogue, device, provider, personnel, area
            'stokiva_technician': ('r', 'r', 'r', 'r', 'r'),
            'stokiva_call_centre': ('r', 'rwc', 'r', 'r', 'r'),
            'stokiva_dispatcher': ('r', 'rwc', 'rwc', 'rwc', 'rwcu'),
            'stokiva_settlement': ('r', 'r', 'r', 'r', 'r'),
            'stokiva_manager': ('rwcu', 'rwcu', 'rwcu', 'rwcu', 'rwcu'),
            'stokiva_sales': ('r', 'r', 'r', '', ''),
            'stokiva_provider_a': ('r', 'r', 'r', 'r', 'r'),
            'stokiva_customer': ('r', 'r', 'r', 'r', 'r'),
        }[self.env.user.login]
        for model in CATALOGUE:
            self.assertEqual(self._get_rights(model), expected[0], model)
        models = ('stokiva.device', 'stokiva.provider', 'stokiva.personnel', 'stokiva.service.area')
        self.assertEqual(tuple(self._get_rights(model) for model in models), expected[1:])

    def test_ladder_of_groups(self):
        for user, has, lacks in (
                (self.user_dispatcher, ('call_centre',), ('settlement', 'manager')),
                (self.user_manager, ('call_centre', 'dispatcher', 'settlement'), ()),
                (self.user_settlement, (), ('call_centre', 'dispatcher'))):
            for role in has:
                self.assertTrue(user.has_group(f'stokiva_service.group_stokiva_{role}'))
            for role in lacks:
                self.assertFalse(user.has_group(f'stokiva_service.group_stokiva_{role}'))

    def test_provider_sees_itself_only(self):
        for user in (self.user_provider_a, self.user_technician_a):
            env = self.env(user=user)
            self.assertEqual(env['stokiva.provider'].search([]), self.provider_a)
            self.assertEqual(
                env['stokiva.personnel'].search([]), self.dispatcher_a + self.technician_a)
            self.assertEqual(env['stokiva.service.area'].search([]), self.provider_a.area_ids)
            self.assertFalse(env['stokiva.device'].search([]))
            with self.assertRaises(AccessError):
                env['stokiva.provider'].browse(self.provider_b.id).read(['name'])

    def test_archiving_a_person_ends_access_at_once(self):
        providers = self.env['stokiva.provider'].with_user(self.user_technician_a)
        self.assertEqual(providers.search([]), self.provider_a)
        self.technician_a.active = False
        self.assertFalse(providers.search([]))
        self.assertFalse(providers.with_context(active_test=False).search([]))
        self.assertFalse(self.env['stokiva.personnel'].with_user(self.user_technician_a).search([]))
        with self.assertRaises(AccessError):
            self.provider_a.with_user(self.user_technician_a).read(['name'])
        self.technician_a.active = True
        self.assertEqual(providers.search([]), self.provider_a)

    def test_colleague_by_company_is_not_personnel(self):
        partner = self.env['res.partner'].create({
            'name': "Accountant", 'parent_id': self.provider_a.partner_id.id})
        user = new_test_user(
            self.env, 'accountant', 'base.group_portal', partner_id=partner.id, name="Accountant")
        self.assertFalse(self.env['stokiva.provider'].with_user(user).search([]))

    def test_portal_reads_names_and_roles_only(self):
        person = self.technician_a.with_user(self.user_provider_a)
        self.assertEqual(person.read(['name', 'role'])[0]['role'], 'technician')
        for field in ('phone', 'email', 'partner_id', 'user_id'):
            with self.assertRaises(AccessError):
                person.read([field])
        provider = self.provider_a.with_user(self.user_provider_a)
        self.assertTrue(provider.can_close)
        for field in ('partner_id', 'code', 'phone', 'offer_deadline_minutes'):
            with self.assertRaises(AccessError):
                provider.read([field])
        workmanship = self.workmanship.with_user(self.user_provider_a)
        self.assertEqual(workmanship.name, "Replace the drain pump")
        with self.assertRaises(AccessError):
            workmanship.read(['price'])

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
        self.assertFalse(self.env['stokiva.provider'].with_user(self.user_customer).search([]))

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
