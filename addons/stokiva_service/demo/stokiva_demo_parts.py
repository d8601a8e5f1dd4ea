from odoo import api, models

# One part lies with nobody: where it is fitted, somebody has to look into it.
NOWHERE = 'couple'
RETURNED = ('pump', 'card', 'fan')


class Demo(models.AbstractModel):
    """Parts of the demo company at its providers."""
    _inherit = 'stokiva.demo'

    @api.model
    def _load_parts(self):
        """Put parts on the shelves of the providers, and some into a van."""
        company = self.env.company
        company.stokiva_defective_days = 8
        for name in RETURNED:
            self._ref(f'part_{name}').stokiva_returns_defective = True
        parts = self._get_parts() - self._ref(f'part_{NOWHERE}')
        van = self._ref('personnel_emre')
        van.has_van = True
        rows = [(van._get_van(company), part, 2) for part in parts[:4]]
        for provider in self.env['stokiva.provider'].search([('company_id', '=', company.id)]):
            shelf = provider._get_stock_location(company)
            rows += [(shelf, part, 6) for part in parts]
        self.env['stock.quant'].with_context(inventory_mode=True).create([
            {'location_id': place.id, 'product_id': part.id, 'inventory_quantity': quantity}
            for place, part, quantity in rows]).action_apply_inventory()

    @api.model
    def _follow_parts(self):
        """Move what the orders used, send the first defective part back, and leave parts under way."""
        orders = self.env['stokiva.work.order'].search([('parts_due', '=', True)], order='id')
        for order in orders:
            order._move_parts_safely()
        company = self.env.company
        due = self.env['stokiva.part.line'].search([('return_state', '=', 'due')], order='return_due', limit=1)
        if due:
            due.provider_id._send_defective(due)._stokiva_receive(self._ref('user_dispatcher'))
        kadikoy, uskudar = self._ref('provider_kadikoy'), self._ref('provider_uskudar')
        kadikoy.with_user(self._ref('user_kadikoy'))._request_parts(
            company, {self._ref('part_gas'): 2, self._ref('part_couple'): 1}, note="Haftaya iki klima bakımımız var.")
        uskudar.with_user(self._ref('user_dispatcher'))._request_parts(company, {self._ref('part_fan'): 3}, confirm=True)
        self.env['stock.warehouse.orderpoint'].create([
            {
                'location_id': kadikoy._get_stock_location(company).id, 'product_id': self._ref(f'part_{name}').id,
                'product_min_qty': 3, 'product_max_qty': 8,
            }
            for name in ('pump', 'brush', 'thermo')])

    @api.model
    def _get_parts(self):
        """Return the parts among the demo products."""
        return self.env['product.product'].browse(
            row.res_id for row in self.env['ir.model.data'].search([
                ('module', '=', 'stokiva_service'), ('model', '=', 'product.product'),
                ('name', '=like', 'demo_part_%')], order='name'))
