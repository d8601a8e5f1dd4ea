from odoo import api, fields, models
from odoo.fields import Domain

from .. import lookup


class ResPartner(models.Model):
    """Customers are found by an index, by name in any spelling, telephone, e-mail address or tax number."""
    _inherit = 'res.partner'

    stokiva_search_text = fields.Char(
        "Search Text", compute='_compute_stokiva_search_text', store=True, index='trigram', groups='base.group_user',
        prefetch=False)

    @api.depends('complete_name', 'email', 'ref', 'vat', 'company_registry', 'phone')
    def _compute_stokiva_search_text(self):
        for partner in self:
            partner.stokiva_search_text = lookup.get_text(
                partner.complete_name, partner.email, phones=[partner.phone],
                codes=[partner.ref, partner.vat, partner.company_registry])

    @api.model
    def _search_display_name(self, operator, value):
        """Find what contains all the words, instead of comparing five columns that have no index for it."""
        words = lookup.get_words(value) if operator in ('ilike', 'not ilike') and isinstance(value, str) else ()
        if not words or not self.env.user._is_internal():
            return super()._search_display_name(operator, value)
        domain = Domain.AND(Domain('stokiva_search_text', 'like', word) for word in words)
        return ~domain if operator == 'not ilike' else domain
