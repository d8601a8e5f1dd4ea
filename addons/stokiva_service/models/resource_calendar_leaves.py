from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _name = 'resource.calendar.leaves'
    _inherit = ['resource.calendar.leaves', 'stokiva.audited']

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._stokiva_mark_openings()
        return leaves

    def write(self, vals):
        self._stokiva_mark_openings()
        res = super().write(vals)
        self._stokiva_mark_openings()
        return res

    def unlink(self):
        self._stokiva_mark_openings()
        return super().unlink()

    def _stokiva_mark_openings(self):
        """Have the opening intervals rebuilt of the calendars that the time off closes; a person's closes none."""
        common = self.filtered(lambda leave: not leave.resource_id)
        if common:
            self.env.registry.clear_cache()  # the working hours of companies
        calendars = common.calendar_id
        companies = common.filtered(lambda leave: not leave.calendar_id).company_id
        if companies:
            calendars |= calendars.sudo().search([  # sudo: only to have their intervals rebuilt
                ('stokiva_provider_ids', '!=', False), ('company_id', 'in', companies.ids)])
        if calendars:
            self.env['stokiva.opening']._mark(calendars=calendars.ids)
