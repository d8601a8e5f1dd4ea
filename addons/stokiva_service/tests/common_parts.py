from unittest.mock import patch

from odoo.fields import Command

from .common_orders import WorkOrderCommon


class PartsCommon(WorkOrderCommon):
    """Parts as stock: a pump that is counted, a card with serial numbers, and a hose that is not stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        common = {'type': 'consu', 'is_storable': True, 'list_price': 900.0, 'standard_price': 500.0}
        cls.pump, cls.card, cls.hose = cls.env['product.product'].create([
            {**common, 'name': "Pump", 'stokiva_returns_defective': True},
            {**common, 'name': "Card", 'tracking': 'serial'},
            {**common, 'name': "Hose", 'is_storable': False},
        ])
        cls.serials = cls.env['stock.lot'].create([
            {'name': name, 'product_id': cls.card.id, 'company_id': cls.company.id} for name in ('C-1', 'C-2')])
        cls.shelf = cls.provider_a._get_stock_location(cls.company)

    @classmethod
    def _stock(cls, location, product, quantity, lot=None):
        """Put parts somewhere."""
        cls.env['stock.quant']._update_available_quantity(product, location, quantity, lot_id=lot)

    def _count(self, location, product, lot=None):
        """What is really in a place, not below it."""
        quants = self.env['stock.quant'].search([
            ('location_id', '=', location.id), ('product_id', '=', product.id),
            *([('lot_id', '=', lot.id)] if lot else [])])
        return sum(quants.mapped('quantity'))

    def _add_part(self, order, product, actor=None, channel='portal', **values):
        order._edit(
            {'part_line_ids': [Command.create({'product_id': product.id, **values})]},
            actor=actor or self.user_technician_a, channel=channel)
        return order.part_line_ids.sorted('id')[-1:]

    def _fitted(self, product, **values):
        """An order that the technician submitted, with one part."""
        order = self._in_progress()
        self._work(order)
        order.part_line_ids.unlink()
        line = self._add_part(order, product, **values)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        return order, line

    def _run_job(self):
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env['stokiva.work.order']._cron_move_parts()
        self.env.invalidate_all()

    def _get_alerts(self, order):
        return order.activity_ids.filtered(
            lambda item: item.activity_type_id == self.env.ref('stokiva_service.mail_activity_type_part'))
