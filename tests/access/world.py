"""Two companies at work, for the tests of who may what: a record of every model in every scope.

A *place* is a provider with its people, a customer and orders at several points of their life. The places
`own`, `house`, `colleague` and `foreign` are of company A, `other` is of company B.
"""
from dataclasses import dataclass, field
from datetime import timedelta

from access.table import CATALOGUE
from access.values import photo

SERVICE = 'stokiva_service.group_stokiva_'
# Role → groups of its user. Portal users and the public user are made apart.
EMPLOYEES = {
    'call centre': (f'{SERVICE}call_centre',),
    'dispatcher': (f'{SERVICE}dispatcher',),
    'technician': (f'{SERVICE}technician',),
    'settlement officer': (f'{SERVICE}settlement',),
    'manager': (f'{SERVICE}manager',),
    'salesperson': ('sales_team.group_sale_salesman',),
    'other employee': (),
    'integration user': (f'{SERVICE}integration',),
}
PORTAL = ("provider's dispatcher", "provider's technician", 'customer')
ROLES = (*EMPLOYEES, *PORTAL, 'public')

# Where a role's scopes lie; what it is allowed in one of several places counts.
PLACES = {'own': ('own',), 'foreign': ('foreign',), 'other': ('other',)}
PLACES_OF_ROLE = {
    'technician': {**PLACES, 'own': ('house',)},
    "provider's technician": {**PLACES, 'foreign': ('foreign', 'colleague')},
}
# Models whose records belong to nobody, with the reason; tried on one record, as `own`.
NOBODYS = {
    'stokiva.throttle': "counts requests to public pages, kept as digests",
    'stokiva.performance.day': "a day that is to be counted anew, for all companies",
}
# How a record belongs to a place: the first field that the model has says it.
LINKS = (
    'work_order_id', 'settlement_id', 'card_id', 'assignment_id', 'personnel_id', 'provider_id', 'device_id',
    'gateway_id',
)


@dataclass
class Place:
    """A provider with its people and work. `orders` in the order in which samples are looked for."""
    company: object
    provider: object = None
    dispatcher: object = None
    technician: object = None
    customer: object = None
    orders: list = field(default_factory=list)


class World:
    """Build it with an environment of the superuser; then `users`, `places` and `sample()` are there.

    Only names of models, ids and plain values are kept from one environment to the next.
    """

    def __init__(self, env):
        self.env = env = env(context={**env.context, 'tracking_disable': True, 'no_reset_password': True})
        self.company = env.company
        self.other_company = env['res.company'].create({'name': "Company B"})  # no country: no chart of accounts
        env['stock.warehouse'].create({'name': "B", 'code': "B", 'company_id': self.other_company.id})
        (self.company | self.other_company).write(
            {'sms_provider': 'log', 'stokiva_quiet_from': 0, 'stokiva_quiet_to': 0})  # tests run at any hour
        self.number = 0
        self._make_users()
        self._make_catalogue()
        self.places = {
            name: self._make_place(name, **values) for name, values in {
                'own': {}, 'house': {'kind': 'in_house'}, 'foreign': {}, 'other': {'company': self.other_company},
            }.items()}
        self.places['colleague'] = self._make_colleague()
        for name, place in self.places.items():
            self._make_work(name, place)
        self._send_messages()
        self._make_sms()
        self._make_phones()
        self._make_links()
        for company in self.company | self.other_company:
            env['stokiva.seal']._seal(company)
        today = env.cr.now().date()
        env['stokiva.performance.day']._count([today + timedelta(days=day) for day in (1, 0, -1)])

    # -- people ---------------------------------------------------------------------------------------

    def _make_user(self, name, groups, **values):
        return self.env['res.users'].create({
            'name': name, 'login': name.replace(' ', '_'), 'email': f'{name.replace(" ", "_")}@example.com',
            'company_id': self.company.id, 'company_ids': [(6, 0, self.company.ids)],
            'group_ids': [(6, 0, [self.env.ref(group).id for group in groups])], **values})

    def _make_users(self):
        self.users = {
            role: self._make_user(role, ('base.group_user', *groups)) for role, groups in EMPLOYEES.items()}
        self.users['public'] = self.env.ref('base.public_user')
        self.other_seller = self._make_user("other seller", ('base.group_user', 'sales_team.group_sale_salesman'))
        # Whoever works in company B too makes what is there.
        self.boss = self._make_user(
            "boss", (f'{SERVICE}manager', 'sales_team.group_sale_manager'),
            company_ids=[(6, 0, (self.company | self.other_company).ids)])

    def _make_login(self, role, partner):
        self.users[role] = self._make_user(role, ('base.group_portal',), partner_id=partner.id)
        return self.users[role]

    # -- master data ----------------------------------------------------------------------------------

    def _make_catalogue(self):
        env = self.env
        self.catalogue, self.shared = {}, {}
        for scope, company in (('own', self.company), ('foreign', env['res.company']), ('other', self.other_company)):
            def make(model, scope=scope, company=company, **values):
                record = env[model].create({'company_id': company.id, 'name': f"{model} {scope}", **values})
                self.catalogue[model, scope] = record
                return record

            make('res.partner', email=f'{scope}@example.com')
            device_type, service_type = make('stokiva.device.type'), make('stokiva.service.type')
            make('stokiva.brand')
            make('stokiva.accessory', device_type_id=device_type.id)
            make('stokiva.fault', device_type_id=device_type.id, kind='symptom')
            make('stokiva.workmanship', device_type_id=device_type.id, price=10)
            checklist = make('stokiva.checklist', device_type_id=device_type.id, service_type_id=service_type.id)
            self.catalogue['stokiva.checklist.item', scope] = env['stokiva.checklist.item'].create(
                {'checklist_id': checklist.id, 'name': "Look"})
            make('stokiva.public.holiday', date='2031-03-03', country_id=env.ref('base.tr').id)
            make(
                'stokiva.message.rule', event='open', audience='manager',
                template_id=env.ref('stokiva_service.mail_template_offer').id)
            make('stokiva.assignment.rule')
            make('stokiva.late.reason')
            policy = make('stokiva.sla.policy', assign_hours=1, accept_hours=2)
            self.catalogue['stokiva.sla.escalation', scope] = env['stokiva.sla.escalation'].create({'policy_id': policy.id})
        self.catalogue['stokiva.performance.day', 'own'] = env['stokiva.performance.day'].create({'day': '2031-01-01'})
        self.catalogue['stokiva.throttle', 'own'] = env['stokiva.throttle'].create({'bucket': "page", 'digest': "0" * 64})
        self.product = env['product.product'].create({
            'name': "Oven", 'type': 'consu', 'stokiva_policy': 'auto', 'company_id': False,
            'stokiva_service_type_ids': [(6, 0, self.catalogue['stokiva.service.type', 'foreign'].ids)],
            'stokiva_device_type_id': self.catalogue['stokiva.device.type', 'foreign'].id})
        self.part = env['product.product'].create({'name': "Fan", 'type': 'consu', 'company_id': False})

    def make_contact(self, name, **values):
        self.number += 1
        return self.env['res.partner'].create({
            'name': name, 'email': f'contact{self.number}@example.com', 'phone': f'+90 532 100 {self.number:02} 00',
            'country_id': self.env.ref('base.tr').id, 'state_id': self.env.ref('base.state_tr_34').id, **values})

    def _make_customer(self, name, city):
        return self.make_contact(f"Customer {name}", city=city.name, city_id=city.id)

    def _make_city(self, name):
        return self.env['res.city'].create({
            'name': f"District {name}", 'state_id': self.env.ref('base.state_tr_34').id,
            'country_id': self.env.ref('base.tr').id})

    def _make_place(self, name, company=None, kind='authorised'):
        env, place = self.env, Place(company or self.company)
        city = self._make_city(name)
        office = self.make_contact(f"Provider {name}", is_company=True, city_id=city.id)
        place.provider = env['stokiva.provider'].create({
            'partner_id': office.id, 'company_id': place.company.id, 'kind': kind,
            'area_ids': [(0, 0, {'city_id': city.id})],
            'authorisation_ids': [(0, 0, {'number': name})],
            'document_ids': [(0, 0, {'number': name})],
            'day_ids': [(0, 0, {
                'name': "Open", 'kind': 'open', 'date_start': env['stokiva.opening']._get_horizon()[1]})],
        })
        place.dispatcher = self._make_person(place, f"Dispatcher {name}", 'dispatcher')
        technician = self.users['technician'].partner_id if name == 'house' else None
        place.technician = self._make_person(place, f"Technician {name}", 'technician', technician)
        if name == 'house':
            place.technician.user_id = self.users['technician']
        place.customer = self._make_customer(name, city)
        env['stokiva.partner.consent'].create(
            {'partner_id': place.customer.id, 'company_id': place.company.id, 'source': 'form'})
        if name == 'own':
            for person in (place.dispatcher, place.technician):
                person.user_id = self._make_login(f"provider's {person.role}", person.partner_id)
            self._make_login('customer', place.customer)
        env['stokiva.rate.card'].create([
            {
                'name': f"Rates {name}", 'date_from': date, 'company_id': place.company.id,
                'provider_ids': [(6, 0, place.provider.ids)],
                'line_ids': [(0, 0, {'kind': 'labour', 'amount': 300})],
            } for date in ('2020-01-01', '2099-01-01')])
        env['stokiva.preauthorisation.rule'].create({
            'company_id': place.company.id, 'provider_ids': [(6, 0, place.provider.ids)], 'needed_above': 500})
        env['stokiva.area.request'].create({
            'company_id': place.company.id, 'provider_id': place.provider.id, 'kind': 'leave', 'place': "Far away"})
        if not env['stokiva.claim.rule'].search_count([('company_id', '=', place.company.id)]):
            env['stokiva.claim.rule'].create({
                'kind': 'closed_day', 'company_id': place.company.id, 'action': 'warn'})
        return place

    def _make_person(self, place, name, role, partner=None):
        partner = partner or self.make_contact(name)
        return self.env['stokiva.personnel'].create({
            'provider_id': place.provider.id, 'partner_id': partner.id, 'role': role, 'notify_sms': True})

    def _make_colleague(self):
        """Make another technician's work for the provider of `own`."""
        own = self.places['own']
        place = Place(own.company, own.provider, own.dispatcher)
        place.technician = self._make_person(place, "Colleague", 'technician')
        place.customer = self._make_customer('colleague', own.customer.city_id)
        return place

    # -- work -----------------------------------------------------------------------------------------

    def _make_work(self, name, place):
        """Take orders through their life: one at work, and completed ones with and without a statement."""
        seller = self.users['salesperson'] if name == 'own' else self.other_seller
        if place.company == self.other_company:
            seller = self.boss
        running, finished, billed = place.orders = list(self._sell(place, seller, 3).sorted('id'))
        running.device_id.extension_ids = [(0, 0, {'labour_months': 12, 'reason': "Goodwill"})]
        for order in place.orders:
            order._apply_event('accept', actor=place.dispatcher, channel='portal')
            order._apply_event('plan', {'personnel_id': place.technician.id}, actor=place.dispatcher, channel='portal')
            order._apply_event('depart', actor=place.technician, channel='field')
            order._apply_event('start', actor=place.technician, channel='field')
            order._edit({
                'media_ids': [(0, 0, {'kind': 'work', 'image': photo(5 * order.id)})],  # not the same again
                'part_line_ids': [(0, 0, {'product_id': self.part.id})],
                'labour_line_ids': [(0, 0, {
                    'workmanship_id': self.catalogue['stokiva.workmanship', 'foreign'].id})],
            }, actor=place.technician, channel='field')
        running._apply_event(
            'take_in', {'accessory_ids': self.catalogue['stokiva.accessory', 'foreign'].ids},
            actor=place.technician, channel='field')
        for order in (finished, billed):
            order._apply_event('submit', actor=place.technician, channel='field')
            [approval] = order.approval_ids
            order._apply_event(
                'approve', {'approval_id': approval.id, 'comment': "Thank you", 'stars': 3}, actor=place.customer, channel='link')
        self._make_slots(place, running)
        self.env['stokiva.repeat.visit'].create({
            'work_order_id': running.id, 'earlier_id': finished.id, 'company_id': place.company.id,
            'provider_id': place.provider.id, 'opened_at': running.opened_at})
        running._ask_preauthorisation({'kind': 'distance', 'quantity': 60, 'reason': "Island"}, place.dispatcher.user_id)
        finished.settlement_ids.line_ids = [(0, 0, {'name': "Far away", 'rate': 20, 'why': "Ferry"})]
        settlement = billed.settlement_ids.with_user(self.boss).with_context(allowed_company_ids=place.company.ids)
        settlement.action_approve()
        if settlement.held_at:  # a check does not like that it is Sunday
            settlement._release("Seen")
            settlement.action_approve()
        statement = settlement._create_statements()
        statement.line_ids = [(0, 0, {'amount': 5, 'why': "Parking"})]
        # What the provider objected to is not deleted.
        earlier = self.env['stokiva.statement'].create({
            'provider_id': place.provider.id, 'company_id': place.company.id, 'date_from': '2020-01-01',
            'currency_id': place.company.currency_id.id, 'date_to': '2020-01-31'})
        self.env['stokiva.statement.objection'].create({
            'statement_id': earlier.id, 'settlement_id': settlement.id, 'revision': 0, 'reason': "Too little"})
        self.env['stokiva.settlement.tax'].create({
            'name': "VAT", 'date_from': '2020-01-01', 'company_id': place.company.id})

    def _make_slots(self, place, order):
        """An arrival window of the provider, booked for the order, and absences of its people."""
        day = self.env['stokiva.slot']._get_horizon()[1]
        start, end = (f'{day} {hour}:00:00' for hour in ('09', '11'))
        if not self.env['stokiva.slot'].search_count([('provider_id', '=', place.provider.id)]):
            self.env['stokiva.slot'].create({
                'provider_id': place.provider.id, 'date': day, 'start_at': start, 'end_at': end, 'work_minutes': 120,
                'free_minutes': 60, 'longest_gap': 60})
        self.env['stokiva.slot.booking'].create({
            'provider_id': place.provider.id, 'company_id': place.company.id, 'work_order_id': order.id,
            'window_start': start, 'window_end': end, 'minutes': 60})
        self.env['stokiva.personnel.absence'].create([
            {'personnel_id': person.id, 'date_from': start, 'date_to': end} for person in place.provider.personnel_ids])

    def _sell(self, place, seller, quantity):
        """Sell to the place's customer; return the orders, offered to its provider."""
        sale = self.env['sale.order'].with_user(seller).with_company(place.company).create([
            {
                'partner_id': place.customer.id, 'company_id': place.company.id, 'user_id': seller.id,
                'order_line': [(0, 0, {'product_id': self.product.id})],
            } for _number in range(quantity)])
        sale.action_confirm()
        orders = self.env['stokiva.work.order'].search([('sale_order_id', 'in', sale.ids)])
        for order in orders:
            if not order.provider_id:
                order._apply_event('assign', {'provider_id': place.provider.id}, actor=None, channel='system')
            assert order.provider_id == place.provider, f"{place.provider.name}: {order.unassigned_reason}"
        return orders

    def _send_messages(self):
        """Let the outbox write the journal of SMS."""
        messages = self.env['stokiva.message'].search([('channel', '=', 'sms')])
        for place in self.places.values():
            for message in messages.filtered(lambda item, place=place: item.work_order_id == place.orders[0]):
                message._deliver_safely()

    def _make_sms(self):
        """A gateway per company; a question, its answer and a delivery report per place."""
        now = self.env.cr.now()
        for company in self.company | self.other_company:
            gateway = self.env['stokiva.sms.gateway'].create({'name': company.name, 'company_id': company.id})
            self.env['stokiva.sms.report']._store(gateway, f'{gateway.id:032}', 1, 'delivered', "")
        for name, place in self.places.items():
            order = place.orders[0]
            self.env['stokiva.sms.question'].create({
                'number': '+905320000000', 'code': '0000', 'company_id': order.company_id.id,
                'work_order_id': order.id, 'asked_at': now})
            self.env['stokiva.sms.inbound'].create({
                'company_id': order.company_id.id, 'work_order_id': order.id, 'received_at': now, 'dedupe': name})

    def _make_phones(self):
        """What came from the field in each place, and from which phone."""
        now = self.env.cr.now()
        for name, place in self.places.items():
            order = place.orders[0]
            phone = {'company_id': order.company_id.id, 'user_id': self.boss.id, 'uuid': name}
            self.env['stokiva.field.device'].create({**phone, 'seen_at': now})
            self.env['stokiva.field.op'].create({
                **phone, 'work_order_id': order.id, 'type': 'note', 'status': 'rejected', 'received_at': now,
                'occurred_at': now})

    def _make_links(self):
        """An appointment made online in each place, and the link by which its customer follows it."""
        now = self.env.cr.now()
        for place in self.places.values():
            order = place.orders[0]
            self.env['stokiva.tracking']._get_for(order)
            self.env['stokiva.appointment'].create({
                'company_id': order.company_id.id, 'service_type_id': order.service_type_id.id,
                'device_type_id': order.device_id.device_type_id.id, 'city_id': self.env['res.city'].search([], limit=1).id,
                'provider_id': place.provider.id, 'window_start': now, 'window_end': now, 'held_until': now,
                'work_order_id': order.id, 'state': 'booked'})

    # -- records --------------------------------------------------------------------------------------

    def samples(self, env, model, role, scope):
        """Return the records of a model that stand for a scope, for a role: one of each place.

        :param env: the environment to return them in
        :param str model: its name
        :raise AssertionError: if the world has none
        """
        if model in CATALOGUE or model in NOBODYS:
            return env[model].browse(self.catalogue[model, scope].ids)
        ids = []
        of_orders = model == 'stokiva.work.order' or 'work_order_id' in env[model]._fields
        for name in PLACES_OF_ROLE.get(role, PLACES)[scope]:
            if of_orders or name != 'colleague':
                found = self.find(model, self.places[name])
                assert found, f"the world has no {model} in the place '{name}'"
                ids += found.ids
        return env[model].browse(ids)

    def find(self, model, place):
        """Return a record of a model in a place, as the superuser, an empty one if there is none."""
        records = self.env[model]
        if finder := getattr(self, '_find_' + model.replace('.', '_'), None):
            return finder(place)
        link = next((name for name in LINKS if name in records._fields), None)
        assert link, f"tell the world in LINKS how {model} belongs to a provider, a customer or a company"
        if link == 'work_order_id':
            found = records.search([(link, 'in', [order.id for order in place.orders])])
            return min(found, key=lambda record: place.orders.index(record.work_order_id), default=records)
        target = records._fields[link].comodel_name
        linked = place.provider if link == 'provider_id' else self.find(target, place)
        return records.search([(link, '=', linked.id)], limit=1)

    def _find_stokiva_work_order(self, place):
        return place.orders[0]

    def _find_product_product(self, place):
        return self.part

    def _find_stokiva_provider(self, place):
        return place.provider

    def _find_stokiva_personnel(self, place):
        return place.technician

    def _find_stokiva_partner_consent(self, place):
        return self.env['stokiva.partner.consent'].search([('partner_id', '=', place.customer.id)], limit=1)

    def _find_stokiva_device(self, place):
        return place.orders[0].device_id

    def _find_sale_order_line(self, place):
        return self.env['sale.order.line'].union(*(order.sale_line_id for order in place.orders))[:1]

    def _find_stokiva_assignment(self, place):
        return place.orders[0].assignment_ids[:1]

    def _find_stokiva_rate_card(self, place):
        # One that has decided something is not changed any more.
        return self.env['stokiva.rate.card'].search(
            [('provider_ids', '=', place.provider.id)], order='date_from desc', limit=1)

    def _find_stokiva_preauthorisation_rule(self, place):
        return self.env['stokiva.preauthorisation.rule'].search([('provider_ids', '=', place.provider.id)], limit=1)

    def _find_stokiva_claim_rule(self, place):
        return self.env['stokiva.claim.rule'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_rate_snapshot(self, place):
        return self.env['stokiva.rate.snapshot'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_settlement_tax(self, place):
        return self.env['stokiva.settlement.tax'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_statement_line(self, place):
        return self.find('stokiva.statement', place).line_ids

    def _find_stokiva_statement_objection(self, place):
        return self.env['stokiva.statement.objection'].search([('provider_id', '=', place.provider.id)], limit=1)

    def _find_stokiva_settlement_line(self, place):
        return self.env['stokiva.settlement.line'].search(
            [('settlement_id', '=', self.find('stokiva.settlement', place).id), ('source', '=', 'adjustment')])

    def _find_stokiva_coverage(self, place):
        return self.env['stokiva.coverage'].search(
            [('provider_id', '=', place.provider.id), ('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_sms_gateway(self, place):
        return self.env['stokiva.sms.gateway'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_alert(self, place):
        return self.env['stokiva.alert'].create({
            'kind': 'stock', 'state': 'closed', 'subject': f'provider:{place.provider.id}', 'company_id': place.company.id,
            'provider_id': place.provider.id})

    def _find_stokiva_seal(self, place):
        return self.env['stokiva.seal'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_field_device(self, place):
        return self.env['stokiva.field.device'].search([('company_id', '=', place.company.id)], limit=1)

    def _find_stokiva_seal_head(self, place):
        return self.env['stokiva.seal.head'].search(
            [('work_order_id', 'in', [order.id for order in place.orders])], limit=1)

    def _find_stokiva_event_chain(self, place):
        return self.env['stokiva.event.chain'].search(
            [('model', '=', 'stokiva.provider'), ('res_id', '=', place.provider.id)], limit=1)

    def _find_stokiva_event_personal(self, place):
        events = self.env['stokiva.event'].search([('work_order_id', 'in', [order.id for order in place.orders])])
        return self.env['stokiva.event.personal'].search([('event_id', 'in', events.ids)], limit=1)
