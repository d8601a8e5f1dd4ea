from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestClosing(SettlementCommon):

    def test_settlements_outlive_their_provider(self):
        settlement = self._completed().settlement_ids
        provider = self.provider_a.with_user(self.user_dispatcher)
        action = provider.action_close()
        dialog = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
        self.assertIn("Settlements still to be paid: 1.", dialog.notes)
        dialog.reason = "Contract ended"
        dialog.action_close()
        self.assertIn("Settlements still to be paid: 1.", self.provider_a.message_ids[0].body)
        settlement.with_user(self.user_settlement).action_approve()
        self.assertEqual(settlement.state, 'approved')
