from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import TransactionCase, get_db_name, new_test_user

from .common_speed import create_users, kept_caches


class StokivaCommon(TransactionCase):
    """A small service company: catalogue, one customer and two providers in Kadıköy, and a user
    of every role. All records are shared by the tests of a class.
    """

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(kept_caches(Registry(get_db_name())))
        super().setUpClass()
        cls.env = cls.env(context={
            **cls.env.context, 'tracking_disable': True, 'no_reset_password': True})
        cls.company = cls.env.company
        cls.company.write({'stokiva_quiet_from': 0, 'stokiva_quiet_to': 0})  # tests run at any hour
        cls._setup_places()
        cls._setup_catalogue()
        cls._setup_product()
        cls.customer = cls.env['res.partner'].create({
            'name': "Ayşe Yılmaz",
            'email': 'ayse@example.com',
            'phone': '+90 532 123 45 67',
            'street': "Bahariye Caddesi 12",
            'city': "Kadıköy",
            'zip': '34710',
            'state_id': cls.state_istanbul.id,
            'country_id': cls.country.id,
        })
        cls._setup_providers()
        cls._setup_users()

    @classmethod
    def _setup_places(cls):
        cls.country = cls.env.ref('base.tr')
        cls.state_istanbul = cls.env.ref('base.state_tr_34')
        cls.state_ankara = cls.env.ref('base.state_tr_06')
        cls.city_kadikoy = cls._get_city("Kadıköy", cls.state_istanbul, '34710')
        cls.city_uskudar = cls._get_city("Üsküdar", cls.state_istanbul, '34664')
        cls.city_cankaya = cls._get_city("Çankaya", cls.state_ankara, '06420')

    @classmethod
    def _get_city(cls, name, state, zipcode):
        """Find or create a district: the database may have been loaded with them all."""
        city = cls.env['res.city'].search(
            [('state_id', '=', state.id), ('name', '=', name)], limit=1)
        return city or cls.env['res.city'].create({
            'name': name,
            'state_id': state.id,
            'country_id': state.country_id.id,
            'zipcode': zipcode,
        })

    @classmethod
    def _setup_catalogue(cls):
        cls.service_type_install, cls.service_type_repair = cls.env['stokiva.service.type'].create([
            {'name': "Installation", 'code': 'T-INS', 'duration_minutes': 45, 'sla_hours': 48},
            {'name': "Repair", 'code': 'T-REP', 'duration_minutes': 60, 'sla_hours': 24},
        ])
        cls.device_type_parent = cls.env['stokiva.device.type'].create({'name': "White Goods"})
        cls.device_type = cls.env['stokiva.device.type'].create({
            'name': "Dishwasher",
            'code': 'T-DW',
            'parent_id': cls.device_type_parent.id,
        })
        cls.symptom, cls.cause, cls.resolution = cls.env['stokiva.fault'].create([
            {'name': "Does not drain", 'kind': 'symptom', 'device_type_id': cls.device_type.id},
            {'name': "Drain pump blocked", 'kind': 'cause', 'device_type_id': cls.device_type.id},
            {'name': "Drain pump replaced", 'kind': 'resolution', 'device_type_id': cls.device_type.id},
        ])
        cls.workmanship = cls.env['stokiva.workmanship'].create({
            'name': "Replace the drain pump",
            'device_type_id': cls.device_type.id,
            'duration_minutes': 30,
            'price': 450.0,
        })
        cls.accessory = cls.env['stokiva.accessory'].create({
            'name': "Cutlery basket",
            'device_type_id': cls.device_type.id,
        })

    @classmethod
    def _setup_product(cls):
        cls.product = cls.env['product.product'].create({
            'name': "Dishwasher",
            'type': 'consu',
            'is_storable': True,
            'list_price': 18000.0,
            'stokiva_policy': 'auto',
            'stokiva_service_type_ids': [Command.set(cls.service_type_install.ids)],
            'stokiva_device_type_id': cls.device_type.id,
        })
        cls.part_product = cls.env['product.product'].create({
            'name': "Drain pump",
            'type': 'consu',  # not storable: its stock is nobody's concern here, see common_parts.py
            'list_price': 900.0,
        })

    @classmethod
    def _setup_providers(cls):
        cls.provider_a, cls.dispatcher_a, cls.technician_a = cls._create_provider("Alfa", priority=1)
        cls.provider_b, cls.dispatcher_b, cls.technician_b = cls._create_provider("Beta", priority=2)

    @classmethod
    def _create_provider(cls, name, cities=None, priority=10, **values):
        """Create a provider with a dispatcher and a technician.

        :param str name: first word of the names
        :param cities: `res.city` to cover; Kadıköy if none are given
        :return: provider, dispatcher, technician
        """
        cities = cities or cls.city_kadikoy
        office, dispatcher, technician = cls.env['res.partner'].create([
            {
                'name': f"{name} Servis",
                'is_company': True,
                'email': f'{name.lower()}@example.com',
                'phone': '+90 216 555 00 00',
                'city': cities[0].name,
                'state_id': cities[0].state_id.id,
                'country_id': cities[0].country_id.id,
            },
            {'name': f"{name} Dispatcher", 'email': f'{name.lower()}.dispatcher@example.com'},
            {'name': f"{name} Technician", 'email': f'{name.lower()}.technician@example.com'},
        ])
        provider = cls.env['stokiva.provider'].create({
            'partner_id': office.id,
            'area_ids': [
                Command.create({'city_id': city.id, 'priority': priority}) for city in cities
            ],
            **values,
        })
        personnel = cls.env['stokiva.personnel'].create([
            {'provider_id': provider.id, 'partner_id': dispatcher.id, 'role': 'dispatcher'},
            {'provider_id': provider.id, 'partner_id': technician.id, 'role': 'technician'},
        ])
        return provider, personnel[0], personnel[1]

    @classmethod
    def _create_login(cls, person, login):
        """Give a person of a provider a portal login."""
        person.user_id = new_test_user(
            cls.env, login, 'base.group_portal', partner_id=person.partner_id.id,
            name=person.name, email=person.partner_id.email)
        return person.user_id

    @classmethod
    def _setup_users(cls):
        groups = {
            'call_centre': 'stokiva_service.group_stokiva_call_centre',
            'dispatcher': 'stokiva_service.group_stokiva_dispatcher',
            'settlement': 'stokiva_service.group_stokiva_settlement',
            'manager': 'stokiva_service.group_stokiva_manager',
            'technician': 'stokiva_service.group_stokiva_technician',
            'sales': 'sales_team.group_sale_salesman',
        }
        persons = {
            'customer': cls.customer,
            'provider_a': cls.dispatcher_a.partner_id,
            'technician_a': cls.technician_a.partner_id,
            'provider_b': cls.dispatcher_b.partner_id,
        }
        users = create_users(
            cls.env,
            *((f'stokiva_{role}', f'base.group_user,{group}', {}) for role, group in groups.items()),
            *((f'stokiva_{role}', 'base.group_portal', {
                'partner_id': person.id, 'name': person.name, 'email': person.email})
              for role, person in persons.items()))
        for role, user in zip([*groups, *persons], users, strict=True):
            setattr(cls, f'user_{role}', user)
        cls.dispatcher_a.user_id = cls.user_provider_a
        cls.technician_a.user_id = cls.user_technician_a
        cls.dispatcher_b.user_id = cls.user_provider_b
