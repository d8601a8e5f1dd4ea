from odoo.tests import tagged

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestStatements(PortalCommon):
    """Statements are for those who lead a provider that may see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['stokiva.rate.card'].create({
            'name': "Test rates", 'company_id': cls.company.id, 'date_from': '2020-01-01',
            'line_ids': [(0, 0, {'kind': 'labour', 'amount': 420.0}), (0, 0, {'kind': 'travel', 'amount': 85.0})]})

    def _make_statement(self):
        order = self._submitted()
        self._answer(order)
        settlement = order.settlement_ids
        settlement.with_user(self.user_manager).action_approve()
        settlement.with_user(self.user_manager).action_create_statements()
        return settlement.statement_id

    def test_a_statement_says_why(self):
        statement = self._make_statement()
        self.assertEqual(statement.provider_id, self.provider_a)
        self._login(self.user_provider_a)
        self.assertNotIn(statement.name, self._get('/my/jobs/statements'))
        self._get(f'/my/jobs/statements/{statement.id}', 404)
        statement.with_user(self.user_manager).action_confirm()
        self.assertIn(statement.name, self._get('/my/jobs/statements'))
        page = self._get(f'/my/jobs/statements/{statement.id}')
        line = statement.settlement_ids.line_ids[0]
        for shown in (statement.settlement_ids.work_order_id.name, "Test rates", '420.00', '85.00', '505.00'):
            self.assertIn(shown, page)
        self.assertTrue(line.why)
        self.assertNotIn(self.customer.name, page)
        self.assertIn('/my/jobs/statements', self._get('/my/jobs'))

    def test_nobody_else_sees_it(self):
        statement = self._make_statement()
        statement.with_user(self.user_manager).action_confirm()
        self._login(self.user_provider_b)
        self.assertNotIn(statement.name, self._get('/my/jobs/statements'))
        self._get(f'/my/jobs/statements/{statement.id}', 404)
        for user in (self.user_technician_a, self.user_customer):
            self._login(user)
            self._get('/my/jobs/statements', 404)
            self._get(f'/my/jobs/statements/{statement.id}', 404)
        self.provider_a.can_see_settlements = False
        self._login(self.user_provider_a)
        self._get('/my/jobs/statements', 404)
        self._get(f'/my/jobs/statements/{statement.id}', 404)
        self.assertNotIn('/my/jobs/statements', self._get('/my/jobs'))
