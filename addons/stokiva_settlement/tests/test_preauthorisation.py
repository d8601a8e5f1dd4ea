from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestPreauthorisation(SettlementCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls('_in_progress')._in_progress()
        cls.rule = cls.env['stokiva.preauthorisation.rule'].create({'kind': 'labour', 'needed_above': 350})

    def _ask(self, **values):
        return self.order._ask_preauthorisation(
            {'kind': 'labour', 'workmanship_id': self.workmanship.id, 'quantity': 1, 'reason': "Rusted", **values},
            self.user_provider_a)

    def _settle(self):
        """The labour of 400 is done, and settled with travel of 90."""
        self._labour(self.order)
        self._do(self.order, 'submit', self.user_technician_a, 'portal')
        self._answer(self.order)
        return self.order.settlement_ids

    def test_a_person_answers(self):
        request = self._ask(amount=400)
        self.assertRecordValues(request, [{
            'state': 'asked', 'provider_id': self.provider_a.id, 'what': self.workmanship.display_name,
            'asked_by_id': self.user_provider_a.id, 'rule_id': False}])
        self.assertIn("Rusted", request.activity_ids.note)
        self.assertFalse(self.order._get_granted('labour'))
        for user in (self.user_provider_a, self.user_technician, self.user_call_centre):
            with self.assertRaises(AccessError):
                request.with_user(user)._grant()
        wizard = self.env['stokiva.preauthorisation.answer'].with_user(self.user_dispatcher).create(
            {'request_id': request.id, 'amount': 380})
        wizard.action_apply()
        self.assertRecordValues(request, [{
            'state': 'granted', 'granted_quantity': 1.0, 'granted_amount': 380.0,
            'decided_by_id': self.user_dispatcher.id}])
        self.assertFalse(request.activity_ids)
        self.assertIn("Granted", self.order.assignment_id.message_ids[0].body)
        self.assertEqual(self.order._get_granted('labour'), request)
        with self.assertRaises(UserError):
            request.with_user(self.user_settlement)._refuse("Too late")
        line = self._settle().line_ids[0]
        self.assertRecordValues(line, [{
            'authorisation': 'granted', 'preauthorisation_id': request.id, 'claimed_amount': 400.0, 'amount': 380.0,
            'decision': 'reduced', 'decided_by_id': False}])
        self.assertIn(request.name, line.decision_reason)

    def test_a_rule_answers(self):
        self.rule.copy({
            'provider_ids': [Command.set(self.provider_a.ids)], 'is_automatic': True, 'grant_amount': 450})
        request = self._ask(amount=450)
        self.assertRecordValues(request, [{'state': 'granted', 'decided_by_id': False, 'granted_amount': 450.0}])
        self.assertTrue(request.rule_id)
        self.assertEqual(self._ask(amount=450.01).state, 'asked')
        settlement = self._settle()
        self.assertRecordValues(settlement, [{'amount_total': 490.0, 'is_unauthorised': False}])

    def test_refused_is_not_paid_unless_the_officer_says_so(self):
        self._ask().with_user(self.user_settlement)._refuse("Warranty of the maker")
        settlement = self._settle().with_user(self.user_settlement)
        self.assertRecordValues(settlement, [{'amount_total': 90.0, 'amount_claimed': 490.0}])
        line = settlement.line_ids[0]
        self.assertIn("Warranty of the maker", line.decision_reason)
        line._decide('accepted', "It was needed after all")
        settlement.action_recompute()
        self.assertRecordValues(settlement.line_ids[0], [{'decision': 'accepted', 'authorisation': 'refused'}])
        self.assertEqual(settlement.amount_total, 490)

    def test_without_asking_it_is_flagged(self):
        settlement = self._settle().with_user(self.user_settlement)
        self.assertRecordValues(settlement, [{'amount_total': 490.0, 'is_unauthorised': True}])
        self.assertEqual(settlement.line_ids[0].authorisation, 'missing')
        settlement.line_ids[0]._decide('accepted')
        self.assertFalse(settlement.is_unauthorised)

    def test_the_office_asks_for_the_provider(self):
        wizard = self.env['stokiva.preauthorisation.ask'].with_user(self.user_dispatcher).create({
            'work_order_id': self.order.id, 'kind': 'distance', 'quantity': 80, 'reason': "Ferry is closed"})
        request = self.env['stokiva.preauthorisation'].browse(wizard.action_apply()['res_id'])
        self.assertRecordValues(request, [{
            'kind': 'distance', 'what': "Kilometres", 'asked_by_id': self.user_dispatcher.id, 'state': 'asked'}])

    def test_bad_input(self):
        for values in (
                {'quantity': 0}, {'quantity': -1}, {'quantity': float('nan')}, {'quantity': 1e9}, {'amount': -1}, {'kind': 'bonus'},
                {'reason': " "}, {'workmanship_id': False}, {'kind': 'part'}):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._ask(**values)
        with self.assertRaises(UserError):
            self._ask().with_user(self.user_settlement)._grant(quantity=0)
        with self.assertRaises(UserError):
            self._ask().with_user(self.user_settlement)._refuse("")
        with self.assertRaises(AccessError):
            self._ask().with_user(self.user_manager).state = 'granted'
        with self.assertRaises(AccessError):
            self.order.with_user(self.user_dispatcher).write({'preauthorisation_ids': [Command.clear()]})
        self._settle()
        with self.assertRaises(UserError):
            self._ask()
