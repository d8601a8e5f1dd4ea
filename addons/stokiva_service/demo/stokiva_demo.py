import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from .player import Player, schedule
from .stories import CALLS, SALES, SOLD


class Demo(models.AbstractModel):
    """Orders of the demo company, with their history. Loaded by the demo files of this addon only.

    Other addons load what is theirs after it, from their own demo files.
    """
    _name = 'stokiva.demo'
    _description = "Demo Data of the Service"

    @api.model
    def _load_orders(self):
        """Sell appliances, open work orders and play what happened to them; a second call does nothing."""
        if self._ref('work_order_1', quiet=True):
            return
        # Nobody is told of it by mail.
        self = self.with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, tracking_disable=True,
            mail_activity_quick_update=True)
        self._load_stock()
        self._load_parts()
        now = fields.Datetime.now()
        timetable = {story: schedule(story, now, random.Random(str(story))) for story in CALLS + SOLD}
        played = self.env['stokiva.work.order']
        for story, moments in sorted(timetable.items(), key=lambda item: item[1][0]):
            played |= self._play_sold(story, moments) if story.buyer else self._play_call(story, moments)
        for story in SALES:
            played |= self._play_sale(story)
        self.env['ir.model.data']._update_xmlids([
            {'xml_id': f'stokiva_service.demo_work_order_{number}', 'record': order, 'noupdate': True}
            for number, order in enumerate(played, 1)])
        self._follow_parts()
        # From now on: what was played happened when it happened. Visits still to come take their time.
        self.env.company.stokiva_slots = True

    def _ref(self, name, quiet=False):
        """Return a demo record by the end of its XML id."""
        return self.env.ref(f'stokiva_service.demo_{name}', raise_if_not_found=not quiet)

    @api.model
    def _load_stock(self):
        """Put appliances and parts into the warehouse."""
        products = self.env['product.product'].browse(
            row.res_id for row in self.env['ir.model.data'].search([
                ('module', '=', 'stokiva_service'), ('model', '=', 'product.product')]))
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1)
        self.env['stock.quant'].with_context(inventory_mode=True).create([
            {
                'product_id': product.id, 'location_id': warehouse.lot_stock_id.id,
                'inventory_quantity': 12 if product.stokiva_device_type_id else 40,
            }
            for product in products.filtered('is_storable')]).action_apply_inventory()

    @api.model
    def _play_call(self, story, moments):
        """Open the orders of registered devices for which somebody called, and play on.

        :param Story story: what happens
        :param list moments: when, as ``schedule`` returns it
        :return: stokiva.work.order records
        """
        devices = self.env['stokiva.device'].union(*(
            self._ref(f'device_{name}') for name in story.devices.split('+')))
        service_type = self._ref(f'service_type_{story.service}')
        symptom = self._ref(f'symptom_{story.symptom}', quiet=True)
        return self._play_orders(story, moments, [
            {
                'partner_id': device.partner_id.id,
                'device_id': device.id,
                'service_type_id': service_type.id,
                'symptom_ids': [Command.set(symptom.ids if symptom else [])],
                'symptom_note': story.words or False,
                'company_id': self.env.company.id,
                'user_id': self._ref('user_dispatcher').id,
            }
            for device in devices], 'call_centre')

    @api.model
    def _play_sold(self, story, moments):
        """Play a story that begins with a sale some time ago.

        The orders are there when the sale is confirmed: it finds them and opens no others.

        :param Story story: what happens
        :param list moments: when, as ``schedule`` returns it
        :return: stokiva.work.order records
        """
        sale = self._create_sale(story)
        devices = self.env['stokiva.device'].create([
            dict(line._stokiva_prepare_device_values(), date_sold=moments[0].date()) for line in sale.order_line])
        orders = self._play_orders(story, moments, [
            line._stokiva_prepare_work_order_values(service_type, device)
            for line, device in zip(sale.order_line, devices, strict=True)
            for service_type in line.product_id.stokiva_service_type_ids], 'sales', sale)
        sold = orders[0].opened_at
        sale.date_order = sold
        devices.date_sold = sold.date()
        for order in orders.filtered('completed_at'):
            order.device_id.date_installed = order.completed_at.date()
        if orders[0].started_at:
            sale.picking_ids.move_ids.picked = True
            # Only demo data: stock would send the customer an SMS at once.
            sale.picking_ids.with_context(skip_sms=True)._action_done()
            devices.date_delivered = sold.date()
        return orders

    @api.model
    def _play_sale(self, story):
        """Confirm a sale now, which opens and offers the orders, and play on.

        :param Story story: what happens afterwards
        :return: stokiva.work.order records
        """
        sale = self._create_sale(story)
        sale.action_confirm()
        orders = self.env['stokiva.work.order'].search([('sale_order_id', '=', sale.id)], order='id')
        Player(self.env, story, orders, [fields.Datetime.now()] * len(story.steps), 'sales').play()
        return orders

    @api.model
    def _create_sale(self, story):
        """Return a quotation of the salesperson for what a story sells.

        :param Story story: its ``buyer`` and products
        """
        return self.env['sale.order'].with_user(self._ref('user_sales')).create({
            'partner_id': self._ref(f'customer_{story.buyer}').id,
            'order_line': [
                Command.create({'product_id': self._ref(f'product_{name}').id}) for name in story.devices.split('+')],
        })

    @api.model
    def _play_orders(self, story, moments, values, opener, sale=None):
        """Create orders as of the story's beginning and play it.

        :param Story story: what happens
        :param list moments: when, as ``schedule`` returns it
        :param list values: of the orders
        :param str opener: end of the demo user who opens them
        :param sale: sale.order to confirm as soon as the orders are there
        :return: stokiva.work.order records
        """
        hours = self.env['stokiva.service.type'].browse(values[0]['service_type_id']).sla_hours
        orders = self.env['stokiva.work.order'].create([
            dict(row, deadline=moments[0] + timedelta(hours=hours)) for row in values])
        if len(orders) > 1:
            orders.group_id = orders[0]
        if sale:
            sale.action_confirm()
        Player(self.env, story, orders, moments, opener).play()
        return orders
