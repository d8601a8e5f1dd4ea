from odoo import api, models
from odoo.fields import Domain

# Beyond it, what was typed tells hardly anything.
MAX_FOUND = 5000


class WorkOrder(models.Model):
    """Orders are found by number, customer, telephone or serial number, each by its index."""
    _inherit = 'stokiva.work.order'

    @api.model
    def _search_display_name(self, operator, value):
        if operator != 'ilike' or not isinstance(value, str) or not value.strip() or not self.env.user._is_internal():
            return super()._search_display_name(operator, value)
        wanted = [('display_name', 'ilike', value)]
        # sudo: the orders themselves decide who sees them
        partners = self.env['res.partner'].sudo().search(wanted, limit=MAX_FOUND, order='id desc')
        devices = self.env['stokiva.device'].sudo().search(wanted, limit=MAX_FOUND, order='id desc')  # sudo: as above
        # Lists of ids, not subqueries: only so can the database join the four indexes.
        return (
            Domain('name', 'ilike', value) | Domain('device_id', 'in', devices.ids)
            | Domain('partner_id', 'in', partners.ids) | Domain('site_id', 'in', partners.ids))
