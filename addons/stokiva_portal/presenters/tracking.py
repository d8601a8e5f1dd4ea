"""A work order on the page behind its tracking link: less than the customer sees in his portal."""
from odoo.addons.stokiva_service import workflow

from .appointment import get_days
from .formats import Formats
from .words import get_selection

# While he comes and works, the technician's first name is shown; not before and not after.
VISIT_STATES = (workflow.ON_THE_WAY, workflow.IN_PROGRESS)


class TrackingPresenter:
    """Explicit values of one order for whoever has its link.

    :param order: stokiva.work.order record in sudo, in the reader's language
    """

    def __init__(self, order):
        self.order, self.env = order, order.env
        self.formats = Formats(self.env, order.provider_id.tz or order.company_id.partner_id.tz)

    def get_page(self):
        """Return what the page shows.

        :rtype: dict
        """
        order, provider = self.order, self.order.provider_id
        is_accepted, is_open = bool(order.accepted_at), order.state in workflow.OPEN
        limit = order._get_change_limit()
        approval = order.approval_ids.filtered(lambda item: item._is_answerable())[:1]
        return {
            'number': order.name, 'state': order.state,
            'devices': [self._get_device(member) for member in self._get_trip()],
            'service': order.service_type_id.name,
            'duration': self.formats.span(order.service_type_id.duration_minutes),
            'day': self.formats.day(order.window_start) if order.window_start else None,
            'hours': self.formats.hours(order.window_start, order.window_end),
            'departed': self.formats.moment(order.departed_at),
            'provider': provider.name if is_accepted else None,
            'is_authorised': provider.kind == 'authorised',
            'phone': (provider.phone or None) if is_accepted and is_open else None,
            'technician': (order.personnel_id.name or '').split(' ')[0] if order.state in VISIT_STATES else None,
            'timeline': self.get_timeline(),
            'approve_url': approval._get_path() if approval else None,
            'can_change': order._can_be_changed(),
            'change_until': self.formats.moment(limit) if limit else None,
            'book_url': f'/appointment/{order.company_id.id}' if order.company_id._stokiva_is_booking() else None,
            'now': self.formats.hour(self.formats.now)}

    def _get_trip(self):
        """Return the orders of the same visit that are the same customer's."""
        return self.order._get_group().filtered(lambda member: member.partner_id == self.order.partner_id).sorted('id')

    def _get_device(self, order):
        """Return the kind of a device; what it is exactly the customer knows, and nobody else needs."""
        return order.device_type_id.name or order.product_id.name

    def get_timeline(self):
        """Return the steps, those to come included while the order is open: ``label time is_past is_now``."""
        order, env = self.order, self.env
        steps = [
            (env._("We have your request"), order.opened_at),
            (env._("The service point has accepted"), order.accepted_at),
            (env._("Technician on the way"), order.departed_at),
            (env._("Work at your place"), order.started_at),
            (env._("Your approval"), order.submitted_at),
            (env._("Completed"), order.completed_at)]
        if order.closed_at:
            steps = [step for step in steps if step[1]]
            steps.append((get_selection(order, 'state')[order.state], order.closed_at))
        last = max((index for index, (_label, moment) in enumerate(steps) if moment), default=0)
        return [{
            'label': label, 'time': self.formats.moment(moment), 'is_past': index < last or order.state in workflow.CLOSED,
            'is_now': index == last and order.state in workflow.OPEN} for index, (label, moment) in enumerate(steps)]

    def get_days(self, day=None):
        """Return the days to move to, as ``appointment.get_days``, with the value of each window in a form."""
        appointments = self.env['stokiva.appointment']
        days = get_days(
            self.order._get_other_windows(), self.formats, self.order.company_id.stokiva_booking_days, day)
        for row in days:
            for window in row['windows']:
                window['value'] = appointments._format_window(window['start'], window['end'])
        return days
