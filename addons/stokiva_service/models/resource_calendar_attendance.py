from odoo import api, models
from odoo.exceptions import ValidationError


class ResourceCalendarAttendance(models.Model):
    _name = 'resource.calendar.attendance'
    _inherit = ['resource.calendar.attendance', 'stokiva.audited']

    @api.constrains('hour_from', 'hour_to', 'calendar_id')
    def _check_stokiva_hours(self):
        """Refuse, in the hours of a provider, lines that end before they start: nobody would be open then."""
        lines = self.filtered(lambda line: not line.display_type and line.hour_to <= line.hour_from)
        if lines and self.env['stokiva.provider'].search_count(
                [('resource_calendar_id', 'in', lines.calendar_id.ids)], limit=1):
            raise ValidationError(self.env._(
                "%s: the closing hour must be after the opening hour.", lines[0].name))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env['stokiva.opening']._mark(calendars=lines.calendar_id.ids)
        return lines

    def write(self, vals):
        before = self.calendar_id
        res = super().write(vals)
        self.env['stokiva.opening']._mark(calendars=(before | self.calendar_id).ids)
        return res

    def unlink(self):
        self.env['stokiva.opening']._mark(calendars=self.calendar_id.ids)
        return super().unlink()
