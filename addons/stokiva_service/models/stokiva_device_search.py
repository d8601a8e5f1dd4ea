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
            device.search_text = self._get_search_text(device.partner_id, device.serial)

    @api.model
    def _derive_values(self, vals_list):
        """Add by what devices without a serial number are found."""
        derived = super()._derive_values(vals_list)
        for values, vals in zip(derived, vals_list, strict=True):
            values['search_text'] = self._get_search_text(self.env['res.partner'].browse(vals.get('partner_id')), False)
        return derived

    @api.model
    def _get_search_text(self, partner, serial):
        """Return by what a device is found.

        :param partner: res.partner record of its customer
        :param serial: its number, or False
        :rtype: str
        """
        return lookup.get_text(partner.name, phones=[partner.phone], codes=[serial])

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
