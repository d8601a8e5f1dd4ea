from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoverageWizard(models.TransientModel):
    _name = 'stokiva.coverage.wizard'
    _description = "Give Districts to a Provider"

    provider_id = fields.Many2one('stokiva.provider', required=True)
    city_ids = fields.Many2many('res.city', string="Districts")
    priority = fields.Integer(default=10, help="Where several providers cover an address, the lower number is preferred.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if 'city_ids' in fields and self.env.context.get('active_model') == 'stokiva.coverage':
            rows = self.env['stokiva.coverage'].browse(self.env.context.get('active_ids', []))
            values['city_ids'] = [Command.set(rows.city_id.ids)]
        return values

    def action_apply(self):
        """Make the districts service areas of the provider; those it has already stay.

        :raise UserError: if no district is chosen
        """
        self.ensure_one()
        if not self.city_ids:
            raise UserError(self.env._("Choose the districts."))
        known = self.provider_id.area_ids.filtered(lambda area: area.kind == 'city').city_id
        self.env['stokiva.service.area'].create([
            {'provider_id': self.provider_id.id, 'city_id': city.id, 'priority': self.priority}
            for city in self.city_ids - known])
        return {'type': 'ir.actions.act_window_close'}
