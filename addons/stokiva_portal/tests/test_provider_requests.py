from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderRequests(PortalCommon):
    """What a provider asks before the work, and what it is asked after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['stokiva.rate.card'].create({
            'name': "Test rates", 'company_id': cls.company.id, 'date_from': '2020-01-01',
            'line_ids': [(0, 0, {'kind': 'labour', 'amount': 420.0})]})

    def test_a_provider_asks_and_sees_the_answer(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        self.assertIn("Extra labour", self._get(f'/my/jobs/{order.id}'))
        key = str(uuid4())
        for _tap in range(2):
            self._post(
                f'/my/jobs/{order.id}/preauthorise/labour', workmanship_id=self.workmanship.id, quantity='2', amount='500,50',
                reason="Both pumps leak", key=key)
        self._post(
            f'/my/jobs/{order.id}/preauthorise/part', what=self.part_product.name.upper(), quantity='1', reason="Burnt")
        self._post(f'/my/jobs/{order.id}/preauthorise/distance', quantity='120', reason="Road closed")
        distance, part, labour = order.preauthorisation_ids
        self.assertRecordValues(order.preauthorisation_ids, [
            {'kind': 'distance', 'quantity': 120.0, 'amount': 0.0},
            {'kind': 'part', 'quantity': 1.0, 'amount': 0.0},
            {'kind': 'labour', 'quantity': 2.0, 'amount': 500.5}])
        self.assertEqual((part.product_id, labour.workmanship_id), (self.part_product, self.workmanship))
        self.assertEqual(labour.asked_by_id, self.user_technician_a)
        distance.with_user(self.user_dispatcher)._refuse("Take the bridge")
        page = self._get(f'/my/jobs/{order.id}')
        for shown in ("Take the bridge", "Refused", "Asked", "500.50"):
            self.assertIn(shown, page)

    def test_bad_requests_change_nothing(self):
        order = self._in_progress()
        self._login(self.user_technician_a)
        url = f'/my/jobs/{order.id}/preauthorise'
        with mute_logger('odoo.http'):
            for kind, values in (
                    ('labour', {'quantity': '1', 'reason': "x"}), ('labour', {'workmanship_id': '0', 'quantity': '1', 'reason': "x"}),
                    ('part', {'what': "Pump", 'quantity': 'nan', 'reason': "x"}), ('part', {'what': "", 'quantity': '1', 'reason': "x"}),
                    ('distance', {'quantity': '50'}), ('bonus', {'quantity': '1', 'reason': "x"})):
                self._post(f'{url}/{kind}', status=400, **values)
            self._login(self.user_provider_b)
            self._post(f'{url}/distance', status=404, quantity='5', reason="x")
        self.assertFalse(order.preauthorisation_ids)

    def test_the_office_asks_and_gets_an_answer(self):
        order = self._submitted()
        self._answer(order)
        line = order.settlement_ids.line_ids[0]
        self._login(self.user_provider_a)
        self.assertNotIn('/my/jobs/questions', self._get('/my/jobs'))
        line.with_user(self.user_settlement)._send_back("Which pump was it?")
        self.assertIn('/my/jobs/questions', self._get('/my/jobs'))
        page = self._get('/my/jobs/questions')
        for shown in ("Which pump was it?", order.name, "420.00"):
            self.assertIn(shown, page)
        with mute_logger('odoo.http'):
            self._post(f'/my/jobs/questions/{line.id}', status=400, answer=" ")
            self._post(f'/my/jobs/questions/{line.id}', status=400, answer="See", files={'evidence': ('x.exe', b'MZ')})
            for user, status in ((self.user_provider_b, 400), (self.user_technician_a, 404), (self.user_customer, 404)):
                self._login(user)
                self._post(f'/my/jobs/questions/{line.id}', status=status, answer="Mine")
        self.assertEqual(line.decision, 'returned')
        self._login(self.user_provider_a)
        self._post(
            f'/my/jobs/questions/{line.id}', answer="The drain pump", files={'evidence': ('a.jpg', self._get_jpeg())})
        self.assertRecordValues(line, [{'decision': 'answered', 'answer': "The drain pump"}])
        self.assertEqual(order.settlement_ids.message_ids[0].attachment_ids.mimetype, 'image/jpeg')
        self.assertNotIn("Which pump", self._get('/my/jobs/questions'))
