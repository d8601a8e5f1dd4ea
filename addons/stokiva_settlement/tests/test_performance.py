from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestPerformance(SettlementCommon):
    """Earnings among the figures of providers and people."""

    def _get_earned(self, groupby):
        """Count what is new, and return what was earned."""
        days = self.env['stokiva.performance.day']
        days._find_days()
        while touched := days._take_days():
            days._count(touched)
        return dict(self.env['stokiva.performance']._read_group(
            [('company_id', '=', self.company.id), ('earned_amount', '!=', 0)], [groupby], ['earned_amount:sum']))

    def test_earnings_follow_settlements(self):
        """Only what is approved; divided among people; a change without an event of the order is found."""
        self.env['ir.config_parameter'].set_param('stokiva_service.performance_since', fields.Datetime.now())
        settlement = self._completed().settlement_ids
        colleague = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': self.env['res.partner'].create({'name': "Assistant"}).id})
        settlement.share_ids = [Command.create({'personnel_id': colleague.id, 'weight': 50})]
        self.assertEqual(self._get_earned('provider_id'), {}, "nothing is earned before it is approved")
        settlement.with_user(self.user_settlement).action_approve()
        self.env.flush_all()
        self.assertAlmostEqual(self._get_earned('provider_id')[self.provider_a], 490)
        people = self._get_earned('personnel_id')
        self.assertAlmostEqual(people[colleague], 490 / 3, 1)
        self.assertAlmostEqual(sum(people.values()), 490, 1)
        sheet = self.env['stokiva.performance.sheet'].with_user(self.user_settlement).create({'provider_id': self.provider_a.id})
        line = sheet.line_ids.filtered(lambda line: line.name == 'earned_amount')
        self.assertIn("490", line.value)
        self.assertEqual(line.action_view_orders()['domain'], [('id', 'in', settlement.work_order_id.ids)])
        settlement.sudo().company_rate = 2
        self.assertAlmostEqual(self._get_earned('provider_id')[self.provider_a], 980)

    def test_who_sees_earnings(self):
        sheet = self.env['stokiva.performance.sheet'].with_user(self.user_dispatcher).create({'provider_id': self.provider_a.id})
        self.assertNotIn('earned_amount', sheet.line_ids.mapped('name'))
        with self.assertRaises(AccessError):
            self.env['stokiva.performance'].with_user(self.user_dispatcher)._read_group([], [], ['earned_amount:sum'])
