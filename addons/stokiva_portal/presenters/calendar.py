"""The visits of a provider's day, and its week at a glance."""
from datetime import date, timedelta

from odoo.fields import Domain

from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_service.models.stokiva_personnel import WORKERS

from .job import JobPresenter

MAX_VISITS = 100
MAX_UNPLANNED = 10
DAYS = 7
# What has or had its place in the day; offers may still go to others.
PLANNED = (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL, workflow.COMPLETED)


def parse_day(text, default):
    """Return the day of a query.

    :param str text: ``2026-11-24``, not trusted
    :param date default: for anything else, and for what lies more than a year away
    :rtype: date
    """
    try:
        day = date.fromisoformat(text or '')
    except ValueError:
        return default
    return day if abs((day - default).days) <= 366 else default


class CalendarPresenter:
    """One day of the user's providers.

    :param orders: empty stokiva.work.order recordset in sudo
    :param domain: Domain of the orders that the user may see as a provider's person
    :param people: stokiva.personnel records in sudo, all of the user's
    :param user: res.users record who looks
    :param formats: Formats of the reader
    :param str day: of the query, not trusted
    :param int technician: id of one of the people whose visits are wanted, not trusted
    """

    def __init__(self, orders, domain, people, user, formats, day=None, technician=0):
        self.orders, self.people, self.user, self.formats = orders, people, user, formats
        self.env = orders.env
        self.providers = people.filtered(lambda person: person._is_dispatcher()).provider_id
        self.workers = self.providers.personnel_ids.filtered(lambda person: person.active and person.role in WORKERS)
        self.technician = self.workers.filtered(lambda person: person.id == technician)
        self.today = formats.get_date(formats.now)
        self.chosen = parse_day(day, self.today)
        self.domain = domain & Domain('personnel_id', '=', self.technician.id) if self.technician else domain

    def get_page(self):
        """Return the values of the template."""
        return {
            'title': self.formats.day_name(self.formats.day_start(self.chosen)),
            'days': self.get_days(),
            'before': self._get_url(self.chosen - timedelta(days=DAYS)),
            'after': self._get_url(self.chosen + timedelta(days=DAYS)),
            'today': self._get_url(self.today) if self.chosen != self.today else None,
            'technicians': self.get_technicians(),
            'visits': self.get_visits(),
            'windows': self.get_windows(),
            'is_shared': len(self.workers) > 1,
            'away': self.get_away(),
            'unplanned': self.get_unplanned() if self.providers else None,
        }

    def get_days(self):
        """Return the days of the week, each with the number of its visits."""
        first_day = int(self.env['res.lang']._get_data(code=self.env.lang or 'en_US').week_start or 1)
        first = self.chosen - timedelta(days=(self.chosen.isoweekday() - first_day) % DAYS)
        days = [first + timedelta(days=distance) for distance in range(DAYS)]
        counts = dict(self.orders.with_context(tz=self.formats.tz)._read_group(
            self.domain & self._between(first, days[-1]), ['window_start:day'], ['__count']))
        counts = {moment.date(): count for moment, count in counts.items()}
        return [
            {
                'name': self.formats.weekday(day), 'number': day.day, 'count': counts.get(day, 0),
                'label': self.formats.day_name(self.formats.day_start(day)), 'url': self._get_url(day),
                'is_today': day == self.today, 'is_chosen': day == self.chosen,
            }
            for day in days]

    def get_technicians(self):
        """Return whose visits can be chosen, nothing where there is nobody to tell apart."""
        if len(self.workers) < 2:
            return []
        everybody = {'name': self.env._("Everybody"), 'url': self._get_url(self.chosen, technician=0), 'is_chosen': not self.technician}
        return [everybody, *(
            {'name': person.name, 'url': self._get_url(self.chosen, person.id), 'is_chosen': person == self.technician}
            for person in self.workers.sorted('name'))]

    def get_visits(self):
        """Return the day's visits by time."""
        orders = self.orders.search(
            self.domain & self._between(self.chosen, self.chosen), order='window_start, id', limit=MAX_VISITS)
        return [self._present(order) for order in orders]

    def get_unplanned(self):
        """Return what is accepted and has no time or nobody to go yet, the most urgent first."""
        orders = self.orders.search(
            self.domain & Domain('state', '=', workflow.ACCEPTED)
            & (Domain('window_start', '=', False) | Domain('personnel_id', '=', False)),
            order='deadline, id', limit=MAX_UNPLANNED)
        return [self._present(order) for order in orders]

    def get_windows(self):
        """Return the day's arrival windows with what is free in them, nothing where none are kept or for one person."""
        if self.technician:
            return []
        slots = self.env['stokiva.slot'].search([
            ('provider_id', 'in', self.providers.ids), ('date', '=', self.chosen), ('end_at', '>', self.formats.now)])
        return [
            {
                'hours': self.formats.hours(slot.start_at, slot.end_at),
                'text': self.env._("%s free", self.formats.span(slot.free_minutes)) if slot.free_minutes else self.env._("full"),
                'tone': 'ok' if slot.longest_gap else 'muted',
                'provider': slot.provider_id.name if len(self.providers) > 1 else None,
            }
            for slot in slots]

    def get_away(self):
        """Return the people who do not work on the day, in words."""
        start, end = self._get_bounds(self.chosen, self.chosen)
        absences = self.env['stokiva.personnel.absence'].search([
            ('personnel_id', 'in', self.workers.ids), ('date_from', '<', end), ('date_to', '>', start)])
        return [
            {
                'name': absence.personnel_id.name,
                'when': None if absence.date_from <= start and absence.date_to >= end else self.formats.hours(
                    max(absence.date_from, start), min(absence.date_to, end)),
            }
            for absence in absences]

    def _present(self, order):
        return JobPresenter(order, self.people, self.user).get_card()

    def _between(self, first, last):
        """Return the domain of the visits of some local days."""
        start, end = self._get_bounds(first, last)
        return Domain('state', 'in', PLANNED) & Domain('window_start', '>=', start) & Domain('window_start', '<', end)

    def _get_bounds(self, first, last):
        return self.formats.day_start(first), self.formats.day_start(last + timedelta(days=1))

    def _get_url(self, day, technician=None):
        technician = self.technician.id if technician is None else technician
        return f'/my/jobs/calendar?day={day}' + (f'&technician={technician}' if technician else '')
