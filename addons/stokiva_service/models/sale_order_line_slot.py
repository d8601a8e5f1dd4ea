from datetime import timedelta

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """The window chosen on a line holds the provider's time until the sale is confirmed, or for a while."""
    _inherit = 'sale.order.line'

    def unlink(self):
        self._stokiva_release_holds()
        return super().unlink()

    def _stokiva_hold_window(self, provider):
        """Hold the time of the chosen window; nothing where none is chosen, or windows do not bind.

        :param provider: stokiva.provider record, none to hold nothing
        :raise UserError: if there is no room, naming the next windows that have
        """
        self.ensure_one()
        if not (provider and self.stokiva_window_start):
            self._stokiva_release_holds()
            return
        minutes = sum(self._stokiva_get_service_types().mapped('duration_minutes')) * self._stokiva_get_units()
        # sudo: nobody has the right to write what is booked; the caller may write the line
        self.env['stokiva.slot.booking'].sudo()._hold(
            provider, (self.stokiva_window_start, self.stokiva_window_end), minutes,
            fields.Datetime.now() + timedelta(hours=self.company_id.stokiva_hold_hours),
            company=self.company_id, sale_line=self)

    def _stokiva_release_holds(self):
        """Give free what the lines hold."""
        held = self.filtered('stokiva_window_start')
        if held:
            # sudo: nobody has the right to write what is booked
            self.env['stokiva.slot.booking'].sudo()._release_hold(sale_lines=held)

    @api.model
    def _stokiva_open_work_orders(self, wanted, known, *, is_new):
        """Give free what the lines hold: their work orders book it, in the same transaction."""
        self.browse().union(*(line for line, _service_type in wanted))._stokiva_release_holds()
        return super()._stokiva_open_work_orders(wanted, known, is_new=is_new)

    def _stokiva_close_work_orders(self, reason):
        """Give free what lines hold that are sold no more."""
        self._stokiva_release_holds()
        return super()._stokiva_close_work_orders(reason)
