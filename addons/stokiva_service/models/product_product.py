from odoo import api, models
from odoo.tools import float_round


class ProductProduct(models.Model):
    _inherit = 'product.product'

    def write(self, vals):
        # A variant passes its template's fields on one by one; these are checked together.
        together = {
            name: vals[name] for name in ('stokiva_policy', 'stokiva_service_type_ids') if name in vals}
        if together:
            self.product_tmpl_id.write(together)
        return super().write({name: vals[name] for name in vals if name not in together})

    def _get_stokiva_device_type(self, company=None):
        """Return the kind of appliance that this product is: its own, else its category's.

        :param company: res.company record whose device is meant, None for any
        :return: one `stokiva.device.type`, or none
        """
        # The template's own fields: those that a variant inherits are computed, at every sale.
        product = self.product_tmpl_id
        device_type = product.stokiva_device_type_id or product.categ_id._get_stokiva_device_type()
        # A category is everybody's: another company may have given it a device type of its own.
        is_theirs = company is not None and device_type.company_id not in (company, company.browse())
        return device_type.browse() if is_theirs else device_type

    def _is_stokiva_extension(self):
        """Tell whether selling this product lengthens the warranty of the devices on the same sale.

        :rtype: bool
        """
        product = self.product_tmpl_id  # as above
        return bool(product.stokiva_extension_labour_months or product.stokiva_extension_parts_months)

    @api.model
    def _stokiva_count_units(self, quantity, uom):
        """Return how many appliances a quantity is: each is a device and calls for service by itself.

        Packs and dozens count by their pieces; part of a piece is rounded to the nearest whole one. What is
        measured, not counted (hours, kilograms), is one, however much it is.

        :param float quantity: in the unit of measure
        :param uom: uom.uom record
        :rtype: int
        """
        # Not env.ref(): it would ask the database whether the unit is still there, at every sale.
        pieces = uom.browse(self.env['ir.model.data']._xmlid_to_res_id('uom.product_uom_unit'))
        if uom != pieces:
            if not pieces or not uom._has_common_reference(pieces):
                return int(quantity > 0)
            quantity = uom._compute_quantity(quantity, pieces, round=False)
        return max(int(float_round(quantity, precision_digits=0)), 0)

    def action_view_stokiva_devices(self):
        """Open this variant's devices.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.device_action')
        action['domain'] = [('product_id', '=', self.id)]
        action['context'] = {'default_product_id': self.id}
        return action
