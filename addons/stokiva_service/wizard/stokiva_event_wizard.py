from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import workflow
from ..groups import STAFF
from ..models.stokiva_assignment import REJECT_REASONS

# What the dialog asks for each event. The door judges what is given; here it is only collected.
ASKED = {
    'assign': ('provider_id', 'reason'),
    'reject': ('reject_reason', 'note'),
    'reassign': ('provider_id', 'reason'),
    'plan': ('personnel_id', 'assistant_ids', 'window_start', 'window_end'),
    'start': (),
    'suspend': ('outcome', 'note', 'window_start', 'window_end'),
    'pause': ('reason',),
    'take_in': ('custody', 'accessory_ids', 'condition', 'signed_by', 'signature'),
    'hand_back': ('accessory_ids', 'missing_note', 'signed_by', 'signature'),
    'quote': ('amount', 'text'),
    'approve': ('way', 'spoken_with', 'comment', 'document', 'document_name', 'stars'),
    'call': ('call_outcome', 'call_at', 'note'),
    'remind': (),
    'not_mine': (),
    'dispute': ('spoken_with', 'comment'),
    'resolve': ('reason',),
    'cancel': ('reason',),
    'return': ('reason',),
}
# Fields whose name in the dialog is not the name of what the event is given.
GIVEN_NAMES = {'reject_reason': 'reason', 'spoken_with': 'name', 'missing_note': 'note'}
# How long a window is until somebody says otherwise.
WINDOW = timedelta(hours=2)


class EventWizard(models.TransientModel):
    """Asks what an event of the work order has to be given, and causes it in the user's name."""
    _name = 'stokiva.event.wizard'
    _description = "Step of a Work Order"

    event = fields.Char(required=True, readonly=True)
    asked = fields.Char(compute='_compute_asked')
    work_order_ids = fields.Many2many('stokiva.work.order', string="Work orders", required=True, readonly=True)
    taken_along_ids = fields.Many2many(
        'stokiva.work.order', string="Goes also for", compute='_compute_taken_along_ids')
    company_id = fields.Many2one('res.company', compute='_compute_order_values')
    currency_id = fields.Many2one(related='company_id.currency_id')
    partner_id = fields.Many2one('res.partner', "Customer", compute='_compute_order_values')
    partner_phone = fields.Char("Phone", related='partner_id.phone')
    device_type_id = fields.Many2one('stokiva.device.type', compute='_compute_order_values')
    has_visit = fields.Boolean(compute='_compute_order_values')
    current_provider_id = fields.Many2one('stokiva.provider', "Provider now", compute='_compute_order_values')

    provider_id = fields.Many2one(
        'stokiva.provider', compute='_compute_provider_id', store=True, readonly=False,
        domain="[('company_id', 'in', (company_id, False)), ('id', '!=', current_provider_id)]")
    candidate_ids = fields.One2many(
        'stokiva.event.wizard.candidate', 'wizard_id', "Ranking", compute='_compute_candidate_ids', store=True)
    reason = fields.Char()
    reject_reason = fields.Selection(REJECT_REASONS, "Why refused")
    note = fields.Char()
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Technician", compute='_compute_plan', store=True, readonly=False,
        domain="[('provider_id', '=', current_provider_id)]")
    assistant_ids = fields.Many2many(
        'stokiva.personnel', 'stokiva_event_wizard_assistant_rel', string="Assistants", compute='_compute_plan', store=True,
        readonly=False, domain="[('provider_id', '=', current_provider_id), ('id', '!=', personnel_id)]",
        groups=STAFF)
    can_choose_personnel = fields.Boolean(compute='_compute_order_values')
    window_start = fields.Datetime("From", compute='_compute_plan', store=True, readonly=False)
    window_end = fields.Datetime("Until", compute='_compute_window_end', store=True, readonly=False)
    warning = fields.Char(compute='_compute_warning')
    outcome = fields.Selection('_get_outcomes', "How it ended")
    amount = fields.Monetary()
    text = fields.Text("What it is for")

    # === COMPUTE METHODS === #

    @api.model
    def _get_outcomes(self):
        outcomes = self.env['stokiva.visit']._fields['outcome']._description_selection(self.env)
        return [(key, text) for key, text in outcomes if key != 'done']

    @api.depends('event')
    def _compute_asked(self):
        for wizard in self:
            wizard.asked = f",{','.join(self._get_asked_names().get(wizard.event, ()))},"

    @api.depends('event', 'work_order_ids', 'outcome')
    def _compute_taken_along_ids(self):
        for wizard in self:
            orders = wizard._get_orders()
            # sudo: says which orders the event will take along; shown are those that the user may read
            along = orders.sudo()._take_along(wizard.event, {'outcome': wizard.outcome}) - orders.sudo()
            wizard.taken_along_ids = self.env['stokiva.work.order'].browse(along.ids)._filtered_access('read')

    @api.depends('work_order_ids')
    def _compute_order_values(self):
        for wizard in self:
            orders = wizard._get_orders()
            providers = orders.provider_id
            wizard.company_id = orders.company_id[:1]
            wizard.partner_id = orders.partner_id if len(orders.partner_id) == 1 else False
            wizard.device_type_id = orders.device_type_id[:1]
            wizard.current_provider_id = providers if len(providers) == 1 else False
            wizard.has_visit = all(order.visit_id for order in orders)
            roles = orders.sudo()._get_roles(self.env.user)  # sudo: only the user's own role is told
            wizard.can_choose_personnel = len(providers) == 1 and all(
                own & {workflow.PROVIDER, *workflow.OFFICE} for own in roles.values())

    @api.depends('event', 'work_order_ids')
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = [fields.Command.clear(), *map(
                fields.Command.create, wizard._prepare_candidates())]

    @api.depends('event', 'candidate_ids')
    def _compute_provider_id(self):
        for wizard in self:
            fitting = wizard.candidate_ids.filtered(lambda candidate: not candidate.failed)
            wizard.provider_id = fitting[:1].provider_id

    @api.depends('event', 'work_order_ids', 'can_choose_personnel')
    def _compute_plan(self):
        for wizard in self:
            order = wizard.work_order_ids._origin[:1] if wizard.event == 'plan' else wizard.work_order_ids.browse()
            wizard.personnel_id = order.personnel_id
            # Who goes along is neither shown nor asked where the user may not choose people: he may not read them.
            wizard.assistant_ids = order._get_crew() if order and wizard.can_choose_personnel else False
            wizard.window_start = order.window_start

    @api.depends('window_start')
    def _compute_window_end(self):
        for wizard in self:
            start, end = wizard.window_start, wizard.window_end or wizard.work_order_ids._origin[:1].window_end
            wizard.window_end = start and (end if end and end > start else start + WINDOW)

    @api.depends('event', 'work_order_ids', 'window_start')
    @api.depends_context('lang', 'tz')
    def _compute_warning(self):
        for wizard in self:
            early = wizard._get_early_orders()
            wizard.warning = early[0]._get_undelivered_text() if early else False

    # === ACTIONS === #

    def action_confirm(self):
        """Cause the event through the door, in the user's name.

        :return: action that closes the dialog; to be extended
        :raise UserError: if something is missing or the event is not possible any more
        """
        self.ensure_one()
        self._check_given()
        self.work_order_ids._apply_event(
            self._get_event(), self._prepare_given(), actor=self.env.user, channel=self._get_channel())
        return {'type': 'ir.actions.act_window_close'}

    def action_auto_assign(self):
        """Let the engine choose instead.

        :return: action that says how it went
        """
        self.ensure_one()
        return self.work_order_ids.action_auto_assign()

    @api.model
    def _get_asked_names(self):
        """Return ``{event: names of the fields that its dialog asks}``; to be extended."""
        return ASKED

    @api.model
    def _get_title(self, event):
        """Return the dialog's title.

        :param str event: key of ``workflow.TABLE``
        :rtype: str
        """
        titles = {
            'assign': self.env._("Choose a provider"),
            'reject': self.env._("Refuse the offer"),
            'reassign': self.env._("Give it to another provider"),
            'plan': self.env._("Plan the visit"),
            'start': self.env._("Start the work"),
            'suspend': self.env._("End the visit without the work"),
            'pause': self.env._("Stop the clock"),
            'take_in': self.env._("Take in the device"),
            'hand_back': self.env._("Hand back the device"),
            'quote': self.env._("Send a quote"),
            'approve': self.env._("Approval by telephone or on paper"),
            'call': self.env._("Call the customer"),
            'dispute': self.env._("Refusal by telephone"),
            'resolve': self.env._("Settle the dispute and ask the customer again"),
            'cancel': self.env._("Cancel the order"),
            'return': self.env._("Close without the work"),
        }
        return titles.get(event) or self.env._("Next step")

    def _get_action(self):
        """Return the window action that shows this dialog."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self._get_title(self.event),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
        }

    # === BUSINESS METHODS === #

    def _get_orders(self):
        """Return the orders that the dialog is about.

        :raise AccessError: if the user may not see one: a client may name any, before anything is saved
        """
        orders = self.work_order_ids._origin
        orders.with_user(self.env.user).check_access('read')
        return orders

    def _get_early_orders(self):
        """Return those of the orders that would be worked on before their device is delivered."""
        self.ensure_one()
        if self.event not in ('start', 'plan'):
            return self.work_order_ids.browse()
        return self._get_orders().filtered(lambda order: order.is_undelivered and (
            self.event == 'start' or self.window_start and self.window_start < order.earliest_start))

    def _check_given(self):
        """Raise for what the door does not ask but the office has to say; to be extended.

        :raise UserError: telling what to add
        """
        self.ensure_one()
        if self.event in ('assign', 'reassign'):
            if not self.provider_id:
                raise UserError(self.env._("Choose a provider."))
            fitting = self.candidate_ids.filtered(lambda candidate: not candidate.failed)
            is_other = fitting and self.provider_id != fitting[0].provider_id
            if not self.reason and (self.event == 'reassign' or is_other):
                raise UserError(
                    self.env._("Say why the order changes the provider.") if self.event == 'reassign'
                    else self.env._("Say why not %s, the first of the ranking.", fitting[0].provider_id.name))

    def _get_event(self):
        """Return the event that the dialog causes; to be extended where that depends on what is filled in."""
        return self.event

    def _get_channel(self):
        """Return the channel by which the event comes; to be extended."""
        return 'office'

    def _prepare_given(self):
        """Return what the event is given, as plain JSON values; to be extended."""
        self.ensure_one()
        given = {
            GIVEN_NAMES.get(name, name): self._to_plain(name)
            for name in self._get_asked_names()[self._get_event()] if name != 'assistant_ids' and self[name]}
        if self.event == 'plan' and self.can_choose_personnel and (
                self.assistant_ids != self.work_order_ids.visit_id.assistant_ids):
            given['assistant_ids'] = self.assistant_ids.ids
        # Who only looks, and leaves the technician that he may choose, plans the same again.
        if self.event == 'plan' and self.personnel_id == self.work_order_ids.personnel_id and (
                len(given) > 1 or not self.can_choose_personnel):
            given.pop('personnel_id', None)
        return given

    def _to_plain(self, name):
        """Return a field's value as the door wants it: ids, texts, numbers."""
        field = self._fields[name]
        if field.type == 'many2one':
            return self[name].id
        if field.relational:
            return self[name].ids
        if field.type == 'datetime':
            return fields.Datetime.to_string(self[name])
        if field.type == 'binary':
            return self[name].decode()
        return self[name]

    def _prepare_candidates(self):
        """Return the values of the providers to choose from, best first; none for unlike orders."""
        self.ensure_one()
        orders = self._get_orders()
        if self.event not in ('assign', 'reassign') or not orders or len(orders._get_group()) > len(
                orders[0]._get_group()):
            return []
        order_sudo = orders[0].sudo()  # sudo: the ranking reads what the one who assigns need not see
        if not workflow.role_for(self.event, order_sudo._get_roles(self.env.user)[order_sudo]):
            return []
        ranking = order_sudo.env['stokiva.assignment.engine']._rank(order_sudo)[order_sudo]
        ranking.rows = [row for row in ranking.rows if row.provider_id != orders[0].provider_id.id]
        return ranking.get_candidates()
