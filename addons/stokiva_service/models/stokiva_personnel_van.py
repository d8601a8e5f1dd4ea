from odoo import fields, models
from odoo.exceptions import UserError


class Personnel(models.Model):
    """A van that carries parts."""
    _inherit = 'stokiva.personnel'

    has_van = fields.Boolean(
        "Carries Parts", groups='base.group_user', help="In a van: the person's parts are counted apart.")

    def _get_van(self, company, create=True):
        """Return where a company's parts lie in the person's van; made when it is first asked for.

        :param company: res.company record
        :param bool create: whether to make it; else the answer may be empty
        :return: stock.location record in sudo
        :raise UserError: if the person carries no parts
        """
        self.ensure_one()
        # sudo: as the provider's own place
        Location = self.env['stock.location'].sudo().with_context(active_test=False)
        van = Location.search([('stokiva_personnel_id', '=', self.id), ('company_id', '=', company.id)])
        if van or not create:
            return van
        if not self.sudo().has_van:  # sudo: portal users read few fields of a person
            raise UserError(self.env._("%s carries no parts.", self.name))
        main = self.provider_id._get_stock_location(company)
        return Location.create({
            'name': self.name, 'location_id': main.id, 'company_id': company.id, 'usage': 'internal',
            'stokiva_provider_id': self.provider_id.id, 'stokiva_personnel_id': self.id})
