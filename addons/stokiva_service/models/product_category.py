from odoo import fields, models


class ProductCategory(models.Model):
    _name = 'product.category'
    _inherit = ['product.category', 'stokiva.audited']
    _audited_prefix = 'stokiva_'

    stokiva_device_type_id = fields.Many2one(
        'stokiva.device.type', "Device Type", index='btree_not_null', ondelete='restrict',
        help="Taken for this category's products that have no device type of their own.")

    def _get_stokiva_device_type(self):
        """Return the device type of this category, or of the nearest one above that has it.

        :return: one `stokiva.device.type`, or none
        """
        category = self
        while category and not category.stokiva_device_type_id:
            category = category.parent_id
        return category.stokiva_device_type_id
