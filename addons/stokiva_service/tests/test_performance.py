import random
from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

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
        if rng.random() < 0.1:
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
            for _one in repeat:
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


@tagged('post_install', '-at_install')
class TestPerformance(PerformanceCommon):

    def test_counted_as_by_hand(self):
        """On random lives; then after more has happened, only the days touched, and after counting all anew."""
        self._count_now()
        self._assert_counted()
        total = sum(map(Counter, self._get_stored()[0].values()), Counter())
        for name in performance.MEASURES:
            if name not in ('excused_count', 'assign_broken_count', 'canceled_count'):
                self.assertTrue(total[name], f"the random data has no {name}")
        order = self.orders.filtered(lambda order: order.state == 'awaiting_approval')[:1] or self._submitted()
        self._answer(order, stars=4)
        rated = self.orders.customer_rating_ids.filtered('stars')
        rated[0].stars = 6 - rated[0].stars
        rated[1].is_hidden = True
        clock = self.orders.sla_clock_ids.filtered(
            lambda clock: clock.state == 'broken' and clock.work_order_id.state == 'completed')[0]
        clock.with_user(self.user_dispatcher).reason_id = self.env['stokiva.late.reason'].create(
            {'name': "Customer away", 'party': 'customer'})
        repeat = self.env['stokiva.repeat.visit'].search([], limit=1)
        repeat.with_user(self.user_manager)._decide('waived', "Another fault after all")
        self._count_now()
        self._assert_counted()
        before = self._get_stored()
        self.env['stokiva.performance.day']._add_all_days()
        self._count_now()
        self.assertEqual(self._get_stored(), before)

    def test_figures_of_groups(self):
        """A pivot's share is sum by sum, its median that of all orders in the cell."""
        self._count_now()
        performance_model = self.env['stokiva.performance']
        names = [name for name in performance.FIGURES if name not in performance.MEASURES]
        sums = [f'{name}:sum' for name in performance.MEASURES]
        specs = [f'{name}:{performance_model._fields[name].aggregator}' for name in names]
        times = defaultdict(list)
        for row in performance_model.search([]):
            times[row.provider_id] += map(int, filter(None, (row.repair_list or '').split(',')))
        for provider, *values in performance_model._read_group([], ['provider_id'], [*sums, *specs]):
            counted = dict(zip(performance.MEASURES, values, strict=False))
            half = median(times[provider]) if times[provider] else None
            for name, value in zip(names, values[len(sums):], strict=True):
                expected = performance.get_value(performance.FIGURES[name], counted, half).value
                self.assertAlmostEqual(value or 0, expected or 0, 6, f"{name} of {provider.name}")

    def test_days_are_the_providers(self):
        self._count_now()
        for row in self.env['stokiva.performance'].search([('completed_count', '>', 0), ('provider_id', '=', self.provider_b.id)]):
            zone = ZoneInfo('America/New_York')
            self.assertIn(row.day, {
                order.completed_at.replace(tzinfo=ZoneInfo('UTC')).astimezone(zone).date() for order in self.orders
                if order.completed_at and order.provider_id == self.provider_b})

    def test_repeat_visits_and_appeal(self):
        self.env['stokiva.work.order'].flush_model()
        self._count_now()
        repeat = self.env['stokiva.repeat.visit'].search([], limit=1)
        first, again = repeat.earlier_id, repeat.work_order_id
        self.assertEqual(first.device_id, again.device_id)
        self.assertTrue(timedelta(0) <= again.opened_at - first.submitted_at <= timedelta(days=30))
        self.assertTrue(first.symptom_ids & again.symptom_ids)
        self.assertEqual((repeat.provider_id, repeat.personnel_id), (first.provider_id, first.personnel_id))
        dispatched = repeat.with_user(self.user_dispatcher)
        with self.refused(AccessError, "not allowed"):
            dispatched.write({'state': 'waived'})
        with self.refused(UserError, "Say why"):
            dispatched._object("  ")
        dispatched._object("The customer broke it again")
        with self.refused(UserError, "already"):
            dispatched._object("Once more")
        with self.refused(AccessError, "manager"):
            dispatched._decide('waived', "It is so")
        self.assertEqual(repeat.state, 'objected')
        repeat.with_user(self.user_manager)._decide('waived', "Glass in the pump")
        self.env.flush_all()
        rows = self.env['stokiva.event'].search([('model', '=', repeat._name), ('res_id', '=', repeat.id)])
        self.assertEqual(len(rows), 2, "objection and decision are logged")
        self._count_now()
        self.assertEqual(repeat.state, 'waived', "what was decided stays")

    def test_who_may_read(self):
        self._count_now()
        model = self.env['stokiva.performance']
        self.assertTrue(model.with_user(self.user_call_centre).search_count([]))
        for user in (self.user_technician, self.user_provider_a, self.user_customer, self.user_sales):
            with self.assertRaises(AccessError):
                model.with_user(user).search_count([])
        with self.assertRaises(AccessError):
            model.with_user(self.user_manager).search([], limit=1).write({'completed_count': 7})

    def test_beside_peers(self):
        """Others are told of together, and only where they are three or more."""
        self._count_now()
        first, last = fields.Date.today() - timedelta(days=60), fields.Date.today()
        own = self.provider_a._get_performance(first, last)
        completed = self.orders.filtered(lambda order: order.state == 'completed' and order.provider_id == self.provider_a)
        self.assertEqual(own['completed_count']['value'].value, len(completed))
        self.assertEqual({figure['peers'] for figure in own.values()}, {None}, "one other is no crowd")
        copies = [self._create_provider(name)[0] for name in ("Gamma", "Delta")]
        self.env['stokiva.performance'].create([
            {'day': last, 'company_id': self.company.id, 'provider_id': copy.id, 'completed_count': 6, 'first_fix_count': 3}
            for copy in copies])
        beta = sum(1 for order in self.orders if order.state == 'completed' and order.provider_id == self.provider_b)
        fixed = sum(1 for order in self.orders if order.is_first_time_fix and order.provider_id == self.provider_b)
        own = self.provider_a._get_performance(first, last)
        self.assertAlmostEqual(own['completed_count']['peers'], (beta + 12) / 3)
        self.assertAlmostEqual(own['first_fix_rate']['peers'], 100 * (fixed + 6) / (beta + 12))
        self.assertEqual(own['first_fix_rate']['value'].cases, len(completed))

    # === THE SHEET, AND BACK TO THE ORDERS === #

    def test_every_figure_leads_to_its_orders(self):
        self._count_now()
        sheet = self.env['stokiva.performance.sheet'].with_user(self.user_dispatcher).create({'provider_id': self.provider_a.id})
        self.assertEqual(sheet.line_ids.mapped('name'), [
            name for name in performance.FIGURES if name in sheet.line_ids.mapped('name')])
        self.assertTrue(all(line.formula and line.label for line in sheet.line_ids))
        own = self.orders.filtered(lambda order: order.provider_id == self.provider_a)
        done = own.filtered(lambda order: order.state == 'completed')
        fixed = done.filtered('is_first_time_fix')
        refused = self.orders.filtered(lambda order: any(
            offer.provider_id == self.provider_a and offer.state == 'rejected' for offer in order.assignment_ids))
        lines = {line.name: line for line in sheet.line_ids}
        for line, method, orders in (
                (lines['first_fix_rate'], 'action_view_orders', done), (lines['first_fix_rate'], 'action_view_counted', fixed),
                (lines['first_fix_rate'], 'action_view_others', done - fixed),
                (lines['offer_rejected_rate'], 'action_view_counted', refused),
                (lines['repair_hours'], 'action_view_orders', done), (lines['completed_count'], 'action_view_orders', done)):
            [(_name, _in, ids)] = getattr(line, method)()['domain']
            self.assertEqual(set(ids), set(orders.ids), f"{line.name} {method}")
        self.assertEqual(lines['first_fix_rate'].cases, len(done))
        self.assertTrue(lines['first_fix_rate'].is_few and lines['first_fix_rate'].interval)
        rows = self.env['stokiva.performance'].search([('provider_id', '=', self.provider_a.id), ('completed_count', '>', 0)])
        [(_name, _in, ids)] = rows.with_user(self.user_dispatcher).action_view_orders()['domain']
        self.assertTrue(set(done.ids) <= set(ids) and set(ids) <= set(self.orders.ids))
        sheet.write({'period': 'other', 'date_from': '2020-01-01', 'date_to': '2020-01-31'})
        sheet.action_show()
        self.assertEqual({line.value for line in sheet.line_ids if line.kind != 'sum'}, {False})
        sheet.date_to = '2019-12-31'
        with self.refused(UserError, "ends before"):
            sheet.action_show()

    def test_figures_of_a_technician(self):
        self._count_now()
        action = self.technician_a.with_user(self.user_dispatcher).action_view_performance()
        sheet = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
        done = self.orders.filtered(lambda order: order.state == 'completed' and order.personnel_id == self.technician_a)
        line = sheet.line_ids.filtered(lambda line: line.name == 'completed_count')
        self.assertEqual(line.value, str(len(done)))
        [(_name, _in, ids)] = line.action_view_orders()['domain']
        self.assertEqual(set(ids), set(done.ids))
