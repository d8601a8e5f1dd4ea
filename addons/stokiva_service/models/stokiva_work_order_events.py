from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .. import audit, candidates, scoring, workflow
from .stokiva_approval import UNANSWERED
from .stokiva_work_order import UNASKED_FIELDS


class WorkOrder(models.Model):
    """What each event of the workflow table does besides changing the state.

    ``_on_<event>(given, actor, channel, occurred)`` runs locked, checked and in sudo; it may return
    ``{order: payload}`` when the log should hold something else than what was given.
    """
    _inherit = 'stokiva.work.order'

    def _on_assign(self, given, actor, channel, occurred):
        choices = given.get('choices') or {}
        providers = {
            order: self.env['stokiva.provider'].browse(int(choices.get(str(order.id)) or given.get('provider_id') or 0))
            for order in self}
        if not all(providers.values()):
            raise UserError(self.env._("Choose a provider."))
        self.env['stokiva.provider'].union(*providers.values()).fetch([
            'active', 'company_id', 'offer_deadline_minutes', 'resource_calendar_id'])
        self._check_providers(providers)
        if not choices:  # the engine has filtered its own
            self.env['stokiva.provider']._check_assignable(providers)
        rankings = given.get('rankings') or self._get_kept_rankings(self.env['stokiva.assignment.engine']._rank(self))
        return self._offer_to(
            providers, occurred, is_automatic=bool(choices), rankings=rankings, reason=given.get('reason'))

    def _on_reassign(self, given, actor, channel, occurred):
        self._withdraw_offers(('offered', 'accepted'), occurred, given['reason'])
        # A quote was the old provider's.
        quotes = self.approval_ids.filtered(lambda approval: approval.state in UNANSWERED)
        quotes.work_order_id.write({'sla_paused': False})
        quotes._void()
        self.visit_id.filtered(lambda visit: not visit.departed_at).unlink()
        self._close_visits('refused', given['reason'], occurred)
        self.write({'personnel_id': False, 'visit_id': False})
        return self._on_assign(given, actor, channel, occurred)

    def _on_accept(self, given, actor, channel, occurred):
        self.assignment_id._answer('accepted', occurred)
        technicians = self._get_technicians_of_trip()
        for order, technician in technicians.items():
            order.personnel_id = technician
        self._open_visits()
        return {order: dict(given, personnel_id=technician.id) for order, technician in technicians.items()}

    def _on_reject(self, given, actor, channel, occurred):
        self.assignment_id._answer('rejected', occurred, reason=given['reason'], note=given.get('note'))
        return self._leave_provider(given)

    def _on_expire(self, given, actor, channel, occurred):
        self.assignment_id._answer('expired', occurred)
        return self._leave_provider(given)

    def _on_pause(self, given, actor, channel, occurred):
        self.sla_paused = True

    def _on_resume(self, given, actor, channel, occurred):
        self.sla_paused = False

    def _on_submit(self, given, actor, channel, occurred):
        self._close_visits('done', None, occurred)
        payload = self._sign_visits(given)
        self.env['stokiva.approval']._request(self, 'work')
        return dict.fromkeys(self, payload)

    def _on_approve(self, given, actor, channel, occurred):
        approval = self.env['stokiva.approval'].browse(given['approval_id'])
        payload = approval._answer('approved', given, channel, occurred, self._get_roles(actor)[self])
        self.write({'is_halted': False, 'sla_paused': False})
        return dict.fromkeys(self, payload)

    def _on_dispute(self, given, actor, channel, occurred):
        approval = self.env['stokiva.approval'].browse(given['approval_id'])
        payload = approval._answer('disputed', given, channel, occurred, self._get_roles(actor)[self])
        if approval.kind == 'work':
            self.is_halted = True
        else:
            self._close_visits('refused', given.get('comment'), occurred)
            self.sla_paused = False
        return dict.fromkeys(self, payload)

    def _on_rework(self, given, actor, channel, occurred):
        self.approval_ids._void()
        self.is_halted = False
        self._open_visits(arrived_at=occurred)

    def _on_resolve(self, given, actor, channel, occurred):
        self.is_halted = False
        self.env['stokiva.approval']._request(self, 'work')

    def _on_cancel(self, given, actor, channel, occurred):
        self._close_all('refused', given['reason'], occurred)

    def _on_return(self, given, actor, channel, occurred):
        self._close_all('refused', given['reason'], occurred)

    def _on_edit(self, given, actor, channel, occurred):
        if self._is_unasked(given):
            return
        waiting = self.filtered(lambda order: order.state == 'awaiting_approval' and not order.is_halted)
        # What the customer was shown is no longer true: he is asked again, about what is true now.
        self.env['stokiva.approval']._request(waiting, 'work')
        quoted = self.env['stokiva.approval']._get_quoted_orders(self - waiting)
        for order in quoted:
            order.approval_ids._refresh_quote()

    # === SHARED BY HANDLERS === #

    def _is_unasked(self, given):
        """Tell whether an ``edit`` leaves all as it is that the customer is asked about.

        :param dict given: of the event
        """
        changes = given.get('changes')
        return bool(changes) and changes.keys() <= UNASKED_FIELDS

    def _check_providers(self, providers):
        """Raise if a provider may not get the order at all, whoever wants it.

        :param dict providers: ``{order: stokiva.provider}``
        """
        for order, provider in providers.items():
            if not provider.active:
                raise UserError(self.env._("This provider is not active."))
            if provider.company_id and provider.company_id != order.company_id:
                raise ValidationError(self.env._(
                    "%(provider)s works for another company than %(order)s.",
                    provider=provider.name, order=order.name))

    def _offer_to(self, providers, occurred, *, is_automatic, rankings, reason=None):
        """Make one offer per provider and group, and return the payloads for the log, by which ``_write_event`` writes them.

        :param dict providers: ``{order: stokiva.provider}``
        :param datetime occurred: when; the time to answer begins then
        :param bool is_automatic: whether the engine chose
        :param dict rankings: as ``_get_kept_rankings`` gives them; of a group the first's counts
        :param str reason: why a person chose so
        """
        batches = {}
        for order, provider in providers.items():
            batches.setdefault((provider, order.group_id or order), []).append(order)
        offers = self.env['stokiva.assignment']._make([
            orders[0]._prepare_assignment_values(
                provider, orders, occurred, is_automatic, reason, rankings[str(orders[0].id)])
            for (provider, _group), orders in batches.items()])
        offers.invalidate_recordset(['candidate_ids'], flush=False)  # rows of what was just stored
        payloads = {}
        for ((provider, _group), orders), offer in zip(batches.items(), offers, strict=True):
            for order in orders:
                payloads[order] = {
                    'provider_id': provider.id, 'assignment_id': offer.id, 'is_automatic': is_automatic,
                    'expires_at': audit.iso(offer.expires_at), 'reason': reason}
        return payloads

    @api.model
    def _get_kept_rankings(self, rankings):
        """Return what is kept of rankings with the offers: JSON-like, at most 50 candidates each.

        :param dict rankings: ``{order: candidates.Ranking}``
        :return: ``{str(order id): {'rule', 'ranking', 'rest_count'}}``
        :rtype: dict
        """
        most = candidates.MAX_CANDIDATES
        return {
            str(order.id): {
                'rule': ranking.rule, 'ranking': [ranking.describe(row) for row in ranking.rows[:most]],
                'rest_count': len(ranking.rows[most:])}
            for order, ranking in rankings.items()}

    def _prepare_assignment_values(self, provider, orders, occurred, is_automatic, reason, ranking):
        """Return the values of an offer to a provider; to be extended."""
        rule = ranking['rule']
        minutes = rule['answer_minutes'] or provider.offer_deadline_minutes
        return {
            **ranking,
            'rule_id': rule['id'],
            'rule_version': f"{scoring.VERSION} {rule['id'] or 0}.{rule['version']}",
            'work_order_ids': [order.id for order in orders],
            'provider_id': provider.id,
            'company_id': self.company_id.id,
            'offered_at': occurred,
            'expires_at': occurred + timedelta(minutes=minutes),
            'is_automatic': is_automatic,
            'note': reason,
        }

    def _withdraw_offers(self, states, occurred, note=False):
        """Take back the orders' offers, but for those on which other orders still stand.

        :param tuple states: of the offers
        :param datetime occurred: when
        :param str note: why
        """
        self.assignment_id.filtered(lambda offer: offer.state in states and not any(
            order.assignment_id == offer and order.state not in (workflow.CANCELED, workflow.RETURNED) for order in offer.work_order_ids - self
        )).write({'state': 'withdrawn', 'answered_at': occurred, 'note': note})

    def _get_technicians_of_trip(self):
        """Return who is to visit those of the group that the same provider accepted before: he does these orders, too.

        :return: ``{order without a technician: stokiva.personnel record}``
        """
        lacking = self.filtered(lambda order: order.group_id and not order.personnel_id)
        known = {
            (order.group_id, order.provider_id): order.personnel_id
            for order in lacking._get_group() - self if order.state == 'accepted' and order.personnel_id}
        return {
            order: technician for order in lacking if (technician := known.get((order.group_id, order.provider_id)))}

    def _leave_provider(self, given):
        """Take the orders from their provider, and return payloads that name whom they leave."""
        payloads = {
            order: dict(given, provider_id=order.provider_id.id, assignment_id=order.assignment_id.id)
            for order in self}
        self.write({'provider_id': False, 'assignment_id': False, 'personnel_id': False})
        return payloads

    def _close_all(self, outcome, note, occurred):
        """End what is still under way when an order closes without being completed."""
        self._withdraw_offers(('offered',), occurred)
        self.visit_id.filtered(lambda visit: not visit.departed_at and not visit.finished_at).unlink()
        self._close_visits(outcome, note, occurred)
        self.approval_ids._void()
        self.write({'is_halted': False, 'sla_paused': False})
