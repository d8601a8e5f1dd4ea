from datetime import timedelta

from odoo import fields, models

from odoo.addons.stokiva_service import workflow

PLANNED = (workflow.CREATED, workflow.ASSIGNED, workflow.ACCEPTED)


class WorkOrder(models.Model):
    """The customer's page without a login: where it is, and what he may change there by himself."""
    _inherit = 'stokiva.work.order'

    def _can_be_followed(self):
        return self.company_id.stokiva_tracking or self._is_booked_online()

    def _get_follow_url(self):
        if not self._can_be_followed():
            return super()._get_follow_url()
        return f"{self.get_base_url()}{self.env['stokiva.tracking']._get_for(self)._get_path()}"

    def _is_booked_online(self):
        """Tell whether the customer made the appointment by himself."""
        self.ensure_one()
        return 'booking' in self.event_ids.filtered(lambda row: row.event == 'open').mapped('channel')

    def _get_change_limit(self):
        """Return until when the customer may change the appointment by his link, None where he may not at all.

        :return: naive UTC datetime or None
        """
        self.ensure_one()
        company = self.company_id
        is_due = self.state in PLANNED and self.window_start and self.custody == 'customer'
        if not is_due or not (company.stokiva_tracking_change or self._is_booked_online()):
            return None
        return self.window_start - timedelta(hours=company.stokiva_change_hours)

    def _can_be_changed(self):
        """Tell whether the customer may move or cancel the appointment by his link now."""
        limit = self._get_change_limit()
        return bool(limit) and limit > fields.Datetime.now()

    def _get_other_windows(self):
        """Return the windows that the customer may move to: those of the provider that has the order.

        :return: list of ``(start, end, whether there is room)``, naive UTC
        """
        self.ensure_one()
        windows = self.env['stokiva.appointment']._get_windows(
            self.provider_id, self.company_id, self.service_type_id)
        return [window for window in windows if window[:2] != (self.window_start, self.window_end)]

    def _move_by_customer(self, start, end):
        """Give the order's trip another window, as the customer chose it.

        :param datetime start: naive UTC, not trusted
        :param datetime end: naive UTC, not trusted
        :return: whether it was free
        :raise UserError: if it is taken just now
        """
        self.ensure_one()
        if (start, end, True) not in self._get_other_windows():
            return False
        self._apply_event('plan', {
            'window_start': fields.Datetime.to_string(start), 'window_end': fields.Datetime.to_string(end),
        }, actor=self.partner_id, channel='link')
        return True

    def _cancel_by_customer(self, reason):
        """Cancel the order, and what of its trip is still to be done for the same customer.

        :param str reason: in the customer's words
        """
        self.ensure_one()
        trip = self._get_group().filtered(
            lambda order: order.partner_id == self.partner_id and order._can_be_changed())
        trip._apply_event('cancel', {'reason': reason}, actor=self.partner_id, channel='link')
