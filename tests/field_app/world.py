"""A provider with technicians and jobs, for the tests of the technicians' app. Plain values outlive the transaction."""
from datetime import datetime, timedelta

PASSWORD = 'correct horse battery'
CUSTOMERS = (
    "Ayşe Yıldız", "Mehmet Kaya", "Zeynep Aksoy", "Hasan Er", "Selin Demirel", "Muhammet Abdurrahman Karamustafaoğlu")


class FieldWorld:
    """Makes master data and jobs.

    :ivar dict logins: name of a technician → login
    :ivar int manager_id: id of the res.users record of the office
    :ivar dict people: name of a technician → id of the stokiva.personnel record
    """

    def __init__(self, env, technicians=('emre', 'kerem')):
        self.env = env = env(context={**env.context, 'no_reset_password': True, 'tracking_disable': True})
        env.company.write({'sms_provider': 'log', 'stokiva_quiet_from': 0, 'stokiva_quiet_to': 0})
        state = env.ref('base.state_tr_34')
        self.city = env['res.city'].create(
            {'name': "Kadıköy Merkez", 'state_id': state.id, 'country_id': state.country_id.id})
        self._make_catalogue()
        office = self._make_contact("Moda Teknik Servis", is_company=True, city_id=self.city.id)
        provider = env['stokiva.provider'].create({
            'partner_id': office.id, 'area_ids': [(0, 0, {'city_id': self.city.id})]})
        self.provider_id = provider.id
        self.logins = {name: f'field.{name}' for name in technicians}
        self.people, self.users = {}, {}
        for name, login in self.logins.items():
            partner = self._make_contact(f"{name.title()} Koç", email=f'{login}@example.com')
            user = env['res.users'].create({
                'name': partner.name, 'login': login, 'password': PASSWORD, 'partner_id': partner.id,
                'group_ids': [(6, 0, env.ref('base.group_portal').ids)]})
            person = env['stokiva.personnel'].create({
                'provider_id': provider.id, 'partner_id': partner.id, 'role': 'technician', 'user_id': user.id})
            self.people[name], self.users[name] = person.id, user.id
        manager = env.ref('base.user_admin')
        manager.group_ids = [(4, env.ref('stokiva_service.group_stokiva_manager').id)]
        self.manager_id = manager.id
        del self.env

    def _make_contact(self, name, **values):
        return self.env['res.partner'].create({
            'name': name, 'phone': '+90 532 111 22 33', 'street': "Örnek Sok. 18, Kat 3 D 7", 'city': "Kadıköy",
            'state_id': self.env.ref('base.state_tr_34').id, 'country_id': self.env.ref('base.tr').id, **values})

    def _make_catalogue(self):
        env = self.env
        device_type = env['stokiva.device.type'].create({'name': "Dishwasher"})
        service_type = env['stokiva.service.type'].create({
            'name': "Repair", 'duration_minutes': 60, 'photos_before': 1, 'photos_after': 1, 'needs_checklist': True})
        env['stokiva.checklist'].create({
            'name': "Repair", 'device_type_id': device_type.id, 'service_type_id': service_type.id,
            'item_ids': [(0, 0, {'name': name, 'is_mandatory': True}) for name in ("Water tap closed", "Test run without a leak")]})
        for kind, name in (
                ('symptom', "Does not drain"), ('cause', "Drain pump is broken"), ('resolution', "Part replaced")):
            env['stokiva.fault'].create({'name': name, 'kind': kind, 'device_type_id': device_type.id})
        env['stokiva.workmanship'].create({
            'name': "Replace the drain pump", 'device_type_id': device_type.id, 'duration_minutes': 45, 'price': 900.0})
        env['product.product'].create({'name': "Drain pump 30 W", 'type': 'consu', 'list_price': 1200.0, 'default_code': 'DP30'})
        product = env['product.product'].create({
            'name': "Dishwasher BM-6140", 'type': 'consu', 'stokiva_policy': 'auto',
            'stokiva_device_type_id': device_type.id, 'stokiva_service_type_ids': [(6, 0, service_type.ids)]})
        self.product_id, self.service_type_id = product.id, service_type.id
        self.symptom_id = env['stokiva.fault'].search(
            [('kind', '=', 'symptom'), ('device_type_id', '=', device_type.id)], limit=1).id

    def make_job(self, env, name, number=0, days=0):
        """Make a job of a technician, and return the stokiva.work.order record.

        :param env: the superuser's environment
        :param str name: of the technician
        :param int number: of the visit within the day
        :param int days: from today
        """
        self.env = env = env(context={**env.context, 'tracking_disable': True})
        customer = self._make_contact(CUSTOMERS[number % len(CUSTOMERS)], email='customer@example.com', city_id=self.city.id)
        device = env['stokiva.device'].create({
            'product_id': self.product_id, 'partner_id': customer.id, 'company_id': env.company.id,
            'serial': f'BM6140-{customer.id:08}'})
        order = env['stokiva.work.order'].with_user(self.manager_id).create({
            'partner_id': customer.id, 'device_id': device.id, 'service_type_id': self.service_type_id,
            'symptom_ids': [(6, 0, [self.symptom_id])]}).with_env(env)
        if order.state == 'created':
            order._apply_event('assign', {'provider_id': self.provider_id}, actor=None, channel='system')
        order._apply_event('accept', actor=None, channel='system')
        # Within this hour, so that it is today at any time of the day.
        start = datetime.utcnow().replace(minute=5 * number, second=0, microsecond=0) + timedelta(days=days)
        order._apply_event('plan', {
            'personnel_id': self.people[name], 'window_start': f'{start}', 'window_end': f'{start + timedelta(hours=2)}',
        }, actor=env['res.users'].browse(self.manager_id), channel='office')
        return order

    def submit_beside(self, env, job, name):
        """Make another appliance of a job's trip whose work is done, and return its stokiva.work.order record.

        :param env: the superuser's environment
        :param int job: id of the stokiva.work.order record
        :param str name: of the technician
        """
        first, order = env['stokiva.work.order'].browse(job), self.make_job(env, name)
        order.device_id.partner_id = order.partner_id = first.partner_id
        door = {'actor': env['res.users'].browse(self.users[name]), 'channel': 'portal'}
        for event in ('depart', 'start'):
            order._apply_event(event, **door)
        order._edit({
            'media_ids': [(0, 0, {'kind': kind, 'image': photo['image']})
                          for kind in ('before', 'after') for photo in first.media_ids[:1].read(['image'])],
            'checklist_line_ids': [(1, line.id, {'is_done': True}) for line in order.checklist_line_ids]}, **door)
        (first | order).group_id = first
        order._apply_event('submit', **door)
        return order

    def get_payloads(self, env, job):
        """Return what a technician would send about a job, by type of operation.

        :param env: the superuser's environment
        :param int job: id of the stokiva.work.order record
        :rtype: dict
        """
        order = env['stokiva.work.order'].browse(job)
        device_type = order.device_type_id.id
        faults = env['stokiva.fault'].search([('device_type_id', '=', device_type)]).grouped('kind')
        return {
            'labour_add': {'workmanship_id': env['stokiva.workmanship'].search([('device_type_id', '=', device_type)]).id},
            'part_add': {'product_id': env['product.product'].search([('default_code', '=', 'DP30')], limit=1).id, 'quantity': 1},
            'check': {'line': order.checklist_line_ids[:1].id, 'is_done': True},
            'findings': {
                'cause_id': faults['cause'].id, 'resolution_id': faults['resolution'].id, 'diagnosis': "Blocked"},
        }
