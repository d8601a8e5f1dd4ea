"""What a technician asks the office for from a job: parts, and pre-authorisation before the work."""
from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_settlement.preauthorising import DISTANCE, KINDS, LABOUR, PART

from ..presenters.parts import get_transfer_state
from ..presenters.requests import PreauthorisationPresenter
from .refused import Refused

SUPPLY = 'supply'
TONES = {'draft': 'info', 'assigned': 'ok', 'done': 'ok', 'cancel': 'bad'}


class Requests:
    """What is asked for; part of ``Handler``."""

    def ask(self):
        """Ask for a part, or for pre-authorisation: for what the form of that kind gave."""
        kind, post = self._get_text('kind'), self._get_post(self.op.payload.get('values') or {})
        if kind == SUPPLY:
            self.edits.ask_for_part(post)
        elif kind in KINDS:
            self.order._ask_preauthorisation(self.edits.get_preauthorisation(kind, post), self.job.user)
        else:
            raise Refused('malformed', self.env._("Please choose from the list."))
        return {}


class RequestsPresenter:
    """What was asked for from jobs, and what can be asked for.

    :param orders: stokiva.work.order records in sudo
    """

    def __init__(self, orders):
        self.orders, self.env = orders, orders.env
        self.moves = self.env['stock.move'].search(
            [('stokiva_for_order_id', 'in', orders.ids)], order='id').grouped('stokiva_for_order_id')

    def get_values(self, job):
        """Return what the phone keeps of one job.

        :param job: JobPresenter
        :return: ``requests`` (rows of ``what quantity text tone answer``) and ``asks`` (kinds that can be asked for)
        :rtype: dict
        """
        order = job.order
        moves = self.moves.get(order, ())
        return {
            'requests': [self._get_move(move, job.formats) for move in moves] + [
                self._get_preauthorisation(row) for row in PreauthorisationPresenter(job).get_requests()],
            'asks': self._get_asks(order),
        }

    def _get_asks(self, order):
        if order.state not in workflow.WITH_PROVIDER:
            return []
        can_ask_for_parts = order.provider_id.can_request_parts and order.company_id.stokiva_parts
        return [*([SUPPLY] if can_ask_for_parts else []), LABOUR, PART, DISTANCE]

    def _get_move(self, move, formats):
        return {
            'what': move.product_id.display_name, 'quantity': formats.number(move.product_uom_qty), 'answer': None,
            'kind': SUPPLY, 'is_here': move.state == 'done', 'tone': TONES.get(move.state, 'warn'), 'text': self._get_state(move)}

    def _get_state(self, move):
        if move.state in ('done', 'cancel'):
            return self.env._("In your stock") if move.state == 'done' else self.env._("Refused")
        return get_transfer_state(self.env, move)

    def _get_preauthorisation(self, row):
        return {
            'what': row['what'], 'quantity': row['quantity'], 'answer': row['answer'], 'kind': 'preauthorisation',
            'tone': row['state']['tone'], 'text': row['state']['text']}


def get_request_labels(env):
    """Return what the buttons of requests say.

    :rtype: dict
    """
    return {
        f'ask_{SUPPLY}': env._("Ask for a part"), f'ask_{LABOUR}': env._("Extra labour"),
        f'ask_{PART}': env._("A part"), f'ask_{DISTANCE}': env._("Kilometres")}


def get_request_forms(env):
    """Return the forms of requests, of which the phone fills in the choices.

    :return: ``{'ask_…': inputs}``
    :rtype: dict
    """
    amount = {'name': 'amount', 'type': 'number', 'label': env._("Expected amount, without tax")}
    reason = {'name': 'reason', 'type': 'textarea', 'label': env._("Why it is needed"), 'required': True}

    def quantity(label, value='1'):
        return {'name': 'quantity', 'type': 'number', 'label': label, 'required': True, 'value': value}

    return {
        f'ask_{SUPPLY}': [
            {'name': 'product_id', 'type': 'stock_part', 'label': env._("Which part"), 'required': True},
            quantity(env._("How many")),
            {'name': 'is_urgent', 'type': 'checks', 'label': env._("How soon"), 'options': [
                ('1', env._("Urgent: the customer is waiting"))]}],
        f'ask_{LABOUR}': [
            {'name': 'workmanship_id', 'type': 'labour', 'label': env._("Which labour"), 'required': True},
            quantity(env._("How many times, in all")), amount, reason],
        f'ask_{PART}': [
            {'name': 'product_id', 'type': 'part', 'label': env._("Which part"), 'required': True},
            quantity(env._("How many, in all")), amount, reason],
        f'ask_{DISTANCE}': [quantity(env._("Kilometres in all, one way"), ''), amount, reason],
    }
