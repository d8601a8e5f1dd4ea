from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import slots, workflow
from ..geo import get_distance

# Whatever of a person changes the time of his provider.
SLOT_FIELDS = {'active', 'role', 'provider_id', 'resource_calendar_id'}
# The time of an order is local, so that days of all zones are held.
ZONE_MARGIN = timedelta(hours=14)


class Personnel(models.Model):
    """A technician's day: what he has to do, in which order, and who of the provider fits a visit best."""
    _inherit = 'stokiva.personnel'

    absence_ids = fields.One2many('stokiva.personnel.absence', 'personnel_id', "Absences", groups='stokiva_service.group_stokiva_call_centre')

    @api.model_create_multi
    def create(self, vals_list):
        people = super().create(vals_list)
        self.env['stokiva.opening']._mark(providers=people.provider_id.ids)
        return people

    def write(self, vals):
        before = self.provider_id
        res = super().write(vals)
        if vals.keys() & SLOT_FIELDS:
            self.env['stokiva.opening']._mark(providers=(before | self.provider_id).ids)
        return res

    def unlink(self):
        self.env['stokiva.opening']._mark(providers=self.provider_id.ids)
        return super().unlink()

    def _get_day(self, day):
        """Return the visits of a local day in the order in which they are best made: by window, and within a
        window each nearest to the one before, beginning at the provider's.

        :param date day: local day of the provider
        :return: ``{person: stokiva.work.order records}``
        :rtype: dict
        """
        visits = self._get_visits(datetime.combine(day, time()))
        return {
            person: self.env['stokiva.work.order'].concat(*slots.sort_visits(
                [(order.window_start, order.window_end, order._get_position(), order)
                 for order in visits.get(person, ()) if order._get_local_day() == day],
                get_distance, person.provider_id._get_position()))
            for person in self}

    def _get_visits(self, moment, without=None):
        """Return the visits about a moment, those of the days before and after included.

        :param datetime moment: naive UTC
        :param without: stokiva.work.order records that do not count
        :return: ``{person: stokiva.work.order records}``
        :rtype: dict
        """
        return self.env['stokiva.work.order'].search(
            Domain('personnel_id', 'in', self.ids) & Domain('state', 'in', workflow.WITH_PROVIDER)
            & Domain('window_start', '<', moment + timedelta(days=1) + ZONE_MARGIN)
            & Domain('window_end', '>', moment - ZONE_MARGIN)
            & Domain('id', 'not in', without.ids if without else [])).grouped('personnel_id')

    def _get_away(self, start, end):
        """Return those of the people who are away at some time between two moments.

        :param datetime start: naive UTC
        :param datetime end: naive UTC
        """
        # sudo: whether somebody is there, for who gives him work; not why
        return self.env['stokiva.personnel.absence'].sudo().search([
            ('personnel_id', 'in', self.ids), ('date_from', '<', end), ('date_to', '>', start)]).personnel_id & self
