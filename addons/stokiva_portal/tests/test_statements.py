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

    def test_rows_are_confirmed_or_objected_to(self):
        statement = self._make_statement()
        statement.with_user(self.user_manager).action_send()
        url, row = f'/my/jobs/statements/{statement.id}', f'settlement_{statement.settlement_ids.id}'
        self._login(self.user_provider_a)
        page = self._get(url)
        self.assertIn(f'name="{row}"', page)
        self.assertIn(f'name="revision" value="{statement.revision}"', page)
        self._post(url, status=400, revision=7, **{row: "Too far"})
        self.assertEqual(statement.state, 'sent')
        self._post(url, revision=1, settlement_999999="Not mine", **{row: "Twice as far"})
        self.assertRecordValues(statement.objection_ids, [{'reason': "Twice as far", 'state': 'open'}])
        self.assertNotIn('<textarea', self._get(url))
        statement.objection_ids.with_user(self.user_manager)._answer('reject', "As the card says")
        statement.with_user(self.user_manager).action_send()
        page = self._get(url)
        self.assertIn("As the card says", page)
        self._post(url, revision=2)
        self.assertRecordValues(statement, [{'state': 'confirmed', 'confirmed_by_id': self.user_provider_a.id}])
        self.assertIn(self.user_provider_a.name, self._get(url))

    def test_files_and_answers_are_for_the_own_provider(self):
        statement = self._make_statement()
        statement.with_user(self.user_manager).action_send()
        url = f'/my/jobs/statements/{statement.id}'
        self._login(self.user_provider_a)
        self.assertTrue(self.url_open(f'{url}/xlsx').content.startswith(b'PK'))
        self._get(f'{url}/exe', 404)
        for user in (self.user_provider_b, self.user_technician_a, self.user_customer):
            self._login(user)
            for path in ('/xlsx', '/pdf'):
                self._get(url + path, 404)
            self._post(url, status=404, revision=1)
        self.assertEqual(statement.state, 'sent')
