from odoo.tests import BaseCase, tagged

from .. import candidates, scoring

NAMES = ('kind', 'distance_km', 'rating', 'open_orders', 'idle_hours')


def row(provider, failed=None, **values):
    return {**dict.fromkeys(NAMES), 'open_orders': 0, 'kind': 'private', **values, 'failed': failed, 'provider': provider}


def ranking(*rows, **weights):
    result = candidates.Ranking({**scoring.DEFAULT_RULE, 'weights': weights}, NAMES, [tuple(item.values()) for item in rows])
    result.sort()
    return result


@tagged('post_install', '-at_install')
class TestScoring(BaseCase):

    def test_scores_by_hand(self):
        for criterion, value, score in (
            ('coverage', 1, 0), ('coverage', 4, 1), ('preference', 10, 0.5), ('distance', 0, 1), ('distance', 20, 0.5),
            ('distance', 60, 0.25), ('workload', 5, 0.5), ('rating', 4, 0.75), ('rating', 5, 1), ('on_time', 0.8, 0.8),
            ('acceptance', 1.2, 1), ('rotation', 24, 0.5), ('cost', 1, 0.5),
        ):
            with self.subTest(criterion=criterion, value=value):
                values = {scoring.CRITERIA[criterion].value: value}
                self.assertAlmostEqual(scoring.get_score(criterion, values), score)

    def test_unknown_distance_is_worst_and_unknown_rating_is_middling(self):
        self.assertEqual(scoring.get_score('distance', {}), 0)
        self.assertEqual(scoring.get_score('rating', {'rating': None}), 0.5)
        self.assertEqual(scoring.get_score('rotation', {}), 1, "who never had an order comes first")

    def test_points_are_the_weighted_mean(self):
        values = {'distance_km': 20, 'open_orders': 0}
        self.assertEqual(scoring.get_points(values, {'distance': 30, 'workload': 10}), 62.5)
        self.assertEqual(scoring.get_points(values, {}), 0)

    def test_presets_name_known_criteria(self):
        for preset, weights in scoring.PRESETS.items():
            self.assertLessEqual(weights.keys(), scoring.CRITERIA.keys(), preset)

    def test_order_of_candidates(self):
        rows = ranking(
            row(1, distance_km=50), row(2, distance_km=5, failed='refused'), row(4, distance_km=10),
            row(3, distance_km=10), distance=1).rows
        self.assertEqual([item.provider_id for item in rows], [3, 4, 1, 2])

    def test_load_grows_inside_the_batch(self):
        orders = [(ranking(row(1), row(2, open_orders=3), workload=1), 1) for _number in range(8)]
        self.assertEqual(candidates.allocate(orders), [1, 1, 1, 2, 1, 2, 1, 2])
        self.assertEqual(
            [(item['values']['open_orders'], item['values']['given']) for item in orders[-1][0].get_candidates()],
            [(5, 2), (5, 5)], "what was chosen from says how much everybody had by then")

    def test_round_robin_takes_turns(self):
        orders = [(ranking(row(1, idle_hours=5), row(2, idle_hours=9), rotation=1), 1) for _number in range(4)]
        self.assertEqual(candidates.allocate(orders), [2, 1, 1, 2])

    def test_group_goes_to_one_that_fits_all(self):
        def rankings():
            return [
                ranking(row(1, distance_km=1), row(2, distance_km=9), row(3, failed='brand'), distance=1),
                ranking(row(1, failed='refused'), row(2, distance_km=9), row(3, failed='refused'), distance=1)]
        merged = candidates.merge(rankings())
        self.assertEqual([(item.provider_id, item.failed) for item in merged.rows], [(2, None), (1, 'refused'), (3, 'brand')])
        self.assertEqual(candidates.allocate([(merged, 2), (rankings()[0], 1)]), [2, 1])

    def test_nobody_fits(self):
        self.assertEqual(
            candidates.allocate([(ranking(row(1, failed='refused'), distance=1), 1), (ranking(distance=1), 1)]), [None, None])

    def test_what_would_win(self):
        weights = {'distance': 1, 'workload': 1}
        best = scoring.get_points({'distance_km': 0, 'open_orders': 5}, weights)  # 75
        values = {'distance_km': 20, 'open_orders': 5}
        points = scoring.get_points(values, weights)  # 50
        changes = scoring.what_would_win(values, points, weights, best)
        self.assertAlmostEqual(changes['distance_km'], 0)
        self.assertAlmostEqual(changes['open_orders'], 0)
        for name, value in changes.items():
            self.assertAlmostEqual(scoring.get_points({**values, name: value}, weights), best, 3)
        self.assertFalse(scoring.what_would_win(values, points, weights, 90), "no single change is enough")

    def test_limits_of_the_rule(self):
        values = {'distance_km': 12, 'rating': 3.5}
        unknown = {'distance_km': None, 'rating': None}
        for found, changes, failed in (
            (values, {}, None), (values, {'kinds': ['in_house']}, 'kind'), (values, {'provider_ids': [8]}, 'not_listed'),
            (values, {'provider_ids': [7, 8]}, None), (values, {'max_distance_km': 12}, None),
            (values, {'max_distance_km': 11.9}, 'too_far'), (values, {'min_rating': 3.5}, None),
            (values, {'min_rating': 4}, 'rating'), (values, {'min_rating': 4, 'kinds': ['in_house']}, 'kind'),
            (unknown, {'max_distance_km': 5}, 'too_far'), (unknown, {'min_rating': 5}, None),
        ):
            with self.subTest(found=found, changes=changes):
                result = ranking(row(7, **found))
                result.rule |= changes
                result.found = [result.rows[0].values]
                result.sort()
                self.assertEqual(result.rows[0].failed, failed)

    def test_what_is_added_before_it_is_judged(self):
        result = candidates.Ranking(
            {**scoring.DEFAULT_RULE, 'weights': {'cost': 1}}, NAMES,
            [tuple(row(provider, failed).values()) for provider, failed in ((1, None), (2, None), (3, 'brand'))])
        result.add('cost_excess', {1: 1, 3: 0})
        result.fail({2: 'refused', 3: 'refused'})
        result.sort()
        self.assertEqual(
            [(item['provider_id'], item['failed'], item['points'], item['values']['cost_excess'], item['values']['open_orders'])
             for item in result.get_candidates()],
            [(1, None, 50, 1, 0), (3, 'refused', 100, 0, 0), (2, 'refused', 50, None, 0)])
