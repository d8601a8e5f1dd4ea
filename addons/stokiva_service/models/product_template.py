from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from .. import warranty
from .res_partner import STOKIVA_READERS


class ProductTemplate(models.Model):
    _name = 'product.template'
    _inherit = ['product.template', 'stokiva.audited']
    _audited_prefix = 'stokiva_'

    stokiva_policy = fields.Selection(
        [
            ('none', "No service"),
            ('auto', "Open and assign"),
            ('manual', "Open, a dispatcher assigns"),
            ('on_request', "Opened by the salesperson"),
        ],
        "Sale Calls for Service", required=True, default='none',
        help="What confirming a sale of this product does: nothing, open a work order and offer it "
             "to the best provider, open it and leave the choice to a dispatcher, or wait until somebody "
             "presses “Open service orders” on the sale.")
    stokiva_service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Service Types", check_company=True,
        help="One work order per piece sold and service type: a dozen opens twelve. Part of a piece is rounded to the "
             "nearest whole one; what is sold by hours or weight opens one, however much it is.")
    stokiva_device_type_id = fields.Many2one(
        'stokiva.device.type', "Device Type", index='btree_not_null', ondelete='restrict',
        check_company=True, help="If empty, the device type of the product category counts.")
    stokiva_brand_id = fields.Many2one(
        'stokiva.brand', "Brand", index='btree_not_null', ondelete='restrict', check_company=True,
        help="Providers may be authorised for certain brands only.")
    stokiva_warranty_from = fields.Selection(
        [
            ('installation', "Installation"),
            ('delivery', "Delivery"),
        ],
        "Warranty Begins with", required=True, default='installation',
        help="While that day is not known, the day before it counts: delivery, else the sale.")
    stokiva_warranty_months = fields.Integer("Labour Warranty (months)", default=24)
    stokiva_warranty_parts_months = fields.Integer(
        "Parts Warranty (months)", compute='_compute_stokiva_warranty_parts_months', store=True, readonly=False,
        precompute=True)
    stokiva_extension_labour_months = fields.Integer(
        "Extends Labour Warranty (months)",
        help="For a warranty that is sold: each unit lengthens the warranty of one device on the same sale.")
    stokiva_extension_parts_months = fields.Integer(
        "Extends Parts Warranty (months)",
        help="For a warranty that is sold: each unit lengthens the warranty of one device on the same sale.")
    stokiva_device_count = fields.Integer(
        "Number of Devices", compute='_compute_stokiva_device_count', groups=STOKIVA_READERS)

    _stokiva_warranty_positive = models.Constraint(
        'CHECK(stokiva_warranty_months >= 0 AND stokiva_warranty_parts_months >= 0)',
        "The warranty cannot be negative.")
    _stokiva_extension_positive = models.Constraint(
        'CHECK(stokiva_extension_labour_months BETWEEN 0 AND 240 AND stokiva_extension_parts_months BETWEEN 0 AND 240)',
        "An extension of the warranty lasts between 0 and 240 months.")

    @api.depends('stokiva_warranty_months')
    def _compute_stokiva_warranty_parts_months(self):
        for template in self:
            template.stokiva_warranty_parts_months = template.stokiva_warranty_months

    def _compute_stokiva_device_count(self):
        self.stokiva_device_count = 0
        for product, count in self.env['stokiva.device']._read_group(
                [('product_id.product_tmpl_id', 'in', self.ids)], ['product_id'], ['__count']):
            product.product_tmpl_id.stokiva_device_count += count

    def _stokiva_get_warranty(self, sold, delivered, installed):
        """Return the last days of the warranty by the product's rule, without extensions.

        :param sold: `datetime.date` of the sale, or None
        :param delivered: as before, of the delivery
        :param installed: as before, of the installation
        :return: of labour and of parts, each a `datetime.date` or None
        :rtype: tuple
        """
        if not self:
            return None, None
        begin = warranty.get_begin(self.stokiva_warranty_from, sold, delivered, installed)
        return (
            warranty.get_end(begin, self.stokiva_warranty_months),
            warranty.get_end(begin, self.stokiva_warranty_parts_months))

    @api.constrains('stokiva_policy', 'stokiva_service_type_ids')
    def _check_stokiva_policy(self):
        for template in self:
            if template.stokiva_policy != 'none' and not template.stokiva_service_type_ids:
                raise ValidationError(self.env._(
                    "The sale of %(product)s calls for service, but for which? "
                    "Choose at least one service type.", product=template.display_name))

    def write(self, vals):
        """Write products; of other service types nothing is remembered."""
        res = super().write(vals)
        if 'stokiva_service_type_ids' in vals:
            self.env.registry.clear_cache()
        return res

    @tools.ormcache('self.id')
    def _get_stokiva_service_type_ids(self):
        """Return which services the product's sale calls for.

        :return: ids of active stokiva.service.type records in order
        :rtype: tuple
        """
        return self.sudo().stokiva_service_type_ids._ids  # sudo: ids only, asked for by whoever sells

    def action_view_stokiva_devices(self):
        """Open the devices of this product's variants.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.device_action')
        action['domain'] = [('product_id.product_tmpl_id', '=', self.id)]
        action['context'] = {'default_product_id': self.product_variant_id.id}
        return action
