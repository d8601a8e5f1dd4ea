import re

from odoo import api, fields, models
from odoo.fields import Domain

from ..folding import fold

_ONLY_DIGITS = re.compile(r'[\d\s()+./-]+')
_NO_DIGIT = re.compile(r'\D')
_NO_WORD = re.compile(r'[\W_]+')


class Device(models.Model):
    """One indexed text to find a device by: serial number, customer, telephone and product, in one spelling."""
    _inherit = 'stokiva.device'

    search_text = fields.Char(
        "Search Text", compute='_compute_search_text', store=True, index='trigram', groups='base.group_user')

    @api.depends('serial', 'partner_id.name', 'partner_id.phone', 'product_id.name', 'product_id.default_code')
    def _compute_search_text(self):
        for device in self:
            serial = fold(device.serial)
            partner, product = device.partner_id, device.product_id
            device.search_text = " ".join(filter(None, dict.fromkeys([
                serial, _NO_WORD.sub('', serial), fold(partner.name), _NO_DIGIT.sub('', partner.phone or ''),
                fold(product.with_context(lang=None).name), fold(product.with_context(lang=partner.lang).name),
                fold(product.default_code)])))

    @api.model
    def _search_display_name(self, operator, value):
        """Find by the words of the search text, however they are spelled."""
        if operator == 'not ilike':
            return ~self._search_display_name('ilike', value)
        if operator != 'ilike' or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        words = fold(value).split()
        if _ONLY_DIGITS.fullmatch(value):
            # A telephone number or a serial number, with blanks or a leading zero where others write none.
            words = [_NO_DIGIT.sub('', value).lstrip('0')]
        return Domain.AND(Domain('search_text', 'like', word) for word in words)
