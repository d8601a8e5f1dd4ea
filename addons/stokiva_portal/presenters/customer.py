"""A work order as its customer sees it."""
from odoo.addons.stokiva_service import workflow

from .formats import Formats
from .thread import Thread
from .words import get_dispute_badge, get_selection, get_state_badge, sort_photos

# The technician's first name is shown while he comes and works, not before and not after.
VISIT_STATES = (workflow.ON_THE_WAY, workflow.IN_PROGRESS)
# What can be downloaded of an order, with the reports that print it.
PAPERS = {
    'form': 'stokiva_service.action_report_service_form',
    'quote': 'stokiva_service.action_report_quote',
    'report': 'stokiva_service.action_report_work',
}


class RequestPresenter:
    """Explicit values of one order for its customer.

    :param order: stokiva.work.order record in sudo that the user may see as the customer
    :param user: res.users record who looks
    """

    def __init__(self, order, user):
        self.order = order
        self.env = order.env
        self.user = user
        self.formats = Formats(self.env, order.provider_id.tz or order.company_id.partner_id.tz or user.tz)
        self.approval = order.approval_ids.filtered(lambda item: item._is_answerable())[:1]

    def get_card(self):
        """Return what the list shows.

        :rtype: dict
        """
        order, device = self.order, self.order.device_id
        return {
            'url': f'/my/service/{order.id}',
            'number': order.name,
            'title': order.service_type_id.name,
            'device': device.product_id.name or device.device_type_id.name,
            'serial': device.serial or None,
            **self.get_when(),
            'badges': get_dispute_badge(order),
            'state': get_state_badge(order),
            'waits_for_you': bool(self.approval),
        }

    def get_when(self):
        """Return the window of the visit, or when the order was closed: ``window``, and its parts ``day hours``."""
        order = self.order
        start, end = order.window_start, order.window_end
        if order.state in workflow.CLOSED:
            start, end = order.completed_at or order.closed_at, None
        return {
            'window': self.formats.window(start, end),
            'day': self.formats.day(start, is_short=True) if start else None,
            'hours': self.formats.hours(start, end),
        }

    def get_page(self):
        """Return what the order's page shows.

        :rtype: dict
        """
        order = self.order
        is_visit = order.state in VISIT_STATES
        return self.get_card() | {
            'id': order.id,
            'approve_url': f'/my/service/{order.id}/answer' if self.approval else None,
            'is_quote': self.approval.kind == 'quote',
            'provider': order.provider_id.name if order.accepted_at else None,
            'phone': (order.provider_id.phone or None) if order.accepted_at and order.state in workflow.OPEN else None,
            'technician': (order.personnel_id.name or '').split(' ')[0] if is_visit else None,
            'address': ", ".join(filter(None, [order.site_id.street, order.site_id.city])),
            'symptoms': [*order.symptom_ids.mapped('name'), *filter(None, [order.symptom_note])],
            'timeline': self.get_timeline(),
            'photos': self.get_photos(),
            'papers': self.get_papers(),
            'rating': self.get_rating(),
            'can_cancel': 'cancel' in order._get_legal_events(self.user),
            'is_disputed': order.is_halted,
            'thread': Thread(order, self.formats).get_messages(),
        }

    def get_papers(self):
        """Return the papers of the order that there are for its customer, by the keys of ``PAPERS``.

        :return: dicts of ``key name url``
        :rtype: list
        """
        order, names = self.order, {}
        if order.take_in_ids:
            names['form'] = self.env._("Service form")
        if any(approval.kind == 'quote' and approval.state != 'void' for approval in order.approval_ids):
            names['quote'] = self.env._("Quote")
        if order.state == workflow.COMPLETED:
            names['report'] = self.env._("Work report")
        return [{'key': key, 'name': name, 'url': f'/my/service/{order.id}/{key}'} for key, name in names.items()]

    def get_rating(self):
        """Return the customer's opinion with the reply to it, and whether he can give another one now.

        :return: dict of ``stars text comment reply choices is_open``, None where there is nothing to show
        """
        rating, is_open = self.order.customer_rating_ids, self.order._can_be_rated()
        if not (rating.stars or is_open):
            return None
        words = (
            self.env._("Very bad"), self.env._("Bad"), self.env._("Fair"), self.env._("Good"), self.env._("Very good"))
        return {
            'stars': rating.stars, 'text': rating.stars_text, 'comment': rating.comment or None,
            'reply': rating.reply or None, 'is_open': is_open,
            'choices': [{'value': str(number), 'stars': "★" * number, 'word': word} for number, word in enumerate(words, 1)],
        }

    def get_timeline(self):
        """Return the steps with their times, what comes next included while the order is open."""
        order = self.order
        steps = [
            (self.env._("Request received"), order.opened_at), (self.env._("Accepted by the service point"), order.accepted_at),
            (self.env._("Technician on the way"), order.departed_at), (self.env._("Work started"), order.started_at),
            (self.env._("Sent to you for approval"), order.submitted_at), (self.env._("Completed"), order.completed_at)]
        if order.closed_at:
            steps = [step for step in steps if step[1]]
            steps.append((get_selection(order, 'state')[order.state], order.closed_at))
        return [
            {'label': label, 'time': self.formats.moment(moment), 'is_past': bool(moment)}
            for label, moment in steps]

    def find_photos(self):
        """Return the photos that the customer may see: his own, and once the work is completed, all.

        :return: stokiva.media records
        """
        is_completed = self.order.state == workflow.COMPLETED
        return self.order._get_photos().filtered(lambda photo: is_completed or photo.channel == 'customer')

    def get_photos(self):
        """Return what the page shows of them."""
        labels = get_selection(self.env['stokiva.media'], 'kind')
        url = f'/my/service/{self.order.id}/photos'
        return [
            {'kind': labels[photo.kind], 'type': photo.media_type, 'url': f'{url}/{photo.id}', 'thumb': f'{url}/{photo.id}?size=256'}
            for photo in sort_photos(self.find_photos())]
