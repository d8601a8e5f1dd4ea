from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalCommon, assist


@tagged('post_install', '-at_install')
class TestMembership(PortalCommon):
    """Who of whom sees what, by the record rules."""

    def _sees(self, user, order):
        found = self.env['stokiva.work.order'].with_user(user).search([('id', '=', order.id)])
        lines = self.env['stokiva.labour.line'].with_user(user).search([('work_order_id', '=', order.id)])
        self.assertEqual(bool(lines), bool(found) and user != self.user_customer and bool(order.labour_line_ids))
        return bool(found)

    def test_each_sees_his_own(self):
        order = self._submitted()
        for user in (self.user_provider_a, self.user_technician_a, self.user_customer):
            self.assertTrue(self._sees(user, order), user.login)
        for user in (self.user_provider_b, self.user_second_technician_a, self.user_other_customer):
            self.assertFalse(self._sees(user, order), user.login)
            with self.assertRaises(AccessError):
                order.with_user(user).read(['name'])

    def test_an_assistant_sees_the_current_visit(self):
        order = self._accepted()
        self.assertFalse(self._sees(self.user_second_technician_a, order))
        assist(order, self.second_technician_a)
        self.assertTrue(self._sees(self.user_second_technician_a, order))

    def test_a_technician_sees_no_offers(self):
        order = self._offered()
        self.assertTrue(self._sees(self.user_provider_a, order))
        self.assertFalse(self._sees(self.user_technician_a, order))

    def test_archived_people_see_nothing_at_once(self):
        order = self._submitted()  # nobody leaves with open visits
        self.assertTrue(self._sees(self.user_provider_a, order))
        self._login(self.user_provider_a)
        self._get(f'/my/jobs/{order.id}')
        self.dispatcher_a.active = False
        self.assertFalse(self._sees(self.user_provider_a, order))
        self._get(f'/my/jobs/{order.id}', 404)
        self._get('/my/jobs', 404)
        self.assertTrue(self._sees(self.user_technician_a, order))
        self.technician_a.active = False
        self.assertFalse(self._sees(self.user_technician_a, order))

    def test_a_dispatcher_who_becomes_technician_keeps_his_own_only(self):
        order = self._accepted()
        self.dispatcher_a.role = 'technician'
        self.assertFalse(self._sees(self.user_provider_a, order))

    def test_a_contact_of_the_providers_company_is_no_personnel(self):
        order = self._accepted()
        self.user_other_customer.partner_id.parent_id = self.provider_a.partner_id
        self.assertFalse(self._sees(self.user_other_customer, order))

    def test_a_colleague_of_the_customer_sees_the_companys_orders(self):
        company = self.env['res.partner'].create({'name': "Moda Cafe", 'is_company': True})
        (self.customer | self.user_other_customer.partner_id).parent_id = company
        order = self._accepted()
        found = self.env['stokiva.work.order'].with_user(self.user_other_customer).search([])
        self.assertIn(order, found)

    def test_a_customer_who_works_for_the_provider_sees_the_job_only_as_customer(self):
        order = self._accepted()
        self.customer.email = 'both@example.com'
        self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': self.customer.id, 'role': 'technician',
            'user_id': self.user_customer.id})
        self._login(self.user_customer)
        self._get(f'/my/service/{order.id}')
        self._get(f'/my/jobs/{order.id}', 404)
        self.assertNotIn(order.name, self._get('/my/jobs/list?filterby=all'))
