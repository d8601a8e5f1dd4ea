from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contacts of providers and of their people are part of the change log, and customers from their first work order:
    where and to whom somebody went depends on their data. Their values are personal: digests stay when they are erased.
    """
    _name = 'res.partner'
    _inherit = ['res.partner', 'stokiva.audited']

    _audited_fields = frozenset({
        'active', 'city', 'city_id', 'country_id', 'email', 'name', 'phone', 'state_id', 'street', 'street2', 'vat', 'zip'})
    _personal_fields = frozenset({'email', 'name', 'phone', 'street', 'street2', 'vat'})

    def _filter_audited(self):
        """Return those of the network, and those for whom or where there is or was a work order."""
        others = self - self._filter_network()
        # sudo: orders of other companies count, too
        orders = self.env['stokiva.work.order'].sudo()
        served = others.browse()
        for name in ('partner_id', 'site_id') if others else ():
            served |= others.browse(
                partner.id for (partner,) in orders._read_group(Domain(name, 'in', others.ids), [name]))
        return self - (others - served)

    def _filter_network(self):
        """Return the partners that are the contact of a provider or of one of its people."""
        providers, people = (
            # sudo: archived ones and those of other companies count, too
            self.env[model].sudo().with_context(active_test=False).search([('partner_id', 'in', self.ids)]).partner_id
            for model in ('stokiva.provider', 'stokiva.personnel'))
        return self & (providers | people).with_env(self.env)
