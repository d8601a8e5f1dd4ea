from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestHold(SettlementCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settlement = cls('_completed')._completed().settlement_ids.with_user(cls.user_settlement)

    def _answer_wizard(self, action, **values):
        self.env[action['res_model']].with_user(self.user_settlement).with_context(
            **action['context']).create(values).action_apply()

    def test_held_ones_are_not_approved_before_their_release(self):
        settlement = self.settlement
        self._answer_wizard(settlement.action_hold(), reason="Same photo twice")
        self.assertRecordValues(settlement, [{
            'hold_reason': "Same photo twice", 'held_by_id': self.user_settlement.id, 'state': 'pending'}])
        for user in (self.user_settlement, self.user_manager):
            with self.assertRaisesRegex(UserError, "Same photo twice"):
                settlement.with_user(user).action_approve()
        wizard = self.env['stokiva.settlement.approve'].with_user(self.user_settlement).create(
            {'settlement_ids': settlement.ids})
        self.assertRecordValues(wizard, [{'approvable_count': 0, 'held_count': 1, 'above_limit_count': 0}])
        wizard.action_apply()
        self.assertEqual(settlement.state, 'pending')
        self._answer_wizard(settlement.action_release(), reason="Two devices alike")
        settlement.action_approve()
        self.assertRecordValues(settlement, [{
            'state': 'approved', 'held_at': False, 'held_by_id': False, 'release_reason': "Two devices alike"}])
        with self.assertRaises(UserError):
            settlement._release("Again")

    def test_a_check_holds_and_adds_its_reason(self):
        settlement = self.settlement.sudo()
        settlement._hold("Far away")
        since = settlement.held_at
        for reason in ("Same photo", "Far away"):
            settlement._hold(reason)
        self.assertRecordValues(settlement, [{
            'held_by_id': False, 'held_at': since, 'hold_reason': "Far away; Same photo"}])

    def test_held_ones_are_not_billed(self):
        settlement = self.settlement
        settlement.action_approve()
        statement = settlement._create_statements()
        settlement._hold("Customer called")
        self.assertFalse(settlement.statement_id)
        statement.action_gather()
        self.assertFalse(statement.settlement_ids)
        wizard = self.env['stokiva.statement.wizard'].with_user(self.user_settlement).create(
            {'company_id': self.company.id, 'date_from': settlement.date, 'date_to': settlement.date})
        self.assertFalse(wizard.settlement_count)
        with self.assertRaises(UserError):
            settlement._create_statements()
        settlement._release("Clear now")
        statement.action_gather()
        statement.action_confirm()
        with self.assertRaisesRegex(UserError, "too late"):
            settlement._hold("Later")

    def test_others_hold_nothing(self):
        for user in (self.user_dispatcher, self.user_provider_a):
            with self.assertRaises(AccessError):
                self.settlement.with_user(user)._hold("x")
