from odoo import fields, models

from .. import workflow

AFTER_EXPIRY = {workflow.SYSTEM, workflow.CALL_CENTRE, workflow.MANAGER}


class WorkOrder(models.Model):
    """Who an actor is for an order, and what else ``workflow.problem_of`` has to know."""
    _inherit = 'stokiva.work.order'

    def _get_role_groups(self):
        """Return the roles that users have by their groups, the mightiest first.

        :return: ``{role: XML id of the group}``
        """
        return {
            workflow.MANAGER: 'stokiva_service.group_stokiva_manager',
            workflow.DISPATCHER: 'stokiva_service.group_stokiva_dispatcher',
            workflow.CALL_CENTRE: 'stokiva_service.group_stokiva_call_centre',
            workflow.SALES: 'sales_team.group_sale_salesman',
            workflow.INTEGRATION: 'stokiva_service.group_stokiva_integration',
        }

    def _get_roles(self, actor):
        """Return ``{order: set of roles}`` of an actor."""
        if not actor:
            return {order: {workflow.SYSTEM} for order in self}
        common, partner = set(), actor
        people = self.env['stokiva.personnel']
        if actor._name == 'res.users':
            common = {role for role, group in self._get_role_groups().items() if actor.has_group(group)}
            partner = actor.partner_id
            if not common & {workflow.MANAGER, workflow.DISPATCHER}:
                people = people.search([('user_id', '=', actor.id)])
        elif actor._name == 'stokiva.personnel':
            people, partner = actor.filtered('active'), self.env['res.partner']
        roles = {}
        for order in self:
            own = common | {
                role for person in people if person.provider_id == order.provider_id
                for role in order._get_personnel_roles(person)}
            if not order.state and any(person.provider_id.can_open and person._is_dispatcher() for person in people):
                own = own | {workflow.PROVIDER}
            if partner and partner.commercial_partner_id == order.partner_id.commercial_partner_id:
                own = own | {workflow.CUSTOMER}
            roles[order] = own
        return roles

    def _get_personnel_roles(self, person):
        """Return what a person of the order's provider is for this order."""
        if person._is_dispatcher():
            return {workflow.PROVIDER, workflow.TECHNICIAN}
        if person in (self.personnel_id | self.visit_id.assistant_ids):
            return {workflow.TECHNICIAN}
        return set()

    def _get_facts(self, actor, given):
        """Return ``{order: facts}`` as ``workflow.problem_of`` wants them."""
        roles = self._get_roles(actor)
        approval = self.env['stokiva.approval'].browse(given.get('approval_id') or []).exists()
        asked = approval._get_asked(self)
        facts = {}
        for order in self:
            # The office may still take an answer down when the link has ended.
            pending = approval and asked[order] == approval and (
                roles[order] & AFTER_EXPIRY or approval._is_answerable())
            facts[order] = {
                'state': order.state or None,
                'roles': roles[order],
                'has_started': bool(order.started_at),
                'has_technician': bool(order.personnel_id),
                'personnel_id': order.personnel_id.id,
                'switches': order._get_switches(roles[order]),
                'custody': order.custody,
                'paused': order.sla_paused,
                'halted': order.is_halted,
                'open_quote': (asked[order].kind, asked[order].state) == ('quote', 'pending'),
                'asked': bool(asked[order]),
                'missing_evidence': order._get_missing_evidence() if order.state == 'in_progress' else [],
                'approval_kind': approval.kind if pending else None,
                **order._get_charge_facts(),
                'provider_personnel': set(order.provider_id.personnel_ids.ids) if {'personnel_id', 'assistant_ids'} & {*given} else (),
            }
        return facts

    def _get_switches(self, roles):
        """Return which of ``close`` and ``reassign`` somebody with these roles is allowed by his provider."""
        switches = {'close': 'can_close', 'reassign': 'can_reassign'}
        if not workflow.is_of_provider(roles):
            return set(switches)
        return {name for name, field in switches.items() if self.provider_id[field]}

    def _get_moment(self, occurred):
        """Return when an event happened: not in the future, and not before what has been done to the orders already.

        :param datetime occurred: as the sender says, None for now
        """
        now = fields.Datetime.now()
        if not occurred:
            return now
        done = [record[name] for records, names in (
            (self, workflow.STAMPS), (self.visit_id, ('departed_at', 'arrived_at', 'finished_at')),
        ) for record in records for name in names if record[name]]
        return min(max([occurred.replace(microsecond=0), *done]), now)

    def _get_trip(self, event):
        """Return what orders have in common that an event moves together."""
        is_left = event == 'reassign' and bool(self.started_at)  # what was begun stays with its provider
        return self.group_id, self.state, self.provider_id, is_left
