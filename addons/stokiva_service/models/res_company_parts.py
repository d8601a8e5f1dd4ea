from odoo import api, fields, models
from odoo.fields import Command


class ResCompany(models.Model):
    """The company's parts at its service providers: locations, operation types and the one route to them."""
    _inherit = 'res.company'

    stokiva_parts = fields.Boolean(
        "Parts as Stock", default=True,
        help="Parts that are tracked in inventory lie with the providers and leave their stock when an order is "
             "submitted. Otherwise parts are only lines of the order.", prefetch='stokiva')
    stokiva_defective_days = fields.Integer(
        "Days to Send Defective Parts Back", default=30,
        help="So many days after the repair a defective part has to be back.", prefetch='stokiva')
    stokiva_parts_warehouse_id = fields.Many2one(
        'stock.warehouse', "Parts Come From", check_company=True, ondelete='set null',
        help="The warehouse that supplies the providers and takes parts back. Empty: the company's first.",
        prefetch='stokiva')
    stokiva_provider_location_id = fields.Many2one('stock.location', "Service Providers", readonly=True, copy=False,
        prefetch='stokiva')
    stokiva_defective_location_id = fields.Many2one(
        'stock.location', "Defective Parts", readonly=True, copy=False, prefetch='stokiva')
    stokiva_supply_type_id = fields.Many2one('stock.picking.type', "Parts to Providers", readonly=True, copy=False,
        prefetch='stokiva')
    stokiva_return_type_id = fields.Many2one('stock.picking.type', "Parts Back", readonly=True, copy=False,
        prefetch='stokiva')
    stokiva_parts_route_id = fields.Many2one('stock.route', "Route of Parts", readonly=True, copy=False, prefetch='stokiva')

    _stokiva_defective_days_positive = models.Constraint(
        'CHECK(stokiva_defective_days > 0)', "Sending a part back takes at least one day.")

    def write(self, vals):
        """Write companies; with another warehouse the providers are supplied from there."""
        res = super().write(vals)
        if 'stokiva_parts' in vals:
            self.env.registry.clear_cache()  # of menus
        if 'stokiva_parts_warehouse_id' in vals:
            for company in self.sudo().filtered('stokiva_parts_route_id'):  # sudo: settings need no stock rights
                company._stokiva_point_parts_route()
        return res

    def _stokiva_get_parts_warehouse(self):
        """Return the warehouse that supplies the providers.

        :return: stock.warehouse record, empty if the company has none
        """
        self.ensure_one()
        return self.stokiva_parts_warehouse_id or self.env['stock.warehouse'].search(
            [('company_id', '=', self.id)], limit=1)

    def _stokiva_set_up_parts(self):
        """Create what parts need, once; to be called in sudo.

        :return: the company
        """
        self.ensure_one()
        if self.stokiva_provider_location_id:
            return self
        self = self.with_company(self)
        speaker = self.with_context(lang=self.partner_id.lang)
        # Top of a tree of its own: what is outside every warehouse is on no sale's way.
        self.stokiva_provider_location_id, defective_view = self.env['stock.location'].create([
            {'name': speaker.env._("Service providers"), 'usage': 'view', 'location_id': False, 'company_id': self.id},
            {'name': speaker.env._("Parts back"), 'usage': 'view', 'location_id': False, 'company_id': self.id},
        ])
        self.stokiva_defective_location_id = self.env['stock.location'].create({
            'name': speaker.env._("Defective"), 'location_id': defective_view.id, 'company_id': self.id,
            'stokiva_is_defective': True})
        warehouse = self._stokiva_get_parts_warehouse()
        self.stokiva_supply_type_id, self.stokiva_return_type_id = self.env['stock.picking.type'].create([
            dict(
                self._stokiva_prepare_parts_type_values(warehouse), name=speaker.env._("Parts to providers"),
                sequence_code='PARTS', default_location_src_id=warehouse.lot_stock_id.id,
                default_location_dest_id=self.stokiva_provider_location_id.id),
            dict(
                self._stokiva_prepare_parts_type_values(warehouse), name=speaker.env._("Parts back"),
                sequence_code='PBACK', default_location_src_id=self.stokiva_provider_location_id.id,
                default_location_dest_id=warehouse.lot_stock_id.id),
        ])
        self.stokiva_parts_route_id = self.env['stock.route'].create({
            'name': speaker.env._("Parts to service providers"), 'company_id': self.id,
            'product_selectable': False, 'product_categ_selectable': False, 'warehouse_selectable': True,
            'rule_ids': [Command.create({
                'name': speaker.env._("Parts to service providers"), 'action': 'pull',
                'procure_method': 'make_to_stock', 'company_id': self.id,
                'picking_type_id': self.stokiva_supply_type_id.id, 'location_src_id': warehouse.lot_stock_id.id,
                'location_dest_id': self.stokiva_provider_location_id.id})],
        })
        self._stokiva_point_parts_route()
        return self

    @api.model
    def _stokiva_prepare_parts_type_values(self, warehouse):
        return {
            'code': 'internal', 'company_id': self.id, 'warehouse_id': warehouse.id,
            'use_create_lots': False, 'use_existing_lots': True, 'reservation_method': 'at_confirm'}

    def _stokiva_point_parts_route(self):
        """Let the one route lead from the warehouse of parts to all providers, and hold for every minimum rule."""
        self.ensure_one()
        warehouse = self._stokiva_get_parts_warehouse()
        self.stokiva_parts_route_id.rule_ids.location_src_id = warehouse.lot_stock_id
        self.stokiva_supply_type_id.write(
            {'warehouse_id': warehouse.id, 'default_location_src_id': warehouse.lot_stock_id.id})
        self.stokiva_return_type_id.write(
            {'warehouse_id': warehouse.id, 'default_location_dest_id': warehouse.lot_stock_id.id})
        # Minimum rules of places outside warehouses carry the company's first warehouse.
        warehouses = self.env['stock.warehouse'].search([('company_id', '=', self.id)])
        self.stokiva_parts_route_id.warehouse_ids = warehouses
