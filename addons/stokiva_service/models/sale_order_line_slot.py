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
        """Give free what the lines hold: their work orders book it, in the same transaction. Where the time has passed until
        the sale was confirmed, a dispatcher is asked: nobody can keep it, and the sale is not stopped."""
        lines = self.browse().union(*(line for line, _service_type in wanted))
        lines._stokiva_release_holds()
        res = super()._stokiva_open_work_orders(wanted, known, is_new=is_new)
        if passed := lines.filtered(lambda line: line._stokiva_is_too_late()):
            # sudo: the seller need not see work orders
            opened = self.env['stokiva.work.order'].sudo().search([('sale_line_id', 'in', passed.ids)]) - known
            opened._ask_dispatcher_about(self.env._("The time chosen in the sale had passed. Agree on another one."))
        return res

    def _stokiva_is_too_late(self):
        """Tell whether the chosen window has passed."""
        self.ensure_one()
        return bool(self.stokiva_window_end) and self.stokiva_window_end < fields.Datetime.now()

    def _stokiva_prepare_window_values(self):
        """Return the window of the line's work orders; none that has passed."""
        if self._stokiva_is_too_late():
            return {'window_start': False, 'window_end': False}
        return {'window_start': self.stokiva_window_start, 'window_end': self.stokiva_window_end}

    def _stokiva_close_work_orders(self, reason):
        """Give free what lines hold that are sold no more."""
        self._stokiva_release_holds()
        return super()._stokiva_close_work_orders(reason)
