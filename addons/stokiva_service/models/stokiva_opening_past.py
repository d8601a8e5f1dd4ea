from zoneinfo import ZoneInfo

from odoo import api, models

from .. import hours


class Opening(models.Model):
    """Open days of any time, also of before the table begins, from what the hours are made of."""
    _inherit = 'stokiva.opening'

    @api.model
    def _get_open_days(self, wanted):
        """Tell on which days providers work; who has hours of his own keeps those, and his provider's holidays.

        Without fixed hours every day is open.

        :param set wanted: (provider id, personnel id or None, local day)
        :return: those of them that are open
        :rtype: set
        """
        if not wanted:
            return set()
        # sudo: providers of every company, people who left
        providers, people = self.env['stokiva.provider'].sudo(), self.env['stokiva.personnel'].sudo()
        providers = providers.browse({provider for provider, _person, _day in wanted})
        people = people.browse({person for _provider, person, _day in wanted if person})
        first, last = min(day for *_who, day in wanted), max(day for *_who, day in wanted)
        calendars = providers.resource_calendar_id | people.resource_calendar_id
        weeks, closures = calendars._stokiva_get_weeks(), calendars._stokiva_get_closures(first)
        holidays = self._get_holidays(providers.holiday_country_id.ids, first, last)
        exceptions = {}
        for row in self.env['stokiva.provider.day'].sudo().search(  # sudo: as above
                [('provider_id', 'in', providers.ids), ('date_start', '<=', last), ('date_end', '>=', first)]):
            exceptions.setdefault(row.provider_id.id, []).append((row.date_start, row.date_end, row.kind == 'open'))
        known, open_days = {}, set()
        for key in wanted:
            provider, person, day = providers.browse(key[0]), people.browse(key[1]), key[2]
            is_open = next((is_open for start, end, is_open in exceptions.get(provider.id, ()) if start <= day <= end), None)
            if is_open is None:
                calendar = person.resource_calendar_id or provider.resource_calendar_id
                same = (
                    calendar.id, provider.tz, provider.holiday_country_id.id, provider.holiday_state_id.id or None,
                    provider.company_id.id or None, day)
                if same not in known:
                    known[same] = not weeks.get(calendar.id) or bool(hours.get_openings(
                        day, day, dict(weeks[calendar.id]), ZoneInfo(provider.tz),
                        self._get_closed_from(holidays, *same[2:]), closures[calendar.id]))
                is_open = known[same]
            if is_open:
                open_days.add(key)
        return open_days

    @api.model
    def _get_closed_from(self, holidays, country, state, company, day):
        """Return ``{day: minute}`` from which holidays close a day, nothing if none does."""
        minutes = [
            holidays.get((country, at, whose), {}).get(day) for at in (None, state) for whose in (None, company)]
        found = [minute for minute in minutes if minute is not None]
        return {day: min(found)} if found else {}
