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
        'stokiva.workmanship', index='btree_not_null', check_company=True,
        domain="[('device_type_id', 'parent_of', parent.device_type_id),"
               " ('service_type_id', 'in', (parent.service_type_id, False))]")
    duration_minutes = fields.Integer(
        "Minutes", compute='_compute_from_catalogue', store=True, readonly=False, precompute=True)
    personnel_id = fields.Many2one('stokiva.personnel', "Done by", index='btree_not_null', check_company=True)

    _quantity_positive = models.Constraint('CHECK(quantity > 0)', "The quantity of labour must be above zero.")
    _price_not_negative = models.Constraint('CHECK(price_unit >= 0)', "The price of labour cannot be negative.")

    @api.depends('workmanship_id')
    def _compute_from_catalogue(self):
        for line in self:
            entry = line.workmanship_id
            line.name = entry.name if entry else line.name
            line.price_unit = entry.price if entry else line.price_unit
            line.duration_minutes = entry.duration_minutes if entry else line.duration_minutes

    @api.constrains('workmanship_id', 'work_order_id')
    def _check_device_type(self):
        self.work_order_id._check_fits_device(self.workmanship_id.device_type_id)

    def _get_log_values(self):
        """Add what of the catalogue it is and who did it."""
        return super()._get_log_values() | {
            'workmanship_id': self.workmanship_id.id or None, 'minutes': self.duration_minutes,
            'personnel_id': self.personnel_id.id or None}
