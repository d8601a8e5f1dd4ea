from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import hours


class HoursWizard(models.TransientModel):
    """Sets the weekly hours of one or many providers, written here or copied from another one."""
    _name = 'stokiva.hours.wizard'
    _description = "Set Working Hours"

    provider_ids = fields.Many2many('stokiva.provider', string="Providers")
    source_id = fields.Many2one('stokiva.provider', "Copy from")
    with_days = fields.Boolean(
        "With exceptional days", help="Also the coming exceptional days, where the providers have none of their own.")
    line_ids = fields.One2many('stokiva.hours.wizard.line', 'wizard_id', "Hours")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        providers = self.env['stokiva.provider'].browse(
            self.env.context.get('active_ids') if self.env.context.get('active_model') == 'stokiva.provider' else [])
        if 'provider_ids' in fields and 'source_id' not in values:
            values['provider_ids'] = [Command.set(providers.ids)]
        if 'line_ids' in fields and 'source_id' not in values:
            values['line_ids'] = [
                Command.create(line) for line in self._prepare_lines(providers[:1].resource_calendar_id)]
        return values

    @api.model
    def _prepare_lines(self, calendar):
        """Return the hours of a calendar as lines; Monday to Saturday with a break where it has none to show.

        :param calendar: `resource.calendar`, of one week
        """
        work, breaks = defaultdict(list), defaultdict(list)
        for line in calendar.attendance_ids if not calendar.two_weeks_calendar else ():
            (breaks if line.day_period == 'lunch' else work)[line.dayofweek].append((line.hour_from, line.hour_to))
        lines = []
        for weekday, spans in sorted(work.items()):
            for start, end in hours.merge(spans + breaks[weekday]):
                inside = [pause for pause in sorted(breaks[weekday]) if start < pause[0] and pause[1] < end]
                if len(inside) == 1:
                    lines.append((weekday, start, end, *inside[0]))
                else:
                    lines += [
                        (weekday, *span, 0, 0) for span in hours.subtract([(start, end)], breaks[weekday])]
        lines = lines or [(str(weekday), 9, 18, 12.5, 13.5) for weekday in range(6)]
        names = ('weekday', 'hour_from', 'hour_to', 'break_from', 'break_to')
        return [dict(zip(names, line, strict=True)) for line in lines]

    def action_apply(self):
        """Give the providers the hours.

        :raise UserError: if there is nobody to give them to, or the hours make no sense
        """
        self.ensure_one()
        if not self.provider_ids:
            raise UserError(self.env._("Choose the providers that get these hours."))
        self.provider_ids.check_access('write')
        source = self.source_id
        if source and not source.resource_calendar_id:
            raise UserError(self.env._("%s has no weekly hours to copy.", source.name))
        week = None if source else self.line_ids._get_week()
        for company, providers in self.provider_ids.grouped('company_id').items():
            providers.resource_calendar_id = (
                self._get_copy(source.resource_calendar_id, company) if source else self._get_calendar(week, company))
        if source and self.with_days:
            self._copy_days()
        return {'type': 'ir.actions.act_window_close'}

    def _get_copy(self, calendar, company):
        """Return the calendar, or one of the same content if another company owns it."""
        if calendar.company_id in (company, company.browse()):
            return calendar
        found = self._find_calendar(calendar.stokiva_key, company)
        if not found:
            # sudo: administrators own working times; the user may write the providers that get this copy
            found = calendar.sudo().copy({'company_id': company.id})
            found.name = calendar.name
        return found

    def _get_calendar(self, week, company):
        """Return the company's calendar with these hours, a new one if there is none yet.

        :param dict week: ``{weekday: (work spans, breaks)}``
        :param company: `res.company`, or none for shared providers
        """
        days = {weekday: hours.subtract(*parts) for weekday, parts in week.items()}
        key = str(tuple(
            ((parity, weekday), tuple(spans)) for parity in (0, 1) for weekday, spans in sorted(days.items())))
        # sudo: administrators own working times; the user may write the providers that get this one
        return self._find_calendar(key, company) or self.env['resource.calendar'].sudo().create({
            'name': self.env['resource.calendar']._stokiva_get_text(days),
            'company_id': company.id,
            'tz': self.provider_ids[0].tz,
            'attendance_ids': [
                Command.create(self._prepare_attendance(weekday, span, period))
                for weekday, (work, breaks) in sorted(week.items())
                for spans, period in ((hours.subtract(work, breaks), 'work'), (breaks, 'lunch'))
                for span in spans],
        })

    @api.model
    def _find_calendar(self, key, company):
        """Return the company's calendar with this content."""
        return self.env['resource.calendar'].search(
            [('stokiva_key', '=', key), ('company_id', '=', company.id)], order='id', limit=1)

    @api.model
    def _prepare_attendance(self, weekday, span, period):
        """Return the values of one line of a calendar.

        :param int weekday: from 0
        :param tuple span: minutes
        :param str period: ``'work'`` or ``'lunch'``
        """
        start, end = span
        days = dict(self.env['stokiva.hours.wizard.line']._fields['weekday']._description_selection(self.env))
        return {
            'name': days[str(weekday)],
            'dayofweek': str(weekday),
            'hour_from': start / 60,
            'hour_to': end / 60,
            'day_period': 'lunch' if period == 'lunch' else 'morning' if start < 12 * 60 else 'afternoon',
        }

    def _copy_days(self):
        """Copy the coming exceptional days to those providers that have nothing on these days."""
        today = fields.Date.context_today(self)
        coming = [('date_end', '>=', today)]
        days = self.source_id.day_ids.filtered_domain(coming)
        own = self.provider_ids.day_ids.filtered_domain(coming).grouped('provider_id')
        self.env['stokiva.provider.day'].create([
            {
                'provider_id': provider.id, 'name': day.name, 'kind': day.kind, 'date_start': day.date_start,
                'date_end': day.date_end, 'hour_from': day.hour_from, 'hour_to': day.hour_to,
            }
            for provider in self.provider_ids - self.source_id for day in days
            if not any(
                other.date_start <= day.date_end and other.date_end >= day.date_start
                for other in own.get(provider, ()))])
