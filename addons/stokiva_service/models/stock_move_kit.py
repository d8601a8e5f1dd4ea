from odoo import models


class StockMove(models.Model):
    """A kit is sold as one appliance and delivered in parts: as many are with the customer as the sale counts.

    Odoo's manufacturing, where it is installed, says on the sale line how many whole kits were delivered. Nothing
    here needs it.
    """
    _inherit = 'stock.move'

    def _stokiva_follow_kits(self):
        """Deliver or take back the appliances that parts of kits belong to, once a whole one has come or gone."""
        moves = self.filtered(lambda move: move._stokiva_goes_to_customer() or move._stokiva_comes_back())
        # What was delivered instead of a product that is no kit is none of its parts.
        lines = moves.sale_line_id.filtered(lambda line: line.product_id not in line.move_ids.product_id)
        if not lines:
            return
        # sudo: warehouse people have no rights on devices
        there = dict(self.env['stokiva.device'].sudo()._read_group(
            [('sale_line_id', 'in', lines.ids), ('state', '=', 'in_service'), ('date_delivered', '!=', False)],
            ['sale_line_id'], ['id:recordset']))
        come, gone = {}, {}
        for line in lines:
            devices = there.get(line, self.env['stokiva.device'])
            count = line.product_id._stokiva_count_units(line.qty_delivered, line.product_uom_id) - len(devices)
            own = moves.filtered(lambda move: move.sale_line_id == line)  # noqa: B023
            if count > 0:
                # The part that is the appliance may have come before the others.
                lots = line.move_ids.filtered(
                    lambda move: move.state == 'done' and move._stokiva_goes_to_customer())._stokiva_get_kit_lots()
                lots = lots.filtered(lambda lot: lot.name not in devices.mapped('serial'))  # noqa: B023
                come[own[0]] = own._stokiva_fill_units(lots, count)
            elif count < 0:
                gone[own[0]] = own._stokiva_fill_units(own._stokiva_get_kit_lots(), -count)
        self.browse(move.id for move in come)._stokiva_deliver(come)
        self.browse(move.id for move in gone)._stokiva_take_back(gone)

    def _stokiva_get_kit_lots(self):
        """Return the serial numbers that tell the kits of one sale line apart: of the part that is the appliance.

        :return: stock.lot records, none where several parts or pieces could be meant
        """
        serials = self.filtered(lambda move: move.product_id.tracking == 'serial')
        meant = serials.filtered(lambda move: move.product_id._get_stokiva_device_type()) or serials
        lots = meant.move_line_ids.lot_id
        is_clear = len(meant.product_id) == 1 and len(lots) <= self.sale_line_id._stokiva_get_units()
        return lots if is_clear else lots.browse()

    def _stokiva_fill_units(self, lots, count):
        """Return so many lots, empty ones where there are fewer."""
        return [*lots[:count], *[lots.browse()] * (count - len(lots))]
