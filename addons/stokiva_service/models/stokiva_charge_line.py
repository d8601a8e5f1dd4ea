from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import charging


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
    coverage_basis = fields.Selection(
        [
            ('covered', "In warranty"),
            ('ended', "Warranty ended"),
            ('unknown', "Warranty not known"),
            ('service', "Charged service"),
            ('refused', "Warranty refused"),
            ('goodwill', "Goodwill"),
            ('hand', "Set by hand"),
            ('diagnosis', "Quote declined"),
        ],
        "Why", compute='_compute_coverage_basis', store=True, precompute=True,
        help="Why the customer pays or not, as it was found when the line was written.")
    goodwill_reason = fields.Char("Reason of goodwill", help="Why the customer need not pay, for whoever asks later.")
    currency_id = fields.Many2one(related='company_id.currency_id')
    price_unit = fields.Monetary(
        "Price", compute='_compute_from_catalogue', store=True, readonly=False, precompute=True)
    price_listed = fields.Monetary(
        "Catalogue price", compute='_compute_price_listed', store=True, precompute=True,
        help="The price when the entry of the catalogue was chosen. What is charged below it counts as goodwill.")
    amount = fields.Monetary(
        compute='_compute_amount', store=True, precompute=True, help="Quantity × price; taxes as the product says.")

    def _compute_from_catalogue(self):
        """Fill name and price from the chosen catalogue entry; each model says where that is."""
        raise NotImplementedError

    def _compute_price_listed(self):
        """Keep the price of the chosen catalogue entry; each model says where that is."""
        raise NotImplementedError

    @api.depends('work_order_id')
    def _compute_coverage(self):
        """Begin with who bears it: the customer only where service type or an ended warranty say so."""
        for line in self:
            line.coverage = line.coverage or line.work_order_id._find_coverage(self._warranty_kind)[0]

    @api.depends('coverage')
    def _compute_coverage_basis(self):
        for line in self:
            line.coverage_basis = charging.get_basis(
                line.coverage, line.work_order_id._find_coverage(self._warranty_kind))

    @api.depends('quantity', 'price_unit')
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.price_unit

    @api.constrains('coverage', 'goodwill_reason', 'price_unit')
    def _check_coverage(self):
        for line in self:
            if line.coverage == 'goodwill' and not (line.goodwill_reason or '').strip():
                raise ValidationError(self.env._("Say why “%s” is done as goodwill.", line.name))
            if line._is_cheap() and not (line.goodwill_reason or '').strip():
                raise ValidationError(self.env._("Say why “%s” costs less than in the catalogue.", line.name))
            if line.coverage == 'warranty' and line.work_order_id._find_coverage(self._warranty_kind)[0] != 'warranty':
                raise ValidationError(self.env._(
                    "The warranty does not cover “%s”. Correct the warranty of the device, or make it goodwill with a "
                    "reason.", line.name))

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; why somebody bears them is found, not given.

        :raise AccessError: if a user gives it
        """
        self._refuse_found(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Write lines; why somebody bears them is found, not given.

        :raise AccessError: if a user gives it
        """
        self._refuse_found(vals)
        return super().write(vals)

    def _refuse_found(self, names):
        """Raise if a user gives what is found."""
        if not self.env.su and 'coverage_basis' in names:
            raise AccessError(self.env._("Who bears a line can be chosen, not why: that is found."))
        if not self.env.su and 'price_listed' in names:
            raise AccessError(self.env._("The catalogue's price is changed in the catalogue."))

    def _is_cheap(self):
        """Tell whether the customer pays less than the catalogue says."""
        self.ensure_one()
        return self.coverage == 'charged' and self.currency_id.compare_amounts(self.price_unit, self.price_listed) < 0

    def _get_goodwill(self):
        """Return how much the customer is spared by the line, without tax.

        :rtype: float
        """
        self.ensure_one()
        return charging.get_goodwill(self.coverage, self.quantity, self.price_unit, self.price_listed)

    def _get_invoiced_product(self):
        """Return the product that stands for the line on the customer's invoice, and gives it its taxes.

        :return: product.product record, in sudo; empty when none is configured
        """
        raise NotImplementedError

    def _get_taxes(self, fiscal_position):
        """Return the taxes by the rules of Odoo's own sales.

        :param fiscal_position: account.fiscal.position record of the customer
        :return: account.tax records
        """
        self.ensure_one()
        taxes = self._get_invoiced_product().taxes_id._filter_taxes_by_company(self.company_id)
        return fiscal_position.map_tax(taxes)

    def _get_log_values(self):
        """Return what was done, how much and who bears it."""
        values = {
            'text': self.name, 'quantity': self.quantity, 'price_unit': self.price_unit,
            'coverage': self.coverage, 'basis': self.coverage_basis}
        if self._get_goodwill():
            values |= {'reason': self.goodwill_reason, 'price_listed': self.price_listed}
        return values

    def _get_shown_values(self):
        """Return the line as the customer sees it: price only where he pays."""
        return {
            'text': self.name, 'quantity': self.quantity, 'coverage': self.coverage,
            'amount': self.amount if self.coverage == 'charged' else 0.0}
