from odoo.tests import BaseCase, tagged

from .. import preauthorising
from ..preauthorising import GRANTED, MISSING, REFUSED, Answer, Rule
from ..rates import DISTANCE, LABOUR, PART


@tagged('post_install', '-at_install')
class TestPreauthorising(BaseCase):

    def test_the_rule_that_names_the_provider_goes_first(self):
        rules = [Rule(1, PART), Rule(2, PART, frozenset({7})), Rule(3, PART, frozenset({7})), Rule(4, LABOUR)]
        self.assertEqual([
            getattr(preauthorising.pick_rule(rules, *who), 'id', None)
            for who in ((PART, 7), (PART, 8), (LABOUR, 8), (DISTANCE, 8))], [2, 1, 4, None])

    def test_what_is_granted_by_itself(self):
        rule = Rule(1, PART, grant_amount=500, grant_quantity=2, is_automatic=True)
        for quantity, amount, expected in (
                (2, 500, True), (2, 500.01, False), (3, 100, False), (1, 0, False), (1, 0.01, True)):
            self.assertEqual(preauthorising.is_granted(rule, quantity, amount), expected, (quantity, amount))
        self.assertTrue(preauthorising.is_granted(Rule(1, DISTANCE, grant_quantity=50, is_automatic=True), 50, 0))
        self.assertFalse(preauthorising.is_granted(Rule(1, PART, grant_amount=500), 1, 1))
        self.assertFalse(preauthorising.is_granted(None, 1, 1))

    def test_each_answer_serves_once(self):
        answers = [Answer(PART, None, GRANTED), Answer(PART, 5, GRANTED), Answer(LABOUR, 5, GRANTED)]
        self.assertEqual(
            preauthorising.match([(PART, 6), (PART, 5), (PART, 5), (LABOUR, 4), (DISTANCE, None)], answers), [0, 1, None, None, None])
        self.assertEqual(preauthorising.match([(DISTANCE, None)], [Answer(DISTANCE, None, REFUSED)]), [0])

    def test_what_it_means_for_the_claim(self):
        rule = Rule(1, PART, needed_above=300)
        for claim, answer, expected in (
                ((PART, 2, 200, 400), None, (MISSING, None)),
                ((PART, 1, 300, 300), None, (None, None)),
                ((PART, 2, 200, 400), Answer(PART, 1, GRANTED, 2), (GRANTED, None)),
                ((PART, 2, 200, 400), Answer(PART, 1, GRANTED, 1), (GRANTED, 200)),
                ((PART, 2, 200, 400), Answer(PART, 1, GRANTED, 2, 350), (GRANTED, 350)),
                ((PART, 2, 200, 400), Answer(PART, 1, REFUSED), (REFUSED, 0)),
                ((DISTANCE, 50, 10, 500), Answer(DISTANCE, None, REFUSED), (REFUSED, 300)),
                ((DISTANCE, 20, 10, 200), Answer(DISTANCE, None, REFUSED), (None, None))):
            self.assertEqual(preauthorising.judge(claim, answer, rule), expected, (claim, answer))
        self.assertEqual(preauthorising.judge((PART, 1, 9, 9), None, None), (None, None))
        self.assertEqual(preauthorising.judge((DISTANCE, 20, 10, 200), Answer(DISTANCE, None, REFUSED), None), (REFUSED, 0))
