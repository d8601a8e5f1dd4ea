"""Two companies with providers, people and users of every kind, in which sequences are played."""
import base64
import io

from PIL import Image

from sequences.model import Actor, Job, Model

SERVICE = 'stokiva_service.group_stokiva_'
EMPLOYEES = {
    'manager': ('manager', {'manager', 'dispatcher', 'call centre'}, 'all'),
    'dispatcher': ('dispatcher', {'dispatcher', 'call centre'}, 'all'),
    'call centre': ('call_centre', {'call centre'}, 'all'),
    'integration user': ('integration', {'integration'}, 'all'),
    'settlement officer': ('settlement', set(), 'all'),
    'salesperson': (None, {'sales'}, 'sales'),
    'house technician': ('technician', set(), 'own'),
    'other employee': (None, set(), ''),
}
# Counted parts on the shelf of a provider, by company: of one, too few for any job; with the others nothing lies.
SHELVES = {('alfa', 'A'): 4, ('house', 'A'): 4, ('shared', 'A'): 3, ('shared', 'B'): 2, ('other', 'B'): 4, ('beta', 'A'): 1}
# name: company, may close, may change the technician, covers the customer's district
PROVIDERS = {
    'alfa': ('A', True, True, True), 'beta': ('A', False, False, True), 'house': ('A', True, True, True),
    'far': ('A', True, True, False), 'gone': ('A', True, True, True), 'shared': (None, True, True, True),
    'other': ('B', True, True, True)}
SERVICE_TYPES = {
    'plain': {}, 'paid': {'is_charged': True}, 'photos': {'photos_before': 1, 'photos_after': 1}, 'unasked': {'needs_approval': False}}


def make_photo():
    out = io.BytesIO()
    Image.new('RGB', (32, 24), (40, 90, 120)).save(out, 'JPEG')
    return base64.b64encode(out.getvalue()).decode()


class World:
    """Ids and names of what there is; records are made anew with the environment of the moment.

    :ivar dict actors: ``{name: (model.Actor, (model name, id) or None)}``
    :ivar Model model: the rules for this world
    """

    def __init__(self, env):
        self.env = env = env(context={**env.context, 'tracking_disable': True, 'no_reset_password': True})
        other = env['res.company'].create({'name': "Company B"})
        env['stock.warehouse'].create({'name': "B", 'code': "B", 'company_id': other.id})
        self.companies = {'A': env.company.id, 'B': other.id}
        self.photo = make_photo()
        state = env.ref('base.state_tr_34')
        self.city = env['res.city'].create({
            'name': "Sequence", 'state_id': state.id, 'country_id': state.country_id.id})
        self._make_catalogue()
        self.actors = {'system': (Actor('system', frozenset({'system'})), None)}
        self._make_customers()
        self.people, self.providers = {}, {}
        for name, about in PROVIDERS.items():
            self._make_provider(name, *about)
        self._make_employees()
        self._make_strangers()
        attempts = env.company.stokiva_offer_attempts
        other.stokiva_offer_attempts = attempts
        self.model = Model(self.providers, self.people, self.accessories, attempts)
        self._make_sale()
        self.stranger_device = env['stokiva.device'].create({
            'partner_id': self.actors['other customer'][1][1], 'device_type_id': self.device_type}).id
        self.person_ids = {name: id_ for id_, (name, _provider) in self.people.items()}
        self.provider_ids = {provider['name']: id_ for id_, provider in self.providers.items()}
        self._fill_shelves()

    def _make_catalogue(self):
        create = lambda model, **values: self.env[model].create({'company_id': False, **values})  # noqa: E731
        self.device_type = create('stokiva.device.type', name="Oven")
        self.service_types = {
            name: create('stokiva.service.type', name=name, **values).id for name, values in SERVICE_TYPES.items()}
        self.workmanship = create(
            'stokiva.workmanship', name="Mend", device_type_id=self.device_type.id, price=100, duration_minutes=10).id
        self.part = create('product.product', name="Fan", type='consu', list_price=50).id
        self.pump = create(
            'product.product', name="Pump", type='consu', is_storable=True, list_price=0, standard_price=20,
            stokiva_returns_defective=True).id
        self.accessories = [
            create('stokiva.accessory', name=name, device_type_id=self.device_type.id).id for name in ("Tray", "Rack")]
        self.device_type = self.device_type.id

    def _make_contact(self, name, **values):
        return self.env['res.partner'].create({
            'name': name, 'email': f'{name.replace(" ", ".")}@example.com', 'city': self.city.name,
            'city_id': self.city.id, 'state_id': self.city.state_id.id, 'country_id': self.city.country_id.id, **values})

    def _make_user(self, name, groups, **values):
        return self.env['res.users'].create({
            'name': name, 'login': name.replace(' ', '_'), 'email': f'{name.replace(" ", "_")}@example.com',
            'group_ids': [(6, 0, [self.env.ref(group).id for group in groups])], **values})

    def _make_customers(self):
        customer, stranger = self._make_contact("customer"), self._make_contact("stranger")
        self.customer = customer.id
        self._add_actor('customer', customer, is_customer=True)
        self._add_actor('other customer', stranger)
        self._add_actor('customer online', self._make_user(
            'customer online', ['base.group_portal'], partner_id=customer.id), is_customer=True)

    def _add_actor(self, name, record, **values):
        self.actors[name] = (Actor(name, **values), (record._name, record.id))

    def _make_provider(self, name, company, can_close, can_reassign, covers):
        provider = self.env['stokiva.provider'].create({
            'partner_id': self._make_contact(f"{name} office", is_company=True).id,
            'company_id': company and self.companies[company], 'can_close': can_close, 'can_reassign': can_reassign,
            'kind': 'in_house' if name == 'house' else 'authorised',
            'area_ids': [(0, 0, {'city_id': self.city.id})] if covers else []})
        for job in ('dispatcher', 'technician', 'technician 2'):
            partner = self._make_contact(f"{name} {job}")
            person = self.env['stokiva.personnel'].create({
                'provider_id': provider.id, 'partner_id': partner.id, 'role': job.split()[0]})
            self.people[person.id] = (f"{name} {job}", name)
            if job != 'technician 2' and name in ('alfa', 'beta', 'other', 'shared'):
                person.user_id = self._make_user(f"{name} {job}", ['base.group_portal'], partner_id=partner.id)
                self._add_actor(
                    f"{name} {job}", person.user_id, provider=name, person=f"{name} {job}", job=job)
            elif job != 'technician 2' and name == 'house':
                self._add_actor(f"{name} {job} in person", person, provider=name, person=f"{name} {job}", job=job)
        if name == 'gone':
            provider.active = False
        self.providers[provider.id] = {
            'name': name, 'company': company, 'active': name != 'gone', 'can_close': can_close,
            'can_reassign': can_reassign, 'covers': covers}

    def _make_employees(self):
        for name, (group, roles, sees) in EMPLOYEES.items():
            groups = ['base.group_user', *([SERVICE + group] if group else [])]
            if name == 'salesperson':
                groups.append('sales_team.group_sale_salesman')
            [person] = [id_ for id_, about in self.people.items() if about[0] == name] or [False]
            person = self.env['stokiva.personnel'].browse(person)
            user = self._make_user(name, groups, **({'partner_id': person.partner_id.id} if person.id else {}))
            self._add_actor(
                name, user, roles=frozenset(roles), companies='A', sees=sees, is_employee=True,
                **({'provider': 'house', 'person': 'house technician', 'job': 'technician'}
                   if name == 'house technician' else {}))
            if person.id:
                person.user_id = user

    def _make_strangers(self):
        other = self._make_user(
            "manager of B", ['base.group_user', f'{SERVICE}manager'], company_id=self.companies['B'],
            company_ids=[(6, 0, [self.companies['B']])])
        self._add_actor(
            other.name, other, roles=frozenset(EMPLOYEES['manager'][1]), companies='B', sees='all', is_employee=True)
        both = self._make_user(
            "manager of both", ['base.group_user', f'{SERVICE}manager'], company_ids=[(6, 0, [*self.companies.values()])])
        self._add_actor(
            both.name, both, roles=frozenset(EMPLOYEES['manager'][1]), companies='AB', sees='all', is_employee=True)
        archived = self.env['stokiva.personnel'].create({
            'provider_id': min(self.providers), 'partner_id': self._make_contact("archived").id,
            'role': 'dispatcher'})
        archived.active = False
        self._add_actor('archived dispatcher', archived)

    def _make_sale(self):
        seller = self.actors['salesperson'][1][1]
        product = self.env['product.product'].create({'name': "Oven", 'type': 'consu', 'list_price': 1})
        sale = self.env['sale.order'].create({
            'partner_id': self.customer, 'user_id': seller, 'order_line': [(0, 0, {'product_id': product.id})]})
        self.sale, self.sale_line = sale.id, sale.order_line.id

    def _fill_shelves(self):
        part = self.env['product.product'].browse(self.pump)
        for (name, letter), quantity in SHELVES.items():
            company = self.env['res.company'].browse(self.companies[letter])
            place = self.env['stokiva.provider'].browse(self.provider_ids[name])._get_stock_location(company)
            self.env['stock.quant']._update_available_quantity(part, place, quantity)

    # -- for a sequence --------------------------------------------------------------------------------

    def get_record(self, env, actor):
        """Return the record that acts under a name, None for the system."""
        found = self.actors[actor][1]
        return env[found[0]].browse(found[1]) if found else None

    def make_orders(self, env, setup):
        """Make the orders that a sequence begins with, not opened yet.

        :param setup: steps.Setup
        :return: ``{stokiva.work.order record: Job}``
        """
        company = self.companies[setup.company]
        devices = env['stokiva.device'].create([
            {'partner_id': self.customer, 'device_type_id': self.device_type, 'company_id': company}
            for _unit in range(setup.units)])
        of_sale = setup.of_sale and setup.company == 'A'
        orders = env['stokiva.work.order'].create([
            {
                'partner_id': self.customer, 'device_id': device.id, 'company_id': company, 'place': setup.place,
                'service_type_id': self.service_types[setup.service_type],
                'part_line_ids': [(0, 0, {'product_id': self.pump, 'quantity': 2})] * setup.has_part,
                **({'sale_order_id': self.sale, 'sale_line_id': self.sale_line} if of_sale else {}),
            } for device in devices])
        if len(orders) > 1:
            orders.group_id = orders[0]
        wanted = SERVICE_TYPES[setup.service_type]
        return {
            order: Job(
                setup.company, setup.place, of_sale, wanted.get('needs_approval', True),
                sum(wanted.get(name, 0) for name in ('photos_before', 'photos_after')), len(orders) > 1,
                is_paid=wanted.get('is_charged', False))
            for order in orders}
