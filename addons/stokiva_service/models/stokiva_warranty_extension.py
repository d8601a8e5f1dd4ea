from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WarrantyExtension(models.Model):
    _name = 'stokiva.warranty.extension'
    _inherit = ['stokiva.audited']
    _description = "Warranty Extension"
    _order = 'device_id, id'
    _check_company_auto = True

    device_id = fields.Many2one('stokiva.device', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='device_id.company_id', store=True, index=True, precompute=True)
    product_id = fields.Many2one(
        'product.product', "Sold as", index='btree_not_null', check_company=True, ondelete='restrict',
        domain=['|', ('stokiva_extension_labour_months', '>', 0), ('stokiva_extension_parts_months', '>', 0)])
    sale_line_id = fields.Many2one(
        'sale.order.line', "Sale", index='btree_not_null', readonly=True, ondelete='restrict', check_company=True)
    labour_months = fields.Integer(
        "Labour (months)", compute='_compute_months', store=True, readonly=False, precompute=True)
    parts_months = fields.Integer(
        "Parts (months)", compute='_compute_months', store=True, readonly=False, precompute=True)
    reason = fields.Char(help="Why it was given, where it was not sold.")

    def _get_logged_creations(self):
        """What was sold stands in the sale; see the device."""
        return self.filtered(lambda extension: not extension.sale_line_id)

    @api.depends('product_id')
    def _compute_months(self):
        for extension in self:
            product = extension.product_id
            extension.labour_months = product.stokiva_extension_labour_months or extension.labour_months
            extension.parts_months = product.stokiva_extension_parts_months or extension.parts_months

    @api.depends('product_id.name', 'sale_line_id.order_id.name', 'reason')
    def _compute_display_name(self):
        for extension in self:
            sale_sudo = extension.sudo().sale_line_id.order_id  # sudo: its number only, sales are not everybody's
            extension.display_name = " · ".join(filter(None, [
                extension.product_id.name, sale_sudo.name, extension.reason])) or self.env._("goodwill")

    @api.constrains('labour_months', 'parts_months')
    def _check_months(self):
        for extension in self:
            months = extension.labour_months, extension.parts_months
            if min(months) < 0 or not 0 < max(months) <= 240:
                raise ValidationError(self.env._("An extension lasts between 1 and 240 months."))
