from collections import defaultdict

from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.tools import babel_locale_parse

from .. import hours


class ResourceCalendar(models.Model):
    _name = 'resource.calendar'
    _inherit = ['resource.calendar', 'stokiva.audited']

    stokiva_provider_ids = fields.One2many(
        'stokiva.provider', 'resource_calendar_id', "Service Providers", groups='base.group_user')
    stokiva_key = fields.Char(
        "Content", compute='_compute_stokiva_key', store=True, index='btree_not_null', copy=False,
        help="The hours of the week as one text: calendars with the same text have the same hours.")

    @api.depends(
        'two_weeks_calendar', 'schedule_type', 'attendance_ids.dayofweek', 'attendance_ids.week_type',
        'attendance_ids.hour_from', 'attendance_ids.hour_to', 'attendance_ids.day_period',
        'attendance_ids.display_type')
    def _compute_stokiva_key(self):
        weeks = self._stokiva_get_weeks()
        for calendar in self:
            calendar.stokiva_key = str(weeks[calendar.id])

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {'two_weeks_calendar', 'schedule_type', 'attendance_ids'}:
            self.env['stokiva.opening']._mark(calendars=self.ids)
        return res

    def _stokiva_get_weeks(self):
        """Return the open hours of the week, breaks taken out; none for flexible hours.

        :return: ``{id: ((parity of the week, weekday), spans), …}``, hashable; see ``hours.get_openings``
        :rtype: dict
        """
        weeks = {}
        for calendar in self:
            spans = defaultdict(lambda: ([], []))
            lines = calendar.attendance_ids if calendar.schedule_type != 'flexible' else ()
            for line in lines:
                if line.display_type:
                    continue
                parities = (int(line.week_type),) if calendar.two_weeks_calendar and line.week_type else (0, 1)
                for parity in parities:
                    spans[parity, int(line.dayofweek)][line.day_period == 'lunch'].append(
                        (round(line.hour_from * 60), round(line.hour_to * 60)))
            weeks[calendar.id] = tuple(
                (key, tuple(hours.subtract(work, breaks))) for key, (work, breaks) in sorted(spans.items()))
        return weeks

    @api.model
    def _stokiva_get_text(self, days):
        """Write the hours of a week in one line, in the user's language.

        :param dict days: ``{weekday from 0: spans}``
        :rtype: str
        """
        names = get_day_names('abbreviated', locale=babel_locale_parse(self.env.lang))
        return hours.describe(days, [names[weekday] for weekday in range(7)])

    def _stokiva_get_closures(self, first):
        """Return when these calendars, or all of their companies, take time off.

        :param date first: time off that ended before is left out
        :return: ``{id: ((start, end), …)}`` in UTC
        :rtype: dict
        """
        leaves = self.env['resource.calendar.leaves'].search([
            ('resource_id', '=', False), ('time_type', '=', 'leave'), ('date_to', '>=', first),
            ('calendar_id', 'in', [False, *self.ids])])
        return {
            calendar.id: tuple(sorted(
                (leave.date_from, leave.date_to) for leave in leaves
                if leave.calendar_id == calendar
                or (not leave.calendar_id and leave.company_id in (calendar.company_id, leave.company_id.browse()))))
            for calendar in self}
