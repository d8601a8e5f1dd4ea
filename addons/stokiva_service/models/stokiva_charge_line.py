from odoo import api, fields, models


class ChargeLine(models.AbstractModel):
    """A line with a price: who bears it decides what the customer pays."""
    _name = 'stokiva.charge.line'
    _inherit = ['stokiva.order.line']
    _description = "Priced Line of a Work Order"

    # What the warranty calls it: ``labour`` or ``parts``; set by each model.
    _warranty_kind = None

    name = fields.Char(
        "Description", required=True, compute='_compute_from_catalogue', store=True, readonly=False, precompute=True)
    quantity = fields.Float(default=1.0, digits='Product Unit', required=True)
    coverage = fields.Selection(
        [('warranty', "Warranty"), ('charged', "Charged"), ('goodwill', "Goodwill")],
        string="Borne by", required=True, compute='_compute_coverage', store=True, readonly=False, precompute=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    price_unit = fields.Monetary(
        "Price", compute='_compute_from_catalogue', store=True, readonly=False, precompute=True)
    amount = fields.Monetary(compute='_compute_amount', store=True, precompute=True)

    def _compute_from_catalogue(self):
        """Fill name and price from the chosen catalogue entry; each model says where that is."""
        raise NotImplementedError

    @api.depends('work_order_id')
    def _compute_coverage(self):
        """Begin with who bears it: the customer only where service type or an ended warranty say so."""
        for line in self:
            order = line.work_order_id
            line.coverage = line.coverage or order._get_coverage(self._warranty_kind)

    @api.depends('quantity', 'price_unit')
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.price_unit

    def _get_log_values(self):
        """Return what was done, how much and who bears it."""
        return {
            'text': self.name, 'quantity': self.quantity, 'price_unit': self.price_unit,
            'coverage': self.coverage}

    def _get_shown_values(self):
        """Return the line as the customer sees it: price only where he pays."""
        return {
            'text': self.name, 'quantity': self.quantity, 'coverage': self.coverage,
            'amount': self.amount if self.coverage == 'charged' else 0.0}
