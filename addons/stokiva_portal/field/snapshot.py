"""What a technician's phone keeps: his jobs, and what of the catalogue they need. Explicit values, no records."""
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from odoo.addons.stokiva_service import audit, workflow
from odoo.addons.stokiva_service.geo import get_distance

from ..presenters import Formats
from ..presenters.catalogue import get_parts, get_parts_domain
from ..presenters.events import PRIMARY, SECONDARY
from ..presenters.parts import PartsPresenter
from ..presenters.words import get_action_labels, get_selection
from . import protocol
from .job import FieldJob
from .requests import RequestsPresenter, get_request_forms, get_request_labels

MAX_JOBS = 60
MAX_PARTS = 1000
MAX_HISTORY = 5
SHOWN_AFTER_END = timedelta(hours=18)
DAYS_WITH_ROUTE = 2


class FieldSnapshot:
    """What one technician's phone gets.

    :param env: environment of the technician
    """

    def __init__(self, env):
        self.env = env
        self.people = env['stokiva.personnel']._get_of_user()
        orders = env['stokiva.work.order']
        now = fields.Datetime.now()
        # sudo: as the portal's pages, with the domain of the user's rules and memberships
        self.orders = orders.sudo().search(orders._get_own_job_domain() & (
            Domain('state', 'in', (*workflow.WITH_PROVIDER, workflow.AWAITING_APPROVAL))
            | Domain('state', 'in', workflow.CLOSED) & (
                Domain('completed_at', '>', now - SHOWN_AFTER_END) | Domain('closed_at', '>', now - SHOWN_AFTER_END))
        ), order='window_start, id', limit=MAX_JOBS)

    # === JOBS === #

    def get_delta(self, known, only=None):
        """Return what differs from what the phone has.

        :param dict known: what it has, ``{order id as text: fingerprint}``
        :param only: ids of the jobs to look at; by default all
        :return: ``{'orders': [...], 'digest': {...}, 'removed': [ids]}``; None when nothing differs
        :rtype: dict
        """
        looked_at = self.orders if only is None else self.orders.filtered(lambda order: order.id in only)
        jobs = {job['id']: job for job in self._get_jobs(looked_at)}
        digest = {f'{id_}': protocol.fingerprint(job) for id_, job in jobs.items()}
        changed = [job for id_, job in jobs.items() if known.get(f'{id_}') != digest[f'{id_}']]
        kept = {f'{id_}' for id_ in self.orders.ids}
        removed = sorted(int(id_) for id_ in known if id_ not in kept)
        if not changed and not removed:
            return None
        return {
            'orders': changed, 'digest': {f'{job["id"]}': digest[f'{job["id"]}'] for job in changed},
            'removed': removed}

    def _get_jobs(self, orders):
        history, route = self._get_history(orders), self._get_route()
        facts, requests = orders._get_facts(self.env.user, {}), RequestsPresenter(orders)
        along = orders.filtered(lambda order: order.state == workflow.ACCEPTED)._get_take_along()
        for order in orders:
            job = FieldJob(order, self.people, self.env.user)
            yield job.get_values(facts[order]) | requests.get_values(job) | {
                'take_along': [[item.key.name, _round(item.share)] for item in along.get(order, ())],
                'history': history.get(order.device_id.id, []), **route.get(order.id, {'place': None, 'km': None})}

    def _get_history(self, orders):
        """Return what was done to the devices before: the latest closed orders of each.

        :rtype: dict
        """
        found = {}
        earlier = orders.search([
            ('device_id', 'in', orders.device_id.ids), ('state', 'in', (workflow.COMPLETED, workflow.RETURNED)),
            ('id', 'not in', orders.ids)], order='id desc', limit=MAX_HISTORY * MAX_JOBS)
        for order in earlier:
            rows = found.setdefault(order.device_id.id, [])
            if len(rows) < MAX_HISTORY:
                moment = order.completed_at or order.closed_at
                rows.append({
                    'number': order.name, 'service': order.service_type_id.name, 'at': moment and audit.iso(moment),
                    'text': "; ".join(filter(None, [order.cause_id.name, order.resolution_id.name]))})
        return found

    def _get_route(self):
        """Return of each visit of the next days its place in the day and the kilometres from the one before.

        :return: ``{order id: {'place', 'km'}}``
        :rtype: dict
        """
        route = {}
        for person in self.people:
            today = person.provider_id._get_local_day(fields.Datetime.now())
            for days in range(DAYS_WITH_ROUTE):
                here = person.provider_id._get_position()
                visits = person._get_day(today + timedelta(days=days)).get(person, ())
                for number, order in enumerate(visits, start=1):
                    there = order._get_position()
                    route[order.id] = {
                        'place': number, 'km': round(get_distance(here, there), 1) if here and there else None}
                    here = there or here
        return route

    # === CATALOGUE === #

    def get_catalogue(self):
        """Return what the jobs' screens choose from, and the words of the workflow.

        :rtype: dict
        """
        types = self.orders.device_type_id
        media = self.env['stokiva.media']
        return {
            'faults': [
                [fault.id, fault.name, fault.kind, fault.device_type_id.id]
                for fault in self.orders.env['stokiva.fault'].search([
                    ('device_type_id', 'parent_of', types.ids), ('kind', 'in', ('cause', 'resolution'))])],
            'workmanships': [
                [item.id, item.name, item.duration_minutes, item.device_type_id.id, item.service_type_id.id]
                for item in self.orders.env['stokiva.workmanship'].search([('device_type_id', 'parent_of', types.ids)])],
            'parts': self._get_parts(),
            'kinds': {key: name for key, name in get_selection(media, 'kind').items() if key != 'complaint'},
            'states': get_selection(self.env['stokiva.work.order'], 'state'),
            'actions': get_action_labels(self.env) | get_request_labels(self.env),
            'forms': get_request_forms(self.env),
            'primary': PRIMARY,
            'secondary': SECONDARY,
            'targets': {event: row.target for event, row in workflow.TABLE.items() if row.target},
        }

    def _get_parts(self):
        """Return the parts that can be fitted, those that the technician has at hand first.

        :return: rows of id, name, reference, barcode, whether it has numbers, quantity at hand (None where parts are
            not counted)
        :rtype: list
        """
        rows = {}
        for company, orders in self.orders.grouped('company_id').items():
            stock = self._get_stock(company, orders.provider_id) if company.stokiva_parts else {}
            found = get_parts(orders[:1]).search(get_parts_domain(orders[:1]), limit=MAX_PARTS)
            at_hand = found.browse(product.id for product in stock)
            for product in at_hand | found:
                rows.setdefault(product.id, [
                    product.id, product.name, product.default_code or None, product.barcode or None,
                    product.tracking != 'none',
                    stock.get(product, 0) if company.stokiva_parts and product.is_storable else None])
        return list(rows.values())

    def _get_stock(self, company, providers):
        """Return what lies on the providers' shelves and in the technician's van.

        :return: ``{product.product record: quantity}``
        :rtype: dict
        """
        stock = {}
        for provider in providers:
            people = self.people.filtered(lambda person: person.provider_id == provider)  # noqa: B023
            for quant in PartsPresenter(provider, company, people, Formats(self.env, provider.tz)).get_quants():
                stock[quant.product_id] = stock.get(quant.product_id, 0) + quant.quantity
        return stock


def _round(share):
    """Return a share in steps of 5 %, so that a phone need not hear of each order that is completed elsewhere."""
    return round(share * 20) / 20
