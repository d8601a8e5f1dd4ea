from odoo import api, fields, models
from odoo.fields import Domain

from .. import lookup


class Device(models.Model):
    """Devices are found by an index: serial number, customer and telephone in any spelling, or product."""
    _inherit = 'stokiva.device'

    search_text = fields.Char(
        compute='_compute_search_text', store=True, precompute=True, index='trigram', groups='base.group_user')

    @api.depends('serial', 'partner_id.name', 'partner_id.phone')
    def _compute_search_text(self):
        for device in self:
            device.search_text = lookup.get_text(
                device.partner_id.name, phones=[device.partner_id.phone], codes=[device.serial])

    @api.model
    def _search_display_name(self, operator, value):
        """Find the devices that have all the words, each in the search text or in the product's name."""
        if operator == 'not ilike':
            return ~self._search_display_name('ilike', value)
        if operator != 'ilike' or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        # Lists of ids, not subqueries: only so can the database join the two indexes.
        return Domain.AND(
            Domain('search_text', 'like', word) | Domain('product_id', 'in', self._find_products(word).ids)
            for word in lookup.get_words(value))

    @api.model
    def _find_products(self, word):
        """Return the products, archived ones too, whose name holds a word.

        :param str word: folded
        """
        # sudo: the devices themselves decide who sees them
        products = self.env['product.product'].sudo().with_context(active_test=False)
        return products.search([('name', 'ilike', word)], order='id')
