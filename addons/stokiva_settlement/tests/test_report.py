from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestReport(SettlementCommon):
    """Earnings, ageing and margin."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env['stokiva.settlement.report'].with_user(cls.user_settlement)

    def _sums(self, settlements, groupby, measure='amount:sum'):
        return dict(self.report._read_group([('settlement_id', 'in', settlements.ids)], [groupby], [measure]))

    def _wait(self, settlement, days):
        settlement.sudo().approved_at = fields.Datetime.now() - timedelta(days=days)

    def test_earnings_by_what_and_where(self):
        settlement = self._approved()
        order = settlement.work_order_id
        for groupby, expected in (
                ('source', {'labour': 400.0, 'travel': 90.0}), ('provider_id', {self.provider_a: 490.0}),
                ('device_type_id', {order.device_type_id: 490.0}), ('city_id', {order.city_id: 490.0}),
                ('state_id', {order.city_id.state_id: 490.0}), ('stage', {'approved': 490.0}), ('decision', {'accepted': 490.0}),
                ('personnel_id', {self.technician_a: 490.0})):
            self.assertEqual(self._sums(settlement, groupby), expected, groupby)
        self.assertEqual(self._sums(settlement, 'company_id', 'work_order_id:count_distinct'), {self.company: 1})

    def test_what_was_divided_or_reduced_adds_up(self):
        order = self._completed()
        settlement = order.settlement_ids
        colleague = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': self.env['res.partner'].create({'name': "Assistant"}).id})
        settlement.share_ids = [Command.create({'personnel_id': colleague.id, 'weight': 50})]
        settlement.line_ids[0]._decide('reduced', "Half of it", amount=200)
        for measure, travel in (('amount', 90), ('reduced', 0)):
            sums = self._sums(settlement, 'source', f'{measure}:sum')
            self.assertAlmostEqual(sums['labour'], 200)
            self.assertAlmostEqual(sums['travel'], travel)
        people = self._sums(settlement, 'personnel_id')
        self.assertAlmostEqual(people[colleague], 290 / 3)
        self.assertAlmostEqual(sum(people.values()), 290)

    def test_in_company_currency(self):
        self.card.active = False
        euro = self.env.ref('base.EUR')
        euro.active = True
        self.env['res.currency.rate'].create({
            'currency_id': euro.id, 'company_id': self.company.id, 'name': '2020-01-01', 'rate': 0.02})
        self.env['stokiva.rate.card'].create({
            'name': "Euro", 'date_from': '2020-01-01', 'currency_id': euro.id,
            'line_ids': [Command.create({'amount': 10})]})
        settlement = self._completed().settlement_ids
        self.assertEqual(settlement.currency_id, euro)
        self.assertEqual(self._sums(settlement, 'currency_id'), {self.company.currency_id: 500.0})

    def test_unpaid_by_age(self):
        settlements = self._approved(4)
        for settlement, days in zip(settlements, (30, 31, 61, 91), strict=True):
            self._wait(settlement, days)
        self.assertEqual(self._sums(settlements, 'age'), dict.fromkeys(('30', '60', '90', 'more'), 490.0))
        statement = settlements[3:]._create_statements()
        self.assertEqual(self._sums(settlements[3:], 'stage'), {'in_statement': 490.0})
        statement.action_confirm()
        statement.action_create_bill()
        statement.bill_id.invoice_date = fields.Date.today() - timedelta(days=3)
        self.assertEqual(self._sums(settlements[3:], 'stage'), {'billed': 490.0})
        self.assertEqual(self._sums(settlements[3:], 'age'), {'30': 490.0}, "since the bill's day")
        row = self.report.search([('settlement_id', '=', settlements[3].id)], limit=1)
        self.assertEqual(row.action_open()['res_id'], settlements[3].id)

    def test_margin(self):
        self.part_product.standard_price = 110
        order = self._completed()
        part = order.part_line_ids
        order.labour_line_ids.sudo().write({'coverage': 'charged', 'price_unit': 900})
        part.sudo().coverage = 'warranty'
        self.product.stokiva_brand_id = self.env['stokiva.brand'].create({'name': "Margin", 'warranty_share': 50})
        row = self.env['stokiva.order.margin'].with_user(self.user_settlement).search([('work_order_id', '=', order.id)])
        self.assertRecordValues(row, [{
            'customer': 900.0, 'warranty': part.price_listed / 2, 'provider_pay': 490.0, 'parts': 110.0,
            'margin': 900 + part.price_listed / 2 - 490 - 110, 'is_settled': True, 'brand_id': self.product.stokiva_brand_id.id}])
        self.assertEqual(row.action_open()['res_id'], order.id)
        order.settlement_ids._reject("Not done")
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual((row.provider_pay, row.is_settled), (0, False))

    def test_who_may_see_them(self):
        for user in (self.user_call_centre, self.user_dispatcher, self.user_technician_a):
            for model in ('stokiva.settlement.report', 'stokiva.order.margin'):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([], limit=1)
