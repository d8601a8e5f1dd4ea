import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestSplit(SettlementCommon):
    """Earned are 490, by a technician and an assistant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls('_completed')
        cls.helper = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'role': 'technician',
            'partner_id': cls.env['res.partner'].create({'name': "Alfa Helper"}).id})
        cls.order = case._submitted()
        cls.order.visit_id.assistant_ids = [Command.link(cls.helper.id)]

    def _settle(self):
        self._answer(self.order)
        return self.order.settlement_ids.with_user(self.user_settlement)

    def _get_shares(self, settlement):
        return [(share.personnel_id, share.role, share.weight, share.amount) for share in settlement.share_ids.sorted('id')]

    def test_equally(self):
        settlement = self._settle()
        self.assertEqual(self._get_shares(settlement), [
            (self.technician_a, 'technician', 100, 245), (self.helper, 'assistant', 100, 245)])
        self.assertEqual(settlement.split_by, 'equal')

    def test_by_role_and_to_the_smallest_unit(self):
        self.company.stokiva_split = 'role'
        settlement = self._settle()
        self.assertEqual([share[2:] for share in self._get_shares(settlement)], [(100, 326.67), (50, 163.33)])
        settlement.line_ids[1]._decide('reduced', "Nearer", amount=0.01)
        self.assertEqual([share[3] for share in self._get_shares(settlement)], [266.67, 133.34])
        self.assertEqual(sum(settlement.share_ids.mapped('amount')), settlement.amount_total)

    def test_by_hand_until_it_is_approved(self):
        self.provider_a.settlement_split = 'role'
        settlement = self._settle()
        second = settlement.share_ids.sorted('id')[1]
        settlement.share_ids = [Command.update(second.id, {'weight': 0})]
        self.assertEqual([share[3] for share in self._get_shares(settlement)], [490, 0])
        self.assertEqual(settlement.split_by, 'hand')
        second.unlink()
        self.assertEqual([share[3] for share in self._get_shares(settlement)], [490])
        settlement.share_ids = [Command.create({'personnel_id': self.helper.id, 'weight': 100, 'role': 'assistant'})]
        self.assertEqual(settlement.share_ids.mapped('amount'), [245, 245])
        settlement.action_recompute()
        self.assertEqual(settlement.split_by, 'hand')
        settlement.action_split()
        self.assertEqual(settlement.split_by, 'role')
        self.assertEqual(settlement.share_ids.mapped('amount'), [326.67, 163.33])
        settlement.action_approve()
        for attempt in (
                lambda: settlement.share_ids[0].write({'weight': 1}), lambda: settlement.share_ids[0].unlink(),
                lambda: settlement.action_split(),
                lambda: settlement.write({'share_ids': [Command.update(settlement.share_ids[0].id, {'weight': 9})]})):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_what_the_provider_has_in_hand_is_earned_all_the_same(self):
        settlement = self._settle()
        settlement.sudo().line_ids = [Command.create({
            'source': 'deduction', 'name': "Cash", 'rate': -300, 'why': "x"})]
        self.assertEqual((settlement.amount_total, settlement.amount_earned), (190, 490))
        self.assertEqual(settlement.share_ids.mapped('amount'), [245, 245])

    def test_a_reversal_is_split_alike(self):
        settlement = self._settle()
        settlement.share_ids.sorted('id')[0].weight = 300
        settlement.action_approve()
        settlement._create_statements().action_confirm()
        settlement.statement_id.action_create_bill()
        reversal = settlement.with_user(self.user_manager)._reverse("Wrong")
        self.assertEqual([share[3] for share in self._get_shares(reversal)], [-367.5, -122.5])
        self.assertEqual(reversal.split_by, 'hand')

    def test_bad_input(self):
        settlement = self._settle()
        with self.assertRaises(UserError), self.cr.savepoint():
            settlement.share_ids[0].personnel_id = self.technician_b
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            settlement.share_ids[0].weight = -1
            self.env.flush_all()
        with self.assertRaises(AccessError):
            settlement.share_ids[0].with_user(self.user_dispatcher).write({'weight': 1})
