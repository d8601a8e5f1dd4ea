from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_YEARS = 10


class HolidayWizard(models.TransientModel):
    _name = 'stokiva.holiday.wizard'
    _description = "Load Public Holidays"

    country_ids = fields.Many2many(
        'res.country', string="Countries", default=lambda self: self._default_country_ids())
    year_from = fields.Integer("From Year", required=True, default=lambda self: fields.Date.today().year)
    year_to = fields.Integer("Until Year", required=True, default=lambda self: fields.Date.today().year + 1)

    @api.model
    def _default_country_ids(self):
        groups = self.env['stokiva.provider']._read_group(
            [('holiday_country_id', '!=', False)], ['holiday_country_id'])
        return self.env['res.country'].union(*(country for (country,) in groups)) or self.env.company.country_id

    def action_load(self):
        """Load the public holidays and half days and tell how many were new.

        :return: an action that shows the number, then the list
        :rtype: dict
        :raise UserError: if no country is chosen, one is not known, or the years make no sense
        """
        self.ensure_one()
        if not self.country_ids:
            raise UserError(self.env._("Choose the countries."))
        if not 1990 <= self.year_from <= self.year_to < self.year_from + MAX_YEARS or self.year_to > 2100:
            raise UserError(self.env._(
                "Choose years between 1990 and 2100, at most %s at once, the first one before the last one.", MAX_YEARS))
        created = self.env['stokiva.public.holiday']._load(
            self.country_ids, range(self.year_from, self.year_to + 1))
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if created else 'info',
                'message': self.env._("%s holidays were added.", len(created)) if created
                else self.env._("All these holidays are there already."),
                'next': self.env['ir.actions.act_window']._for_xml_id('stokiva_service.public_holiday_action'),
            },
        }
