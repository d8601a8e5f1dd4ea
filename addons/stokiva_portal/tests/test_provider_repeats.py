from datetime import timedelta
from uuid import uuid4

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import PortalCommon


@tagged('post_install', '-at_install')
class TestProviderRepeats(PortalCommon):
    """What is charged to a provider because a fault came back, and what it says about that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fault = cls.env['stokiva.fault'].create({
            'name': "Drum does not turn", 'device_type_id': cls.product.stokiva_device_type_id.id, 'family': "Drum"})
        first = cls._open_order(symptom_ids=cls.fault.ids)
        again = cls._open_order(device_id=first.device_id.id, symptom_ids=cls.fault.ids, symptom_note="Call my mother")
        now = fields.Datetime.now()
        for order, provider, days in ((first, cls.provider_a, 20), (again, cls.provider_b, 9)):
            moment = now - timedelta(days=days)
            order.write({
                'state': 'completed', 'provider_id': provider.id, 'opened_at': moment, 'started_at': moment,
                'submitted_at': moment, 'completed_at': moment})
        cls.env['stokiva.repeat.visit']._find(SQL("SELECT %s", again.id))
        cls.first, cls.again = first, again
        cls.repeat = cls.env['stokiva.repeat.visit'].search([('earlier_id', '=', first.id)])

    def test_a_provider_objects_and_sees_the_answer(self):
        self._login(self.user_provider_a)
        self.assertIn('/my/jobs/repeats', self._get('/my/jobs'))
        self.assertIn('/my/jobs/repeats', self._get('/my/jobs/performance'))
        page = self._get('/my/jobs/repeats')
        for shown in (self.first.name, "Drum does not turn", "within 30 days; it was 11", "Charged to the provider"):
            self.assertIn(shown, page)
        for hidden in (self.again.name, self.provider_b.name, self.customer.name, "Call my mother"):
            self.assertNotIn(hidden, page, "another provider's order")
        url, key = f'/my/jobs/repeats/{self.repeat.id}', str(uuid4())
        with mute_logger('odoo.http'):
            self.assertIn("Say why.", self._post(url, status=400, reason="  ").text)
        for _tap in range(2):
            self._post(url, reason="Glass in the pump\0", key=key)
        self.assertRecordValues(self.repeat, [{
            'state': 'objected', 'objection': "Glass in the pump", 'objected_by_id': self.user_provider_a.id}])
        with mute_logger('odoo.http'):
            self._post(url, status=400, reason="Once more", key=str(uuid4()))
        self.repeat.with_user(self.user_manager)._decide('waived', "It was glass indeed")
        page = self._get('/my/jobs/repeats')
        for shown in ("Waived", "Glass in the pump", "It was glass indeed"):
            self.assertIn(shown, page)
        self.assertNotIn(url, page, "nothing to object to any more")
        self.assertNotIn('/my/jobs/repeats', self._get('/my/jobs'))

    def test_nobody_else_sees_it_or_objects(self):
        url = f'/my/jobs/repeats/{self.repeat.id}'
        with mute_logger('odoo.http', 'odoo.addons.http_routing.models.ir_http'):
            for user, listed in (
                    (self.user_provider_b, 200), (self.user_technician_a, 404), (self.user_customer, 404)):
                self._login(user)
                self.assertNotIn(self.first.name, self._get('/my/jobs/repeats', listed))
                self._post(url, status=404, reason="Not mine")
            self._login(self.user_provider_a)
            self._post(f'{url}0', status=404, reason="Not there")
            self.provider_a.personnel_ids.filtered(lambda person: person.user_id == self.user_provider_a).active = False
            self.env.flush_all()
            self._post(url, status=404, reason="I led it once")
        self.assertEqual(self.repeat.state, 'charged')
