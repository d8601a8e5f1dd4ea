from odoo import models
from odoo.exceptions import UserError


class MergePartnerAutomatic(models.TransientModel):
    """Two providers or two technicians are no duplicates: Odoo would drop the second of them with all that belongs to it."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge contacts.

        :raise UserError: if two of them are providers, or work for the same one
        """
        # sudo: whoever merges contacts need not see providers
        providers, people = (
            self.env[model].sudo().with_context(active_test=False).search([('partner_id', 'in', partner_ids)])
            for model in ('stokiva.provider', 'stokiva.personnel'))
        if len(providers) > 1:
            raise UserError(self.env._(
                "%s are service providers. Close one of them, and let the other one take over what is open.",
                ", ".join(providers.mapped('name'))))
        for provider, members in people.grouped('provider_id').items():
            if len(members) > 1:
                raise UserError(self.env._(
                    "%(people)s work for %(provider)s. Hand over what one of them has to do, and archive him.",
                    people=", ".join(members.mapped('name')), provider=provider.name))
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
