from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import workflow


class Choice(NamedTuple):
    """Who is to get orders.

    :param assigned: stokiva.work.order records that somebody fits
    :param dict given: of the event ``assign`` of these
    :param dict rankings: ``{order: candidates.Ranking}`` of those that were ranked
    :param tired: records that were refused too often
    :param left: records that are left to a dispatcher
    """
    assigned: models.Model
    given: dict
    rankings: dict
    tired: models.Model
    left: models.Model


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    # By its kind: tired (count), left, uncovered (place), unfit (failed: {check: how many providers}), refused (text).
    unassigned_why = fields.Json("Unassigned because", readonly=True, copy=False)
    unassigned_reason = fields.Char("Why unassigned", compute='_compute_unassigned_reason')

    def _assign_automatically(self, *, actor=None, channel='system', occurred=None):
        """Give each order in state ``created`` to the best provider, or say on it why nobody fits.

        Never raises for want of a provider: a sale must not fail for it.

        :param actor: who asked for it, None for the system
        :param str channel: see ``_apply_event``
        :param datetime occurred: see ``_apply_event``
        :return: the orders that were assigned
        """
        orders = self.sudo().filtered(  # sudo: the ranking reads what the one who sells may not see
            lambda order: order.state == workflow.CREATED)
        choice = orders._choose_providers(is_asked_for=bool(actor))
        if choice.assigned:
            choice.assigned._apply_event('assign', choice.given, actor=actor, channel=channel, occurred=occurred)
        orders._settle_choice(choice)
        return choice.assigned

    def _open_and_assign(self, *, actor, channel):
        """Open new orders, and give each to the best provider, or say on it why nobody fits: ``_assign_automatically``.

        :param actor: who opens them, see ``_apply_event``
        :param str channel: see ``_apply_event``
        """
        choice = None

        def assign(orders):
            nonlocal choice
            choice = orders._choose_providers()
            return [(choice.assigned, 'assign', choice.given, None, 'system')] if choice.assigned else ()

        if self.env['stokiva.message']._has_rules('open', self.company_id):
            self._apply_event('open', actor=actor, channel=channel)
            self._assign_automatically()
        elif self:
            self._apply_event('open', actor=actor, channel=channel, then=assign)
            self._settle_choice(choice)

    def _choose_providers(self, *, is_asked_for=False):
        """Look for the best provider of each order in state ``created``.

        :param bool is_asked_for: whether a person wants it, who overrides the rule
        :rtype: Choice
        """
        rules = self.env['stokiva.assignment.rule']._get_applying(self)
        tired = self.filtered(lambda order: order._count_attempts() >= (
            rules[order]['attempts'] or order.company_id.stokiva_offer_attempts))
        left = self.filtered(lambda order: not is_asked_for and order._is_left_to_dispatcher(rules[order]))
        engine = self.env['stokiva.assignment.engine']
        wanted = self - tired - left
        rankings = engine._rank(wanted, rules) if wanted else {}
        choices = engine._allocate(rankings)
        return Choice(self.browse(order.id for order in choices), {
            'choices': {str(order.id): provider for order, provider in choices.items()},
            'rankings': self._get_kept_rankings({order: rankings[order] for order in choices}),
        }, rankings, tired, left)

    def _settle_choice(self, choice):
        """End the to-dos of those that were assigned, and say on the others why they were not.

        :param Choice choice: for these orders
        """
        choice.assigned._close_unassigned_activities()
        for order in self - choice.assigned:
            order._note_unassigned(
                choice.rankings.get(order), is_tired=order in choice.tired, is_left=order in choice.left)

    def _is_left_to_dispatcher(self, rule):
        """Tell whether a person is to choose the provider; to be extended.

        :param dict rule: snapshot of the rule that applies, see ``stokiva.assignment.rule``
        """
        self.ensure_one()
        return not (rule['is_automatic'] and self.service_type_id.is_automatic)

    def _count_attempts(self):
        """Return how many providers refused the order or let the offer expire."""
        return len(self.assignment_ids.filtered(lambda offer: offer.state in ('rejected', 'expired')))

    def _note_unassigned(self, ranking, *, is_tired, is_left):
        """Say on the order why nobody got it, and ask a dispatcher.

        :param ranking: its candidates.Ranking, None when it was not ranked
        :param bool is_tired: whether the attempts are used up
        :param bool is_left: whether the choice is left to a dispatcher
        """
        self.ensure_one()
        if is_tired:
            why = {'kind': 'tired', 'count': self._count_attempts()}
        elif is_left:
            why = {'kind': 'left'}
        elif not ranking.rows:
            why = {'kind': 'uncovered', 'place': self.city_id.name or self.site_id.city or ''}
        else:
            why = {'kind': 'unfit', 'failed': Counter(row.failed for row in ranking.rows)}
        self._ask_for_provider(why)

    def _ask_for_provider(self, why):
        """Say on the order why nobody has got it, and ask a dispatcher.

        :param dict why: see ``unassigned_why``
        """
        self.ensure_one()
        self.unassigned_why = why
        if not self.activity_ids:
            dispatcher = self._get_dispatcher()
            # He is to read it, not the one whose sale or refusal led to it.
            reader = self.with_context(lang=dispatcher.lang or self.company_id.partner_id.lang)
            reader.activity_schedule(
                'stokiva_service.mail_activity_type_assign', note=reader.unassigned_reason, user_id=dispatcher.id)

    @api.depends('unassigned_why')
    @api.depends_context('lang')
    def _compute_unassigned_reason(self):
        for order in self:
            order.unassigned_reason = order.unassigned_why and order._describe_unassigned(order.unassigned_why)

    @api.model
    def _describe_unassigned(self, why):
        """Return one sentence in the user's language.

        :param dict why: see ``unassigned_why``
        :rtype: str
        """
        if why['kind'] == 'tired':
            return self.env._("Refused or not answered %s times.", why['count'])
        if why['kind'] == 'left':
            return self.env._("The choice is left to you.")
        if why['kind'] == 'uncovered':
            return (
                self.env._("No provider covers %s.", why['place']) if why['place']
                else self.env._("The address has no district."))
        if why['kind'] == 'unfit':
            labels = dict(self.env['stokiva.assignment.candidate']._fields['failed']._description_selection(self.env))
            return self.env._("No provider fits: %s.", ", ".join(
                f"{labels.get(failed, failed)} ({count})" for failed, count in why['failed'].items()))
        return why['text']

    def _get_dispatcher(self):
        """Return the office user who is to look after an order: its responsible, else a dispatcher.

        :return: res.users record
        """
        if self.user_id and self.user_id.has_group('stokiva_service.group_stokiva_dispatcher'):
            return self.user_id
        return self.company_id._stokiva_get_dispatcher()

    def _get_replaced_offers(self):
        """Return the offers instead of which the waiting one was made: taken back at its moment.

        :return: stokiva.assignment records
        """
        waiting = self.assignment_id.filtered(lambda offer: offer.state == 'offered')
        return self.assignment_ids.filtered(
            lambda offer: offer.state == 'withdrawn' and offer.answered_at in waiting.mapped('offered_at'))

    def _close_unassigned_activities(self):
        """End the dispatcher's to-do that the assignment has settled."""
        waiting = self.filtered(lambda order: order.activity_ids)
        if waiting:
            waiting.activity_unlink(['stokiva_service.mail_activity_type_assign'])

    def _close_for_device(self, reason):
        """End orders whose device is no more: cancel those on which nothing was done, return the others.

        Where the work is done and only the customer's approval is missing, a dispatcher is asked.

        :param str reason: for the log
        """
        to_cancel = self.filtered(lambda order: order._can_be_cancelled())
        if to_cancel:
            to_cancel._apply_event('cancel', {'reason': reason}, actor=None, channel='sale')
        done = self.filtered(lambda order: order.state == workflow.AWAITING_APPROVAL)
        done._ask_dispatcher_about(reason)
        if self - to_cancel - done:
            (self - to_cancel - done)._apply_event('return', {'reason': reason}, actor=None, channel='sale')

    def _approve_unasked(self):
        """Complete submitted orders whose service type does without the customer's approval."""
        for order in self.filtered(lambda order: not order.service_type_id.needs_approval):
            request = order.approval_ids.filtered(lambda approval: approval.state == 'pending')
            order._apply_event('approve', {'approval_id': request.id}, actor=None, channel='system')

    def _get_missing_evidence(self):
        """Return what the service type wants before the work may be submitted, as translated texts."""
        self.ensure_one()
        kinds = self._get_photo_kinds()
        missing = []
        for kind, number, text in (
            ('before', self.service_type_id.photos_before, self.env._("“before” photo")),
            ('after', self.service_type_id.photos_after, self.env._("“after” photo")),
        ):
            lacking = number - kinds.count(kind)
            if lacking > 0:
                missing.append(f"{text} × {lacking}" if lacking > 1 else text)
        if self.service_type_id.needs_serial and not (self.device_id.serial or self.device_id.lot_id):
            missing.append(self.env._("serial number"))
        return missing

    def _check_fits_device(self, device_types):
        """Raise if a catalogue entry belongs to another kind of device.

        :param device_types: stokiva.device.type records of the entries
        :raise UserError: naming the first that does not fit
        """
        for device_type in device_types:
            for order in self:
                if not (order.device_type_id.parent_path or '').startswith(device_type.parent_path):
                    raise UserError(self.env._(
                        "“%(entry)s” does not fit %(device)s.",
                        entry=device_type.display_name, device=order.device_id.display_name))
