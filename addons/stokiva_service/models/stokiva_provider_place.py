from odoo import api, fields, models


class Provider(models.Model):
    """Where a provider is and what it covers."""
    _inherit = 'stokiva.provider'

    latitude = fields.Float(related='partner_id.partner_latitude', readonly=False, groups='base.group_user')
    longitude = fields.Float(related='partner_id.partner_longitude', readonly=False, groups='base.group_user')

    map_latitude = fields.Float(
        compute='_compute_map', store=True, groups='base.group_user',
        help="The contact's own position, else that of its district; 0, 0: unknown.")
    map_longitude = fields.Float(compute='_compute_map', store=True, groups='base.group_user')

    @api.depends(*(f'partner_id.{name}' for name in (
        'partner_latitude', 'partner_longitude', 'city_id', 'city', 'street2', 'zip', 'state_id', 'country_id')))
    def _compute_map(self):
        cities = self.partner_id.filtered(
            lambda partner: not partner.partner_latitude and not partner.partner_longitude)._stokiva_resolve_city()
        for provider in self:
            city = cities.get(provider.partner_id)
            provider.map_latitude = city.stokiva_latitude if city else provider.partner_id.partner_latitude
            provider.map_longitude = city.stokiva_longitude if city else provider.partner_id.partner_longitude

    def action_view_coverage(self):
        """Open the districts that these providers cover.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.coverage_action')
        action['domain'] = [('provider_id', 'in', self.ids)]
        action['context'] = {'search_default_group_by_state': 1}
        return action
