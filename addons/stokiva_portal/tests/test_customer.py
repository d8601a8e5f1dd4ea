import re
from unittest.mock import patch
from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestCustomer(PortalCommon):

    def test_orders_of_others_do_not_exist(self):
        order = self._submitted()
        photo = order.media_ids[0]
        for user in (self.user_other_customer, self.user_provider_a):
            self._login(user)
            self._get(f'/my/service/{order.id}', 404)
            self._get(f'/my/service/{order.id}/photos/{photo.id}', 404)
            self.assertNotIn(order.name, self._get('/my/service'))
            self._post(f'/my/service/{order.id}/cancel', reason="x", status=404)
            self._post(f'/my/service/{order.id}/message', message="x", status=404)
        self.assertEqual(order.state, 'awaiting_approval')

    def test_the_technicians_first_name_while_he_comes(self):
        order = self._accepted()
        self._login(self.user_customer)
        url = f'/my/service/{order.id}'
        self.assertNotIn("Technician</dt>", self._get(url))
        self._do(order, 'depart', self.user_technician_a, 'portal')
        page = self._get(url)
        self.assertIn("Alfa", page)
        self.assertNotIn(self.technician_a.name, page)
        self.assertNotIn(self.dispatcher_a.name, page)

    def test_approving_photos_and_prices(self):
        order = self._submitted()
        photo = order.media_ids[0]
        self._login(self.user_customer)
        url = f'/my/service/{order.id}'
        page = self._get(url)
        self.assertIn(f'href="{url}/answer"', page)
        self.assertNotIn(f'/photos/{photo.id}', page)
        self._get(f'{url}/photos/{photo.id}', 404)
        self._answer(order)
        page = self._get(url)
        self.assertNotIn('/answer"', page)
        self.assertIn(f'/photos/{photo.id}', page)
        self.assertEqual(self.url_open(f'{url}/photos/{photo.id}').headers['Content-Type'], 'image/jpeg')

    def test_the_work_report_of_completed_work(self):
        order = self._submitted(internal_note="Pays late")
        url = f'/my/service/{order.id}'
        self._login(self.user_customer)
        self.assertNotIn(f'{url}/report', self._get(url))
        self._get(f'{url}/report', 404)
        self._answer(order)
        self.assertIn(f'href="{url}/report"', self._get(url))
        answer = self.url_open(f'{url}/report')  # in tests Odoo leaves the report as HTML
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertIn('.pdf', answer.headers['Content-Disposition'])
        self.assertIn(order.approval_ids.shown_hash, answer.text)
        self.assertNotIn("Pays late", answer.text)
        name = 'stokiva_service.report_work'
        for user in (self.user_customer, self.user_other_customer, self.user_provider_a, self.user_technician_a):
            self._login(user)
            with mute_logger('odoo.http', 'odoo.addons.web.controllers.report'):
                self.assertNotIn(
                    order.approval_ids.shown_hash, self.url_open(f'/report/html/{name}/{order.id}').text)
            if user != self.user_customer:
                self._get(f'{url}/report', 404)

    def test_canceling(self):
        order = self._accepted()
        self._login(self.user_customer)
        url = f'/my/service/{order.id}/cancel'
        self._post(url, reason=' ', status=400)
        with mute_logger('odoo.http'):
            self._post(url, reason="Sold it", csrf=False, status=400)
        self.assertEqual(order.state, 'accepted')
        key = str(uuid4())
        for _tap in range(2):
            self._post(url, reason="Sold it", key=key)
        self.assertEqual(order.state, 'canceled')
        self.assertEqual(self._count_events(order, 'cancel'), 1)
        self.assertEqual(order.event_ids[-1].channel, 'portal')

    def test_no_canceling_once_the_technician_is_on_the_way(self):
        order = self._accepted()
        self._do(order, 'depart', self.user_technician_a, 'portal')
        self._login(self.user_customer)
        self.assertNotIn('/cancel', self._get(f'/my/service/{order.id}'))
        response = self._post(f'/my/service/{order.id}/cancel', reason="Sold it", status=400)
        self.assertIn("on the way", response.text)
        self.assertEqual(order.state, 'on_the_way')

    def test_messages_go_to_the_orders_thread(self):
        order = self._accepted()
        self._login(self.user_customer)
        self._post(f'/my/service/{order.id}/message', message="The bell is broken")
        self.assertEqual(order.message_ids[0].author_id, self.customer)
        self.assertIn("The bell is broken", self._get(f'/my/service/{order.id}'))
        self._login(self.user_provider_a)
        self.assertNotIn("The bell is broken", self._get(f'/my/jobs/{order.id}'))

    def test_rating_a_completed_order(self):
        order = self._submitted()
        self._login(self.user_customer)
        url = f'/my/service/{order.id}'
        self.assertNotIn('name="stars"', self._get(url))
        self._post(f'{url}/rate', stars='5', status=400)
        self._answer(order)
        self.assertIn('name="stars"', self._get(url))
        for stars in ('', '6', 'x'):
            self._post(f'{url}/rate', stars=stars, status=400)
        self._post(f'{url}/rate', stars='2', comment="<i>Late</i>")
        rating = order.sudo().customer_rating_ids
        self.assertEqual((rating.stars, rating.source), (2, 'portal'))
        rating.reply = "We are sorry"
        page = self._get(url)
        for text in ("★★☆☆☆", "&lt;i&gt;Late", "We are sorry"):
            self.assertIn(text, page)
        for user in (self.user_other_customer, self.user_provider_a):
            self._login(user)
            self._post(f'{url}/rate', stars='5', status=404)
        with mute_logger('odoo.http'):
            self._post(f'{url}/rate', stars='5', csrf=False, status=400)
        self.assertEqual(rating.stars, 2)

    def test_closed_orders_say_how_they_ended(self):
        order = self._accepted()
        self._do(order, 'return', reason="Gone")
        self._login(self.user_customer)
        self.assertIn("Returned", self._get(f'/my/service/{order.id}'))
        self.assertIn(order.name, self._get('/my/service'))
        page = self._get('/my/service/page/9')
        self.assertIn(order.name, page)
        self.assertIn(f"<title>Your service | {self.env.company.name}</title>", page)

    def test_the_list_begins_with_what_waits_for_an_answer(self):
        waiting = self._submitted()
        late = self._submitted()
        late.sudo().approval_ids.expires_at = '2020-01-01'
        planned, closed = self._accepted(), self._accepted()
        self._do(closed, 'return', reason="Gone")
        newest = self._open_order()
        wanted = [order.name for order in (waiting, newest, planned, late, closed)]
        self._login(self.user_customer)

        def listed(url):
            return re.findall('|'.join(wanted), self._get(url))

        self.assertEqual(listed('/my/service'), wanted)
        with patch('odoo.addons.stokiva_portal.controllers.customer.REQUESTS_PER_PAGE', 3):
            self.assertEqual(listed('/my/service') + listed('/my/service/page/2'), wanted)
