from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import figures


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

    def write(self, vals):
        """Write people; who leaves or gives up the van leaves no parts in it. A provider that closes keeps its own way.

        :raise UserError: if parts are in the van
        """
        if ('active' in vals and not vals['active']) or ('has_van' in vals and not vals['has_van']):
            self.check_access('write')  # before anything is told of their parts
            for person in self.filtered('provider_id.active'):
                if parts := person._describe_van():
                    raise UserError(self.env._(
                        "In the van of %(person)s there are still: %(parts)s. Choose “Hand Over Visits…” and say where "
                        "they go.", person=person.name, parts=parts))
        return super().write(vals)

    def action_archive(self):
        """Archive the people; one with parts in the van says in the dialog first where they go."""
        if len(self) == 1 and self.active and self.provider_id.active and self._describe_van():
            return self._get_handover_action(archive=True)
        return super().action_archive()

    def _get_van_quants(self):
        """Return the stock in the person's van, of every company.

        :return: stock.quant records in sudo
        """
        # sudo: quantities only, whoever lets the person go
        return self.env['stock.quant'].sudo().search(
            Domain('location_id.stokiva_personnel_id', 'in', self.ids) & Domain('quantity', '>', 0))

    def _describe_van(self):
        """Return in words what is in the person's van, empty without anything."""
        quants = self._get_van_quants().grouped('product_id')
        return ", ".join(
            f"{figures.spell(self.env, sum(rows.mapped('quantity')))} × {product.with_context(lang=self.env.lang).name}"
            for product, rows in quants.items())

    def _empty_van(self, heir=None):
        """Bring what is in the person's van to the provider's shelf, or into another van, at once.

        :param heir: stokiva.personnel record whose van gets it; without, the shelf
        :return: stock.picking records in sudo
        :raise UserError: if another transfer waits for some of it
        """
        self.ensure_one()
        if heir and (heir.provider_id != self.provider_id or heir == self):
            raise UserError(self.env._("Choose somebody else of %s.", self.provider_id.name))
        pickings = self.env['stock.picking'].sudo()  # sudo: after the caller's check; dispatchers have no rights on stock
        for van, quants in self._get_van_quants().grouped('location_id').items():
            if any(quants.mapped('reserved_quantity')):
                raise UserError(self.env._(
                    "A transfer waits for parts in the van of %s. Finish or cancel it first.", self.name))
            company = van.company_id
            target = heir._get_van(company) if heir else self.provider_id._get_stock_location(company)
            pickings |= self.provider_id._create_transfer(
                company.stokiva_supply_type_id, van, target,
                [(product, sum(rows.mapped('quantity')), {}) for product, rows in quants.grouped('product_id').items()],
                confirm=True)
        pickings._stokiva_receive(self.env.user)
        return pickings
