"""What a customer chooses from when he asks for service of an appliance."""
from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Domain

from .formats import Formats

# Days offered at once.
MAX_DAYS = 6
# Where nobody books windows, the customer names a part of the day.
PARTS = ((time(9), time(13)), (time(13), time(18)))


class ServiceRequestForm:
    """Types of service, symptoms and times that are on offer for one appliance.

    :param device: stokiva.device record in sudo that belongs to the user
    :param user: res.users record who asks
    """

    def __init__(self, device, user):
        self.device = device
        self.env = device.env
        self.company = device.company_id
        self.offer = self.env['stokiva.appointment']  # what is bookable for visitors, customers may ask for
        # Windows are of the place that is visited, not of where the user looks from.
        self.formats = Formats(self.env, self.company.partner_id.tz or user.tz)

    def get_types(self):
        """Return the types of service of the appliance's company: stokiva.service.type records."""
        return self.offer._get_services(self.company)

    def get_type(self, type_id):
        """Return the type that is chosen, else the one that was opened most of late for such appliances.

        :param type_id: from the form, not trusted
        """
        types = self.get_types()
        chosen = types.filtered(lambda item: str(item.id) == type_id)
        if chosen:
            return chosen
        orders = self.env['stokiva.work.order']
        latest = orders.search([('device_type_id', '=', self.device.device_type_id.id)], order='id desc', limit=100)
        ranked = sorted(types, key=lambda item: -sum(order.service_type_id == item for order in latest))
        return types.browse(ranked[0].id) if ranked else types

    def get_symptoms(self):
        """Return what can be wrong with such an appliance: stokiva.fault records."""
        return self.offer._get_symptoms(self.device.device_type_id)

    def get_windows(self, service_type):
        """Return the times that can be chosen, in order: free arrival windows of providers that could come, or parts
        of days where none are booked.

        :param service_type: stokiva.service.type record
        :return: pairs of naive UTC datetimes
        :rtype: list
        """
        if self.company.stokiva_slots:
            windows = self._find_free_windows(service_type)
        else:
            start = self.formats.now + timedelta(hours=self.company.stokiva_booking_lead_hours)
            today = pytz.utc.localize(self.formats.now).astimezone(self.formats.zone).date()
            windows = [
                tuple(self._to_utc(today + timedelta(days=day), hour) for hour in part)
                for day in range(MAX_DAYS + 1) for part in PARTS]
            windows = [window for window in windows if window[0] >= start]
        days = list(dict.fromkeys(self._get_day(window) for window in windows))[:MAX_DAYS]
        return [window for window in windows if self._get_day(window) in days]

    def _get_day(self, window):
        return self.formats.day(window[0], is_short=True)

    def _to_utc(self, day, hour):
        return self.formats.zone.localize(datetime.combine(day, hour)).astimezone(pytz.utc).replace(tzinfo=None)

    def _find_free_windows(self, service_type):
        device, site = self.device, self.device.site_id
        ranking = self.env['stokiva.assignment.engine']._rank_wish(
            self.company, site, site._stokiva_resolve_city()[site], service_type, device.device_type_id,
            device.product_id.stokiva_brand_id)
        providers = self.env['stokiva.provider'].browse(
            row.provider_id for row in ranking.rows if not row.failed)
        windows = self.offer._get_windows(providers, self.company, service_type)
        return [(start, end) for start, end, has_room in windows if has_room]

    def get_window(self, text, service_type):
        """Return the window that a form names, None when it names none of those on offer.

        :param str text: from the form, not trusted
        :param service_type: stokiva.service.type record
        """
        return next((window for window in self.get_windows(service_type) if window == self.offer._parse_window(text)), None)

    def get_page(self, service_type):
        """Return what the form shows.

        :param service_type: stokiva.service.type record that is chosen
        :rtype: dict
        """
        days = {}
        for window in self.get_windows(service_type):
            days.setdefault(self._get_day(window), []).append(
                {'key': self.offer._format_window(*window), 'hours': self.formats.hours(*window)})
        return {
            'types': [{'id': item.id, 'name': item.name} for item in self.get_types()],
            'type': {'id': service_type.id, 'name': service_type.name},
            'symptoms': [{'id': item.id, 'name': item.name} for item in self.get_symptoms()],
            'days': days,
        }

    def find_symptoms(self, ids):
        """Return those of the symptoms that a form names.

        :param list ids: texts from the form, not trusted
        :return: stokiva.fault records
        """
        return self.get_symptoms().filtered_domain(Domain('id', 'in', [int(id_) for id_ in ids if id_.isdecimal()]))
