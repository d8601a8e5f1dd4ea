from collections import Counter, defaultdict
from datetime import timedelta
from itertools import product
from statistics import mean, median
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import performance
from ..models.stokiva_performance_facts import DIMENSIONS
from .common_performance import PerformanceCommon


@tagged('post_install', '-at_install')
class TestPerformance(PerformanceCommon):

    def test_counted_as_by_hand(self):
        """On random lives; then after more has happened, only the days touched, and after counting all anew."""
        self._count_now()
        self._assert_counted()
        total = sum(map(Counter, self._get_stored()[0].values()), Counter())
        for name in performance.MEASURES:
            if name not in ('excused_count', 'assign_broken_count'):
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

    def _get_formulas(self, counts, times):
        """Return what each figure is by the list of formulas in docs/performance.md, from counts made by hand."""
        def share(top, *bottom):
            cases = sum(counts[f'{name}_count'] for name in bottom)
            return 100 * counts[f'{top}_count'] / cases if cases else None

        offers = ('offer_accepted', 'offer_rejected', 'offer_expired')
        return {
            'on_time_rate': share('on_time', 'on_time', 'late'),
            'assign_kept_rate': share('assign_kept', 'assign_kept', 'assign_broken'),
            'accept_kept_rate': share('accept_kept', 'accept_kept', 'accept_broken'),
            'arrive_kept_rate': share('arrive_kept', 'arrive_kept', 'arrive_broken'),
            'complete_kept_rate': share('complete_kept', 'complete_kept', 'complete_broken'),
            'offer_accepted_rate': share('offer_accepted', *offers),
            'offer_rejected_rate': share('offer_rejected', *offers),
            'offer_expired_rate': share('offer_expired', *offers),
            'canceled_rate': share('canceled', 'completed', 'returned', 'canceled'),
            'returned_rate': share('returned', 'completed', 'returned', 'canceled'),
            'approved_rate': share('answer_approved', 'answer_approved', 'answer_disputed'),
            'disputed_rate': share('disputed', 'judged'),
            'first_fix_rate': share('first_fix', 'completed'),
            'repeat_rate': share('repeat', 'completed'),
            'wasted_rate': share('wasted', 'visit'),
            'repair_hours_median': median(times) / 60 if times else None,
            'repair_hours': mean(times) / 60 if times else None,
            'stars': counts['stars_sum'] / counts['stars_count'] if counts['stars_count'] else None,
            'accepted_count': counts['accepted_count'],
            'completed_count': counts['completed_count'],
            'visit_count': counts['visit_count'],
            'work_hours': counts['work_minutes'] / 60,
        }

    def test_figures_by_the_list_of_formulas(self):
        """Of the network, each provider, each technician and each service, over all and over a part of the time."""
        self._count_now()
        expected, times = self._get_expected(self.orders)
        days = sorted({where[0] for where in expected})
        periods = ((days[0], days[-1]), (days[len(days) // 3], days[2 * len(days) // 3]))
        groups = [('company_id', self.company), *(
            (name, record) for name, records in (
                ('provider_id', self.provider_a | self.provider_b), ('personnel_id', self.orders.personnel_id),
                ('service_type_id', self.orders.service_type_id)) for record in records)]
        for (first, last), (name, record) in product(periods, groups):
            at = DIMENSIONS.index(name)

            def collect(rows, empty, first=first, last=last, at=at, record=record):
                return sum((rows[where] for where in rows if first <= where[0] <= last and where[at] == record.id), empty)

            values, _number = self.env['stokiva.performance']._get_values(
                [('company_id', '=', self.company.id), ('day', '>=', first), ('day', '<=', last), (name, '=', record.id)])
            formulas = self._get_formulas(collect(expected, Counter()), collect(times, []))
            self.assertEqual(formulas.keys(), performance.FIGURES.keys())
            for figure, value in formulas.items():
                found = values[figure].value
                self.assertEqual(found is None, value is None, f"{figure} of {record.display_name}")
                self.assertAlmostEqual(found or 0, value or 0, 6, f"{figure} of {record.display_name}")

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
