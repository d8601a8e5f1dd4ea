from odoo import models


class ResPartner(models.Model):
    """Contacts of providers and of their people are part of the change log; customers are not."""
    _name = 'res.partner'
    _inherit = ['res.partner', 'stokiva.audited']

    _audited_fields = frozenset({
        'active', 'city', 'city_id', 'country_id', 'email', 'name', 'phone', 'state_id', 'street', 'street2', 'vat', 'zip'})
    _personal_fields = frozenset({'email', 'name', 'phone', 'street', 'street2', 'vat'})

    def _filter_audited(self):
        """Leave customers out: their data are theirs, and in the log of their orders.

        :return: the partners that are the contact of a provider or of its people
        """
        providers, people = (
            # sudo: archived ones and those of other companies count, too
            self.env[model].sudo().with_context(active_test=False).search([('partner_id', 'in', self.ids)]).partner_id
            for model in ('stokiva.provider', 'stokiva.personnel'))
        return self & (providers | people).with_env(self.env)
