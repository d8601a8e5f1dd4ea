from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class Demo(models.AbstractModel):
    """Working hours of the demo company's providers, districts of its addresses."""
    _inherit = 'stokiva.demo'

    @api.model
    def _load_districts(self):
        """Give the addresses of the demo company their districts; misspelt ones are left for the user to try."""
        addresses = self.env['res.partner'].search([('stokiva_lacks_district', '=', True)])
        for partner, city in addresses._stokiva_resolve_city().items():
            partner._stokiva_set_city(city)

    @api.model
    def _load_hours(self):
        """Give the providers their hours, this year's and the next one's holidays and two exceptional days.

        A second call does nothing.
        """
        if self._ref('provider_day_holidays', quiet=True):
            return
        today = fields.Date.today()
        self.env['stokiva.public.holiday']._load(self.env.ref('base.tr'), [today.year, today.year + 1])
        providers = self.env['stokiva.provider'].browse(
            row.res_id for row in self.env['ir.model.data'].search([
                ('module', '=', 'stokiva_service'), ('model', '=', 'stokiva.provider')]))
        sundays = self._ref('provider_konak')
        for group, days, close in (
                (providers - sundays, range(6), 18), (sundays, range(7), 19)):
            self.env['stokiva.hours.wizard'].with_context(tracking_disable=True).create({
                'provider_ids': [Command.set(group.ids)],
                'line_ids': [
                    Command.create({
                        'weekday': str(day), 'hour_from': 9, 'hour_to': close if day < 6 else 14,
                        **({'break_from': 12.5, 'break_to': 13.5} if day < 6 else {}),
                    })
                    for day in days],
            }).action_apply()
        next_sunday = today + timedelta(days=6 - today.weekday() + 7)
        days = self.env['stokiva.provider.day'].create([
            {
                'provider_id': self._ref('provider_nilufer').id, 'name': "Yeni atölyeye taşınıyoruz",
                'date_start': next_sunday + timedelta(days=1), 'date_end': next_sunday + timedelta(days=3),
            },
            {
                'provider_id': self._ref('provider_kadikoy').id, 'name': "Kampanya pazarı", 'kind': 'open',
                'date_start': next_sunday, 'hour_from': 10, 'hour_to': 16,
            },
        ])
        self.env['ir.model.data']._update_xmlids([
            {'xml_id': f'stokiva_service.demo_provider_day_{name}', 'record': day, 'noupdate': True}
            for name, day in zip(('holidays', 'sunday'), days, strict=True)])
