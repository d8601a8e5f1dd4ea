from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import workflow

# Events that are caused by a click; all others open the dialog, where something is given.
AT_ONCE = frozenset({'accept', 'depart', 'start', 'submit', 'resume', 'rework', 'remind', 'not_mine'})
# The one filled button: the first of these that the user may cause now.
NEXT_EVENTS = {
    workflow.CREATED: ('assign', 'plan'),
    workflow.ASSIGNED: ('reassign', 'accept', 'plan'),
    workflow.ACCEPTED: ('approve', 'start', 'depart', 'plan'),
    workflow.ON_THE_WAY: ('start', 'approve'),
    workflow.IN_PROGRESS: ('approve', 'submit', 'quote'),
    workflow.AWAITING_APPROVAL: ('rework', 'approve'),
}


class WorkOrder(models.Model):
    """What the office's form asks: which buttons there are, and what they do."""
    _inherit = 'stokiva.work.order'

    legal_events = fields.Char(compute='_compute_legal_events')
    next_event = fields.Char(compute='_compute_legal_events')
    can_edit = fields.Boolean(compute='_compute_legal_events')
    device_order_count = fields.Integer("Orders of the device", compute='_compute_related_counts')
    assignment_count = fields.Integer(
        "Number of offers", compute='_compute_assignment_count',
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement')
    approval_count = fields.Integer("Number of approvals", compute='_compute_related_counts')

    @api.depends(
        'state', 'provider_id', 'personnel_id', 'place', 'custody', 'sla_paused', 'is_halted',
        'approval_ids.state', 'media_ids.kind', 'media_ids.media_type', 'service_type_id', 'amount_charged',
        'amount_agreed', 'warranty_refusal', 'charge_order_id')
    @api.depends_context('uid')
    def _compute_legal_events(self):
        legal = self._origin._get_legal_events_by_order(self.env.user)
        for order in self:
            events = legal.get(order._origin, [])
            order.legal_events = f",{','.join(events)},"  # commas at the ends, so that views can test “,assign,”
            order.can_edit = not order._origin or 'edit' in events
            order.next_event = next(
                (event for event in NEXT_EVENTS.get(order.state, ()) if event in events), False)
            if order.state == workflow.ACCEPTED and order.custody == 'technician' and 'move' in events:
                order.next_event = 'move'
            if order.next_event == 'submit' and order._get_missing_photo_kind():
                order.next_event = 'photo'

    @api.depends('device_id', 'approval_ids')
    def _compute_related_counts(self):
        devices = dict(self.env['stokiva.work.order']._read_group(
            [('device_id', 'in', self.device_id.ids)], ['device_id'], ['__count']))
        approvals = dict(self.env['stokiva.approval']._read_group(
            [('work_order_id', 'in', self.ids)], ['work_order_id'], ['__count']))
        for order in self:
            order.device_order_count = devices.get(order.device_id, 0)
            order.approval_count = approvals.get(order._origin, 0)

    @api.depends('assignment_ids')
    def _compute_assignment_count(self):
        for order in self:
            order.assignment_count = len(order.assignment_ids)

    @api.onchange('partner_id')
    def _onchange_partner_id(self):
        """Offer the customer's only device, and no other customer's."""
        if self.device_id.partner_id != self.partner_id:
            devices = self.env['stokiva.device'].search(
                [('partner_id', '=', self.partner_id.id), ('state', '=', 'in_service')], limit=2)
            self.device_id = devices if len(devices) == 1 else False

    def _get_legal_events_by_order(self, actor):
        """Return what the actor could cause now; for ``approve`` and ``dispute`` with the request that waits.

        :param actor: as in ``_apply_event``
        :return: ``{order: [event]}`` in the table's order
        """
        orders = self.sudo()  # sudo: facts need fields that the actor may not read; only names are returned
        pending = orders._get_pending_approvals()
        facts = orders._get_facts(actor, {})
        return {
            self.browse(order.id): workflow.legal_events(dict(facts[order], approval_kind=pending[order].kind))
            for order in orders}

    def _get_pending_approvals(self):
        """Return the request that each order's customer has not answered yet.

        :return: ``{order: stokiva.approval record or empty}``
        """
        return self.env['stokiva.approval']._get_asked(self)

    def _get_missing_photo_kind(self):
        """Return the kind of photo that is to be taken next before the work may be submitted.

        :return: ``before``, ``after`` or None
        """
        self.ensure_one()
        kinds = self._get_photo_kinds()
        wanted = {'before': self.service_type_id.photos_before, 'after': self.service_type_id.photos_after}
        return next((kind for kind, number in wanted.items() if kinds.count(kind) < number), None)

    # === BUTTONS OF THE WORKFLOW === #

    def action_auto_assign(self):
        """Assign the chosen orders now, and tell how it went.

        :raise UserError: if none of them waits for a provider
        """
        self.check_access('write')
        waiting = self.filtered(lambda order: order.state == workflow.CREATED)
        if not waiting:
            raise UserError(self.env._("None of these orders waits for a provider."))
        assigned = waiting._assign_automatically(actor=self.env.user, channel='office')
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if assigned == waiting else 'warning',
                'message': waiting._get_assigned_message(assigned),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    def _get_assigned_message(self, assigned):
        """Return in one sentence how the assignment of these orders went.

        :param assigned: those of them that were assigned
        :rtype: str
        """
        if len(self) > 1:
            return self.env._("%(assigned)s of %(count)s assigned.", assigned=len(assigned), count=len(self))
        if assigned:
            return self.env._("Offered to %s.", self.provider_id.name)
        return self.unassigned_reason or self.env._("No provider was found.")

    def action_event(self):
        """Cause the event named in the button's context, or open its dialog when something must be given.

        :return: window action of the dialog, or True
        :raise AccessError: if the user does not belong to the office: others come by the portal
        :raise UserError: if there is no such event, or it is not possible now
        """
        self.check_access('read')
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This is for the office."))
        event = self.env.context.get('stokiva_event')
        wizard_model = self.env['stokiva.event.wizard']
        if event in AT_ONCE and not self._has_to_be_asked(event):
            self._apply_event(event, actor=self.env.user, channel='office')
            return True
        if event not in wizard_model._get_asked_names():
            raise UserError(self.env._("There is no such step: %(detail)s.", detail=event))
        self._check_legal(event)
        return wizard_model.create({
            'event': event, 'work_order_ids': [fields.Command.set(self.ids)]})._get_action()

    def _has_to_be_asked(self, event):
        """Tell whether a step that is otherwise a click needs its dialog now; to be extended.

        :param str event: key of ``workflow.TABLE``
        :rtype: bool
        """
        return event == 'start' and any(order.is_undelivered for order in self)

    def _check_legal(self, event):
        """Raise before somebody fills in a dialog in vain.

        :param str event: key of ``workflow.TABLE``
        :raise AccessError: if the user has no role for it
        :raise UserError: if it is not possible now
        """
        legal = self._get_legal_events_by_order(self.env.user)
        refused = self.filtered(lambda order: event not in legal[order])
        if not refused:
            return
        given = dict.fromkeys(workflow.TABLE[event].required, True)
        facts = refused.sudo()._get_facts(self.env.user, {})  # sudo: nothing but the problem's name is told
        for order, problem_facts in facts.items():
            order._raise_problem(event, workflow.problem_of(event, given, problem_facts), problem_facts)

    def action_add_photo(self):
        """Open the dialog for the photo that is missing.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Add a photo"),
            'res_model': 'stokiva.media',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_work_order_id': self.id, 'default_kind': self._get_missing_photo_kind() or 'work'},
        }

    def action_open_follow_up(self):
        """Open a new order that continues this one, still to be saved.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Follow-up order"),
            'res_model': 'stokiva.work.order',
            'view_mode': 'form',
            'context': {f'default_{name}': value for name, value in self._prepare_follow_up_values().items()},
        }

    def _prepare_follow_up_values(self):
        """Return the values of an order that continues this one; to be extended.

        :rtype: dict
        """
        self.ensure_one()
        return {
            'origin_id': self.id,
            'company_id': self.company_id.id,
            'partner_id': self.partner_id.id,
            'device_id': self.device_id.id,
            'site_id': self.site_id.id,
            'service_type_id': self.service_type_id.id,
            'symptom_ids': [fields.Command.set(self.symptom_ids.ids)],
        }

    # === SMART BUTTONS === #

    def action_view_device_orders(self):
        """Open all orders of the device.

        :return: window action
        """
        self.ensure_one()
        action = self.env['ir.actions.actions']._for_xml_id('stokiva_service.work_order_action')
        action.update(
            name=self.env._("History of %s", self.device_id.display_name),
            domain=[('device_id', '=', self.device_id.id)],
            context={'create': False})
        return action

    def action_view_assignments(self):
        """Open the offers of the order.

        :return: window action
        """
        self.ensure_one()
        return self._get_list_action(
            'stokiva_service.assignment_action', [('work_order_ids', 'in', self.ids)])

    def action_view_media(self):
        """Open the photos, videos and documents of the order.

        :return: window action
        """
        self.ensure_one()
        return self._get_list_action('stokiva_service.media_action', [('work_order_id', '=', self.id)])

    def action_view_approvals(self):
        """Open what the customer was asked.

        :return: window action
        """
        self.ensure_one()
        return self._get_list_action('stokiva_service.approval_action', [('work_order_id', '=', self.id)])

    def action_view_sale_order(self):
        """Open the sale.

        :return: window action
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'sale.order',
            'res_id': self.sale_order_id.id,
            'view_mode': 'form',
        }

    def _get_list_action(self, xmlid, domain):
        """Return a window action narrowed to what belongs to this order."""
        action = self.env['ir.actions.actions']._for_xml_id(xmlid)
        action.update(domain=domain, context={'create': False})
        return action

    def action_verify_log(self):
        """Verify the event logs of the orders, and show the result.

        :return: an action that shows it
        :rtype: dict
        """
        self.check_access('read')
        events = self.env['stokiva.event'].search_count([('work_order_id', 'in', self.ids)])  # for readers of the log only
        verifier = self.env['stokiva.verifier']
        return verifier._show(verifier._verify_orders(self), events)
