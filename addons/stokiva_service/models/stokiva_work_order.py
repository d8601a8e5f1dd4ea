from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

# Written by the door alone. One list for create, write, import and every context key.
PROTECTED_FIELDS = frozenset({
    'name', 'state', 'group_id', 'origin_id', 'company_id', 'provider_id', 'personnel_id', 'assignment_id',
    'assignment_ids', 'visit_id', 'visit_ids', 'earliest_start', 'window_start', 'window_end', 'approval_ids', 'event_ids',
    'is_halted', 'sla_paused', 'custody', 'take_in_ids', 'deadline', 'opened_at', 'assigned_at', 'accepted_at', 'departed_at',
    'started_at', 'submitted_at', 'completed_at', 'closed_at', 'unassigned_why', 'waiting_for',
    'sale_line_id', 'sale_order_id', 'event_seq', 'event_hash', 'warranty_refusal', 'amount_agreed',
    'amount_collected', 'is_payment_due', 'payment_problem', 'charge_order_id', 'charge_problem', 'parts_due',
    'opened_service_type_id', 'opened_symptom_id', 'is_reclassified', 'last_outcome', 'muted_phone', 'muted_email',
    'sla_policy_id', 'sla_clock_ids', 'sla_clock', 'sla_deadline', 'risk_at', 'paused_at', 'due_at', 'due_clock',
})
# What may be given at creation, and never again without an event.
GIVEN_AT_CREATION = frozenset({'company_id', 'window_start', 'window_end', 'origin_id'})
# Not part of the job itself: written without an event.
UNLOGGED_FIELDS = frozenset({
    'user_id', 'activity_ids', 'message_ids', 'message_follower_ids', 'message_partner_ids', 'late_reason_id',
})
# Logged, but nothing that the customer was asked about.
UNASKED_FIELDS = frozenset({'priority'})


class WorkOrder(models.Model):
    _name = 'stokiva.work.order'
    _inherit = ['stokiva.sold.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Work Order"
    _order = 'deadline, id'
    _rec_names_search = ['name']
    _mail_post_access = 'read'

    name = fields.Char("Number", required=True, copy=False, readonly=True, default="/", index='trigram')
    state = fields.Selection(
        [
            ('created', "Created"),
            ('assigned', "Assigned"),
            ('accepted', "Accepted"),
            ('on_the_way', "On the way"),
            ('in_progress', "In progress"),
            ('awaiting_approval', "Awaiting approval"),
            ('completed', "Completed"),
            ('canceled', "Canceled"),
            ('returned', "Returned"),
        ],
        readonly=True, copy=False, group_expand=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    priority = fields.Selection([('0', "Normal"), ('1', "Urgent")], default='0')
    user_id = fields.Many2one(
        'res.users', "Responsible", default=lambda self: self._default_user_id(), check_company=True,
        domain=[('share', '=', False)], help="Who in the office looks after this order.")
    group_id = fields.Many2one(
        'stokiva.work.order', "Together with", copy=False, readonly=True, index='btree_not_null',
        help="First order of the same sale, address and service type: one offer, one trip, one approval page.")
    origin_id = fields.Many2one(
        'stokiva.work.order', "Follows", copy=False, readonly=True, index='btree_not_null',
        help="The order that this one continues.")

    partner_id = fields.Many2one('res.partner', "Customer", required=True, index=True, check_company=True)
    partner_phone = fields.Char("Phone", related='partner_id.phone')
    site_id = fields.Many2one(
        'res.partner', "Service address", required=True, index=True, check_company=True,
        compute='_compute_site_id', store=True, readonly=False, precompute=True)
    city_id = fields.Many2one(
        'res.city', "District", compute='_compute_city_id', store=True, readonly=False, precompute=True,
        index=True)
    device_id = fields.Many2one(
        'stokiva.device', required=True, index=True, check_company=True, domain="[('partner_id', '=', partner_id)]")
    product_id = fields.Many2one(string="Model", related='device_id.product_id', store=True, precompute=True)
    device_type_id = fields.Many2one(
        related='device_id.device_type_id', store=True, precompute=True, index='btree_not_null')
    service_type_id = fields.Many2one('stokiva.service.type', required=True, check_company=True)
    sale_line_id = fields.Many2one(
        'sale.order.line', copy=False, readonly=True, index='btree_not_null', ondelete='restrict')
    sale_order_id = fields.Many2one(
        'sale.order', "Sales order", copy=False, readonly=True, index='btree_not_null', ondelete='restrict')

    symptom_ids = fields.Many2many(
        'stokiva.fault', 'stokiva_work_order_symptom_rel', string="Symptoms", ondelete='restrict',
        domain="[('kind', '=', 'symptom'), ('device_type_id', 'parent_of', device_type_id)]")
    symptom_note = fields.Text("Reported")
    cause_id = fields.Many2one(
        'stokiva.fault', "Cause found", index='btree_not_null', ondelete='restrict',
        domain="[('kind', '=', 'cause'), ('device_type_id', 'parent_of', device_type_id)]")
    resolution_id = fields.Many2one(
        'stokiva.fault', ondelete='restrict',
        domain="[('kind', '=', 'resolution'), ('device_type_id', 'parent_of', device_type_id)]")
    diagnosis = fields.Text()
    internal_note = fields.Text(groups='base.group_user')
    place = fields.Selection(
        [('on_site', "On site"), ('brought_in', "Brought in"), ('collected', "Collected")],
        default='on_site', required=True)
    custody = fields.Selection(
        [('customer', "Customer"), ('technician', "Technician"), ('workshop', "Workshop")],
        string="Device is with", default='customer', required=True, readonly=True, copy=False)

    provider_id = fields.Many2one('stokiva.provider', readonly=True, copy=False, check_company=True)
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Technician", readonly=True, copy=False, index='btree_not_null', check_company=True)
    assignment_id = fields.Many2one(
        'stokiva.assignment', "Current offer", readonly=True, copy=False, index='btree_not_null')
    assignment_ids = fields.Many2many(
        'stokiva.assignment', 'stokiva_assignment_work_order_rel', 'work_order_id', 'assignment_id',
        "Offers", readonly=True, copy=False)
    visit_ids = fields.One2many('stokiva.visit', 'work_order_id', "Visits", readonly=True)
    visit_id = fields.Many2one(
        'stokiva.visit', "Current visit", readonly=True, copy=False, index='btree_not_null')
    earliest_start = fields.Datetime(
        "Not before", readonly=True, copy=False,
        help="Planned delivery of the sale and the time that the company leaves after it.")
    window_start = fields.Datetime("From", readonly=True, copy=False, index='btree_not_null')
    window_end = fields.Datetime("Until", readonly=True, copy=False)

    labour_line_ids = fields.One2many('stokiva.labour.line', 'work_order_id', "Labour")
    part_line_ids = fields.One2many('stokiva.part.line', 'work_order_id', "Parts")
    media_ids = fields.One2many('stokiva.media', 'work_order_id', "Photos")
    media_count = fields.Integer(compute='_compute_media_count')
    approval_ids = fields.One2many('stokiva.approval', 'work_order_id', "Approvals", readonly=True)
    event_ids = fields.One2many('stokiva.event', 'work_order_id', "Event log", readonly=True)

    is_halted = fields.Boolean(
        "Disputed", readonly=True, copy=False, help="The customer said no: nothing goes on until it is settled.")
    sla_paused = fields.Boolean("Clock stopped", readonly=True, copy=False)
    waiting_for = fields.Selection(
        [('office', "Office"), ('provider', "Provider"), ('customer', "Customer")], readonly=True, copy=False)
    deadline = fields.Datetime(readonly=True, copy=False)
    opened_at = fields.Datetime("Opened", readonly=True, copy=False)
    assigned_at = fields.Datetime("Assigned on", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted on", readonly=True, copy=False)
    departed_at = fields.Datetime("Departed", readonly=True, copy=False)
    started_at = fields.Datetime("Started", readonly=True, copy=False)
    submitted_at = fields.Datetime("Submitted", readonly=True, copy=False)
    completed_at = fields.Datetime("Completed on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    event_seq = fields.Integer(readonly=True, copy=False)
    event_hash = fields.Char(readonly=True, copy=False)

    _open_deadline_idx = models.Index(
        "(company_id, deadline, id) WHERE state NOT IN ('completed', 'canceled', 'returned')")
    _state_idx = models.Index("(state, deadline, id)")
    _deadline_idx = models.Index("(deadline, id)")
    _provider_state_idx = models.Index("(provider_id, state, window_start, id) WHERE provider_id IS NOT NULL")
    # The latest of a model tell what is likely for the next one.
    _product_idx = models.Index("(product_id, id) WHERE product_id IS NOT NULL")
    # The ranking counts them for each candidate, however much was done before.
    _workload_idx = models.Index("(provider_id) WHERE state IN ('assigned', 'accepted', 'on_the_way', 'in_progress')")
    _window_order = models.Constraint(
        'CHECK(window_end > window_start)', "The end of the visit's window must be after its start.")

    @api.depends('partner_id', 'device_id')
    def _compute_site_id(self):
        for order in self:
            order.site_id = order.device_id.site_id or order.site_id or order.partner_id

    @api.depends('site_id')
    def _compute_city_id(self):
        cities = self.site_id._stokiva_resolve_city()
        for order in self:
            order.city_id = cities.get(order.site_id)

    @api.depends('media_ids')
    def _compute_media_count(self):
        counts = dict(self.env['stokiva.media']._read_group(
            [('work_order_id', 'in', self.ids)], ['work_order_id'], ['__count']))
        for order in self:
            order.media_count = counts.get(order, 0)

    @api.constrains('device_id', 'partner_id')
    def _check_device_owner(self):
        for order in self:
            if order.device_id.partner_id.commercial_partner_id != order.partner_id.commercial_partner_id:
                raise ValidationError(self.env._(
                    "%(device)s belongs to %(owner)s, not to %(customer)s.", device=order.device_id.display_name,
                    owner=order.device_id.partner_id.name, customer=order.partner_id.name))

    # === CRUD === #

    @api.model
    def _derive_values(self, vals_list):
        """Say it of orders that are about to be opened, for a device at an address."""
        derived = super()._derive_values(vals_list)
        cities = self.env['res.partner'].browse(
            {vals['site_id'] for vals in vals_list if vals.get('site_id')})._stokiva_resolve_city()
        for values, vals in zip(derived, vals_list, strict=True):
            if vals.get('site_id') and vals.get('device_id') and not vals.get('state'):
                city = cities.get(self.env['res.partner'].browse(vals['site_id']))
                device = self.env['stokiva.device'].browse(vals['device_id'])
                values.update(
                    city_id=city and city.id, product_id=device.product_id.id, device_type_id=device.device_type_id.id)
        return derived

    @api.model
    def _get_further_insert(self):
        """Let orders that have an offer be among those that it is for."""
        return SQL(
            """INSERT INTO stokiva_assignment_work_order_rel (work_order_id, assignment_id)
               SELECT id, assignment_id FROM stokiva_work_order_new WHERE assignment_id IS NOT NULL""")

    @api.model_create_multi
    def create(self, vals_list):
        """Create orders and open them: for a user through the event ``open`` in his name.

        :raise AccessError: if a protected field is given, also as a default in the context
        """
        if self.env.su:
            orders = super().create(self._prepare_numbers(vals_list))
            sales = orders.sale_order_id.filtered(lambda sale: not sale.stokiva_has_work_orders)
            sales._fields['stokiva_has_work_orders'].write(sales, True)
            # Nobody else can see them before the commit: the door need not lock them.
            self.env.cr.precommit.data.setdefault('stokiva.work.order.new', set()).update(orders.ids)
            return orders
        for vals in vals_list:
            self._refuse_protected(vals.keys() - GIVEN_AT_CREATION)
        # A default in the context must not smuggle a protected value in.
        clean = {
            key: value for key, value in self.env.context.items()
            if key.removeprefix('default_') not in PROTECTED_FIELDS}
        orders = super(WorkOrder, self.with_env(self.env(context=clean))).create(self._prepare_numbers(vals_list))
        orders._apply_event('open', actor=self.env.user, channel=self._get_user_channel())
        return orders

    def write(self, vals):
        """Write business fields as an ``edit`` event; protected fields only under ``env.su``.

        :raise AccessError: on a protected field
        :raise UserError: if the order is closed or the user may not edit it now
        """
        if self.env.su:
            return super().write(vals)
        self._refuse_protected(vals)
        if vals.keys() <= UNLOGGED_FIELDS:
            return super().write(vals)
        with self._recording(vals.keys() - UNLOGGED_FIELDS, actor=self.env.user, channel=self._get_user_channel()):
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        raise UserError(self.env._("Work orders are kept as evidence. Cancel the order instead."))

    def _refuse_protected(self, names):
        """Raise if one of the fields belongs to the door."""
        refused = PROTECTED_FIELDS.intersection(names)
        if refused:
            labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in refused))
            raise AccessError(self.env._("Only an event of the work order changes: %s", labels))

    @api.model
    def _prepare_numbers(self, vals_list):
        """Return the values with numbers and deadlines, numbers drawn once per company.

        :param list vals_list: values for create; a deadline that is given stays
        """
        now = fields.Datetime.now()
        by_company = {}
        for vals in vals_list:
            by_company.setdefault(vals.get('company_id') or self.env.company.id, []).append(vals)
        types = self.env['stokiva.service.type'].browse(
            {vals['service_type_id'] for vals in vals_list if vals.get('service_type_id')})
        hours = {service_type.id: service_type.sla_hours for service_type in types}
        prepared = {}
        for company_id, batch in by_company.items():
            numbers = self.env['ir.sequence']._stokiva_next_batch(
                'stokiva.work.order', self.env['res.company'].browse(company_id), len(batch))
            for vals, number in zip(batch, numbers, strict=True):
                deadline = now + timedelta(hours=hours.get(vals.get('service_type_id'), 48))
                prepared[id(vals)] = {'deadline': deadline, **vals, 'name': number, 'company_id': company_id}
        return [prepared[id(vals)] for vals in vals_list]

    def _get_group(self):
        """Return the orders with all that belong to the same group."""
        leads = self.group_id
        return self | self.search([('group_id', 'in', leads.ids)]) if leads else self
