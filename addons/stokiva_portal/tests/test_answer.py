from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_orders import signature

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestCustomerAnswer(PortalCommon):
    """The customer answers in his portal, or signs on the technician's phone."""

    def _asked(self, order):
        return order.approval_ids.filtered(lambda approval: approval.state == 'pending')

    def _form(self, approval, answer, **values):
        """What a browser sends of the page of the link."""
        return {f'hash_{approval.id}': approval.shown_hash, f'answer_{approval.id}': answer, **values}

    def test_customer_approves_in_the_portal(self):
        order = self._submitted()
        approval = self._asked(order)
        url = f'/my/service/{order.id}/answer'
        self._login(self.user_customer)
        self.assertIn(order.name, self._get(url))
        with mute_logger('odoo.http'):
            self._post(url, status=400, csrf=False, **self._form(approval, 'approve', name="Ayşe", typed="1"))
        self._post(url, status=200, **{**self._form(approval, 'approve', name="Ayşe"), f'hash_{approval.id}': 'x'})
        self.assertEqual(order.state, 'awaiting_approval', "not what was shown")
        self._post(url, **self._form(approval, 'approve', name="Ayşe", typed="1", stars="5"))
        self.assertEqual((order.state, approval.channel, approval.stars), ('completed', 'portal', 5))
        self._post(url, **self._form(approval, 'dispute', comment="x"))
        self.assertEqual(order.state, 'completed', "answered once")

    def test_customer_disputes_with_words(self):
        order = self._submitted()
        approval = self._asked(order)
        url = f'/my/service/{order.id}/answer'
        self._login(self.user_customer)
        self._post(url, status=200, **self._form(approval, 'dispute'))
        self.assertFalse(order.is_halted, "no words")
        self._post(url, **self._form(approval, 'dispute', comment="It leaks"))
        self.assertTrue(order.is_halted)

    def test_nobody_else_answers(self):
        order = self._submitted()
        form = self._form(self._asked(order), 'approve', name="X", typed="1")
        for user in (self.user_other_customer, self.user_provider_a, self.user_technician_a):
            self._login(user)
            self._get(f'/my/service/{order.id}/answer', 404)
            self._post(f'/my/service/{order.id}/answer', status=404, **form)
        for user in (self.user_other_customer, self.user_customer, self.user_provider_b):
            self._login(user)
            self._get(f'/my/jobs/{order.id}/sign', 404)
            self._post(f'/my/jobs/{order.id}/sign', status=404, answer='send_code')
        self.assertEqual(order.state, 'awaiting_approval')
        self.assertFalse(self._count_events(order, 'send_code'))

    def test_customer_signs_on_the_technicians_phone(self):
        order = self._submitted()
        approval = self._asked(order)
        url = f'/my/jobs/{order.id}/sign'
        self._login(self.user_technician_a)
        seen = {f'hash_{approval.id}': approval.shown_hash}
        self.assertNotIn(self.customer.phone or 'no phone', self._get(url))
        self._post(url, status=200, answer='send_code', **seen)
        self.assertEqual(self._count_events(order, 'send_code'), 1)
        code = approval._get_code()
        self.assertNotIn(code, self._get(url), "the technician does not see it")
        drawn = {'name': "Ayşe", 'signature': signature(), **seen}
        for values in (
                {**drawn, 'code': f'{(int(code) + 1) % 10**6:06d}'}, {**drawn, 'code': ''},
                {**drawn, 'code': code, 'signature': ''}, {**drawn, 'code': code, f'hash_{approval.id}': 'x'}):
            self._post(url, status=200, answer='approve', **values)
            self.assertEqual(order.state, 'awaiting_approval', values)
        self._post(url, answer='approve', code=code, **drawn)
        self.assertEqual((order.state, approval.channel, approval.signed_by), ('completed', 'on_site', "Ayşe"))
        self.assertTrue(approval.signature)

    def test_one_signature_and_code_for_all_appliances_of_the_trip(self):
        first, second = orders = self._submitted() | self._submitted()
        orders.sudo().group_id = first
        asked = self._asked(first) | self._asked(second)
        url = f'/my/jobs/{second.id}/sign'
        self._login(self.user_technician_a)
        page = self._get(url)
        self.assertTrue(all(order.name in page for order in orders))
        for order in orders:
            for photo in order.media_ids:
                self.assertIn(f'src="/my/jobs/{order.id}/photos/{photo.id}?size=256"', page)
        seen = {f'hash_{approval.id}': approval.shown_hash for approval in asked}
        self._post(url, status=200, answer='send_code', **seen)
        self.assertEqual((self._count_events(first, 'send_code'), self._count_events(second, 'send_code')), (0, 1))
        drawn = {'answer': 'approve', 'name': "Ayşe", 'signature': signature(), 'code': asked[1]._get_code()}
        self._post(url, status=200, **drawn, **self._form(asked[1], 'approve'))
        self.assertEqual(orders.mapped('state'), ['awaiting_approval'] * 2, "he has not seen both")
        self._post(url, **drawn, **seen)
        self.assertEqual(orders.mapped('state'), ['completed'] * 2)
        self.assertEqual(asked.mapped('channel'), ['on_site'] * 2)
        payload = first.event_ids.filtered(lambda row: row.event == 'approve')._get_payload()
        self.assertEqual((payload['code_number'], payload['code_of']), (1, asked[1].id))
