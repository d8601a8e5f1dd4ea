"""What a provider's people change on an order, from the portal's forms and from the technicians' app alike."""
from odoo.exceptions import AccessError, UserError

from odoo.addons.stokiva_service import workflow
from odoo.addons.stokiva_settlement.preauthorising import PART

from .presenters.catalogue import get_parts, get_parts_domain, get_workmanships
from .presenters.inputs import MAX_TEXT, clean, parse_amount, parse_id

MAX_QUANTITY = 1000
MAX_ASKED = 100_000
MAX_SERIAL = 60


class JobEdits:
    """Values for ``stokiva.work.order._edit``, with nothing in them that was not on offer.

    :param job: JobPresenter
    """

    def __init__(self, job):
        self.job = job
        self.order = job.order
        self.env = job.env

    def apply(self, values, *, channel, key=None, occurred=None):
        """Write fields or lines of the order in the person's name.

        :param dict values: as for ``write``
        :param str channel: see ``stokiva.event.channel``
        :param str key: of the form or the operation
        :param datetime occurred: see ``stokiva.work.order._apply_event``
        :raise AccessError: if it is not the time for the provider to do so
        """
        if self.order.state not in workflow.WITH_PROVIDER:
            raise AccessError(self.env._("%s cannot be changed now.", self.order.name))
        self.order._edit(values, actor=self.job.user, channel=channel, key=key, occurred=occurred)

    def get_own(self, records, text):
        """Return the record that somebody chose among those on offer.

        :param records: what was on offer
        :param str text: id, not trusted
        :raise UserError: if it is not one of them
        """
        chosen = records.browse(parse_id(self.env, text))
        if chosen not in records:
            raise UserError(self.env._("Please choose from the list."))
        return chosen

    def get_findings(self, post):
        """Return cause, resolution and diagnosis.

        :param dict post: ``cause_id``, ``resolution_id`` (ids as text) and ``diagnosis``
        :raise UserError: if a fault was not on offer
        """
        values = {'diagnosis': clean(post.get('diagnosis'), MAX_TEXT)}
        for kind in ('cause', 'resolution'):
            field = f'{kind}_id'
            values[field] = bool(post.get(field)) and self.get_own(
                self.env['stokiva.fault'].search([
                    ('kind', '=', kind), ('device_type_id', 'parent_of', self.order.device_type_id.ids)]),
                post[field]).id
        return values

    def get_labour(self, post):
        """Return the values of a line of labour.

        :param dict post: ``workmanship_id`` (id as text) and ``quantity``
        :raise UserError: if it was not on offer
        """
        return {
            'workmanship_id': self.get_own(get_workmanships(self.order), post.get('workmanship_id')).id,
            'quantity': parse_amount(self.env, post.get('quantity') or '1', MAX_QUANTITY),
            'personnel_id': self.job.people[:1].id,
        }

    def get_part(self, post):
        """Return the values of a line of parts.

        :param dict post: ``product_id`` (id as text), ``serial``, ``quantity``, ``is_provider_stock``
        :raise UserError: if it was not on offer
        """
        order = self.order
        product = get_parts(order).search(
            get_parts_domain(order) + [('id', '=', parse_id(self.env, post.get('product_id')))])
        product = self.get_own(product, post.get('product_id'))
        return {
            'product_id': product.id,
            'lot_id': order.part_line_ids._find_lot(
                product, (post.get('serial') or '')[:MAX_SERIAL], order.company_id).id,
            'quantity': parse_amount(self.env, post.get('quantity') or '1', MAX_QUANTITY),
            'is_provider_stock': bool(post.get('is_provider_stock')),
        }

    def ask_for_part(self, post):
        """Ask the office for a part that the job needs.

        :param dict post: ``product_id`` (id as text), ``quantity``, ``is_urgent``
        :raise UserError: if it was not on offer, or the provider may not request parts
        """
        order = self.order
        product = self.get_own(get_parts(order).search([
            *get_parts_domain(order), ('is_storable', '=', True), ('id', '=', parse_id(self.env, post.get('product_id')))]),
            post.get('product_id'))
        order.provider_id._ask_for_part(
            order.company_id, product, parse_amount(self.env, post.get('quantity') or '1', MAX_QUANTITY),
            order=order, is_urgent=bool(post.get('is_urgent')))

    def get_serial(self, post):
        """Return the serial number of the device, free and not empty.

        :param dict post: ``serial``
        :raise UserError: if another device has it
        """
        serial = clean(post.get('serial'), MAX_SERIAL)
        if not serial:
            raise UserError(self.env._("Please fill in “%s”.", self.env._("Serial number")))
        self.order.device_id._check_serial_free(serial)
        return serial

    # === PRE-AUTHORISATION === #

    def get_preauthorisation(self, kind, post):
        """Return the values of a request for pre-authorisation.

        :param str kind: see ``stokiva.work.order._ask_preauthorisation``
        :param dict post: ``quantity``, ``amount``, ``reason``, and ``workmanship_id`` or ``product_id`` (ids as text), or
            ``what``: name or reference of a part
        :raise UserError: if something was not on offer or is no number
        """
        return {
            'kind': kind,
            'reason': post.get('reason'),
            'quantity': parse_amount(self.env, post.get('quantity') or '', MAX_ASKED),
            'amount': parse_amount(self.env, post['amount']) if post.get('amount') else 0,
            'workmanship_id': bool(post.get('workmanship_id')) and self.get_own(
                get_workmanships(self.order), post['workmanship_id']).id,
            **(self._get_asked_part(post) if kind == PART else {}),
        }

    def _get_asked_part(self, post):
        """Return the part that was chosen or that a name or reference means, else the words themselves."""
        parts, domain = get_parts(self.order), get_parts_domain(self.order)
        if post.get('product_id'):
            return {'product_id': self.get_own(
                parts.search([*domain, ('id', '=', parse_id(self.env, post['product_id']))]), post['product_id']).id}
        text = clean(post.get('what'), MAX_TEXT)
        found = parts.search(
            [*domain, '|', ('name', '=ilike', text), ('default_code', '=ilike', text)], limit=2) if text else ()
        return {'what': text, 'product_id': len(found) == 1 and found.id}
