from odoo import api, fields, models


class PartLine(models.Model):
    _name = 'stokiva.part.line'
    _inherit = ['stokiva.charge.line']
    _description = "Part of a Work Order"
    _order = 'work_order_id, id'
    _check_company_auto = True
    _order_field = 'part_line_ids'
    _warranty_kind = 'parts'

    product_id = fields.Many2one(
        'product.product', "Part", required=True, index=True, check_company=True,
        domain=[('type', '=', 'consu')])
    lot_id = fields.Many2one(
        'stock.lot', "Serial or lot", index='btree_not_null', check_company=True,
        domain="[('product_id', '=', product_id)]")
    is_provider_stock = fields.Boolean("Provider's own part")
    cost = fields.Monetary(groups='base.group_user', compute='_compute_cost', store=True, precompute=True)

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "The quantity of a part must be above zero.")
    _price_not_negative = models.Constraint('CHECK(price_unit >= 0)', "The price of a part cannot be negative.")

    @api.depends('product_id')
    def _compute_from_catalogue(self):
        for line in self:
            line.name = line.product_id.name
            line.price_unit = line._get_listed()

    @api.depends('product_id')
    def _compute_price_listed(self):
        for line in self:
            line.price_listed = line._get_listed()

    def _get_listed(self):
        """Return the price of the part; a shared product is priced in the main company's currency."""
        product = self.product_id
        return product.currency_id._convert(
            product.lst_price, self.currency_id, self.company_id, fields.Date.context_today(self))

    @api.depends('product_id', 'company_id', 'quantity')
    def _compute_cost(self):
        for line in self:
            line.cost = line.quantity * line.product_id.with_company(line.company_id).standard_price

    def _get_invoiced_product(self):
        """Return the part itself."""
        return self.sudo().product_id  # sudo: technicians have no right on products' taxes

    def _get_log_values(self):
        """Add which part it is and whose."""
        return super()._get_log_values() | {
            'product_id': self.product_id.id, 'lot_id': self.lot_id.id or None,
            'is_provider_stock': self.is_provider_stock}
