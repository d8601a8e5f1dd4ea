import random
from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.fields import Command

from .. import performance
from ..models.stokiva_performance_facts import DIMENSIONS
from .common_orders import WorkOrderCommon

ORDERS = 24


class PerformanceCommon(WorkOrderCommon):
    """Orders with random lives of the past weeks, through the one door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.service_type_repair | cls.service_type_install).is_automatic = False
        cls.provider_b.tz = 'America/New_York'
        cls.env['stokiva.sla.policy'].search([]).action_archive()
        cls.env['stokiva.sla.policy'].create({
            'name': "All", 'hours': 'elapsed', 'date_from': '2000-01-01 00:00:00', 'assign_hours': 3, 'accept_hours': 2,
            'arrive_hours': 30, 'complete_hours': 24, 'service_type_ids': [Command.set(cls.service_type_repair.ids)]})
        cls.devices = cls.env['stokiva.device'].create([
            {'product_id': cls.product.id, 'partner_id': cls.customer.id, 'company_id': cls.company.id}
            for _number in range(ORDERS // 3)])
        cls.env['ir.config_parameter'].set_param('stokiva_service.performance_since', fields.Datetime.now())
        rng = random.Random(20261122)
        cls.orders = cls.env['stokiva.work.order'].union(*(cls._play(rng) for _number in range(ORDERS)))

    @classmethod
    def _play(cls, rng):
        """Let an order live, up to a random point."""
        moment = fields.Datetime.now() - timedelta(days=rng.uniform(10, 45))
        order = cls.env['stokiva.work.order'].create({
            'partner_id': cls.customer.id, 'device_id': rng.choice(cls.devices).id,
            'service_type_id': rng.choice((cls.service_type_repair, cls.service_type_install)).id,
            'symptom_ids': [Command.set(cls.symptom.ids if rng.random() < 0.8 else ())]})

        def do(event, hours, **given):
            nonlocal moment
            moment += timedelta(hours=rng.uniform(0, hours))
            order._apply_event(event, given, actor=cls.env.user, channel='office', occurred=moment)

        def answer(event, **given):
            nonlocal moment
            moment += timedelta(hours=rng.uniform(0, 30))
            waiting = order.approval_ids.filtered(lambda item: item.state == 'pending')
            order._apply_event(
                event, {'approval_id': waiting.id, **given}, actor=cls.customer, channel='link', occurred=moment)

        do('open', 0)
        for event, given in cls._get_refusals(rng):
            do('assign', 6, provider_id=rng.choice((cls.provider_a, cls.provider_b)).id)
            moment += timedelta(hours=4)
            order._apply_event(event, given, actor=given and cls.user_manager, channel='office', occurred=moment)
        provider, person = rng.choice((
            (cls.provider_a, cls.technician_a), (cls.provider_a, cls.dispatcher_a), (cls.provider_b, cls.technician_b)))
        do('assign', 6, provider_id=provider.id)
        if rng.random() < 0.1:
            do('cancel', 1, reason="Changed his mind")
            return order
        do('accept', 4)
        do('plan', 1, personnel_id=person.id)
        if rng.random() < 0.2:
            do('cancel', 9, reason="Changed his mind")
            return order
        while rng.random() < 0.3:
            do('depart', 40)
            do('suspend', 2, outcome=rng.choice(('absent', 'no_access', 'part_missing')))
        do('depart', 40)
        do('start', 2)
        if rng.random() < 0.2:
            do('return', 4, reason="Not worth it")
            return order
        do('submit', 4)
        if rng.random() < 0.3:
            answer('dispute', comment="Still drips", stars=rng.choice((0, 1, 2)))
            do('rework', 9)
            do('submit', 9)
        if rng.random() < 0.9:
            answer('approve', stars=rng.randrange(6))
        return order

    @classmethod
    def _get_refusals(cls, rng):
        """Return how offers end that nobody accepts."""
        return rng.choices((('reject', {'reason': 'busy'}), ('expire', None)), k=rng.choice((0, 0, 0, 1, 2)))

    # === THE SAME, COUNTED BY HAND === #

    def _get_expected(self, orders):
        """Count what orders did, record by record, in no way like the query.

        :return: ``{dimensions: Counter}`` and ``{dimensions: [minutes to repair]}``
        """
        counted, times = defaultdict(Counter), defaultdict(list)
        for order in orders:
            key = partial(self._get_key, order)
            nobody, no_one = order.provider_id.browse(), order.personnel_id.browse()
            counted[key(order.opened_at, nobody, no_one)]['opened_count'] += 1
            is_accepted = order.accepted_at and order.accepted_at >= order.assigned_at
            if is_accepted:
                counted[key(order.accepted_at, order.provider_id, order.personnel_id)]['accepted_count'] += 1
            if order.state in ('completed', 'returned') or order.state == 'canceled' and is_accepted:
                where = key(order.completed_at or order.closed_at, order.provider_id, order.personnel_id)
                counted[where].update(self._get_closed(order))
                if order.state == 'completed':
                    minutes = int((order.submitted_at - order.accepted_at).total_seconds() // 60)
                    counted[where].update({'repair_count': 1, 'repair_minutes': minutes})
                    times[where].append(minutes)
            for offer in order.assignment_ids.filtered(lambda offer: offer.state in ('accepted', 'rejected', 'expired')):
                counted[key(offer.answered_at, offer.provider_id, no_one)][f'offer_{offer.state}_count'] += 1
            for approval in order.approval_ids.filtered(lambda item: item.state in ('approved', 'disputed')):
                counted[key(approval.answered_at, approval.provider_id, order.personnel_id)].update({
                    f'answer_{approval.state}_count': 1})
            for clock in order.sla_clock_ids.filtered(lambda clock: clock.state in ('kept', 'broken')):
                is_of_person = clock.clock in ('arrive', 'complete') and clock.provider_id == order.provider_id
                person = order.personnel_id if is_of_person else no_one
                counted[key(clock.ended_at, clock.provider_id, person)][self._get_clock_count(clock)] += 1
            for visit in order.visit_ids.filtered('finished_at'):
                counted[key(visit.finished_at, visit.provider_id, visit.personnel_id)].update({
                    'visit_count': 1, 'wasted_count': int(visit.outcome in ('absent', 'no_access', 'wrong_address')),
                    'travel_minutes': visit.travel_minutes, 'work_minutes': visit.work_minutes})
            repeat = self.env['stokiva.repeat.visit'].search([('earlier_id', '=', order.id), ('state', '!=', 'waived')])
            if repeat:
                counted[key(order.completed_at, order.provider_id, order.personnel_id)]['repeat_count'] += 1
        return {where: +counts for where, counts in counted.items() if +counts}, dict(times)

    def _get_key(self, order, moment, provider, person):
        """Return the dimensions of what happened."""
        zone = ZoneInfo(provider.tz or order.company_id.resource_calendar_id.tz or 'UTC')
        return (
            moment.replace(tzinfo=ZoneInfo('UTC')).astimezone(zone).date(), order.company_id.id, provider.id or None,
            person.id or None, order.service_type_id.id, order.device_type_id.id or None, order.city_id.id or None,
            (order.city_id.state_id or order.site_id.state_id).id or None)

    def _get_clock_count(self, clock):
        """Return as what a promised time counts."""
        is_excused = clock.state == 'broken' and clock.reason_party not in (False, 'provider')
        return 'excused_count' if is_excused else f'{clock.clock}_{clock.state}_count'

    def _get_closed(self, order):
        """Return what counts on the day on which an order is closed."""
        clocks = order.sla_clock_ids.filtered(lambda clock: clock.clock == 'complete' and clock.state in ('kept', 'broken'))
        broken = clocks.filtered(lambda clock: clock.state == 'broken')
        if not clocks:
            kept = order.submitted_at and order.submitted_at <= order.deadline
        elif not broken:
            kept = True
        else:
            kept = False if any(clock.reason_party in (False, 'provider') for clock in broken) else None
        is_done = order.state == 'completed'
        stars = order.customer_rating_ids.filtered(lambda rating: rating.stars and not rating.is_hidden).mapped('stars')
        return {
            'stars_count': len(stars), 'stars_sum': sum(stars),
            'closed_count': 1, f'{order.state}_count': 1, 'judged_count': int(bool(order.submitted_at)),
            'disputed_count': int('disputed' in order.approval_ids.mapped('state')),
            'on_time_count': int(is_done and kept is True), 'late_count': int(is_done and kept is False),
            'first_fix_count': int(is_done and len(order.visit_ids.filtered('finished_at')) == 1)}

    def _get_stored(self):
        """Return the rows of the orders' company as ``_get_expected`` does."""
        counted, times = {}, {}
        rows = self.env['stokiva.performance'].search([('company_id', '=', self.company.id)])
        for row in rows:
            where = tuple((row[name].id if row._fields[name].relational else row[name]) or None for name in DIMENSIONS)
            self.assertNotIn(where, counted, "one row for each day and all the rest")
            counted[where] = +Counter({name: row[name] for name in performance.MEASURES})
            if row.repair_list:
                times[where] = sorted(map(int, row.repair_list.split(',')))
        return counted, times

    def _count_now(self):
        """Do what the cron does."""
        self.env['stokiva.performance.day']._find_days()
        while days := self.env['stokiva.performance.day']._take_days():
            self.env['stokiva.performance.day']._count(days)

    def _assert_counted(self):
        expected, times = self._get_expected(self.env['stokiva.work.order'].search([('company_id', '=', self.company.id)]))
        counted, stored_times = self._get_stored()
        self.assertEqual(counted, expected)
        self.assertEqual(stored_times, {where: sorted(minutes) for where, minutes in times.items()})
