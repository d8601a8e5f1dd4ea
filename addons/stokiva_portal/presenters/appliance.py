"""An appliance as its owner sees it."""
from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.stokiva_service import workflow

from .customer import RequestPresenter
from .formats import Formats

STATES = {
    'to_verify': ('warn', 'fa-hourglass-half'),
    'in_service': ('ok', 'fa-check-circle'),
    'returned': ('muted', 'fa-undo'),
}
MAX_HISTORY = 50


class AppliancePresenter:
    """Explicit values of one device for its owner.

    :param device: stokiva.device record in sudo that belongs to the user
    :param user: res.users record who looks
    """

    def __init__(self, device, user):
        self.device = device
        self.env = device.env
        self.user = user
        self.formats = Formats(self.env, device.company_id.partner_id.tz or user.tz)
        self.today = fields.Date.context_today(device)

    def get_card(self):
        """Return what the list shows.

        :rtype: dict
        """
        device = self.device
        tone, icon = STATES[device.state]
        return {
            'url': f'/my/appliances/{device.id}',
            'name': device.product_id.name or device.registered_model or device.device_type_id.name,
            'kind': device.device_type_id.name,
            'serial': device.serial or None,
            'warranty': self.get_warranty(),
            'state': {'tone': tone, 'icon': icon, 'text': self.get_state_text()},
            'badges': [],
        }

    def get_state_text(self):
        """Say in the owner's words how far the registration is."""
        return {
            'to_verify': self.env._("We are looking at it"),
            'in_service': self.env._("Registered"),
            'returned': self.env._("Returned"),
        }[self.device.state]

    def get_warranty(self):
        """Say what the warranty covers, nothing before the office has looked at the appliance."""
        if self.device.state != 'in_service':
            return None
        return self.device._get_warranty_sentence(self.today)

    def get_page(self):
        """Return what the appliance's page shows: facts, warranty, history and papers.

        :rtype: dict
        """
        device, product = self.device, self.device.product_id
        orders = self._get_orders()
        site = device.site_id
        return self.get_card() | {
            'id': device.id,
            'photo_url': f'/my/appliances/{device.id}/photo' if product.image_512 else None,
            'facts': [(label, value) for label, value in (
                (self.env._("Brand"), product.stokiva_brand_id.name),
                (self.env._("Model"), product.name or device.registered_model),
                (self.env._("Serial number"), device.serial),
                (self.env._("Address"), ", ".join(filter(None, [site.street, site.street2, site.city]))),
                (self.env._("Bought on"), self._format_day(device.date_sold)),
                (self.env._("Delivered on"), self._format_day(device.date_delivered)),
                (self.env._("Installed on"), self._format_day(device.date_installed)),
            ) if value],
            'cover': self.get_cover(),
            'reason': device._get_warranty_reason(is_for_customer=True) if device.state == 'in_service' else None,
            'history': [order.get_card() for order in orders],
            'papers': self.get_papers(orders),
            'open_order': next((order.get_card() for order in orders if order.order.state in workflow.OPEN), None),
            'can_request': device.state != 'returned',
        }

    def _format_day(self, day):
        return format_date(self.env, day) if day else None

    def get_cover(self):
        """Return for labour and for parts until when they are covered, nothing before the office has looked.

        :return: dicts of ``name text is_covered``
        :rtype: list
        """
        device = self.device
        if device.state != 'in_service' or not device.warranty_until:
            return []
        covered = device._get_warranty(self.today)
        rows = []
        for name, kind, end in (
                (self.env._("Labour"), 'labour', device.warranty_labour_until),
                (self.env._("Parts"), 'parts', device.warranty_parts_until)):
            text = self.env._("Not covered")
            if end:
                is_past = end < self.today
                text = (self.env._("Ended on %s", format_date(self.env, end)) if is_past
                        else self.env._("Until %s", format_date(self.env, end)))
            rows.append({'name': name, 'text': text, 'is_covered': covered[kind]})
        return rows

    def _get_orders(self):
        """Return the presenters of the appliance's orders that are the user's, newest first."""
        orders = self.env['stokiva.work.order']
        domain = orders.sudo(False)._get_request_domain() & Domain('device_id', 'in', self.device._get_same().ids)
        return [
            RequestPresenter(order, self.user) for order in orders.search(domain, order='id desc', limit=MAX_HISTORY)]

    def get_papers(self, orders):
        """Return the papers of the appliance: of its sale, of its orders, and their invoices.

        :param list orders: presenters of the orders
        :return: dicts of ``name of url``
        :rtype: list
        """
        papers = [paper | {'of': order.order.name} for order in orders for paper in order.get_papers()]
        sale = self.device.sale_line_id.order_id
        charged = self.env['stokiva.work.order'].union(*(order.order for order in orders)).charge_order_id
        for records, state, name, url in (
                ((sale | charged).invoice_ids, 'posted', self.env._("Invoice"), '/my/invoices'),
                (sale, 'sale', self.env._("Sale"), '/my/orders')):
            # With the user's own rights: what Odoo's pages would refuse is not linked.
            for record in records.sudo(False).search([('id', 'in', records.ids), ('state', '=', state)], order='id desc'):
                papers.append({'name': name, 'of': record.name, 'url': f'{url}/{record.id}'})
        return papers
