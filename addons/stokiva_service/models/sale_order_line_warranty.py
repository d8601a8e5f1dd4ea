from odoo import api, models


class SaleOrderLine(models.Model):
    """Warranty that is sold: each unit lengthens the warranty of one device of the same sale."""
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """Extend the warranty for lines that are added to a confirmed sale."""
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == 'sale')._stokiva_sync_extensions()
        return lines

    def write(self, vals):
        """Extend or shorten the warranty when quantity or product of a confirmed line change."""
        res = super().write(vals)
        confirmed = self.filtered(lambda line: line.state == 'sale')
        if confirmed and 'product_id' in vals:
            # sudo: the seller need not write warranties
            self.env['stokiva.warranty.extension'].sudo().search([('sale_line_id', 'in', confirmed.ids)]).filtered(
                lambda extension: extension.product_id != extension.sale_line_id.product_id).unlink()
        if not vals.keys().isdisjoint(('product_uom_qty', 'product_uom_id', 'product_id')):
            confirmed._stokiva_sync_extensions()
        return res

    def _stokiva_sync_extensions(self):
        """Give each sold unit of a warranty product to one device of its sale, the first that has none of it.

        A warranty product with a device type is for such devices only. Called for any lines of a sale: all
        its warranty products are looked at, since devices may have joined.
        """
        sales = self.order_id
        sold = sales.order_line.filtered(lambda line: line.product_id._is_stokiva_extension())
        if not sold:
            return
        # sudo: the seller and the public user after a payment need not write warranties
        extensions = self.env['stokiva.warranty.extension'].sudo()
        known = extensions.search([('sale_line_id', 'in', sold.ids)], order='id').grouped('sale_line_id')
        devices = self.env['stokiva.device'].sudo().search([  # sudo: as above
            ('sale_line_id', 'in', sales.order_line.ids), ('state', '=', 'in_service')], order='id').grouped(
                lambda device: device.sale_line_id.order_id)
        values = []
        for line in sold:
            units = line._stokiva_get_units() if line.state == 'sale' else 0
            own = known.get(line, extensions)
            own[max(units, 0):].unlink()
            own = own[:max(units, 0)]
            path = line.product_id._get_stokiva_device_type().parent_path or ''
            fitting = [
                device for device in devices.get(line.order_id, ())
                if device not in own.device_id and (device.device_type_id.parent_path or '').startswith(path)]
            values += [
                {'device_id': device.id, 'product_id': line.product_id.id, 'sale_line_id': line.id}
                for device in fitting[:max(units - len(own), 0)]]
        extensions.create(values)
