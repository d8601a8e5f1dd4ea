from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_partner import STOKIVA_READERS


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    stokiva_policy = fields.Selection(
        [
            ('none', "No service"),
            ('auto', "Open and assign"),
            ('manual', "Open, a dispatcher assigns"),
        ],
        "Sale Calls for Service", required=True, default='none',
        help="What confirming a sale of this product does: nothing, open a work order and offer it "
             "to the best provider, or open it and leave the choice to a dispatcher.")
    stokiva_service_type_ids = fields.Many2many(
        'stokiva.service.type', string="Service Types", check_company=True,
        help="One work order per unit sold and service type.")
    stokiva_device_type_id = fields.Many2one(
        'stokiva.device.type', "Device Type", index='btree_not_null', ondelete='restrict',
        check_company=True, help="If empty, the device type of the product category counts.")
    stokiva_warranty_months = fields.Integer(
        "Warranty (months)", default=24, help="Counted from installation, else from the sale.")
    stokiva_device_count = fields.Integer(
        "Number of Devices", compute='_compute_stokiva_device_count', groups=STOKIVA_READERS)

    _stokiva_warranty_positive = models.Constraint(
        'CHECK(stokiva_warranty_months >= 0)', "The warranty cannot be negative.")

    def _compute_stokiva_device_count(self):
        self.stokiva_device_count = 0
        for product, count in self.env['stokiva.device']._read_group(
                [('product_id.product_tmpl_id', 'in', self.ids)], ['product_id'], ['__count']):
            product.product_tmpl_id.stokiva_device_count += count

    @api.constrains('stokiva_policy', 'stokiva_service_type_ids')
    def _check_stokiva_policy(self):
        for template in self:
            if template.stokiva_policy != 'none' and not template.stokiva_service_type_ids:
                raise ValidationError(self.env._(
                    "The sale of %(product)s calls for service, but for which? "
                    "Choose at least one service type.", product=template.display_name))

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
