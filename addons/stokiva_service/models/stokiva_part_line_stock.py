from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from .. import parts

# Written by the job and by narrow methods, never by users.
FOLLOWED_FIELDS = frozenset({'stock_state', 'stock_move_ids', 'return_state', 'return_due', 'cost'})
OFFICE_GROUP = 'stokiva_service.group_stokiva_dispatcher'
STOCK = f'{OFFICE_GROUP},stock.group_stock_user'


class PartLine(models.Model):
    """A part as stock: from where it left, what it cost, and whether the defective one came back."""
    _inherit = 'stokiva.part.line'

    provider_id = fields.Many2one(related='work_order_id.provider_id')
    stock_state = fields.Selection(
        [
            ('waiting', "To be moved"),
            ('short', "Not in stock"),
            ('done', "Moved"),
            ('own', "Confirmed as the provider's own"),
        ],
        "Stock", readonly=True, copy=False,
        help="Empty until the order is submitted. Not in stock: the part is fitted, but the provider's stock does "
             "not have it; its pay is held until that is settled.")
    stock_move_ids = fields.One2many('stock.move', 'stokiva_part_line_id', readonly=True, groups=STOCK)
    returns_defective = fields.Boolean(
        "Defective part comes back", compute='_compute_returns_defective', store=True, readonly=False, precompute=True)
    return_due = fields.Date("Due back", readonly=True, copy=False)
    return_state = fields.Selection(
        [('due', "With the provider"), ('sent', "On the way"), ('back', "Came back")],
        "Defective part", readonly=True, copy=False)

    _stock_state_idx = models.Index("(product_id, work_order_id) WHERE stock_state IN ('waiting', 'short')")
    _return_idx = models.Index("(return_due, id) WHERE return_state IN ('due', 'sent')")

    @api.depends('product_id')
    def _compute_returns_defective(self):
        for line in self:
            line.returns_defective = line.product_id.stokiva_returns_defective

    @api.constrains('product_id', 'lot_id', 'quantity')
    def _check_lot_id(self):
        for line in self:
            lot = line.lot_id.sudo()  # sudo: portal users read no lots
            if lot and lot.product_id != line.product_id:
                raise ValidationError(self.env._(
                    "%(lot)s is no serial number or lot of %(part)s.", lot=lot.name, part=line.product_id.display_name))
            if lot and line.product_id.tracking == 'serial' and line.quantity != 1:
                raise ValidationError(self.env._(
                    "%s has serial numbers: one line per piece.", line.product_id.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; what follows from stock cannot be given.

        :raise AccessError: if a user gives it, also as a default in the context
        """
        if not self.env.su:
            given = {key.removeprefix('default_') for key in self.env.context if key.startswith('default_')}
            self._refuse_followed(given.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Write lines; what follows from stock cannot be written.

        :raise AccessError: if a user tries
        """
        if not self.env.su:
            self._refuse_followed(vals)
        return super().write(vals)

    def _refuse_followed(self, names):
        refused = FOLLOWED_FIELDS.intersection(names)
        if refused:
            labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in refused))
            raise AccessError(self.env._("Only stock changes: %s", labels))

    def _get_log_values(self):
        """Add whether the defective part is wanted back."""
        return super()._get_log_values() | {'returns_defective': self.returns_defective}

    # === STOCK === #

    def _is_stocked(self):
        """Tell whether the part leaves the company's stock: parts are on, tracked, and not the provider's own."""
        self.ensure_one()
        return self.company_id.stokiva_parts and self.product_id.is_storable and not self.is_provider_stock

    def _is_pay_held(self):
        """Tell whether nothing is paid for the part until a dispatcher has settled where it came from.

        :rtype: bool
        """
        self.ensure_one()
        return self.stock_state == 'short'

    def _is_paid_as_own(self):
        """Tell whether the provider is paid the part itself.

        :rtype: bool
        """
        self.ensure_one()
        return self.is_provider_stock or self.stock_state == 'own'

    def _check_lots(self):
        """Raise if a tracked part has no serial number or lot.

        :raise UserError: naming the first
        """
        for line in self:
            if line.product_id.tracking != 'none' and not line.lot_id:
                raise UserError(self.env._(
                    "Give the serial or lot number of %(part)s on %(order)s.",
                    part=line.product_id.display_name, order=line.work_order_id.name))

    def _get_live_moves(self):
        """Return the moves by which these parts left a stock and did not come back."""
        moves = self.stock_move_ids.filtered(
            lambda move: move.state == 'done' and not move.origin_returned_move_id and move._stokiva_is_use())
        return moves.filtered(lambda move: 'done' not in move.returned_move_ids.mapped('state'))

    def _is_moved_rightly(self):
        """Tell whether what left the stock is what the line names."""
        self.ensure_one()
        moves = self._get_live_moves()
        return (
            bool(moves) and moves.product_id == self.product_id and moves.move_line_ids.lot_id == self.lot_id
            and self.product_id.uom_id.compare(sum(moves.mapped('quantity')), self.quantity) == 0)

    def _plan(self):
        """Choose for each line where it is taken from: the technician's van first, then the provider's shelf.

        :return: ``(served, short)``: ``{line: [(stock.location record, quantity)]}`` and
            ``{line: missing quantity}``
        """
        if not self:
            return {}, {}
        # sudo: quantities only; who asks has no rights on stock
        Location = self.env['stock.location'].sudo()
        locations = Location.search([
            ('stokiva_provider_id', 'in', self.provider_id.ids), ('company_id', 'in', self.company_id.ids),
            ('stokiva_is_defective', '=', False)])
        needs = []
        for line in self:
            person = line.work_order_id.personnel_id
            own = locations.filtered(lambda place: (
                place.stokiva_provider_id == line.provider_id and place.company_id == line.company_id  # noqa: B023
                and place.stokiva_personnel_id in (person, person.browse())))  # noqa: B023
            needs.append(parts.Need(
                line, line.product_id.id, line.quantity, line.lot_id.id or None,
                tuple(own.sorted(lambda place: not place.stokiva_personnel_id).ids)))
        served, short = parts.plan(needs, self._get_free_stock(locations))
        return {
            line: [(Location.browse(place), taken) for place, taken in takes] for line, takes in served.items()}, short

    def _get_free_stock(self, locations):
        """Return what is free for these lines, less what other lines wait for.

        :param locations: stock.location records
        :return: ``{(location id, product id, lot id or None): quantity}``
        """
        free = {}
        # sudo: quantities only
        for location, product, lot, quantity, reserved in self.env['stock.quant'].sudo()._read_group(
                [('location_id', 'in', locations.ids), ('product_id', 'in', self.product_id.ids)],
                ['location_id', 'product_id', 'lot_id'], ['quantity:sum', 'reserved_quantity:sum']):
            free[location.id, product.id, lot.id or None] = quantity - reserved
        for move in self._get_live_moves():  # comes back before the line is served anew
            for row in move.move_line_ids:
                key = row.location_id.id, row.product_id.id, row.lot_id.id or None
                free[key] = free.get(key, 0.0) + row.quantity
        ahead = self.sudo().search(  # sudo: lines that the job has not moved yet, whosever they are
            Domain('stock_state', '=', 'waiting') & Domain('work_order_id.provider_id', 'in', self.provider_id.ids)
            & Domain('product_id', 'in', self.product_id.ids) & Domain('id', 'not in', self.ids))
        if ahead and locations:
            served, _short = parts.plan([
                parts.Need(
                    line.id, line.product_id.id, line.quantity, line.lot_id.id or None,
                    tuple(locations.filtered(
                        lambda place: place.stokiva_provider_id == line.provider_id  # noqa: B023
                        and place.company_id == line.company_id).ids))  # noqa: B023
                for line in ahead], free)
            for line in ahead:
                for place, taken in served.get(line.id, ()):
                    free[place, line.product_id.id, line.lot_id.id or None] -= taken
        return free

    def _move(self, takes):
        """Let the part leave the stock to the customer, and keep what it cost; the defective one comes in turn.

        :param list takes: ``(stock.location record, quantity)``
        """
        self.ensure_one()
        order = self.work_order_id
        customer = order.partner_id.property_stock_customer
        moves = self.env['stock.move'].create([
            self._prepare_move_values(location, customer, quantity) for location, quantity in takes])
        moves._action_done()
        values = {'stock_state': 'done'}
        if any(moves.mapped('is_valued')):
            values['cost'] = sum(abs(value) for value in moves.mapped('value'))
        if self.returns_defective and not self.return_state:
            shelf = order.provider_id._get_stock_location(self.company_id, defective=True)
            defective = self.env['stock.move'].create(
                self._prepare_move_values(customer, shelf, self.quantity, lot=self._get_defective_lot()))
            defective._action_done()
            done = fields.Date.context_today(
                self.with_context(tz=order.provider_id.tz), order.submitted_at or fields.Datetime.now())
            values |= {
                'return_state': 'due', 'return_due': done + timedelta(days=self.company_id.stokiva_defective_days)}
        self.write(values)

    def _get_defective_lot(self):
        """Return the lot of the part taken out: its own number is not known, the order stands for it."""
        if self.product_id.tracking == 'none':
            return self.lot_id
        name = f"{self.work_order_id.name}/{self.id}"
        lots = self.env['stock.lot']
        return lots.search([
            ('name', '=', name), ('product_id', '=', self.product_id.id)], limit=1) or lots.create({
                'name': name, 'product_id': self.product_id.id, 'company_id': self.company_id.id})

    def _prepare_move_values(self, source, target, quantity, lot=None):
        """Return the values of a stock move of the line's part, to be done at once."""
        self.ensure_one()
        lot = self.lot_id if lot is None else lot
        common = {
            'product_id': self.product_id.id, 'company_id': self.company_id.id,
            'location_id': source.id, 'location_dest_id': target.id}
        unit = self.product_id.uom_id.id
        return {
            **common, 'product_uom': unit, 'product_uom_qty': quantity, 'state': 'draft', 'picked': True,
            'origin': self.work_order_id.name, 'partner_id': self.work_order_id.partner_id.id,
            'stokiva_part_line_id': self.id, 'stokiva_work_order_id': self.work_order_id.id,
            'move_line_ids': [Command.create({
                **common, 'product_uom_id': unit, 'quantity': quantity, 'lot_id': lot.id, 'picked': True})]}

    @api.model
    def _find_lot(self, product, name, company):
        """Return the lot of a part that somebody in the field has read from it; made when nobody knows it yet.

        A number that is in no stock makes the line wait, like any part that is not there.

        :param product: product.product record
        :param str name: what was read
        :param company: res.company record
        :return: stock.lot record, empty where the part has none
        """
        name = (name or '').strip()
        if not name or product.tracking == 'none':
            return self.env['stock.lot']
        lots = self.env['stock.lot'].sudo()  # sudo: the field has no rights on stock
        return lots.search([
            ('product_id', '=', product.id), ('name', '=', name), ('company_id', 'in', (company.id, False))],
            limit=1) or lots.create({'product_id': product.id, 'name': name, 'company_id': company.id})

    # === ACTIONS === #

    def action_confirm_own(self):
        """Settle a part that is in no stock: it was the provider's own, and is paid as such.

        :raise AccessError: if the user is no dispatcher
        :raise UserError: if the line does not wait for stock
        """
        self.check_access('read')
        if not self.env.user.has_group(OFFICE_GROUP):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        if any(line.stock_state != 'short' for line in self):
            raise UserError(self.env._("Only parts that are not in stock wait for this."))
        lines = self.sudo()  # sudo: after the checks; the order may be completed by now
        lines.stock_state = 'own'
        lines.work_order_id._settle_part_alerts()
        lines._post_settled()

    def action_try_again(self):
        """Look into the stock again for parts that were not there.

        :raise AccessError: if the user is no dispatcher
        """
        self.check_access('read')
        if not self.env.user.has_group(OFFICE_GROUP):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        self.sudo()._retry()  # sudo: after the checks: the job looks, not the user

    def _retry(self):
        """Let the job look again at lines that are not in stock."""
        orders = self.filtered(lambda line: line.stock_state == 'short').work_order_id
        if orders:
            orders.parts_due = True
            orders._wake_parts_job()

    def _post_settled(self):
        """Do what follows when parts whose pay was held are settled; to be extended."""
