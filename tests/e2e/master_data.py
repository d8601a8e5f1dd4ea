"""The company in which the stories take place: catalogue, providers, prices and a login for everybody."""
from dataclasses import dataclass

PASSWORD = 'correct horse battery'
DISTRICT = "Kadıköy"
APPLIANCE = "Washing machine Delta 8"
PART = "Inlet hose"
WORKMANSHIP = "Set up and level"
# What the rate card pays for that workmanship and for a trip, and what the provider's own hose cost.
RATE_LABOUR, RATE_TRAVEL, COST_PART = 600.0, 250.0, 80.0


@dataclass
class Provider:
    """A provider with its logins.

    :ivar str name: as everybody sees it
    :ivar str dispatcher: login of who answers its offers
    :ivar str technician: login of who goes
    :ivar str technician_name: as the provider's people and the customer see it
    """
    name: str
    dispatcher: str
    technician: str
    technician_name: str


class MasterData:
    """Makes the master data; afterwards its attributes are plain values and outlive the transaction.

    :ivar Provider near: the one that the engine prefers in Kadıköy
    :ivar Provider other: another one that covers Kadıköy
    :ivar str sales: login of the salesperson; likewise dispatcher, settlement, manager, accountant
    """
    sales, dispatcher, settlement, accountant = 'zeynep.sales', 'murat.office', 'elif.settlement', 'can.billing'
    manager = 'nil.manager'
    near = Provider("Moda Teknik Servis", 'moda.office', 'moda.kerem', "Kerem Aydın")
    other = Provider("Fener Beyaz Eşya", 'fener.office', 'fener.deniz', "Deniz Koç")

    def __init__(self, env):
        """Fill the database.

        :param env: the superuser's environment
        """
        self.env = env(context={**env.context, 'no_reset_password': True, 'tracking_disable': True})
        self._set_up_company()
        self._make_catalogue()
        self._make_users()
        kadikoy = self._find_city(DISTRICT, '34')
        # A postal code is nearer than a district, hence comes first.
        self._make_provider(self.near, [{'city_id': kadikoy.id}, {'zip_prefix': '347'}])
        self._make_provider(self.other, [{'city_id': kadikoy.id}])
        self._make_provider(
            Provider("Çankaya Servis", 'cankaya.office', 'cankaya.ali', "Ali Er"),
            [{'city_id': self._find_city("Çankaya", '06').id}])
        self._make_rates()
        del self.env

    def _set_up_company(self):
        env = self.env
        env.company.write({
            'name': "Deniz Home Appliances", 'email': 'service@deniz.example', 'phone': '+90 216 555 10 00',
            'sms_provider': 'log', 'stokiva_quiet_from': 0, 'stokiva_quiet_to': 0})  # tests run at any hour
        # On a telephone, its greeting covers the page, a moment after that was opened.
        env['ir.default'].set('res.users', 'odoobot_state', 'disabled')
        env['res.city']._stokiva_load_turkey()

    def _find_city(self, name, plate):
        return self.env['res.city'].search([('name', '=', name), ('state_id.code', '=', plate)], limit=1)

    def _make_catalogue(self):
        env = self.env
        installation = env['stokiva.service.type'].create({
            'name': "Installation", 'duration_minutes': 60, 'photos_before': 1, 'photos_after': 1,
            'needs_serial': True, 'needs_signature': True})
        device_type = env['stokiva.device.type'].create({'name': "Washing machine"})
        self._workmanship = env['stokiva.workmanship'].create({
            'name': WORKMANSHIP, 'device_type_id': device_type.id, 'duration_minutes': 45, 'price': 900.0})
        env['product.product'].create([
            {
                'name': APPLIANCE, 'type': 'consu', 'is_storable': True, 'list_price': 24500.0,
                'stokiva_policy': 'auto', 'stokiva_service_type_ids': [(6, 0, installation.ids)],
                'stokiva_device_type_id': device_type.id, 'stokiva_warranty_months': 36,
            },
            {
                'name': PART, 'type': 'consu', 'is_storable': True, 'list_price': 140.0,
                'standard_price': COST_PART},
        ])

    def _make_users(self):
        groups = {
            self.sales: ("Zeynep Demir", 'sales_team.group_sale_salesman'),
            self.dispatcher: ("Murat Kaya", 'stokiva_service.group_stokiva_dispatcher'),
            self.settlement: ("Elif Şahin", 'stokiva_service.group_stokiva_settlement'),
            self.manager: ("Nil Öz", 'stokiva_service.group_stokiva_manager'),
            self.accountant: ("Can Yıldız", 'account.group_account_invoice'),
        }
        for login, (name, group) in groups.items():
            self._make_user(login, group, name=name)

    def _make_user(self, login, group, **values):
        return self.env['res.users'].create({
            'login': login, 'password': PASSWORD, 'email': f'{login}@deniz.example', 'tz': 'Europe/Istanbul',
            'lang': 'en_US', 'group_ids': [(6, 0, self.env.ref(group).ids)], **values})

    def _make_provider(self, names, areas):
        env = self.env
        office, *people = env['res.partner'].create([
            {'name': names.name, 'is_company': True, 'phone': '+90 216 555 20 00',
             'country_id': env.ref('base.tr').id},
            {'name': f"{names.name} Office"},
            {'name': names.technician_name},
        ])
        provider = env['stokiva.provider'].create({
            'partner_id': office.id, 'area_ids': [(0, 0, area) for area in areas]})
        for partner, role, login in zip(
                people, ('dispatcher', 'technician'), (names.dispatcher, names.technician), strict=True):
            user = self._make_user(login, 'base.group_portal', partner_id=partner.id, name=partner.name)
            env['stokiva.personnel'].create({
                'provider_id': provider.id, 'partner_id': partner.id, 'user_id': user.id, 'role': role})

    def _make_rates(self):
        self.env['stokiva.rate.card'].create({
            'name': "Standard", 'date_from': '2020-01-01',
            'line_ids': [
                (0, 0, {'kind': 'labour', 'workmanship_id': self._workmanship.id, 'amount': RATE_LABOUR}),
                (0, 0, {'kind': 'travel', 'amount': RATE_TRAVEL}),
            ]})
        del self._workmanship


def open_shop(env, url, mail_port):
    """Tell the company where it is.

    :param env: the superuser's environment
    :param str url: where the database is served
    :param int mail_port: of the mail server on this machine
    """
    env['ir.config_parameter'].set_param('web.base.url', url)
    env['ir.config_parameter'].set_param('web.base.url.freeze', 'True')
    env['ir.mail_server'].create({
        'name': "Test", 'smtp_host': '127.0.0.1', 'smtp_port': mail_port, 'smtp_encryption': 'none'})


def make_customer(env, name, email=None):
    """Create a customer who lives in Kadıköy.

    :param env: the superuser's environment
    :return: res.partner record
    """
    return env['res.partner'].create({
        'name': name, 'email': email, 'phone': '+90 532 123 45 67',
        'street': "Bahariye Caddesi 12/5", 'zip': '34710', 'city': DISTRICT, 'lang': 'en_US',
        'state_id': env.ref('base.state_tr_34').id, 'country_id': env.ref('base.tr').id})


def sell(env, customer, quantity=1, login=MasterData.sales):
    """Confirm a sale of appliances in the salesperson's name; its work orders arise.

    :param env: the superuser's environment
    :return: sale.order record
    """
    user = env['res.users'].search([('login', '=', login)])
    product = env['product.product'].search([('name', '=', APPLIANCE)])
    sale = env['sale.order'].with_user(user).create({
        'partner_id': customer.id,
        'order_line': [(0, 0, {'product_id': product.id, 'product_uom_qty': quantity})]})
    sale.action_confirm()
    return sale.with_user(env.user)
