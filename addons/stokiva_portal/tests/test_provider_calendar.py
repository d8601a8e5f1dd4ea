from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..presenters import Formats
from .common import PortalCommon

URL = '/my/jobs/calendar'


@tagged('post_install', '-at_install')
class TestProviderCalendar(PortalCommon):
    """A provider's agenda: visits of a day, who is away, what is to be planned."""

    def _at(self, days, hour):
        """Return a moment of the provider's coming days."""
        formats = Formats(self.env, self.provider_a.tz)
        start, _end = formats.get_day_bounds(days)
        return formats.get_date(start), start + timedelta(hours=hour)

    def _plan(self, order, begin):
        self._do(order, 'plan', self.user_provider_a, 'portal', window_start=fields.Datetime.to_string(begin),
                 window_end=fields.Datetime.to_string(begin + timedelta(hours=2)))

    def test_a_day(self):
        planned, other, open_one = self._accepted(), self._accepted(), self._accepted()
        self._do(other, 'plan', self.user_provider_a, 'portal', personnel_id=self.second_technician_a.id)
        day, begin = self._at(3, 9)
        self._plan(planned, begin)
        self._plan(other, begin + timedelta(hours=15, minutes=30))  # past midnight
        self._login(self.user_provider_a)
        page = self._get(f'{URL}?day={day}')
        self.assertIn(planned.name, page)
        self.assertIn("09:00–11:00", page)
        self.assertIn(self.customer.name, page)
        self.assertNotIn(f'/my/jobs/{other.id}"', page)
        self.assertIn("visits: 1", page)
        self.assertIn(open_one.name, page, "to be planned: it has no time")
        next_day = self._get(f'{URL}?day={day + timedelta(days=1)}')
        self.assertIn(f'/my/jobs/{other.id}"', next_day)
        mine = self._get(f'{URL}?day={day}&technician={self.second_technician_a.id}')
        self.assertNotIn(f'/my/jobs/{planned.id}"', mine)

    def test_who_is_away_and_what_is_free(self):
        day, begin = self._at(4, 0)
        self.env['stokiva.personnel.absence'].create({
            'personnel_id': self.technician_a.id, 'date_from': begin, 'date_to': begin + timedelta(days=1)})
        self.env.cr.execute(
            """INSERT INTO stokiva_slot (provider_id, date, start_at, end_at, work_minutes, free_minutes, longest_gap)
               VALUES (%(id)s, %(day)s, %(start)s, %(end)s, 120, 90, 90)""", {
                'id': self.provider_a.id, 'day': day, 'start': begin + timedelta(hours=9), 'end': begin + timedelta(hours=11)})
        self._login(self.user_provider_a)
        page = self._get(f'{URL}?day={day}')
        self.assertIn("Away:", page)
        self.assertIn("1 h 30 min free", page)
        self._login(self.user_provider_b)
        page = self._get(f'{URL}?day={day}')
        self.assertNotIn("Away:", page)
        self.assertNotIn("1 h 30 min free", page)

    def test_a_technician_sees_his_own(self):
        planned = self._accepted()
        day, begin = self._at(3, 9)
        self._plan(planned, begin)
        self._login(self.user_technician_a)
        page = self._get(f'{URL}?day={day}')
        self.assertIn(planned.name, page)
        self.assertNotIn("To be planned", page)
        self._login(self.user_second_technician_a)
        self.assertNotIn(planned.name, self._get(f'{URL}?day={day}&technician={self.technician_a.id}'))
        self._login(self.user_customer)
        self._get(URL, 404)

    def test_what_is_no_day_is_today(self):
        self._login(self.user_provider_a)
        today = Formats(self.env, self.provider_a.tz).day_name(fields.Datetime.now())
        for query in ('', '?day=x', '?day=0001-01-01', '?day=9999-12-31', '?day=2026-02-31', "?day='&technician='", '?technician=99999999999'):
            self.assertIn(today, self._get(URL + query), query)
