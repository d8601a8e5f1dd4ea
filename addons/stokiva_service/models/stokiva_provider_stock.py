from odoo import api, fields, models
from odoo.fields import Domain

from .. import figures
from ..groups import STAFF


class Provider(models.Model):
    """The company's parts that lie with a provider."""
    _inherit = 'stokiva.provider'

    part_quantity = fields.Float(
        "Parts in Stock", compute='_compute_part_quantity', digits='Product Unit', groups=STAFF)
    has_parts = fields.Boolean(compute='_compute_has_parts', groups=STAFF)

    @api.depends_context('company')
    def _compute_has_parts(self):
        self.has_parts = self.env.company.stokiva_parts

    @api.depends_context('allowed_company_ids')
    def _compute_part_quantity(self):
        groups = self.env['stock.quant']._read_group(
            self._get_quants_domain(), ['location_id'], ['quantity:sum'])
        found = dict.fromkeys(self, 0.0)
        for location, quantity in groups:
            found[location.stokiva_provider_id] += quantity
        for provider in self:
            provider.part_quantity = found[provider]

    def _get_quants_domain(self):
        """Return the domain of the stock that lies with these providers, new and defective."""
        return (
            Domain('location_id.stokiva_provider_id', 'in', self.ids)
            & Domain('quantity', '!=', 0))

    def _get_stock_location(self, company, defective=False, create=True):
        """Return where a company's parts lie with the provider; made when it is first asked for.

        :param company: res.company record
        :param bool defective: the place of the defective parts instead
        :param bool create: whether to make it; else the answer may be empty
        :return: stock.location record in sudo
        """
        self.ensure_one()
        # sudo: places are made by whoever first sends a part there
        Location = self.env['stock.location'].sudo().with_context(active_test=False)
        location = Location.search([
            ('stokiva_provider_id', '=', self.id), ('company_id', '=', company.id),
            ('stokiva_personnel_id', '=', False), ('stokiva_is_defective', '=', defective)])
        if location or not create:
            return location
        company_sudo = company.sudo()._stokiva_set_up_parts()  # sudo: as above
        main = self._get_stock_location(company) if defective else company_sudo.stokiva_provider_location_id
        return Location.create({
            'name': self.with_context(lang=company_sudo.partner_id.lang).env._("Defective") if defective else self.name,
            'location_id': main.id, 'company_id': company.id, 'usage': 'internal',
            'stokiva_provider_id': self.id, 'stokiva_is_defective': defective})

    def _get_defective_domain(self, company):
        """Return the domain of the part lines whose defective part lies with these providers.

        :param company: res.company record whose parts they are
        """
        return (
            Domain('work_order_id.provider_id', 'in', self.ids) & Domain('return_state', '=', 'due')
            & Domain('company_id', '=', company.id))

    def _describe_parts(self):
        """Return in words what lies with the provider, empty without anything."""
        self.ensure_one()
        # sudo: quantities only, those of other companies too: the provider is closed for all
        groups = self.env['stock.quant'].sudo()._read_group(
            self._get_quants_domain(), ['product_id'], ['quantity:sum'], order='product_id')
        return ", ".join(
            f"{figures.spell(self.env, quantity)} × {product.with_context(lang=self.env.lang).name}"
            for product, quantity in groups)

    # === ACTIONS === #

    def action_view_parts(self):
        """Open what lies with this provider.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.stock_quant_action_provider')
        return {**action, 'domain': list(self._get_quants_domain()), 'context': {}}

    def action_view_transfers(self):
        """Open the transfers of parts to and from this provider.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.stock_picking_action_parts')
        return {**action, 'domain': [('stokiva_provider_id', '=', self.id)], 'context': {}}

    def action_view_minimums(self):
        """Open the minimum stock of this provider; its place is made, so that rules can name it.

        :return: an action
        :rtype: dict
        :raise AccessError: if the user may not change the provider
        """
        self.ensure_one()
        self.check_access('write')
        location = self._get_stock_location(self.env.company)
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.stock_orderpoint_action_provider')
        return {
            **action, 'domain': [('location_id', 'child_of', location.id)],
            'context': {'default_location_id': location.id}}
