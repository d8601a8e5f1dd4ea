from urllib.parse import urlencode

from odoo import api, fields, models

# Opens the phone's own maps, or a browser where there are none.
DIRECTIONS_URL = 'https://www.google.com/maps/dir/?'


class WorkOrder(models.Model):
    """The technician's cards: where to, whom to call."""
    _inherit = 'stokiva.work.order'

    site_address = fields.Char("Address", compute='_compute_site_address')
    directions_url = fields.Char("Directions", compute='_compute_site_address')

    @api.depends(
        'site_id.street', 'site_id.street2', 'site_id.zip', 'site_id.city', 'city_id.name', 'site_id.state_id.name',
        'site_id.partner_latitude', 'site_id.partner_longitude')
    def _compute_site_address(self):
        for order in self:
            site = order.site_id
            town = " / ".join(filter(None, [order.city_id.name or site.city, site.state_id.name]))
            order.site_address = ", ".join(filter(None, [site.street, site.street2, town]))
            position = site.partner_latitude and f'{site.partner_latitude},{site.partner_longitude}'
            goal = position or order.site_address
            order.directions_url = goal and DIRECTIONS_URL + urlencode({'api': 1, 'destination': goal})
