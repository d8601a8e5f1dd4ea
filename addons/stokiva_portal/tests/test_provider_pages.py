from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderPages(PortalCommon):

    def test_only_people_of_a_provider_have_jobs(self):
        self._login(self.user_customer)
        for url in ('/my/jobs', '/my/jobs/list', '/my/jobs/team', '/my/jobs/statements'):
            self._get(url, 404)
        self.assertNotIn('href="/my/jobs"', self._get('/my'))
        self._login(self.user_technician_a)
        self.assertIn('href="/my/jobs"', self._get('/my'))
        self._get('/my/jobs')
        self._get('/my/jobs/team', 404)

    def test_pages_are_in_the_companys_colour(self):
        self._login(self.user_provider_a)
        self.user_provider_a.company_id.primary_color = '#c02020'
        self.assertIn('class="o_stokiva" style="--brand:#', self._get('/my/jobs'))
        self.user_provider_a.company_id.primary_color = False
        self.assertIn('class="o_stokiva">', self._get('/my/jobs'))

    def test_the_counters_of_the_entry_cards(self):
        self._accepted()
        self._login(self.user_technician_a)
        answer = self.make_jsonrpc_request(
            '/my/counters', {'counters': ['stokiva_job_count', 'stokiva_service_count']})
        self.assertEqual(answer, {'stokiva_job_count': 1, 'stokiva_service_count': 0})

    def test_an_offer_names_no_customer(self):
        order = self._offered(symptom_note="Call Ayşe on 0532 123 45 67")
        self._login(self.user_provider_a)
        for url in ('/my/jobs', '/my/jobs/list', f'/my/jobs/{order.id}'):
            page = self._get(url)
            self.assertIn("Dishwasher", page)
            self.assertIn("Kadıköy", page)
            for secret in (self.customer.name, "123 45 67", "Bahariye"):
                self.assertNotIn(secret, page, url)
        self.assertIn("left", self._get('/my/jobs'))

    def test_the_delivery_is_told_until_the_device_is_there(self):
        order = self._sell().stokiva_work_order_ids
        actor = self.user_provider_a if order.provider_id == self.provider_a else self.user_provider_b
        self._do(order, 'accept', actor, 'portal')
        self._login(actor)
        page = self._get(f'/my/jobs/{order.id}')
        self.assertIn("Not delivered yet", page)
        self.assertIn("Not before", page)
        order.device_id.date_delivered = fields.Date.today()
        page = self._get(f'/my/jobs/{order.id}')
        self.assertNotIn("Not delivered yet", page)
        self.assertNotIn("Not before", page)

    def test_the_customer_is_shown_while_the_job_is_open(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        page = self._get(f'/my/jobs/{order.id}')
        for shown in (self.customer.name, "tel:+905321234567", "Bahariye Caddesi 12"):
            self.assertIn(shown, page)
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        self.assertEqual(order.state, 'completed')
        for url in (f'/my/jobs/{order.id}', '/my/jobs/list?filterby=all', '/my/jobs'):
            page = self._get(url)
            self.assertNotIn(self.customer.name, page, url)
            self.assertNotIn("Bahariye", page, url)
            self.assertNotIn('123 45 67', page, url)

    def test_a_search_finds_customers_only_while_they_may_be_seen(self):
        offered, accepted = self._offered(), self._accepted()
        self._login(self.user_provider_a)
        page = self._get("/my/jobs/list?filterby=all&search=Ayşe")
        self.assertIn(accepted.name, page)
        self.assertNotIn(offered.name, page)
        self.assertIn(offered.name, self._get(f'/my/jobs/list?search={offered.name}'))

    def test_other_peoples_orders_do_not_exist(self):
        order = self._accepted()
        for user in (self.user_provider_b, self.user_second_technician_a):
            self._login(user)
            self._get(f'/my/jobs/{order.id}', 404)
            self.assertNotIn(order.name, self._get('/my/jobs/list?filterby=all'))
        self._get('/my/jobs/999999999', 404)

    def test_unknown_keys_of_the_list_are_the_default(self):
        order = self._accepted()
        self._login(self.user_provider_a)
        for query in (
                'sortby=nope&filterby=nope&groupby=nope', 'filterby=__class__', 'sortby=1%3BDROP', 'search=%25_%27',
                'groupby=technician&sortby=number', 'groupby=state', 'groupby=service', 'page=x'):
            self._get(f'/my/jobs/list?{query}')
        self.assertIn(order.name, self._get('/my/jobs/list?sortby=nope&filterby=nope&groupby=nope'))
        self._get('/my/jobs/list/page/99')

    def test_every_filter_lists_what_its_count_says(self):
        offered, accepted = self._offered(), self._accepted()
        now = fields.Datetime.now()
        accepted.sudo().write({
            'deadline': now - timedelta(hours=3), 'window_start': now, 'window_end': now + timedelta(minutes=5)})
        disputed = self._submitted()
        self._answer(disputed, 'dispute', comment="It leaks.")
        self._login(self.user_provider_a)
        for key, expected in {
                'open': offered | accepted | disputed, 'offers': offered, 'late': accepted, 'today': accepted,
                'approval': disputed, 'disputed': disputed, 'closed': offered.browse()}.items():
            page = self._get(f'/my/jobs/list?filterby={key}')
            for order in offered | accepted | disputed:
                self.assertEqual(order.name in page, order in expected, f"{key}: {order.name}")

    def test_the_next_step_is_the_one_filled_button(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept', self.user_provider_a, 'portal')
        self._login(self.user_provider_a)
        self.assertIn(f'/my/jobs/{order.id}/event/plan', self._get(f'/my/jobs/{order.id}'))
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        self._login(self.user_technician_a)
        page = self._get(f'/my/jobs/{order.id}')
        self.assertIn(f'/my/jobs/{order.id}/event/depart', page)
        self.assertNotIn(f'/my/jobs/{order.id}/event/submit', page)
        self.assertNotIn(f'/my/jobs/{order.id}/event/pause', page)  # the dispatcher's
        self.assertEqual(page.count('btn-primary btn-lg'), 1)

    def test_missing_evidence_is_the_way_to_it(self):
        self.service_type_repair.photos_before = 1
        self.service_type_repair.needs_serial = True
        order = self._in_progress()
        self._login(self.user_technician_a)
        page = self._get(f'/my/jobs/{order.id}')
        self.assertIn("Take the “before” photo", page)
        self.assertIn(f'/my/jobs/{order.id}/serial', page)
        self.assertNotIn(f'/my/jobs/{order.id}/event/submit', page)

    def test_prices_only_with_the_authorisation(self):
        order = self._in_progress()
        order._edit({'part_line_ids': [(0, 0, {
            'product_id': self.part_product.id, 'coverage': 'charged', 'quantity': 2})],
        }, actor=self.user_technician_a, channel='portal')
        self._login(self.user_technician_a)
        self.assertIn('1,800', self._get(f'/my/jobs/{order.id}'))
        self.assertIn('900.00', self._get(f'/my/jobs/{order.id}?part=pump'))
        self.provider_a.can_see_prices = False
        page = self._get(f'/my/jobs/{order.id}?part=pump')
        self.assertIn("Drain pump", page)
        self.assertNotIn('1,800', page)
        self.assertNotIn('900.00', page)

    def test_appliances_are_no_parts(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        page = self._get(f'/my/jobs/{order.id}?part=dishwasher')
        self.assertIn("No part is called", page)

    def test_a_lost_offer_says_what_became_of_it(self):
        order = self._offered()
        self._do(order, 'reject', self.user_provider_a, 'portal', reason='busy')
        self.assertEqual(order.provider_id, self.provider_b)
        self._login(self.user_provider_a)
        self.assertIn("You rejected this offer", self._get(f'/my/jobs/{order.id}', 410))
        self._login(self.user_technician_a)
        self._get(f'/my/jobs/{order.id}', 404)

    def test_the_timeline_tells_nothing_of_other_providers(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_b.id)
        self._do(order, 'reject', self.user_provider_b, 'portal', reason='other', note="Bad customer")
        self.assertEqual(order.provider_id, self.provider_a)
        self._do(order, 'accept', self.user_provider_a, 'portal')
        self._login(self.user_provider_a)
        page = self._get(f'/my/jobs/{order.id}')
        for secret in ("Beta", "Bad customer", self.user_manager.name):
            self.assertNotIn(secret, page)

    def test_team(self):
        self._login(self.user_provider_a)
        page = self._get('/my/jobs/team')
        self.assertIn(self.technician_a.name, page)
        self.assertNotIn("Beta", page)

    def test_messages_lead_the_providers_people_to_the_page(self):
        order = self._offered()
        message = self.env['stokiva.message'].new({'work_order_id': order.id, 'audience': 'provider'})
        self.assertTrue(message._get_link().endswith(f'/my/jobs/{order.id}'))
