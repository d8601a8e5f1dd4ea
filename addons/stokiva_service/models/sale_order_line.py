from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import workflow
from ..rows import holding
from .stokiva_sold_mixin import QUIET

# Policies of a product whose sale opens work orders, and that by which confirming is enough.
CALLING = ('auto', 'manual', 'on_request')
AT_CONFIRMATION = ('auto', 'manual')
# How many rows at most an order takes that is opened and assigned.
ROWS = {'stokiva_device': 1, 'stokiva_work_order': 1, 'stokiva_assignment': 1, 'stokiva_event': 2}
NOT_DONE = ('canceled', 'returned')
# Which orders go first when fewer are wanted: those on which least was done.
CLOSING_ORDER = {state: index for index, state in enumerate(workflow.STATES)}


class SaleOrderLine(models.Model):
    """One work order per unit sold and service type, as many as the confirmed sale says."""
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """Open work orders for lines that are added to a confirmed sale."""
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == 'sale')._stokiva_sync_work_orders()
        return lines

    def write(self, vals):
        """Open or cancel work orders when quantity or product of a confirmed line changes.

        :raise UserError: if fewer units would be sold than work has begun on
        """
        confirmed = self.filtered(lambda line: line.state == 'sale') if {
            'product_uom_qty', 'product_uom_id', 'product_id'} & vals.keys() else self.browse()
        if 'product_id' in vals:
            confirmed.filtered(lambda line: line.product_id.id != vals['product_id'])._stokiva_close_work_orders(
                self.env._("Another product was sold instead."))
        res = super().write(vals)
        confirmed._stokiva_sync_work_orders(is_changed=True)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_stokiva_work_orders(self):
        lines = self.filtered('product_id')
        # sudo: the seller need not see work orders
        order = lines and self.env['stokiva.work.order'].sudo().search([('sale_line_id', 'in', lines.ids)], limit=1)
        if order:
            raise UserError(self.env._(
                "%(line)s cannot be deleted: work order %(order)s is kept as evidence of it.",
                line=order.sale_line_id.display_name, order=order.name))

    # === BUSINESS METHODS === #

    def _stokiva_sync_work_orders(self, *, is_changed=False, is_requested=False):
        """Bring the number of live work orders per line and service type to the number of sold units.

        Runs also as the public user after an online payment. Orders that are closed without the work done
        do not count, so that cancel, draft and confirm again open new ones and make no doubles; nor do those
        of devices that came back, which Odoo delivers again, too.

        :param bool is_changed: whether the lines had orders before, perhaps of products that call no more
        :param bool is_requested: whether somebody asks for the orders of lines that wait for it
        :raise UserError: if fewer units are sold than work has begun on
        """
        lines = self._stokiva_get_sold().filtered(lambda line: not line.is_downpayment and line.product_id and (
            is_changed or line._stokiva_get_policy() in CALLING))
        if not lines:
            return
        known, live = lines._stokiva_get_orders()
        opening = CALLING if is_requested else AT_CONFIRMATION
        wanted = lines.filtered(lambda line: line._stokiva_get_policy() in opening)._stokiva_get_missing(live)
        surplus = known.browse()
        for line in lines:
            units = line._stokiva_get_units()
            for orders in live[line].values():
                if is_changed:  # a sale that is confirmed again, perhaps by a payment, is not stopped
                    line._stokiva_check_begun(orders, units)
                surplus |= line._stokiva_get_surplus(orders, units)
        if surplus:
            surplus._cancel_for_sale(self.env._("Fewer units were sold than at first."))
        if wanted:
            self._stokiva_open_work_orders(wanted, known, is_new=not (known or is_changed or is_requested))
        if is_changed:
            (known - surplus)._follow_pickings()

    def _stokiva_get_policy(self):
        """Return the policy of the line's product: the template's own field, which costs no computing at every sale."""
        return self.product_id.product_tmpl_id.stokiva_policy

    def _stokiva_get_orders(self):
        """Return the lines' orders: all, in sudo, and as ``{line: {service type: live orders}}``."""
        # sudo: the seller need not see work orders
        known = self.env['stokiva.work.order'].sudo()
        if any(sale.stokiva_has_work_orders for sale in self.order_id.sudo()):
            known = known.browse(id_ for id_, in self.env.execute_query(SQL(
                "SELECT id FROM stokiva_work_order WHERE sale_line_id = ANY(%s) ORDER BY deadline, id", list(self.ids))))
        live = defaultdict(lambda: defaultdict(known.browse))
        for order in known.filtered(lambda order: order._is_live_for_sale()):
            live[order.sale_line_id][order.service_type_id] |= order
        return known, live

    def _stokiva_get_missing(self, live):
        """Return for which units an order is missing, as a list of ``(line, service type)``.

        :param dict live: see ``_stokiva_get_orders``
        """
        missing = []
        for line in self:
            units = line._stokiva_get_units()
            for service_type in line._stokiva_get_service_types():
                missing += [(line, service_type)] * (units - len(live[line][service_type]))
        return missing

    def _stokiva_get_units(self):
        """Return how many appliances the line sells; see ``product.product._stokiva_count_units``."""
        self.ensure_one()
        return self.product_id._stokiva_count_units(self.product_uom_qty, self.product_uom_id)

    def _stokiva_check_begun(self, orders, units):
        """Raise if work has begun on more units than are sold.

        :param orders: the live stokiva.work.order records of one service type
        :param int units: how many are sold
        :raise UserError: naming the orders
        """
        begun = orders.filtered(lambda order: order._has_begun())
        if len(begun) > units:
            raise UserError(self.env._(
                "Work has begun or is done on %(count)s of %(product)s (%(orders)s): no fewer can be sold. "
                "What the customer gives back comes by a return of the delivery.",
                count=len(begun), product=self.product_id.display_name, orders=", ".join(begun.mapped('name'))))

    def _stokiva_get_surplus(self, orders, units):
        """Return those of the live orders that are to be cancelled, least advanced and youngest first.

        :param orders: stokiva.work.order records of one service type
        :param int units: how many may stay
        """
        return orders.filtered(lambda order: not order._has_begun()).sorted(lambda order: (
            bool(order.device_id.date_delivered), CLOSING_ORDER[order.state], -order.id))[:max(len(orders) - units, 0)]

    @api.model
    def _stokiva_open_work_orders(self, wanted, known, *, is_new):
        """Open and assign one work order per entry.

        :param list wanted: ``(sale line, service type)``, one per unit
        :param known: the lines' stokiva.work.order records so far
        :param bool is_new: whether the lines cannot have devices yet
        """
        # A person who sells opens the order in his own name; after an online payment it is the system.
        is_seller = not self.env.su and self.env.user.has_group('sales_team.group_sale_salesman')
        actor = self.env.user if is_seller else None
        pools, used = ({}, set()) if is_new else self._stokiva_get_free_devices(wanted, known)
        lines = self.browse().union(*(line for line, _service_type in wanted))
        for entry in {*(service_type for _line, service_type in wanted), *(
                product._get_stokiva_device_type() for product in lines.product_id)}:
            entry._warm()
        sales = lines.order_id
        earlier = sales.sudo().filtered('stokiva_has_work_orders')  # sudo: nobody has the right to read it
        # At once with who sells, who is read anyway when the sale's change is noted.
        # sudo: addresses may be anybody's
        (sales.partner_id | sales.partner_shipping_id | self.env.user.partner_id).sudo().mapped('name')
        with holding(self.env, self._stokiva_count_draws(wanted)):
            devices = self._stokiva_get_devices(wanted, pools, used)
            # sudo: the seller need not have rights on work orders
            orders = self.env['stokiva.work.order'].sudo().with_context(**QUIET).create([
                # The event sets the time when it was opened; what hangs on it need not be computed again.
                {**line._stokiva_prepare_work_order_values(service_type, device), 'opened_at': fields.Datetime.now()}
                for (line, service_type), device in zip(wanted, devices, strict=True)])
            orders._open_for_sale(actor, earlier)

    @api.model
    def _stokiva_count_draws(self, wanted):
        """Return how many rows and numbers work orders take that are opened and assigned, by sequence of the database.

        :param list wanted: ``(sale line, service type)``, one per unit
        :rtype: dict
        """
        companies = [line.company_id for line, _service_type in wanted]
        promised = {company: max(
            (len(policy['minutes']) for policy in self.env['stokiva.sla.policy']._get_policies(company.id)), default=0)
            for company in {*companies}}
        rows = {
            **{table: number * len(wanted) for table, number in ROWS.items()},
            'stokiva_sla_clock': sum(map(promised.get, companies)),
            'stokiva_slot_booking': sum(bool(line.stokiva_window_start) for line, _service_type in wanted)}
        return {
            **self.env['ir.sequence']._stokiva_count_draws('stokiva.work.order', companies),
            **{f'{table}_id_seq': number for table, number in rows.items() if number}}

    @api.model
    def _stokiva_get_devices(self, wanted, pools, used):
        """Return one device per entry: those of the line that no live order uses, else new ones.

        :param list wanted: ``(sale line, service type)``, one per unit
        :param dict pools: see ``_stokiva_get_free_devices``
        :param set used: see ``_stokiva_get_free_devices``
        :return: list of stokiva.device records
        """
        devices, ordinals, new = [], defaultdict(int), {}
        for line, service_type in wanted:
            device = next((item for item in pools.get(line, ()) if (item, service_type) not in used), None)
            if device:
                used.add((device, service_type))
            else:
                # A unit's second service type is for the same new device.
                device = (line, ordinals[line, service_type])
                ordinals[line, service_type] += 1
                new[device] = None
            devices.append(device)
        # sudo: the seller need not write devices
        created = self.env['stokiva.device'].sudo().with_context(**QUIET).create(
            [line._stokiva_prepare_device_values() for line, _ordinal in new])
        new = dict(zip(new, created, strict=True))
        devices = [new.get(device, device) for device in devices]
        if pools:  # those of a sale that was cancelled and is confirmed again
            created.union(*devices).filtered(lambda device: not device.active).action_unarchive()
        return devices

    @api.model
    def _stokiva_get_free_devices(self, wanted, known):
        """Return which devices of the lines could be taken: delivered before, or of orders that were cancelled.

        :param list wanted: ``(sale line, service type)``, one per unit
        :param known: the lines' stokiva.work.order records so far
        :return: ``{line: stokiva.device records}`` and the set of ``(device, service type)`` in use
        """
        lines = self.browse().union(*(line for line, _service_type in wanted))
        # sudo: the seller need not see devices
        devices = self.env['stokiva.device'].sudo().with_context(active_test=False).search([
            ('sale_line_id', 'in', lines.ids), ('state', '=', 'in_service')], order='date_delivered, id')
        pools = devices.filtered(lambda device: device.product_id == device.sale_line_id.product_id)
        used = {(order.device_id, order.service_type_id) for order in known if order.state not in NOT_DONE}
        return pools.grouped('sale_line_id'), used

    def _stokiva_prepare_device_values(self):
        """Return the values of the device that one sold unit becomes; to be extended."""
        self.ensure_one()
        return {
            'product_id': self.product_id.id,
            'sale_line_id': self.id,
            'partner_id': self.order_id.partner_id.id,
            'site_id': self.order_id.partner_shipping_id.id,
            'company_id': self.company_id.id,
            'date_sold': fields.Date.to_date(self.order_id.date_order),
            'origin': 'sale',
        }

    def _stokiva_prepare_work_order_values(self, service_type, device):
        """Return the values of the work order for one sold unit; to be extended.

        :param service_type: stokiva.service.type record
        :param device: stokiva.device record
        """
        self.ensure_one()
        return {
            'partner_id': self.order_id.partner_id.id,
            'site_id': self.order_id.partner_shipping_id.id,
            'device_id': device.id,
            'service_type_id': service_type.id,
            'sale_line_id': self.id,
            'sale_order_id': self.order_id.id,
            'company_id': self.company_id.id,
            'user_id': False,
            **self._stokiva_prepare_window_values(),
            **service_type._prepare_earliest_values(self._stokiva_get_earliest_start()),
        }

    def _stokiva_close_work_orders(self, reason):
        """Cancel all orders of the lines on which nothing was done, and put their devices away.

        :param str reason: for the log
        """
        # sudo: the seller need not see work orders
        orders = self.env['stokiva.work.order'].sudo().search([
            ('sale_line_id', 'in', self.ids), ('state', 'in', workflow.OPEN)])
        orders._cancel_for_sale(reason)
