from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import lookup, workflow

# Fewer letters would find half the address book.
MIN_QUERY = 3
MAX_MATCHES = 8


class ServiceDesk(models.TransientModel):
    """One call: who it is and which device; what is wrong and when is in the other files of this model."""
    _name = 'stokiva.service.desk'
    _description = "Service Desk"
    _rec_name = 'query'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, readonly=True, default=lambda self: self.env.company)
    channel = fields.Selection(
        [('call', "Telephone"), ('office', "At the desk")], "By", required=True, default='call')
    query = fields.Char("Customer", copy=False)

    match_ids = fields.Many2many('res.partner', string="Found Customers", compute='_compute_match_ids')
    partner_id = fields.Many2one(
        'res.partner', "Known Customer", compute='_compute_partner_id', store=True, readonly=False, check_company=True)
    match_items = fields.Json(compute='_compute_match_items')
    is_new_customer = fields.Boolean(
        "New customer", compute='_compute_is_new_customer', store=True, readonly=False)
    name = fields.Char(compute='_compute_from_query', store=True, readonly=False)
    phone = fields.Char(compute='_compute_from_query', store=True, readonly=False)
    has_no_phone = fields.Boolean("Has no phone")
    street = fields.Char()
    city_id = fields.Many2one('res.city', "District")
    phone_problem = fields.Char(compute='_compute_phone_problem')
    duplicate_id = fields.Many2one('res.partner', "Same Phone", compute='_compute_phone_problem')

    partner_phone = fields.Char("Phone on File", related='partner_id.phone')
    partner_address = fields.Char("Address", compute='_compute_partner_address')
    partner_city_id = fields.Many2one('res.city', "District on File", compute='_compute_partner_address')

    device_id = fields.Many2one(
        'stokiva.device', compute='_compute_device_id', store=True, readonly=False, check_company=True)
    device_items = fields.Json(compute='_compute_device_items')
    is_new_device = fields.Boolean("New device", compute='_compute_device_id', store=True, readonly=False)
    product_id = fields.Many2one(
        'product.product', "Model", check_company=True, domain=[('type', '=', 'consu')])
    new_device_type_id = fields.Many2one(
        'stokiva.device.type', "Kind of Device", compute='_compute_new_device_type_id', store=True, readonly=False,
        check_company=True)
    serial = fields.Char("Serial Number")
    date_sold = fields.Date("Sold on")
    device_type_id = fields.Many2one('stokiva.device.type', compute='_compute_device_type_id')
    model_id = fields.Many2one('product.product', "Model of the Device", compute='_compute_device_type_id')
    warranty_text = fields.Char("Warranty", compute='_compute_device_type_id')

    open_order_ids = fields.Many2many(
        'stokiva.work.order', string="Open Orders", compute='_compute_orders')
    last_order_ids = fields.Many2many(
        'stokiva.work.order', string="Last Orders", compute='_compute_orders')
    open_order_id = fields.Many2one('stokiva.work.order', "Open Order of the Device", compute='_compute_open_order_id')

    # === WHO === #

    @api.depends('query')
    def _compute_match_ids(self):
        for desk in self:
            desk.match_ids = desk._find_partners()

    @api.depends('match_ids')
    def _compute_partner_id(self):
        for desk in self:
            desk.partner_id = desk.match_ids if len(desk.match_ids) == 1 else False

    @api.depends('match_ids', 'partner_id')
    def _compute_match_items(self):
        for desk in self:
            partners = desk.match_ids
            desk.match_items = len(partners) > 1 and [
                {'id': partner.id, 'label': partner.name or "",
                 'note': " · ".join(filter(None, (partner.phone, partner.street, partner.city_id.name or partner.city)))}
                for partner in partners] + [{'id': 0, 'label': self.env._("Somebody else: new customer")}]

    @api.depends('match_ids')
    def _compute_is_new_customer(self):
        for desk in self:
            desk.is_new_customer = len(desk._get_query()) >= MIN_QUERY and not desk.match_ids

    @api.depends('query')
    def _compute_from_query(self):
        for desk in self:
            query = desk._get_query()
            digits = ''.join(lookup.get_words(query)).isdigit()
            desk.name = False if digits else query
            desk.phone = query if digits else False

    @api.depends('phone', 'is_new_customer', 'has_no_phone', 'company_id')
    def _compute_phone_problem(self):
        for desk in self:
            desk.phone_problem = desk.duplicate_id = False
            if desk.has_no_phone or not (desk.phone or "").strip():
                continue
            try:
                number = desk._get_phone()
            except UserError as error:
                desk.phone_problem = str(error)
                continue
            if desk.is_new_customer:
                desk.duplicate_id = self.env['res.partner'].search(
                    Domain('stokiva_search_text', 'like', number.lstrip('+'))
                    & Domain('company_id', 'in', (desk.company_id.id, False)), limit=1)

    @api.depends('partner_id')
    def _compute_partner_address(self):
        cities = self.partner_id._stokiva_resolve_city()
        for desk in self:
            partner = desk.partner_id
            desk.partner_city_id = cities.get(partner)
            desk.partner_address = ", ".join(filter(None, (partner.street, partner.street2, partner.city)))

    def _get_query(self):
        """Return what was typed, without blanks at the ends."""
        return (self.query or "").strip()

    def _find_partners(self):
        """Return the customers that the text names: by number of an order, serial, telephone or name.

        :return: res.partner records, at most ``MAX_MATCHES``
        """
        self.ensure_one()
        query, partners = self._get_query(), self.env['res.partner']
        if len(query) < MIN_QUERY:
            return partners
        if any(letter.isdigit() for letter in query):
            order, device = self._find_order(), self._find_device()
            if order or device:
                return order.partner_id or device.partner_id
        return partners.search(
            Domain('display_name', 'ilike', query) & Domain('company_id', 'in', (self.company_id.id, False)),
            limit=MAX_MATCHES)

    def _find_order(self):
        """Return the work order whose number was typed, or none."""
        return self.env['stokiva.work.order'].search(
            [('name', '=', self._get_query().upper()), ('company_id', '=', self.company_id.id)], limit=1)

    def _find_device(self):
        """Return the device in service whose serial number was typed, or none."""
        return self.env['stokiva.device'].search([
            ('serial', '=', self._get_query()), ('state', '!=', 'returned'), ('company_id', '=', self.company_id.id)],
            limit=1)

    def _get_phone(self):
        """Return the number typed as E.164, of the company's country unless it names another.

        :raise UserError: telling what is wrong with it
        :rtype: str
        """
        return self.env['res.partner']._stokiva_parse_phone(self.phone, self.company_id.country_id)

    # === WHICH DEVICE === #

    @api.depends('partner_id', 'is_new_customer')
    def _compute_device_id(self):
        for desk in self:
            devices = desk._get_devices()
            named = devices & (desk._find_order().device_id | desk._find_device()) if desk._get_query() else devices.browse()
            desk.device_id = named[:1] or (devices if len(devices) == 1 else False)
            desk.is_new_device = bool((desk.partner_id or desk.is_new_customer) and not devices)

    @api.depends('partner_id')
    @api.depends_context('lang', 'tz')
    def _compute_device_items(self):
        today = fields.Date.context_today(self)
        for desk in self:
            devices = desk._get_devices()
            last = {order.device_id: order for order in reversed(desk._search_orders(Domain('device_id', 'in', devices.ids)))}
            desk.device_items = devices and [{
                'id': device.id,
                'label': device.display_name,
                'badge': device._get_warranty_sentence(today),
                'badge_class': {'full': 'text-bg-success', 'labour': 'text-bg-warning', 'parts': 'text-bg-warning'}.get(
                    device.warranty_state, 'text-bg-light'),
                'note': device in last and self.env._(
                    "%(date)s %(service)s", date=format_date(self.env, last[device].opened_at),
                    service=last[device].service_type_id.name) or "",
            } for device in devices] + [{'id': 0, 'label': self.env._("Another one: new device")}]

    @api.depends('product_id')
    def _compute_new_device_type_id(self):
        for desk in self:
            desk.new_device_type_id = desk.product_id._get_stokiva_device_type() or desk.new_device_type_id

    @api.depends('device_id', 'new_device_type_id', 'product_id')
    @api.depends_context('lang', 'tz')
    def _compute_device_type_id(self):
        today = fields.Date.context_today(self)
        for desk in self:
            desk.device_type_id = desk.device_id.device_type_id if desk.device_id else desk.new_device_type_id
            desk.model_id = desk.device_id.product_id if desk.device_id else desk.product_id
            desk.warranty_text = desk.device_id and desk.device_id._get_warranty_sentence(today)

    def _get_devices(self):
        """Return the customer's devices in service, the newest first."""
        family = self.partner_id.commercial_partner_id
        return self.env['stokiva.device'].search([
            ('partner_id', 'child_of', family.ids), ('state', '!=', 'returned'),
            ('company_id', '=', self.company_id.id)]) if family else self.env['stokiva.device']

    # === WHAT IS OPEN === #

    @api.depends('partner_id')
    def _compute_orders(self):
        for desk in self:
            family = Domain('partner_id', 'child_of', desk.partner_id.commercial_partner_id.ids)
            desk.open_order_ids = desk._search_orders(family & Domain('state', 'in', workflow.OPEN))
            desk.last_order_ids = desk._search_orders(family & Domain('state', 'in', workflow.CLOSED), 3)

    @api.depends('device_id')
    def _compute_open_order_id(self):
        for desk in self:
            desk.open_order_id = desk._search_orders(
                Domain('device_id', '=', desk.device_id.id) & Domain('state', 'in', workflow.OPEN),
                1) if desk.device_id else False

    def _search_orders(self, domain, limit=20):
        """Return orders of the company, the newest first; none without a customer."""
        orders = self.env['stokiva.work.order']
        if not self.partner_id:
            return orders
        return orders.search(domain & Domain('company_id', '=', self.company_id.id), order='id desc', limit=limit)

    def action_use_duplicate(self):
        """Take the customer who has the telephone number already, instead of making a new one."""
        self.ensure_one()
        if self.duplicate_id:
            self.write({'partner_id': self.duplicate_id.id, 'is_new_customer': False})
