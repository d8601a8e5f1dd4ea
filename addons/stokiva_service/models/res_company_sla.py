from datetime import date
from zoneinfo import ZoneInfo

from odoo import api, models, tools

from .. import hours


class ResCompany(models.Model):
    """What the clocks of work orders ask a company: its working hours, its manager, its first promises."""
    _inherit = 'res.company'

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # sudo: who may create companies need not be a manager of service
        self.env['stokiva.sla.policy'].sudo()._create_defaults(companies)
        return companies

    def _stokiva_get_openings(self, start, end):
        """Return when the company works, without the days off and the public holidays of its country and province.

        :param datetime start: from, naive UTC
        :param datetime end: until, naive UTC
        :return: list of ``(start, end)`` in order, naive UTC, not cut at the two ends
        :rtype: list
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        return [
            interval for year in range(start.year - 1, end.year + 2)
            for interval in self._stokiva_get_openings_of(
                self.id, calendar.id, calendar.tz or 'UTC', self.country_id.id, self.state_id.id, year)
            if interval[1] > start and interval[0] < end]

    @api.model
    @tools.ormcache('company_id', 'calendar_id', 'tz', 'country_id', 'state_id', 'year')
    def _stokiva_get_openings_of(self, company_id, calendar_id, tz, country_id, state_id, year):
        """Return the intervals of one year's local days; forgotten when hours, days off or holidays change.

        :rtype: tuple
        """
        first, last = date(year, 1, 1), date(year, 12, 31)
        calendar = self.env['resource.calendar'].sudo().browse(calendar_id)  # sudo: the office's hours only
        # sudo: as above
        holidays = self.env['stokiva.opening'].sudo()._get_holidays([country_id], first, last) if country_id else {}
        closed_from = {}
        for key in {(country_id, at, whose) for at in (None, state_id) for whose in (None, company_id)}:
            for day, minute in holidays.get(key, {}).items():
                closed_from[day] = min(minute, closed_from.get(day, hours.DAY_MINUTES))
        weeks, closures = calendar._stokiva_get_weeks(), calendar._stokiva_get_closures(first)
        return tuple(
            (start, end) for _day, start, end in hours.get_openings(
                first, last, dict(weeks.get(calendar_id, ())), ZoneInfo(tz), closed_from, closures.get(calendar_id, ())))

    def _stokiva_get_manager(self):
        """Return the manager who is told when a promise stays broken, else the dispatcher.

        :return: res.users record
        """
        self.ensure_one()
        users = self._stokiva_get_users('group_stokiva_manager')
        # The administrator has every right, but is asked only where nobody else is.
        return (users.filtered(lambda user: not user._is_system()) or users)[:1] or self._stokiva_get_dispatcher()
