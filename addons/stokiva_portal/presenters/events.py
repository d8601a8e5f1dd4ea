"""The forms of events: what a person must give, and what of it may be believed."""
from functools import cached_property

from odoo.exceptions import UserError

from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_service.models.stokiva_assignment import REJECT_REASONS
from odoo.addons.stokiva_service.models.stokiva_personnel import WORKERS

from .charge_forms import ChargeForms
from .inputs import Inputs
from .words import get_action_labels, get_selection

# The filled button is the first of these that is legal.
PRIMARY = ('accept', 'start', 'depart', 'submit', 'rework', 'plan', 'quote')
SECONDARY = (
    'plan', 'take_in', 'move', 'hand_back', 'refuse_warranty', 'quote', 'collect', 'suspend', 'resume', 'pause',
    'start', 'depart', 'reject', 'return')
DANGER = ('reject', 'return')
MAX_WINDOWS = 20
ICONS = {
    'accept': 'fa-check', 'reject': 'fa-times', 'plan': 'fa-calendar', 'depart': 'fa-truck', 'start': 'fa-wrench',
    'suspend': 'fa-stop-circle-o', 'pause': 'fa-pause', 'resume': 'fa-play', 'take_in': 'fa-archive',
    'move': 'fa-exchange', 'hand_back': 'fa-reply', 'quote': 'fa-money', 'submit': 'fa-paper-plane', 'rework': 'fa-refresh',
    'return': 'fa-undo', 'refuse_warranty': 'fa-shield', 'collect': 'fa-credit-card',
}


class EventForms(ChargeForms):
    """What a person of a provider can do with an order now.

    :param order: stokiva.work.order record in sudo
    :param user: res.users record who looks
    :param formats: Formats of the reader
    """

    def __init__(self, order, user, formats):
        self.order = order
        self.env = order.env
        self.user = user
        self.formats = formats

    @cached_property
    def legal(self):
        """What the user may do now, as a list of events."""
        return [
            event for event in self.order._get_legal_events(self.user)
            if (event in ICONS or event == 'edit') and (event != 'collect' or self.order.amount_open > 0)]

    def check(self, event):
        """Raise unless the page has a form for the event.

        :raise UserError: if there is no form for it; what is not legal is refused by the door
        """
        if event not in ICONS:
            raise UserError(self.env._("There is no such step: %(detail)s.", detail=event))

    def get_primary(self):
        """Return the next event, None if this person can only wait."""
        return next((event for event in PRIMARY if event in self.legal), None)

    def get_secondary(self, primary):
        """Return the forms of the other legal events; an offer is only accepted or rejected."""
        offered = ('reject',) if self.order.state == workflow.ASSIGNED else SECONDARY
        return [self.get_form(event) for event in offered if event in self.legal and event != primary]

    def get_form(self, event):
        """Return what the template ``stokiva_portal.event_form`` wants.

        :rtype: dict
        """
        builder = getattr(self, f'_inputs_{event}', None)
        return {
            'event': event, 'label': get_action_labels(self.env)[event], 'icon': ICONS[event],
            'is_danger': event in DANGER, 'inputs': builder() if builder else []}

    def parse(self, event, post):
        """Return what was given, with nothing in it that the form did not offer.

        :param dict post: the form's values; several values of one name as a list
        :return: ``given`` for the door
        :raise UserError: if a value was not on offer
        """
        given = Inputs(self.env, self.formats).parse(self.get_form(event)['inputs'], post)
        if window := given.pop('window', None):
            given['window_start'], given['window_end'] = window.split('/')
        return given

    # === WHAT EACH EVENT WANTS === #

    def _inputs_reject(self):
        labels = get_selection(self.env['stokiva.assignment'], 'reason')
        return [
            {'name': 'reason', 'type': 'select', 'label': self.env._("Reason"), 'required': True,
             'options': [(key, labels[key]) for key, _label in REJECT_REASONS]},
            {'name': 'note', 'type': 'text', 'label': self.env._("In your words"),
             'hint': self.env._("If the reason is another one.")},
        ]

    def _inputs_accept(self):
        people = self.get_technicians()
        if not people:
            return []
        return [{
            'name': 'personnel_id', 'type': 'select', 'label': self.env._("Who goes?"),
            'empty': self.env._("Decide later"), 'options': people, 'value': self._suggest_technician(people)}]

    def _suggest_technician(self, people):
        """Return the id of who fits the order best.

        :param list people: ``(id, name)`` of those to choose from
        :return: id, or an empty text
        """
        order_sudo = self.order.sudo()  # sudo: people of the user's own provider; only a name on his list is shown
        best = order_sudo._suggest_technicians().get(order_sudo)
        return best.id if best and best.id in dict(people) else ''

    def _inputs_plan(self):
        order = self.order
        inputs = []
        if order.provider_id.can_reassign or not order.personnel_id:
            inputs.append({
                'name': 'personnel_id', 'type': 'select', 'label': self.env._("Technician"),
                'options': self.get_technicians(),
                'empty': self.env._("Choose a technician"),
                'value': order.personnel_id.id or self._suggest_technician(self.get_technicians())})
        assistants = self.get_assistants()
        if assistants:
            inputs.append({
                'name': 'assistant_ids', 'type': 'checks', 'label': self.env._("Who goes along"),
                'options': assistants, 'can_be_emptied': True,
                'value': [str(person.id) for person in order.visit_id.assistant_ids]})
        return inputs + self._get_free_windows() + [
            {'name': 'window_start', 'type': 'datetime-local', 'label': self.env._("From"),
             'value': self.formats.to_input(order.window_start)},
            {'name': 'window_end', 'type': 'datetime-local', 'label': self.env._("Until"),
             'value': self.formats.to_input(order.window_end)},
        ]

    def _get_free_windows(self):
        """Return the choice of the provider's own free windows, nothing where none are kept."""
        order = self.order
        if not order.company_id.stokiva_slots:
            return []
        slots = self.env['stokiva.slot']._get_free(
            order.provider_id, order.company_id.stokiva_travel_minutes + order.service_type_id.duration_minutes,
            max(self.formats.now, order.earliest_start or self.formats.now), limit=MAX_WINDOWS)
        return [{
            'name': 'window', 'type': 'select', 'label': self.env._("Your next free times"),
            'empty': self.env._("As written below"), 'options': [
                (f'{slot.start_at}/{slot.end_at}', self.formats.window(slot.start_at, slot.end_at)) for slot in slots],
        }] if slots else []

    def _inputs_suspend(self):
        labels = get_selection(self.env['stokiva.visit'], 'outcome')
        return [
            {'name': 'outcome', 'type': 'select', 'label': self.env._("How did the visit end?"), 'required': True,
             'options': [(key, labels[key]) for key in workflow.OUTCOMES if key != 'done'],
             'empty': self.env._("Choose")},
            {'name': 'note', 'type': 'textarea', 'label': self.env._("Note for the next visit")},
            {'name': 'window_start', 'type': 'datetime-local', 'label': self.env._("Next visit from"),
             'hint': self.env._("If you have agreed on one with the customer.")},
            {'name': 'window_end', 'type': 'datetime-local', 'label': self.env._("Next visit until")},
        ]

    def _inputs_pause(self):
        return [{'name': 'reason', 'type': 'text', 'label': self.env._("Reason"), 'required': True}]

    def _inputs_take_in(self):
        return [
            *self._get_ticks(self.get_accessories()),
            {'name': 'condition', 'type': 'textarea', 'label': self.env._("Condition of the device"),
             'hint': self.env._("Take photos of it, too, as “before”.")},
            *self._get_signed(self.env._("Who hands it over")),
        ]

    def _inputs_move(self):
        labels = get_selection(self.order, 'custody')
        return [{
            'name': 'custody', 'type': 'select', 'label': self.env._("Goes to"), 'required': True,
            'options': [(key, labels[key]) for key in workflow.HOLDERS],
            'value': 'technician' if self.order.custody == 'workshop' else 'workshop'}]

    def _inputs_hand_back(self):
        # A form that is sent twice is about the same list.
        stay = self.order._get_stays() or self.order.take_in_ids[-1:]
        taken = [(accessory.id, accessory.name) for accessory in stay.line_ids.accessory_id]
        return [
            *self._get_ticks(taken),
            *([{'name': 'note', 'type': 'text', 'label': self.env._("If something is missing: what became of it")}]
              if taken else []),
            *self._get_signed(self.env._("Who receives it")),
        ]

    def _get_ticks(self, options):
        return [{
            'name': 'accessory_ids', 'type': 'checks', 'label': self.env._("With it"), 'options': options,
        }] if options else []

    def _get_signed(self, label):
        return [
            {'name': 'signed_by', 'type': 'text', 'label': label, 'value': self.order.partner_id.name},
            {'name': 'signature', 'type': 'signature', 'label': self.env._("Customer's signature")},
        ]

    def _inputs_return(self):
        return [{
            'name': 'reason', 'type': 'textarea', 'label': self.env._("Why is the work not done?"), 'required': True}]

    # === CHOICES === #

    def get_technicians(self):
        """Return the provider's people who may go, as options; who has learnt such work comes first."""
        people = self.order.provider_id.personnel_ids.filtered(
            lambda person: person.active and person.role in WORKERS
        ).sorted(lambda person: not person._is_skilled_for(self.order))
        return [(person.id, person.name) for person in people]

    def get_assistants(self):
        """Return the provider's people who may go along, as options; none before there is a visit."""
        if not self.order.visit_id:
            return []
        return [(key, name) for key, name in self.get_technicians() if key != self.order.personnel_id.id]

    def get_accessories(self):
        """Return what can come with such a device, as options."""
        device_type = self.order.device_type_id
        above = device_type.browse(int(id_) for id_ in (device_type.parent_path or '').split('/') if id_)
        return [(accessory.id, accessory.name) for accessory in above.accessory_ids]
