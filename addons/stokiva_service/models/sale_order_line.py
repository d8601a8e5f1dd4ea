from collections import defaultdict

from odoo import api, fields, models

from .. import workflow

# Policies of a product whose sale opens work orders.
CALLING = ('auto', 'manual')
NOT_DONE = ('canceled', 'returned')
# The log of events tells it all: no followers, no line in the chatter.
QUIET = {'mail_create_nosubscribe': True, 'mail_create_nolog': True, 'tracking_disable': True}
# Which orders go first when fewer are wanted: those on which least was done.
CLOSING_ORDER = {state: index for index, state in enumerate(workflow.STATES)}


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """Open work orders for lines that are added to a confirmed sale."""
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == 'sale')._stokiva_sync_work_orders()
        return lines

    def write(self, vals):
        """Open or cancel work orders when the quantity of a confirmed line changes."""
        res = super().write(vals)
        if 'product_uom_qty' in vals:
            self.filtered(lambda line: line.state == 'sale')._stokiva_sync_work_orders()
        return res

    def _stokiva_sync_work_orders(self):
        """Bring the number of live work orders per line and service type to the number of sold units.

        Runs also as the public user after an online payment. Orders that are closed without the work done
        do not count, so that cancel, draft and confirm again open new ones and make no doubles.
        """
        lines = self.filtered(lambda line: line.product_id.stokiva_policy in CALLING and not line.is_downpayment)
        if not lines:
            return
        # sudo: the seller need not see work orders
        known = self.env['stokiva.work.order'].sudo().search([('sale_line_id', 'in', lines.ids)])
        live = defaultdict(known.browse)
        for order in known.filtered(lambda order: order.state not in NOT_DONE):
            live[order.sale_line_id, order.service_type_id] |= order
        wanted = []
        for line in lines:
            units = int(line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id))
            for service_type in line.product_id.stokiva_service_type_ids:
                orders = live[line, service_type]
                wanted += [(line, service_type)] * (units - len(orders))
                if units < len(orders):
                    orders.filtered(lambda order: order.state not in workflow.CLOSED).sorted(
                        lambda order: (CLOSING_ORDER[order.state], -order.id),
                    )[:len(orders) - max(units, 0)]._close_for_sale(
                        self.env._("Fewer units were sold than at first."))
        if wanted:
            self._stokiva_open_work_orders(wanted, known)

    @api.model
    def _stokiva_open_work_orders(self, wanted, known):
        """Open and assign one work order per entry.

        :param list wanted: ``(sale line, service type)``, one per unit
        :param known: the lines' stokiva.work.order records so far
        """
        # A person who sells opens the order in his own name; after an online payment it is the system.
        is_seller = not self.env.su and self.env.user.has_group('sales_team.group_sale_salesman')
        actor = self.env.user if is_seller else None
        devices = self._stokiva_get_devices(wanted, known)
        # sudo: the seller need not have rights on work orders
        orders = self.env['stokiva.work.order'].sudo().with_context(**QUIET).create([
            line._stokiva_prepare_work_order_values(service_type, device)
            for (line, service_type), device in zip(wanted, devices, strict=True)])
        groups = defaultdict(orders.browse)
        for order in orders:
            groups[order.sale_order_id, order.site_id, order.service_type_id] |= order
        for group in groups.values():
            if len(group) > 1:
                group.group_id = group[0]
        orders._apply_event('open', actor=actor, channel='sale')
        orders.filtered(lambda order: order.product_id.stokiva_policy == 'auto')._assign_automatically()

    @api.model
    def _stokiva_get_devices(self, wanted, known):
        """Return one device per entry: those of the line that no live order uses, else new ones.

        :param list wanted: ``(sale line, service type)``, one per unit
        :param known: the lines' stokiva.work.order records so far
        :return: list of stokiva.device records
        """
        pools = {
            line: orders.device_id.filtered(lambda device: device.state == 'in_service')
            for line, orders in known.grouped('sale_line_id').items()}
        used = {
            (order.device_id, order.service_type_id) for order in known if order.state not in NOT_DONE}
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
        return [new.get(device, device) for device in devices]

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
            'device_type_id': device.device_type_id.id,
            'service_type_id': service_type.id,
            'amount_charged': 0,  # without it, lines that cannot be there would be looked for
            'sale_line_id': self.id,
            'sale_order_id': self.order_id.id,
            'company_id': self.company_id.id,
            'user_id': False,
        }

    def _stokiva_close_work_orders(self, reason):
        """End all live work orders of the lines.

        :param str reason: for the log
        """
        if not self.filtered(lambda line: line.product_id.stokiva_policy in CALLING):
            return
        # sudo: the seller need not see work orders
        orders = self.env['stokiva.work.order'].sudo().search([
            ('sale_line_id', 'in', self.ids), ('state', 'in', workflow.OPEN)])
        orders._close_for_sale(reason)
