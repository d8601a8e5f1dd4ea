"""A work order as the provider's people see it."""
from odoo import fields

from odoo.addons.stokiva_service import phones, workflow

from .events import EventForms
from .formats import Formats
from .job_work import JobWork
from .thread import Thread
from .timeline import get_timeline
from .words import get_extra_badges, get_selection, get_state_badge

# While the order is theirs and open: only then the customer's name, phone and address are shown.
WITH_CUSTOMER_DATA = (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL)
URGENT_MINUTES = 30


class JobPresenter(JobWork):
    """Explicit values of one order for the people of its provider.

    :param order: stokiva.work.order record in sudo that the user may see
    :param people: stokiva.personnel records in sudo, all of the user's
    :param user: res.users record who looks
    """

    def __init__(self, order, people, user):
        self.order = order
        self.env = order.env
        self.user = user
        self.provider = order.provider_id
        self.people = people.filtered(lambda person: person.provider_id == self.provider)
        self.is_dispatcher = any(person._is_dispatcher() for person in self.people)
        self.formats = Formats(self.env, self.provider.tz)
        self.shows_customer = order.state in WITH_CUSTOMER_DATA

    # === IN LISTS === #

    def get_card(self):
        """Return what lists show.

        :rtype: dict
        """
        order = self.order
        return {
            'url': f'/my/jobs/{order.id}',
            'number': order.name,
            'title': self.get_title(),
            'place': self.get_place(),
            'day': self.formats.day(order.window_start, is_short=True) if order.window_start else None,
            'hours': self.formats.hours(order.window_start, order.window_end),
            'hour': self.formats.hour(order.window_start),
            'window': self.formats.window(order.window_start, order.window_end),
            'customer': order.partner_id.name if self.shows_customer else None,
            'technician': order.personnel_id.name or None,
            'needs_technician': (
                order.state == workflow.ACCEPTED and not order.personnel_id and self.is_dispatcher),
            'state': self.get_state(),
            'badges': get_extra_badges(order, self.formats),
            'offer': self.get_offer() if order.state == workflow.ASSIGNED else None,
            'can_accept': order.state == workflow.ASSIGNED and self.is_dispatcher,
        }

    def get_state(self):
        """Return the state as a badge; an offer says whose turn it is."""
        badge = get_state_badge(self.order)
        if self.order.state == workflow.ASSIGNED:
            badge['text'] = self.env._("Waits for your answer")
        return badge

    def get_title(self):
        """Return the device and what is to be done with it."""
        order = self.order
        device = order.device_type_id.name or order.device_id.product_id.name or ""
        return " · ".join(filter(None, [device, order.service_type_id.name]))

    def get_place(self):
        """Return the district and the province, never the street."""
        order = self.order
        city = order.city_id
        return ", ".join(filter(None, [
            city.name or order.site_id.city, (city.state_id or order.site_id.state_id).name]))

    def get_offer(self):
        """Return until when the offer stands.

        :rtype: dict
        """
        offer = self.order.assignment_id
        formats = self.formats
        minutes = (offer.expires_at - formats.now).total_seconds() / 60
        return {
            'left': formats.left(offer.expires_at),
            'until': self.env._(
                "Until %(hour)s, then another provider is asked.", hour=formats.moment(offer.expires_at))
            if minutes > 0 else self.env._("The time to answer is over."),
            'is_urgent': minutes < URGENT_MINUTES,
            'seconds': max(int(minutes * 60), 0),
            'total': max(int((offer.expires_at - offer.offered_at).total_seconds()), 1),
            'others': [
                JobPresenter(other, self.people, self.user).get_title()
                for other in offer.work_order_ids - self.order],
        }

    # === ON ITS OWN PAGE === #

    def get_page(self):
        """Return what the order's page shows.

        :rtype: dict
        """
        order = self.order
        forms = EventForms(order, self.user, self.formats)
        is_open = order.state in workflow.OPEN
        can_edit = 'edit' in forms.legal and order.state in workflow.WITH_PROVIDER
        return self.get_card() | {
            'id': order.id,
            'customer_card': self.get_customer() if self.shows_customer else None,
            'hidden_reason': self.env._("Name, phone and street appear when you accept.")
            if order.state == workflow.ASSIGNED else
            self.env._("Name, phone and street are shown only while the job is open."),
            'facts': self.get_facts(),
            'actions': self.get_actions(forms),
            'sign_url': f'/my/jobs/{order.id}/sign' if self.get_asked() else None,
            'objection': self.get_objection(),
            'can_edit': can_edit,
            'can_correct_serial': can_edit and bool(order.device_id.serial),
            'checklist': self.get_checklist() if order.state != workflow.ASSIGNED else None,
            'work': self.get_work(can_edit) if order.state != workflow.ASSIGNED else None,
            'photos': self.get_photos() if order.state != workflow.ASSIGNED else None,
            'next_photo': self.order._get_missing_photo_kind(),
            'timeline': get_timeline(order, self.formats),
            'deadline': self.formats.moment(order.deadline) if is_open and order.deadline else None,
            'thread': Thread(order.assignment_id, self.formats).get_messages(),
        }

    def get_customer(self):
        """Return whom to visit where."""
        order = self.order
        site = order.site_id
        phone = order.partner_id.phone or site.phone or ""
        return {
            'name': order.partner_id.name,
            'contact': site.name if site.name and site.name != order.partner_id.name else None,
            'phone': phones.spell(phone),
            'tel': "".join(char for char in phone if char.isdigit() or char == '+'),
            'lines': list(filter(None, [
                site.street, site.street2,
                " ".join(filter(None, [site.zip, site.city])), site.state_id.name])),
        }

    def get_facts(self):
        """Return labels and values of device, symptoms and time."""
        order, device = self.order, self.order.device_id
        is_offer = order.state == workflow.ASSIGNED
        symptoms = [*order.symptom_ids.mapped('name'), *self.get_own_words()]
        facts = [
            (self.env._("When"), self.formats.window(order.window_start, order.window_end)),
            (self.env._("Not before"), f"{self.formats.day(order.earliest_start)} {self.formats.hour(order.earliest_start)}"
             if order.is_undelivered else None),
            (self.env._("How long"), self.env._(
                "about %s", self.formats.span(order.service_type_id.duration_minutes))),
            (self.env._("Device"), device.product_id.display_name or device.device_type_id.complete_name),
            (self.env._("Serial number"), None if is_offer else device.serial),
            (self.env._("Symptom"), "; ".join(symptoms)),
            (self.env._("Device is with"), get_selection(order, 'custody')[order.custody]
             if order.custody != 'customer' else None),
            (self.env._("Technician"), order.personnel_id.name),
        ]
        return {
            'rows': [(label, value) for label, value in facts if value],
            'warranty': self.get_warranty(),
        }

    def get_own_words(self):
        """Return what the customer said, while he may be known: his name or telephone number may be in it.

        :rtype: list
        """
        return [self.order.symptom_note] if self.shows_customer and self.order.symptom_note else []

    def get_warranty(self):
        """Return what the warranty covers today, as a badge."""
        if self.order.warranty_refusal:
            return {'tone': 'warn', 'icon': 'fa-shield', 'text': self.env._(
                "Refused: %s", get_selection(self.order, 'warranty_refusal')[self.order.warranty_refusal])}
        device = self.order.device_id
        today = fields.Date.context_today(device)
        covers = device._get_warranty(today)
        until = max(filter(None, [device.warranty_labour_until, device.warranty_parts_until]), default=None)
        if not until:
            return {'tone': 'muted', 'icon': 'fa-question-circle-o', 'text': self.env._("Warranty unknown")}
        if not any(covers.values()):
            return {'tone': 'warn', 'icon': 'fa-shield', 'text': self.env._(
                "Ended on %s", self.formats.date(until))}
        if not all(covers.values()):
            text = self.env._("Labour only, until %s", self.formats.date(until)) if covers['labour'] else self.env._(
                "Parts only, until %s", self.formats.date(until))
            return {'tone': 'warn', 'icon': 'fa-shield', 'text': text}
        return {'tone': 'ok', 'icon': 'fa-shield', 'text': self.env._("Until %s", self.formats.date(until))}

    def get_asked(self):
        """Return the request that the customer can answer on this person's phone now.

        :return: stokiva.approval record in sudo, or an empty one
        """
        if 'send_code' not in self.order._get_legal_events(self.user):
            return self.env['stokiva.approval']
        return self.order._get_pending_approvals()[self.order].filtered(lambda item: item._is_answerable())

    def get_asked_together(self):
        """Return all that the customer can answer with it by one signature and one code: of this person's own jobs.

        :return: stokiva.approval records in sudo, this job's own first
        """
        asked = self.get_asked()
        return asked and asked._get_signed_together().filtered(lambda item: item == asked or (
            (item.work_order_id.personnel_id | item.work_order_id.visit_id.assistant_ids) & self.people))

    def get_actions(self, forms):
        """Return the one filled button, the others, and a sentence when there is only waiting."""
        event = forms.get_primary()
        primary = forms.get_form(event) if event else None
        missing = self.order._get_missing_evidence() if event == 'submit' else []
        return {
            'primary': primary,
            'missing': missing,
            'photo_label': self._get_photo_label() if missing else None,
            'needs_serial': bool(missing) and self._lacks_serial(),
            'needs_checklist': bool(missing) and self.order.service_type_id.needs_checklist
            and not (self.get_checklist() or {'is_done': True})['is_done'],
            'secondary': forms.get_secondary(event),
            'waiting': None if primary else self._get_waiting_text(),
        }

    def get_objection(self):
        """Return the customer's words when he refused the work and it is not settled yet."""
        order = self.order
        if order.state not in (workflow.IN_PROGRESS, workflow.AWAITING_APPROVAL):
            return None
        last = order.approval_ids.filtered(lambda item: item.kind == 'work' and item.answered_at)[:1]
        return last.comment if last.state == 'disputed' else None

    def _lacks_serial(self):
        device = self.order.device_id
        return self.order.service_type_id.needs_serial and not (device.serial or device.lot_id)

    def _get_photo_label(self):
        return {
            'before': self.env._("Take the “before” photo"), 'after': self.env._("Take the “after” photo"),
        }.get(self.order._get_missing_photo_kind())

    def _get_waiting_text(self):
        order = self.order
        if order.state == workflow.AWAITING_APPROVAL:
            return self.env._("The customer said no. The office is looking into it.") if order.is_halted else self.env._(
                "The customer is asked for approval: by the link that he was sent, or here on your phone.")
        if order.state in workflow.CLOSED:
            return None
        if order.approval_ids.filtered(lambda item: item.kind == 'quote' and item._is_answerable()):
            return self.env._("The customer is asked for consent to the price.")
        if order.state == workflow.ASSIGNED:
            return self.env._("A dispatcher of your company has to answer.")
        return self.env._("Nothing to be done by you now.")
