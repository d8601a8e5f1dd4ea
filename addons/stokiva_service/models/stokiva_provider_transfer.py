from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain


class Provider(models.Model):
    """Parts on their way to a provider and back."""
    _inherit = 'stokiva.provider'

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

    def _ask_for_part(self, company, product, quantity, *, order=None, is_urgent=False):
        """Ask for a part in the provider's name; what it asked for and nobody has approved yet grows.

        :param company: res.company record whose part it is
        :param product: product.product record
        :param float quantity: in the product's unit
        :param order: stokiva.work.order record that waits for it, if one does
        :param bool is_urgent: whether it is wanted before all else
        :return: stock.picking record in sudo
        :raise AccessError: if the provider may not request parts
        """
        self.ensure_one()
        if not self.sudo().can_request_parts:  # sudo: portal users read few fields of a provider
            raise AccessError(self.env._("Your company may not request parts. Please call the office."))
        shelf = self._get_stock_location(company)
        waiting = self.env['stock.picking'].sudo().search([  # sudo: portal users have no rights on stock
            ('stokiva_kind', '=', 'supply'), ('state', '=', 'draft'), ('location_dest_id', '=', shelf.id)], limit=1)
        known = waiting.move_ids
        if waiting:
            self._check_transferable(company, [(product, quantity, {})])
            waiting.move_ids = [Command.create({
                'product_id': product.id, 'product_uom_qty': quantity, 'product_uom': product.uom_id.id,
                'location_id': waiting.location_id.id, 'location_dest_id': shelf.id})]
        else:
            waiting = self._request_parts(company, {product: quantity})
        if order:
            (waiting.move_ids - known).stokiva_for_order_id = order
        if is_urgent:
            waiting.priority = '1'
        return waiting

    def _receive_parts(self, picking_id, user):
        """Confirm in a provider's name that parts have arrived.

        :param int picking_id: id of the transfer, not trusted
        :param user: res.users record of who has them in his hands
        :raise UserError: if there is no such transfer to receive
        """
        self.ensure_one()
        picking = self.env['stock.picking'].sudo().search([  # sudo: portal users have no rights on stock
            ('id', '=', picking_id), ('stokiva_provider_id', '=', self.id), ('stokiva_kind', 'in', ('supply', 'move')),
            ('state', '=', 'assigned')])
        if not picking:
            raise UserError(self.env._("This transfer is closed already, or not ready yet."))
        picking._stokiva_receive(user)

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

    def _send_defective(self, lines, note=None):
        """Send defective parts back.

        :param lines: stokiva.part.line records of one company whose defective parts are with the provider
        :param str note: for those who unpack
        :return: stock.picking record in sudo, reserved
        :raise UserError: if there is nothing to send, or one is with somebody else
        """
        self.ensure_one()
        if not lines:
            raise UserError(self.env._("Choose at least one part."))
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

    def _check_transferable(self, company, lines):
        """Raise unless the lines can be moved as stock.

        :param company: res.company record
        :param list lines: ``(product, quantity, further values)``
        :raise UserError: if there are none, one is no stock, or parts are switched off
        """
        if not lines:
            raise UserError(self.env._("Choose at least one part."))
        for product, quantity, _values in lines:
            if product.uom_id.compare(quantity, 0) <= 0:
                raise UserError(self.env._("The quantity of %s must be above zero.", product.display_name))
            if not product.is_storable:
                raise UserError(self.env._("%s is not tracked in inventory.", product.display_name))
        if not company.sudo().stokiva_parts:  # sudo: one setting only
            raise UserError(self.env._("Parts as stock are switched off."))

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
        self._check_transferable(picking_type.company_id, lines)
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
