from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .. import audit, workflow

# What ends the to-do that a visit without the work has left.
SETTLING_EVENTS = ('plan', 'depart', 'start', 'cancel', 'return')


class WorkOrder(models.Model):
    """Visits: planned, made, ended without the work, and what follows from that."""
    _inherit = 'stokiva.work.order'

    visit_count = fields.Integer("Visits made", compute='_compute_visit_count', store=True, precompute=True)
    is_first_time_fix = fields.Boolean(
        "Done in one visit", compute='_compute_visit_count', store=True, precompute=True,
        help="Completed, and the first visit was the only one.")
    crew_user_ids = fields.Many2many(
        'res.users', compute='_compute_crew_user_ids', search='_search_crew_user_ids',
        help="Who goes on the current visit: technician and assistants.")

    _several_visits_idx = models.Index("(deadline, id) WHERE visit_count > 1")

    @api.depends('state', 'visit_ids.finished_at')
    def _compute_visit_count(self):
        for order in self:
            order.visit_count = len(order.visit_ids.filtered('finished_at'))
            order.is_first_time_fix = order.state == workflow.COMPLETED and order.visit_count == 1

    @api.model
    def _derive_values(self, vals_list):
        """Add that there was no visit."""
        return [{**values, 'visit_count': 0, 'is_first_time_fix': False} for values in super()._derive_values(vals_list)]

    @api.depends('personnel_id.user_id', 'visit_id.assistant_ids.user_id')
    def _compute_crew_user_ids(self):
        for order in self:
            order.crew_user_ids = (order.personnel_id | order.visit_id.assistant_ids).user_id

    def _search_crew_user_ids(self, operator, value):
        if operator != 'in':
            return NotImplemented
        everybody = self.with_context(active_test=False).env
        people = everybody['stokiva.personnel']._search([('user_id', 'in', value)])
        # Subqueries: record rules would join the visits of all orders that ever were.
        visits = everybody['stokiva.visit']._search([('assistant_ids', 'in', people)])
        return Domain('personnel_id', 'in', people) | Domain('visit_id', 'in', visits)

    # === EVENTS === #

    def _on_plan(self, given, actor, channel, occurred):
        values = self._prepare_window(given)
        if given.get('personnel_id'):
            values['personnel_id'] = given['personnel_id']
        if not values and 'assistant_ids' not in given:
            raise UserError(self.env._("Choose a technician or a time."))
        self.write(values)
        if 'assistant_ids' in given:
            if not all(order.visit_id for order in self):
                raise UserError(self.env._("Assistants are chosen when the provider has accepted."))
            values['assistant_ids'] = [Command.set(given['assistant_ids'] or [])]
        self.visit_id.write(values)

    def _on_depart(self, given, actor, channel, occurred):
        self.visit_id.write({'departed_at': occurred})

    def _on_start(self, given, actor, channel, occurred):
        position = given.get('check_in') or {}
        self.visit_id.write({
            'arrived_at': occurred,
            **{f'arrived_{name}': value for name, value in position.items()},
        })

    def _on_suspend(self, given, actor, channel, occurred):
        self._close_visits(given['outcome'], given.get('note'), occurred)
        self.write({'window_start': False, 'window_end': False})
        self.write(self._prepare_window(given))
        self._open_visits()

    def _post_event(self, events):
        """Ask the office for what only it can do after a visit without the work, until it is done."""
        res = super()._post_event(events)
        event = events[:1].event
        if event in SETTLING_EVENTS:
            waiting = self.filtered('activity_ids')
            if waiting:
                waiting.activity_unlink(['stokiva_service.mail_activity_type_visit'])
        elif event == 'suspend':
            outcome = events[0]._get_payload().get('outcome')
            for orders in self.grouped(lambda order: order.group_id or order).values():
                orders[0]._ask_for_next_step(outcome)
        return res

    # === THEIR PARTS === #

    def _ask_for_next_step(self, outcome):
        """Give whoever is responsible in the office a to-do, where a visit left something to be done.

        :param str outcome: how the visit ended
        """
        self.ensure_one()
        responsible = self.user_id.filtered(lambda user: user.has_group('stokiva_service.group_stokiva_call_centre'))
        user = responsible or self.company_id._stokiva_get_dispatcher()
        env = self.with_context(lang=user.lang or self.company_id.partner_id.lang).env
        note = {
            'absent': env._("Nobody was at home. Agree on another visit with the customer."),
            'no_access': env._("The technician could not get to the device. Agree on another visit with the customer."),
            'wrong_address': env._("The address was not found. Correct it with the customer, then plan the next visit."),
            'part_missing': env._("A part was missing. See that it is there, then have the next visit planned."),
            'refused': env._("The customer did not want the work. Call, then cancel the order or plan another visit."),
        }.get(outcome)
        has_next = self.window_start and outcome not in workflow.OFFICE_OUTCOMES
        if note and not has_next:
            self.activity_schedule('stokiva_service.mail_activity_type_visit', note=note, user_id=user.id)

    def _prepare_window(self, given):
        """Return the fields of the visit's window that are given.

        :param dict given: of the event; ``window_start`` and ``window_end`` may hold server texts
        :raise UserError: if it would not be a window
        """
        values = {
            name: self._to_datetime(given[name]) for name in ('window_start', 'window_end') if name in given}
        for order in self if values else ():
            start = values.get('window_start', order.window_start)
            end = values.get('window_end', order.window_end)
            if bool(start) != bool(end) or (start and start >= end):
                raise UserError(self.env._("The end of the visit's window must be after its start."))
        return values

    def _to_datetime(self, text):
        """Return the naive UTC datetime of a server text, or False.

        :raise UserError: if it is not a date and time
        """
        try:
            return fields.Datetime.to_datetime(text) or False
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("“%s” is not a date and time.", text)) from error

    def _get_crew(self):
        """Return the assistants of the current visit who can go again."""
        self.ensure_one()
        return self.visit_id.assistant_ids.filtered(
            lambda person: person.active and person.provider_id == self.provider_id and person != self.personnel_id)

    def _open_visits(self, **values):
        """Start a new current visit for each order."""
        visits = self.env['stokiva.visit'].create([
            dict(
                values, work_order_id=order.id, provider_id=order.provider_id.id,
                sequence=max(order.visit_ids.mapped('sequence'), default=0) + 1, personnel_id=order.personnel_id.id,
                assistant_ids=[Command.set(order._get_crew().ids)], window_start=order.window_start, window_end=order.window_end)
            for order in self])
        for order, visit in zip(self, visits, strict=True):
            order.visit_id = visit

    def _close_visits(self, outcome, note, occurred):
        """End the current visits that are under way."""
        self.visit_id.filtered(lambda visit: not visit.finished_at).write(
            {'outcome': outcome, 'note': note, 'finished_at': occurred})

    def _sign_visits(self, given):
        """Keep the signature under the work with the current visits, and return what the log keeps of it.

        :param dict given: of the event; ``signature`` (base64 of a PNG) and ``signed_by`` may be missing
        :rtype: dict
        :raise UserError: if it is no signature
        """
        signed = self._prepare_signature(given, 'signed_by', 'signature')
        if not signed['signature']:
            return given
        self.visit_id.write(signed)
        return dict(given, signature=audit.sha256(signed['signature']))
