from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

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

    def _request_parts(self, company, quantities, *, personnel=None, confirm=False, note=None):
        """Ask the warehouse for parts.

        :param company: res.company record whose parts they are
        :param dict quantities: ``{product.product record: quantity}``
        :param personnel: stokiva.personnel record whose van gets them; without, the provider's shelf
        :param bool confirm: whether the office has agreed already
        :param str note: for those who pack
        :return: stock.picking record in sudo
        :raise UserError: if parts are switched off, or there is nothing to ask for
        """
        self.ensure_one()
        target = personnel._get_van(company) if personnel else self._get_stock_location(company)
        company_sudo = company.sudo()  # sudo: operation types are of the warehouse
        return self._create_transfer(
            company_sudo.stokiva_supply_type_id, company_sudo._stokiva_get_parts_warehouse().lot_stock_id, target,
            [(product, quantity, {}) for product, quantity in quantities.items()], confirm=confirm, note=note)

    def _describe_parts(self):
        """Return in words what lies with the provider, empty without anything."""
        self.ensure_one()
        # sudo: quantities only, those of other companies too: the provider is closed for all
        groups = self.env['stock.quant'].sudo()._read_group(
            self._get_quants_domain(), ['product_id'], ['quantity:sum'], order='product_id')
        return ", ".join(f"{quantity:g} × {product.with_context(lang=self.env.lang).name}" for product, quantity in groups)

    def _return_all_parts(self):
        """Send everything back that lies with the provider, of every company.

        :return: stock.picking records in sudo, reserved
        """
        self.ensure_one()
        # sudo: a provider is closed for all companies
        locations = self.env['stock.location'].sudo().search([('stokiva_provider_id', '=', self.id)])
        pickings = self.env['stock.picking'].sudo()  # sudo: as above
        for company in locations.company_id:
            pickings |= self._return_parts(company)
        return pickings

    def _return_parts(self, company):
        """Send everything of a company back that lies with the provider, defective parts apart.

        :param company: res.company record
        :return: stock.picking records in sudo, reserved
        """
        self.ensure_one()
        company_sudo = company.sudo()  # sudo: the provider's stock is returned as a whole, whoever closes it
        pickings = self.env['stock.picking'].sudo()  # sudo: as above
        quants = self.env['stock.quant'].sudo().search(  # sudo: as above
            self._get_quants_domain() & Domain('company_id', '=', company.id) & Domain('quantity', '>', 0))
        for location, rows in quants.grouped('location_id').items():
            target = (
                company_sudo.stokiva_defective_location_id if location.stokiva_is_defective
                else company_sudo._stokiva_get_parts_warehouse().lot_stock_id)
            free = {}
            for row in rows:
                free[row.product_id] = free.get(row.product_id, 0.0) + row.quantity - row.reserved_quantity
            lines = [(product, quantity, {}) for product, quantity in free.items() if quantity > 0]
            if lines:
                pickings |= self._create_transfer(
                    company_sudo.stokiva_return_type_id, location, target, lines, confirm=True)
        return pickings

    def _send_back(self, company, quantities, *, personnel=None, note=None):
        """Send parts that are not needed back to the warehouse.

        :param company: res.company record whose parts they are
        :param dict quantities: ``{product.product record: quantity}``
        :param personnel: stokiva.personnel record whose van they are in; without, the provider's shelf
        :param str note: for those who unpack
        :return: stock.picking record in sudo, reserved
        :raise UserError: if there is nothing to send
        """
        self.ensure_one()
        source = personnel._get_van(company) if personnel else self._get_stock_location(company)
        company_sudo = company.sudo()  # sudo: operation types are of the warehouse
        return self._create_transfer(
            company_sudo.stokiva_return_type_id, source, company_sudo._stokiva_get_parts_warehouse().lot_stock_id,
            [(product, quantity, {}) for product, quantity in quantities.items()], confirm=True, note=note)

    def _load_van(self, company, quantities, personnel, note=None):
        """Take parts from the provider's shelf into a van.

        :param company: res.company record whose parts they are
        :param dict quantities: ``{product.product record: quantity}``
        :param personnel: stokiva.personnel record
        :param str note: for those who pack
        :return: stock.picking record in sudo, reserved
        :raise UserError: if there is nothing to take
        """
        self.ensure_one()
        company_sudo = company.sudo()  # sudo: operation types are of the warehouse
        shelf = self._get_stock_location(company)
        return self._create_transfer(
            company_sudo.stokiva_supply_type_id, shelf, personnel._get_van(company),
            [(product, quantity, {}) for product, quantity in quantities.items()], confirm=True, note=note)

    def _send_defective(self, lines, note=None):
        """Send defective parts back.

        :param lines: stokiva.part.line records of one company whose defective parts are with the provider
        :param str note: for those who unpack
        :return: stock.picking record in sudo, reserved
        :raise UserError: if there is nothing to send, or one is with somebody else
        """
        self.ensure_one()
        lines = lines.sudo()  # sudo: providers do not write lines; where their parts are follows from the transfer
        if any(line.return_state != 'due' or line.provider_id != self for line in lines):
            raise UserError(self.env._("Only defective parts that are with %s can be sent.", self.name))
        company_sudo = lines.company_id
        lots = {line: line._get_defective_lot() for line in lines}
        picking = self._create_transfer(
            company_sudo.stokiva_return_type_id, self._get_stock_location(company_sudo, defective=True),
            company_sudo.stokiva_defective_location_id, [
                (line.product_id, line.quantity, {
                    'stokiva_part_line_id': line.id, 'stokiva_work_order_id': line.work_order_id.id,
                    'origin': line.work_order_id.name,
                    'lot_ids': [Command.set(lots[line].ids)]})
                for line in lines], confirm=True, note=note)
        lines.return_state = 'sent'
        return picking

    def _create_transfer(self, picking_type, source, target, lines, confirm=False, note=None):
        """Create a transfer between a provider and the company.

        :param picking_type: stock.picking.type record
        :param source: stock.location record
        :param target: stock.location record
        :param list lines: ``(product, quantity, further values of the move)``
        :param bool confirm: whether to reserve at once
        :param str note: for those who pack
        :return: stock.picking record in sudo
        :raise UserError: if there is nothing to move, or a quantity or product does not fit
        """
        self.ensure_one()
        if not lines:
            raise UserError(self.env._("Choose at least one part."))
        for product, quantity, _values in lines:
            if product.uom_id.compare(quantity, 0) <= 0:
                raise UserError(self.env._("The quantity of %s must be above zero.", product.display_name))
            if not product.is_storable:
                raise UserError(self.env._("%s is not tracked in inventory.", product.display_name))
        if not picking_type.company_id.stokiva_parts:
            raise UserError(self.env._("Parts as stock are switched off."))
        # sudo: after the callers' checks: providers and dispatchers have no rights on stock
        picking = self.env['stock.picking'].sudo().with_company(picking_type.company_id).create({
            'picking_type_id': picking_type.id,
            'location_id': source.id,
            'location_dest_id': target.id,
            'partner_id': self.sudo().partner_id.id,  # sudo: as above
            'note': note or False,
            'stokiva_requested_by_id': self.env.uid,
            'move_ids': [
                Command.create({
                    'product_id': product.id, 'product_uom_qty': quantity, 'product_uom': product.uom_id.id,
                    'location_id': source.id, 'location_dest_id': target.id, **values})
                for product, quantity, values in lines],
        })
        if confirm:
            picking.action_confirm()
            picking.action_assign()
        return picking

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
