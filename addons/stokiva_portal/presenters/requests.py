"""What a provider asks the office before doing it, and what the office asks about what was done."""
from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_settlement.preauthorising import (
    ASKED,
    DISTANCE,
    GRANTED,
    LABOUR,
    PART,
    REFUSED,
)

from .catalogue import get_workmanships
from .words import get_selection

STATES = {ASKED: ('info', 'fa-hourglass-half'), GRANTED: ('ok', 'fa-check'), REFUSED: ('bad', 'fa-times')}


class PreauthorisationPresenter:
    """Pre-authorisations of one order, and the forms to ask for more.

    :param job: JobPresenter
    """

    def __init__(self, job):
        self.job, self.order, self.env, self.formats = job, job.order, job.env, job.formats

    def get_section(self):
        """Return what the order's page shows, None where there is nothing to show or to ask.

        :rtype: dict
        """
        can_ask = self.order.state in workflow.WITH_PROVIDER
        requests = self.get_requests()
        if not can_ask and not requests:
            return None
        return {'requests': requests, 'forms': self._get_forms() if can_ask else []}

    def get_requests(self):
        """Return what the provider asked for, and the answers.

        :rtype: list
        """
        return [
            self._get_request(request) for request in self.order.preauthorisation_ids.filtered(
                lambda request: request.provider_id == self.order.provider_id)]

    def _get_request(self, request):
        tone, icon = STATES[request.state]
        granted = request.state == GRANTED
        amount = request.granted_amount if granted else request.amount
        return {
            'what': request.what,
            'quantity': self.formats.number(request.granted_quantity if granted else request.quantity),
            'amount': self.formats.money(amount, request.currency_id) if amount else None,
            'answer': request.answer or None,
            'number': request.name,
            'state': {'tone': tone, 'icon': icon, 'text': get_selection(request, 'state')[request.state]},
        }

    def _get_forms(self):
        """Return a form for each kind, as the template ``stokiva_portal.form_input`` wants it."""
        quantities = {
            LABOUR: self.env._("How many times, in all"), PART: self.env._("How many, in all"),
            DISTANCE: self.env._("Kilometres in all, one way")}
        labels = {
            LABOUR: (self.env._("Extra labour"), 'fa-wrench'), PART: (self.env._("A part"), 'fa-cog'),
            DISTANCE: (self.env._("Kilometres"), 'fa-road')}
        things = {
            LABOUR: {'name': 'workmanship_id', 'type': 'select', 'label': self.env._("Which labour"), 'required': True,
                     'empty': self.env._("Choose"),
                     'options': [(item.id, item.name) for item in get_workmanships(self.order)]},
            PART: {'name': 'what', 'type': 'text', 'label': self.env._("Name or reference of the part"), 'required': True},
        }
        return [
            {
                'event': f'ask_{kind}', 'kind': kind, 'label': label, 'icon': icon,
                'inputs': list(filter(None, [
                    things.get(kind),
                    {'name': 'quantity', 'type': 'number', 'label': quantities[kind], 'required': True,
                     'value': '' if kind == DISTANCE else '1'},
                    {'name': 'amount', 'type': 'number', 'label': self.env._(
                        "Expected amount in %s, without tax", self.order.currency_id.name)},
                    {'name': 'reason', 'type': 'textarea', 'label': self.env._("Why it is needed"), 'required': True},
                ])),
            }
            for kind, (label, icon) in labels.items()]


class QuestionPresenter:
    """A line of a settlement about which the office asks.

    :param line: stokiva.settlement.line record in sudo that the user may answer for
    :param formats: Formats of the reader
    """

    def __init__(self, line, formats):
        self.line, self.formats = line, formats

    def get_card(self):
        """Return what the page of questions shows.

        :rtype: dict
        """
        line, order = self.line, self.line.settlement_id.work_order_id
        return {
            'id': line.id,
            'order': order.name,
            'order_url': f'/my/jobs/{order.id}',
            'title': " · ".join(filter(None, [order.device_type_id.name, order.service_type_id.name])),
            'name': f"{get_selection(line, 'source')[line.source]} · {line.name}",
            'amount': self.formats.money(line.claimed_amount, line.currency_id)
            if line.settlement_id.provider_id.can_see_settlements else None,
            'question': line.question,
            'asked': self.formats.moment(line.decided_at),
        }
