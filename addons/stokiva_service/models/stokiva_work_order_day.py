from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from .. import slots
from ..geo import get_distance


class WorkOrder(models.Model):
    """Who of the provider goes best, and whether he has the time."""
    _inherit = 'stokiva.work.order'

    def _on_plan(self, given, actor, channel, occurred):
        res = super()._on_plan(given, actor, channel, occurred)
        for person, orders in self.grouped('personnel_id').items():
            order = orders[:1]
            if person and order.window_start and order.company_id.stokiva_overlap == 'refuse' and (
                    other := orders._find_overlap(person, order.window_start, order.window_end)):
                raise UserError(order._get_overlap_text(person, other))
        return res

    def _find_overlap(self, person, start, end, others=None):
        """Return a visit of a technician that leaves no time for these orders, which are one trip.

        His visits about this time have to be able to begin within their windows, one after the other.

        :param person: stokiva.personnel record
        :param datetime start: of the window, naive UTC
        :param datetime end: of the window, naive UTC
        :param others: his other stokiva.work.order records, by default those about this time
        :return: stokiva.work.order record, empty if there is time for all
        """
        if others is None:
            others = person._get_visits(start, self).get(person, self.browse())
        trips = {}
        for order in others.filtered('window_start'):
            key = order.group_id or order, order.window_start, order.window_end
            trips[key] = trips.get(key, self.browse()) | order
        jobs = [
            (begin, stop, members._get_visit_minutes(), members) for (_lead, begin, stop), members in trips.items()]
        minutes = self._get_visit_minutes()
        near = [
            job for job in jobs
            if job[0] < end + timedelta(minutes=minutes) and job[1] + timedelta(minutes=job[2]) > start]
        clash = slots.find_clash([(start, end, minutes, self), *near])
        return next((trip for trip in clash or () if trip and trip != self), self.browse())[:1]

    def _get_overlap_text(self, person, other):
        """Return in one sentence that a technician has no time.

        :param person: stokiva.personnel record
        :param other: stokiva.work.order record that takes it
        """
        return self.env._(
            "%(person)s has no time for it in this window: %(order)s comes in between.", person=person.name, order=other.name)

    def _get_visit_minutes(self):
        """Return how long a trip to these orders takes, the way included."""
        return sum(order.service_type_id.duration_minutes for order in self) + self[:1].company_id.stokiva_travel_minutes

    def _get_position(self):
        """Return ``(latitude, longitude)`` of the address, else of its district, None where neither is known."""
        self.ensure_one()
        for latitude, longitude in (
            (self.site_id.partner_latitude, self.site_id.partner_longitude),
            (self.city_id.stokiva_latitude, self.city_id.stokiva_longitude),
        ):
            if latitude:
                return latitude, longitude
        return None

    def _get_local_day(self):
        """Return the provider's local day of the visit."""
        self.ensure_one()
        return self.provider_id._get_local_day(self.window_start)

    def _suggest_technicians(self, window=None):
        """Propose a technician of the provider for each order: who can do it, is there and has the time; of them who
        has least to do that day, then who is nearest to it from his other visits, else from the provider's.

        :param tuple window: ``(start, end)`` that is meant instead of the orders' own, naive UTC
        :return: ``{order: stokiva.personnel record, empty if the provider names nobody}``
        :rtype: dict
        """
        suggested = {}
        for (provider, start, end), orders in self.grouped(
                lambda order: (order.provider_id, *(window or (order.window_start, order.window_end)))).items():
            people = provider._get_workers()
            if start and people:
                visits, away = people._get_visits(start, orders), people._get_away(start, end)
            else:
                visits, away = self.search([*people._get_open_orders_domain()]).grouped('personnel_id'), people.browse()
            for order in orders:
                person = min(
                    people, default=people, key=lambda person: order._judge(person, visits, away, start, end))
                suggested[order] = person
                if person:
                    visits[person] = visits.get(person, self.browse()) | order
        return suggested

    def _judge(self, person, visits, away, start, end):
        """Return what ``_suggest_technicians`` compares of one person, less is better."""
        self.ensure_one()
        others = visits.get(person, self.browse()) - self
        if start:
            day = person.provider_id._get_local_day(start)
            others = others.filtered(lambda order: order.window_start and order._get_local_day() == day)
        has_clash = start and self._find_overlap(person, start, end, others)
        here = self._get_position()
        places = list(filter(None, [order._get_position() for order in others] or [person.provider_id._get_position()]))
        return (
            not person._is_skilled_for(self), person in away, bool(has_clash), others._get_visit_minutes() if others else 0,
            min((get_distance(here, place) for place in places), default=0) if here else 0, person.id)
