"""Online appointment: what the visitor sees of what is on offer, and of what he holds."""
from datetime import timedelta

from odoo.tools import format_date

from odoo.addons.stokiva_service import phones

from .formats import Formats

STEPS = ('what', 'where', 'when')


def get_days(windows, formats, number, chosen=None):
    """Return windows by local day.

    :param list windows: ``(start, end, whether there is room)``, naive UTC
    :param Formats formats: of the place
    :param int number: of days from today on
    :param str chosen: ISO date of the day to open, by default the first with room
    :return: dicts of ``date weekday day label free is_chosen windows``, and of each window ``start end hours is_free``
    :rtype: list
    """
    first = formats.get_date(formats.now)
    days = {(first + timedelta(days=index)): [] for index in range(number + 1)}
    for start, end, is_free in windows:
        days.setdefault(formats.get_date(start), []).append(
            {'start': start, 'end': end, 'hours': formats.hours(start, end), 'is_free': is_free})
    rows = [{
        'date': day.isoformat(), 'weekday': format_date(formats.env, day, date_format='EEE'), 'day': day.day,
        'label': format_date(formats.env, day, date_format='EEEE d MMMM'),
        'free': sum(window['is_free'] for window in members), 'windows': members} for day, members in sorted(days.items())]
    while rows and not rows[-1]['windows']:
        rows.pop()
    while rows and not rows[0]['windows']:
        rows.pop(0)
    opened = next((row for row in rows if row['date'] == chosen), None) or next((row for row in rows if row['free']), None)
    for row in rows:
        row['is_chosen'] = row is opened
    return rows


class WishPresenter:
    """Explicit values of the steps of a wish.

    :param env: environment with the visitor's language, in sudo
    :param company: res.company record in sudo
    :param wish: see ``models.stokiva_appointment.Wish``
    """

    def __init__(self, env, company, wish=None):
        self.env, self.company, self.wish = env, company, wish
        self.formats = Formats(env, company.partner_id.tz)
        self.appointments = company.env['stokiva.appointment']

    def get_page(self, step=None, province=0, day=None):
        """Return what the due step shows.

        :param str step: one to go back to, not trusted
        :param int province: id of the one whose districts are shown, not trusted
        :param str day: ISO date of the day whose windows are shown, not trusted
        :rtype: dict
        """
        wish = self.wish
        due = 'what' if not (wish.device_type and wish.service_type) else 'where' if not wish.city else 'when'
        step = step if step in STEPS[:STEPS.index(due)] else due
        province = province or wish.city.state_id.id
        page = {
            'step': step, 'number': STEPS.index(step) + 1, 'province': province,
            'kept': self.get_query(), 'summary': self.get_summary(), 'duration': self.get_duration(), 'price': self.get_price()}
        if step == 'what':
            return page | {
                'devices': [(kind.id, kind.name) for kind in self.appointments._get_device_types(self.company)],
                'services': [
                    {'id': service.id, 'name': service.name, 'duration': self.formats.span(service.duration_minutes)}
                    for service in self.appointments._get_services(self.company)]}
        if step == 'where':
            return page | {
                'provinces': self.get_provinces(), 'districts': self.get_districts(province),
                'symptoms': [(fault.id, fault.name) for fault in self.appointments._get_symptoms(wish.device_type)]}
        return page | self.get_times(day)

    def get_query(self):
        """Return what stands for the wish in an address or a form."""
        wish = self.wish
        return {
            'device_type': wish.device_type.id, 'service_type': wish.service_type.id, 'city': wish.city.id,
            'symptom': wish.symptom.id}

    def get_times(self, day):
        """Return ``is_covered``, and the days with their windows."""
        wish = self.wish
        providers = self.appointments._find_providers(wish)
        formats = Formats(self.env, providers[:1].tz or self.company.partner_id.tz)
        windows = self.appointments._get_windows(providers, self.company, wish.service_type)
        days = get_days(windows, formats, self.company.stokiva_booking_days, day)
        earliest = next((window['start'] for row in days for window in row['windows'] if window['is_free']), None)
        for row in days:
            for window in row['windows']:
                window['value'] = self.appointments._format_window(window['start'], window['end'])
                window['is_earliest'] = window['is_free'] and window['start'] == earliest
        return {'is_covered': bool(providers), 'days': days, 'has_free': bool(earliest)}

    def get_summary(self):
        """Return device, symptom and district in one line."""
        wish = self.wish
        return " · ".join(filter(None, (
            wish.device_type.name, wish.symptom.name or wish.service_type.name, wish.city.name)))

    def get_duration(self):
        """Return how long the visit takes, in words."""
        return self.formats.span(self.wish.service_type.duration_minutes) if self.wish.service_type else None

    def get_price(self):
        """Return what is known beforehand of what it costs, in a sentence or two; prices with taxes."""
        service, company = self.wish.service_type, self.company
        if not (service and self.wish.device_type):
            return None
        fee = self._add_taxes(
            service.diagnosis_fee or company.stokiva_diagnosis_fee, company._stokiva_get_diagnosis_product())
        if service.is_charged:
            works = self.env['stokiva.workmanship'].search([
                ('device_type_id', 'parent_of', self.wish.device_type.ids), ('service_type_id', '=', service.id),
                ('price', '>', 0)], order='price', limit=1)
            if works:
                price = self._add_taxes(works.price, works.product_id or company._stokiva_get_labour_product())
                return self.env._("From %s", self.formats.money(price, company.currency_id))
            text = self.env._("The price depends on the work: you see it before anything is done.")
        else:
            text = self.env._("Free within the warranty. Otherwise you see the price before anything is done.")
        if not fee:
            return text
        return text + " " + self.env._(
            "If you decline it, you pay %s for the diagnosis.", self.formats.money(fee, company.currency_id))

    def _add_taxes(self, price, product):
        if not price:
            return 0.0
        taxes = product.taxes_id._filter_taxes_by_company(self.company)
        return taxes.compute_all(price, self.company.currency_id, product=product)['total_included']

    def get_provinces(self):
        """Return the provinces whose districts are known."""
        states = self.env['res.city'].search([('country_id', '=', self.company.country_id.id)]).state_id
        return [(state.id, state.name) for state in states.sorted(lambda state: self._get_key(state.name))]

    def get_districts(self, province):
        """Return the districts of a province.

        :param int province: id, not trusted
        :return: list of ``(id, name)``
        """
        cities = self.env['res.city'].search([
            ('state_id', '=', province), ('country_id', '=', self.company.country_id.id)])
        return [(city.id, city.name) for city in cities.sorted(lambda city: self._get_key(city.name))]

    def _get_key(self, name):
        """Return what sorts names as the Turkish alphabet does."""
        letters = "aâbcçdefgğhıiîjklmnoöpqrsştuüûvwxyz"
        return [letters.find(letter) for letter in name.replace("I", "ı").replace("İ", "i").lower()]


class HoldPresenter:
    """Explicit values of what a visitor holds.

    :param appointment: stokiva.appointment record in sudo
    """

    def __init__(self, appointment):
        self.appointment = appointment
        self.env = appointment.env
        self.company = appointment.company_id
        self.formats = Formats(self.env, appointment.provider_id.tz)

    def get_page(self, values, errors):
        """Return what the page shows: ``state`` is ``contact``, ``code`` or ``over``.

        :param dict values: what was typed and is wrong, None to show what was given before
        :param dict errors: ``{field: what is wrong with it}``
        :rtype: dict
        """
        appointment = self.appointment
        wish = WishPresenter(self.env, self.company, appointment._get_wish())
        state = 'over' if not appointment._is_held() else 'code' if appointment.code_until and not values else 'contact'
        fields = ('name', 'phone', 'email', 'street', 'note', 'confirm_by')
        return {
            'state': state, 'errors': errors, 'first_error': next(iter(errors), None),
            'values': {name: (values or {}).get(name) or appointment[name] or '' for name in fields},
            'window': self.formats.window(appointment.window_start, appointment.window_end),
            'until': self.formats.hour(appointment.held_until),
            'summary': wish.get_summary(), 'duration': wish.get_duration(), 'price': wish.get_price(),
            'city': f"{appointment.city_id.name} / {appointment.city_id.state_id.name}",
            'can_text': self.company._stokiva_can_text(),
            'sent_to': phones.spell(appointment.phone) if appointment.confirm_by == 'phone' else appointment.email,
            'path': f'/appointment/{self.company.id}', 'kept': wish.get_query()}
