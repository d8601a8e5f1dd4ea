from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .. import scoring
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestAssignmentRule(WorkOrderCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.city']._stokiva_load_turkey()
        cls.Rule = cls.env['stokiva.assignment.rule']
        cls.Rule.search([]).unlink()
        cls.order = cls._open_order()
        cls.engine = cls.env['stokiva.assignment.engine']

    def _rule(self, **values):
        return self.Rule.create({'name': "Rule", **values})

    def _place(self, partner, latitude, longitude):
        partner.write({'partner_latitude': latitude, 'partner_longitude': longitude})

    def _providers(self, order=None):
        """Return ``(provider, failed)`` in the ranking's order."""
        order = order or self.order
        return [
            (self.env['stokiva.provider'].browse(row.provider_id), row.failed)
            for row in self.engine._rank(order)[order].rows]

    def _assert_first(self, provider):
        self.assertEqual(self._providers()[0], (provider, None))

    # === WHICH RULE === #

    def test_without_a_rule_the_balanced_strategy_holds(self):
        self.assertEqual(self.Rule._get_applying(self.order)[self.order], scoring.DEFAULT_RULE)

    def test_first_rule_that_an_order_meets(self):
        urgent = self._rule(sequence=1, domain="[('priority', '=', '1')]")
        other = self._rule(sequence=2)
        self._rule(sequence=0, active=False)
        self.assertEqual(self.Rule._get_applying(self.order)[self.order]['id'], other.id)
        self.order.sudo().priority = '1'
        self.assertEqual(self.Rule._get_applying(self.order)[self.order]['id'], urgent.id)
        other.sequence = 0
        self.assertEqual(self.Rule._get_applying(self.order)[self.order]['id'], other.id, "the cache follows")

    def test_rules_of_another_company_do_not_hold(self):
        self._rule(company_id=self.env['res.company'].create({'name': "Other"}).id)
        self.assertFalse(self.Rule._get_applying(self.order)[self.order]['id'])

    def test_condition_on_a_sale_line_before_any_order_exists(self):
        kadikoy = self._rule(domain=f"[('city_id', '=', {self.city_kadikoy.id})]")
        arguments = (
            self.company, self.order.site_id, self.order.city_id, self.service_type_repair, self.order.device_type_id,
            self.env['stokiva.brand'])
        ranking = self.engine._rank_wish(*arguments)
        self.assertEqual(ranking.rule['id'], kadikoy.id)
        own = self.engine._rank(self.order)[self.order]
        self.assertEqual(
            [(row.provider_id, row.points) for row in ranking.rows],
            [(row.provider_id, row.points) for row in own.rows])

    def test_a_batch_is_ranked_like_one_by_one(self):
        self._rule(sequence=1, domain="[('priority', '=', '1')]", strategy='custom', weight_capacity=10)
        self._rule(sequence=2, strategy='nearest')
        self.provider_b.area_ids.create({
            'provider_id': self.provider_b.id, 'state_id': self.state_istanbul.id, 'priority': 3})
        self.provider_a.authorisation_ids.create({
            'provider_id': self.provider_a.id, 'device_type_ids': self.order.device_type_id.ids})
        refused, alike = self._open_order(), self._open_order()
        self._do(refused, 'assign', provider_id=self.provider_a.id)
        self._do(refused, 'reject', reason='busy')
        elsewhere = self._open_order(
            site_id=self.env['res.partner'].create({'name': "Elsewhere", 'city_id': self.city_uskudar.id}).id)
        urgent, other_type = self._open_order(priority='1'), self._open_order()
        other_type.sudo().device_id = self.env['stokiva.device'].create({
            'partner_id': self.customer.id, 'device_type_id': self.env['stokiva.device.type'].create({'name': "Other"}).id})
        orders = self.order | refused | alike | elsewhere | urgent | other_type
        rankings = self.engine._rank(orders)
        for order in orders:
            alone = self.engine._rank(order)[order]
            self.assertEqual(rankings[order].rule, alone.rule)
            self.assertEqual(rankings[order].get_candidates(), alone.get_candidates(), order.name)
        self.assertEqual(
            [(row.provider_id, row.failed) for row in rankings[other_type].rows],
            [(self.provider_b.id, None), (self.provider_a.id, 'device_type')])
        self.assertIn('refused', [row.failed for row in rankings[refused].rows])
        self.assertNotIn('refused', [row.failed for row in rankings[alike].rows])
        with self.assertQueryCount(2):
            self.engine._rank(orders - urgent)

    def test_the_plan_of_the_query_is_kept_by_the_connection_and_made_again_on_another_one(self):
        def rank():
            rows = self.engine._rank(self.order)[self.order].rows
            self.env.cr.execute("SELECT prepare_time FROM pg_prepared_statements WHERE name ~ '^stokiva_'")
            return rows, self.env.cr.fetchall()

        first = rank()
        self.assertEqual(len(first[1]), 1)
        self.assertEqual(rank(), first)
        self.env.cr.execute("DEALLOCATE ALL")
        rows, plans = rank()
        self.assertEqual(rows, first[0])
        self.assertEqual(len(plans), 1)

    def test_what_one_order_is_given_leaves_alike_ones_as_they_were(self):
        orders = self.order | self._open_order()
        before = self.engine._rank(orders)[self.order].rows
        rankings = self.engine._rank(orders)
        self.engine._allocate(rankings)
        self.assertEqual(rankings[self.order].rows, before)
        self.assertNotEqual(rankings[orders[1]].rows, before)

    def test_bad_rules_are_refused(self):
        for values, error in (
            ({'domain': "[('nothing', '=', 1)]"}, ValidationError), ({'domain': "__import__('os')"}, ValidationError),
            ({'domain': "[('city_id'"}, ValidationError), ({'domain': "[('partner_id.color', '>', '5')]"}, ValidationError),
            ({'strategy': 'fixed'}, ValidationError), ({'strategy': 'custom', 'weight_distance': -1}, ValidationError),
            ({'strategy': 'custom', **{f'weight_{name}': 0 for name in scoring.CRITERIA}}, ValidationError),
        ):
            with self.subTest(values=values), self.assertRaises(error), self.env.cr.savepoint():
                self._rule(**values)

    def test_rule_that_cannot_be_applied_is_passed_over(self):
        rule, second = self._rule(sequence=1), self._rule(sequence=2)
        for domain in ("[('partner_id.color', '>', '5')]", "[('nothing', '=', 1)]"):
            self.env.cr.execute("UPDATE stokiva_assignment_rule SET domain = %s WHERE id = %s", [domain, rule.id])
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            with self.subTest(domain=domain), self.assertLogs('odoo.addons.stokiva_service', 'WARNING'):
                self.assertEqual(self.engine._rank(self.order)[self.order].rule['id'], second.id)

    def test_a_dispatcher_cannot_change_rules(self):
        rule = self._rule()
        with self.assertRaises(AccessError):
            rule.with_user(self.user_dispatcher).weight_distance = 5
        rule.with_user(self.user_manager).weight_distance = 5

    # === STRATEGIES === #

    def test_presets_fill_the_weights_and_own_weights_stay(self):
        rule = self._rule(strategy='nearest')
        self.assertEqual(rule._get_weights(), scoring.PRESETS['nearest'])
        with Form(rule) as form:
            form.weight_rating = 30
            self.assertEqual(form.strategy, 'custom')
        self.assertEqual(rule._get_weights(), {**scoring.PRESETS['nearest'], 'rating': 30})
        rule.strategy = 'round_robin'
        self.assertEqual(rule._get_weights(), {'rotation': 100})

    def test_the_rule_is_looked_for_once(self):
        rule = self._rule(strategy='nearest')
        with patch.object(
                type(self.Rule), '_get_applying', autospec=True, side_effect=type(self.Rule)._get_applying) as asked:
            self.order._assign_automatically()
        self.assertEqual(asked.call_count, 1)
        self.assertEqual(self.order.assignment_id.rule_id, rule)

    def test_what_changes_the_ranking_makes_a_new_version(self):
        rule = self._rule()
        rule.write({'name': "Renamed", 'sequence': 3})
        self.assertEqual(rule.version, 1)
        rule.max_distance_km = 30
        self.assertEqual(rule.version, 2)
        rule.strategy = 'nearest'
        self.assertEqual(rule.version, 3)
        rule.strategy = 'nearest'
        self.assertEqual(rule.version, 3)

    def test_nearest(self):
        self._rule(strategy='nearest')
        self._place(self.customer, 40.99, 29.03)
        self._place(self.provider_a.partner_id, 41.10, 29.03)
        self._place(self.provider_b.partner_id, 41.00, 29.03)
        self._assert_first(self.provider_b)
        values = self.engine._rank(self.order)[self.order].get_candidates()[0]['values']
        self.assertAlmostEqual(values['distance_km'], 1.11, 2)
        self.assertEqual(values['position'], 'site')

    def test_distance_says_from_where(self):
        values = self.engine._rank(self.order)[self.order].get_candidates()[0]['values']
        self.assertEqual(values['position'], 'district')
        self.provider_a.area_ids.create({
            'provider_id': self.provider_a.id, 'state_id': self.city_kadikoy.state_id.id})
        nowhere = self.env['res.partner'].create({
            'name': "Nowhere", 'parent_id': self.customer.id, 'type': 'delivery', 'city': "Nowhere",
            'state_id': self.city_kadikoy.state_id.id, 'country_id': self.city_kadikoy.country_id.id})
        order = self._open_order(site_id=nowhere.id)
        self.assertFalse(order.city_id)
        values = self.engine._rank(order)[order].get_candidates()[0]['values']
        self.assertEqual(values['position'], 'province')
        self.assertLess(values['distance_km'], 60)
        candidate = self.env['stokiva.candidate.mixin'].new({'values': values})
        self.assertIn("province", candidate.distance)

    def test_candidates_are_sorted_by_distance(self):
        for provider, latitude in ((self.provider_a, 41.3), (self.provider_b, 41.0)):
            provider.write({'map_latitude': latitude, 'map_longitude': 29.0})
        self._do(self.order, 'assign', provider_id=self.provider_a.id)
        candidates = self.env['stokiva.assignment.candidate'].search(
            [('assignment_id', '=', self.order.assignment_id.id)], order='distance_km')
        self.assertEqual(candidates.provider_id, self.provider_b | self.provider_a)
        self.assertEqual(candidates.mapped('distance_km'), sorted(candidates.mapped('distance_km')))
        self.assertTrue(self.env['stokiva.event.wizard.candidate'].fields_get(['distance_km'])['distance_km']['sortable'])

    def test_least_loaded(self):
        self._rule(strategy='least_loaded')
        self._accepted()
        self._assert_first(self.provider_b)

    def test_best_rated_and_lowest_rating(self):
        rule = self._rule(strategy='best_rated')
        self.provider_a.sudo().rating_score = 3.1
        self.provider_b.sudo().rating_score = 4.9
        self._assert_first(self.provider_b)
        rule.min_rating = 4
        self.assertEqual(dict(self._providers())[self.provider_a], 'rating')
        self.provider_a.sudo().rating_score = 0
        self.assertIsNone(dict(self._providers())[self.provider_a], "who has no rating yet passes")

    def test_in_turn(self):
        self._rule(strategy='round_robin')
        orders = [self._open_order() for _number in range(4)]
        for hours, order in enumerate(orders):
            order._assign_automatically()
            order.assignment_id.sudo().offered_at = fields.Datetime.now() - timedelta(hours=9 - hours)
        self.assertEqual(
            [order.provider_id for order in orders],
            [self.provider_a, self.provider_b, self.provider_a, self.provider_b])

    def test_limits(self):
        rule = self._rule(provider_ids=[self.provider_b.id], strategy='fixed')
        self.assertEqual(self._providers(), [(self.provider_b, None), (self.provider_a, 'not_listed')])
        rule.write({'provider_ids': False, 'strategy': 'balanced', 'for_authorised': False})
        self.assertEqual({failed for _provider, failed in self._providers()}, {'kind'})
        rule.write({'for_authorised': True, 'max_distance_km': 5})
        self._place(self.provider_a.partner_id, 39.9, 32.8)
        self.assertEqual(dict(self._providers())[self.provider_a], 'too_far')

    # === OFFERS === #

    def test_rule_that_leaves_the_choice_to_a_dispatcher(self):
        self._rule(is_automatic=False)
        self.assertFalse(self.order._assign_automatically())
        self.assertIn("choice is left to you", self.order.unassigned_reason)
        self.env['res.lang']._activate_lang('tr_TR')
        self.assertEqual(self.order.with_context(lang='tr_TR').unassigned_reason, "Seçim size bırakıldı.")
        self.assertTrue(self.order.activity_ids)
        self.assertTrue(self.order._assign_automatically(actor=self.user_dispatcher, channel='office'))
        self.assertEqual(self.order.state, 'assigned')

    def test_time_to_answer_and_attempts_of_the_rule(self):
        self._rule(answer_minutes=15, attempts=1)
        self.order._assign_automatically()
        offer = self.order.assignment_id
        self.assertEqual(offer.expires_at - offer.offered_at, timedelta(minutes=15))
        self._do(self.order, 'reject', reason='busy')
        self.assertEqual(self.order.state, 'created')
        self.assertIn("1", self.order.unassigned_reason)

    def test_offer_keeps_rule_and_ranking(self):
        rule = self._rule(strategy='least_loaded')
        self.order._assign_automatically()
        offer = self.order.assignment_id
        self.assertEqual(offer.rule_id, rule)
        self.assertEqual(offer.rule_version, f"{scoring.VERSION} {rule.id}.1")
        self.assertEqual(offer.rule['weights'], scoring.PRESETS['least_loaded'])
        self.assertEqual(offer.candidate_ids.provider_id, self.provider_a | self.provider_b)
        rule.unlink()
        self.assertEqual(offer.rule['weights'], scoring.PRESETS['least_loaded'], "what was decided stays explained")

    def test_choice_by_hand_keeps_the_ranking_too(self):
        self._do(self.order, 'assign', provider_id=self.provider_b.id, reason="He knows the machine")
        offer = self.order.assignment_id
        self.assertFalse(offer.is_automatic)
        self.assertEqual(offer.note, "He knows the machine")
        self.assertEqual(offer.candidate_ids[0].provider_id, self.provider_a)

    def test_what_would_have_to_change(self):
        self._rule(strategy='least_loaded')
        self._place(self.customer, 40.99, 29.03)
        for provider in (self.provider_a, self.provider_b):
            self._place(provider.partner_id, 41.0, 29.03)
        self._accepted()
        self.order._assign_automatically()
        second = self.order.assignment_id.candidate_ids[1]
        self.assertEqual(second.provider_id, self.provider_a)
        self.assertEqual(second.would_win, "0 open orders")
        self.assertFalse(self.order.assignment_id.candidate_ids[0].would_win)

    def test_trying_a_rule_changes_nothing(self):
        rule = self._rule(strategy='nearest', sequence=5)
        self._rule(sequence=1)
        trial = self.env['stokiva.assignment.trial'].with_user(self.user_dispatcher).create({
            'rule_id': rule.id, 'work_order_id': self.order.id})
        self.assertFalse(trial.applies)
        self.assertEqual(trial.candidate_ids.provider_id, self.provider_a | self.provider_b)
        self.assertEqual(trial.candidate_ids[0].weights, scoring.PRESETS['nearest'])
        self.assertEqual(self.order.state, 'created')
        self.assertEqual(len(self.order.event_ids), 1)

    def test_the_first_needs_no_change(self):
        """Points are shown to two digits, of which the goal must not be a little more."""
        self._place(self.customer, 40.99, 29.03)
        for provider, latitude in ((self.provider_a, 41.03), (self.provider_b, 41.2)):
            self._place(provider.partner_id, latitude, 29.03)
        for strategy in scoring.PRESETS:
            for provider in (self.provider_a, self.provider_b):
                trial = self.env['stokiva.assignment.trial'].create({
                    'rule_id': self._rule(strategy=strategy, provider_ids=provider.ids).id, 'work_order_id': self.order.id})
                self.assertEqual(trial.candidate_ids[0].provider_id, provider)
                self.assertFalse(trial.candidate_ids[0].would_win)

    # === SCORES === #

    def test_scores_of_providers(self):
        order = self._submitted()
        self._answer(order, stars=5)
        late = self._submitted()
        clocks = late.sudo().sla_clock_ids.filtered(lambda clock: clock.clock == 'complete')
        clocks.state = 'broken'
        late.sudo().deadline = fields.Datetime.now() - timedelta(days=1)
        self._answer(late, stars=2)
        refused = self._open_order()
        self._do(refused, 'assign', provider_id=self.provider_a.id)
        self._do(refused, 'reject', reason='busy')
        self.env['stokiva.performance.day']._add_all_days()
        while days := self.env['stokiva.performance.day']._take_days():
            self.env['stokiva.performance.day']._count(days)
        self.env['stokiva.provider']._cron_update_scores()
        provider = self.provider_a
        self.assertAlmostEqual(provider.rating_score, (5 + 2 + 5 * 4) / 7, 2)
        self.assertAlmostEqual(provider.on_time_rate, (1 + 5 * 0.9) / 7, 4)
        self.assertAlmostEqual(provider.acceptance_rate, (2 + 5 * 0.9) / 8, 4)
        self.assertFalse(self.provider_b.on_time_rate)
