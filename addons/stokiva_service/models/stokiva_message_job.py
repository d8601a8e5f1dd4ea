from odoo import api, models

from .. import messages, workflow

WITHDRAW, SCHEDULE = 'withdraw', 'schedule'


class Message(models.Model):
    """Whose job it is: who loses one is told so, and nobody is offered or given what he cannot have any more."""
    _inherit = 'stokiva.message'

    @api.model
    def _split_by_kind(self, events):
        """Add the times that others than the provider have set for its visits."""
        kinds = super()._split_by_kind(events)
        if events[:1].event != 'plan':
            return kinds
        scheduled = events.browse().union(*kinds.values()).filtered(lambda row: (
            row.state_after != workflow.CREATED and row._get_planned().get('window_start') and not self._is_by_provider(row)))
        return {**kinds, SCHEDULE: scheduled} if scheduled else kinds

    @api.model
    def _is_by_provider(self, row):
        """Tell whether an event was caused by somebody of the order's provider.

        :param row: stokiva.event record
        """
        people = row.work_order_id.provider_id.personnel_ids
        known = {'personnel': people, 'user': people.user_id}
        return row.actor_id in known[row.actor_kind].ids if row.actor_kind in known else False

    @api.model
    def _get_recipients(self, audience, orders, kind=''):
        """Tell of a job's loss only who had it, and of a visit's time nobody twice."""
        if kind == WITHDRAW and audience in ('provider', 'personnel'):
            return self._get_losers(audience, orders)
        recipients = super()._get_recipients(audience, orders, kind)
        if kind == SCHEDULE and audience == 'provider':
            return {
                order: [(partner, person) for partner, person in known if person not in order.personnel_id | order._get_crew()]
                for order, known in recipients.items()}
        return recipients

    @api.model
    def _get_losers(self, audience, orders):
        """Return who was told that a job is theirs, and has it no more; as ``_get_recipients``."""
        group = orders._get_group()
        holding = {
            ((order.group_id or order).id, person)
            for order, known in self._get_recipients(audience, group).items() for _partner, person in known}
        told = self.sudo().search([  # sudo: the outbox is read by the office only
            ('work_order_id', 'in', group.ids), ('audience', '=', audience), ('personnel_id', '!=', False),
            ('event', 'in', [name for name, item in messages.KINDS.items() if item.topic == messages.JOB]),
            '|', ('state', '=', 'sent'), ('event', '=', WITHDRAW)], order='id')
        last = {(row.group_ref, row.personnel_id): row.event for row in told}
        if audience == 'provider':  # who has accepted knows of his job without a message
            for order in group:
                for person in order._get_replaced_offers().provider_id._get_dispatchers():
                    last.setdefault(((order.group_id or order).id, person), 'assign')
        lost = [key for key, event in last.items() if event != WITHDRAW and key not in holding]
        return {
            order: [(person.partner_id, person) for group, person in lost if group == (order.group_id or order).id]
            for order in orders}

    def _get_refusal(self):
        """Offer nobody what he cannot have any more: the text would tell of somebody else's offer."""
        kind = messages.kind(self.event)
        if self.personnel_id and kind.topic == messages.JOB:
            orders = self.work_order_id._get_group()
            if kind.is_offer and 'offered' not in orders.assignment_id.mapped('state'):
                return self.env._("The offer was answered or taken back meanwhile.")
            people = self._get_recipients(self.audience, orders).values()
            is_his = any(self.personnel_id == person for recipients in people for _partner, person in recipients)
            if self.event == WITHDRAW and is_his:
                return self.env._("It is the job of %s again.", self.partner_id.name)
            if self.event != WITHDRAW and not is_his:
                return self.env._("It is no longer the job of %s.", self.partner_id.name)
        return super()._get_refusal()
