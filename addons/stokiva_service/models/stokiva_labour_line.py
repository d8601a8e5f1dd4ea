from odoo import api, fields, models


class LabourLine(models.Model):
    _name = 'stokiva.labour.line'
    _inherit = ['stokiva.charge.line']
    _description = "Labour of a Work Order"
    _order = 'work_order_id, id'
    _check_company_auto = True
    _order_field = 'labour_line_ids'
    _warranty_kind = 'labour'

    workmanship_id = fields.Many2one(
        'stokiva.workmanship', index='btree_not_null', check_company=True, ondelete='restrict',
        domain="[('device_type_id', 'parent_of', parent.device_type_id),"
               " ('service_type_id', 'in', (parent.service_type_id, False))]")
    duration_minutes = fields.Integer(
        "Minutes", compute='_compute_from_catalogue', store=True, readonly=False, precompute=True)
    product_id = fields.Many2one(
        'product.product', "Invoiced as", compute='_compute_product_id', store=True, readonly=False, precompute=True,
        index='btree_not_null', check_company=True, domain=[('type', '=', 'service')], groups='base.group_user',
        help="Service product on the customer's invoice; if empty, the company's product for labour.")
    personnel_id = fields.Many2one('stokiva.personnel', "Done by", index='btree_not_null', check_company=True)

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "The quantity of labour must be above zero.")
    _price_not_negative = models.Constraint('CHECK(price_unit >= 0)', "The price of labour cannot be negative.")

    @api.depends('workmanship_id')
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.workmanship_id.product_id or line.product_id

    @api.depends('workmanship_id')
    def _compute_from_catalogue(self):
        for line in self:
            entry = line.workmanship_id
            line.name = entry.name if entry else line.name
            line.price_unit = entry.price if entry else line.price_unit
            line.duration_minutes = entry.duration_minutes if entry else line.duration_minutes

    @api.depends('workmanship_id')
    def _compute_price_listed(self):
        for line in self:
            line.price_listed = line.workmanship_id.price

    @api.constrains('workmanship_id', 'work_order_id')
    def _check_device_type(self):
        self.work_order_id._check_fits_device(self.workmanship_id.device_type_id)

    def _get_invoiced_product(self):
        """Return the labour's own product, else the company's for labour."""
        line = self.sudo()  # sudo: technicians have no right on products of the invoice
        return line.product_id or line.company_id._stokiva_get_labour_product()

    def _get_log_values(self):
        """Add what of the catalogue it is and who did it."""
        return super()._get_log_values() | {
            'workmanship_id': self.workmanship_id.id or None, 'minutes': self.duration_minutes,
            'personnel_id': self.personnel_id.id or None}
