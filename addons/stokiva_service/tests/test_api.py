import json
import re
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon, photo

PAGE = Path(__file__).parents[3] / 'docs' / 'api.md'
ORDER = 'stokiva.work.order'
ANYTHING = '…'


@tagged('post_install', '-at_install')
class TestApi(WorkOrderCommon, HttpCase):
    """Another system with an API key, over HTTP: what it may, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.user_integration = new_test_user(
            cls.env, 'stokiva_integration', 'stokiva_service.group_stokiva_integration')
        cls.api_key = cls._make_key(cls.user_integration)
        cls.order = cls._open_order()
        cls.other_company = cls.env['res.company'].create({'name': "Elsewhere"})
        device = cls.env['stokiva.device'].create({
            'product_id': cls.product.id, 'partner_id': cls.customer.id, 'company_id': cls.other_company.id})
        # sudo: an order of another company, by no user of ours
        cls.foreign = cls.env[ORDER].sudo().create({
            'company_id': cls.other_company.id, 'partner_id': cls.customer.id, 'device_id': device.id,
            'service_type_id': cls.service_type_repair.id, 'user_id': False})

    @classmethod
    def _make_key(cls, user):
        return cls.env['res.users.apikeys'].with_user(user).sudo()._generate(  # sudo: a key that never ends
            'rpc', "test", fields.Datetime.now() + timedelta(days=1))

    def _post(self, path, api_key=None, **body):
        self.env.flush_all()
        response = self.url_open(
            path, data=json.dumps(body),
            headers={'Authorization': f'bearer {api_key or self.api_key}', 'Content-Type': 'application/json'})
        self.env.invalidate_all()
        return response

    def _call(self, method, model=ORDER, api_key=None, **body):
        return self._post(f'/json/2/{model}/{method}', api_key, **body)

    def _refused(self, method, model=ORDER, status=403, api_key=None, **body):
        with mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule'):
            response = self._call(method, model, api_key, **body)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response

    # === THE PAGE === #

    def _fill(self, text, known):
        """Put the values of a page's ``<names>`` in; those that are not known yet stay."""
        return re.sub(r'"?<(\w+)>"?', lambda found: json.dumps(known[found[1]]) if found[1] in known else found[0], text)

    def _match(self, expected, actual, known):
        if isinstance(expected, dict):
            self.assertEqual(expected.keys(), actual.keys())
            for name in expected:
                self._match(expected[name], actual[name], known)
        elif isinstance(expected, list):
            self.assertEqual(len(expected), len(actual), actual)
            for left, right in zip(expected, actual, strict=True):
                self._match(left, right, known)
        elif isinstance(expected, str) and (name := re.fullmatch(r'<(\w+)>', expected)):
            known[name[1]] = actual
        elif expected != ANYTHING:
            self.assertEqual(expected, actual)

    def test_the_examples_of_the_page(self):
        known = {
            'customer': self.customer.id, 'device': self.order.device_id.id, 'service_type': self.service_type_repair.id,
            'photo': photo()}
        examples = re.findall(
            r'```http\nPOST (\S+)\n\n(.+?)```\s+(?:```json\n(.+?)```)?', PAGE.read_text(), re.DOTALL)
        self.assertGreaterEqual(len(examples), 5)
        for path, body, answer in examples:
            with self.subTest(path):
                response = self._post(path, **json.loads(self._fill(body, known)))
                self.assertEqual(response.status_code, 200, response.text[:500])
                if answer:
                    expected = self._fill(answer, known)
                    expected = re.sub(r'(?<!")(<\w+>)(?!")', r'"\1"', expected)
                    self._match(json.loads(expected), response.json(), known)
        order = self.env[ORDER].browse(known['order'])
        self.assertEqual(order.state, 'canceled')
        self.assertEqual(order.media_ids.channel, 'api')
        self.assertEqual(set(order.event_ids.mapped('channel')), {'api'})
        self.assertEqual(set(order.event_ids.mapped('role')), {'integration'})
        self.assertFalse(order.event_ids._verify())

    # === WHAT IT MAY === #

    def test_an_order_has_no_robot_as_responsible(self):
        answer = self._call('create', vals_list=[{
            'partner_id': self.customer.id, 'device_id': self.order.device_id.id,
            'service_type_id': self.service_type_repair.id}])
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        order = self.env[ORDER].browse(answer.json())
        self.assertFalse(order.user_id)
        self.assertEqual(order.event_ids.mapped('event'), ['open'])

    def test_an_event_sent_twice_is_one(self):
        body = {'ids': self.order.ids, 'event': 'cancel', 'given': {'reason': "Sold"}, 'key': 'shop-1'}
        first, again = self._call('post_event', **body), self._call('post_event', **body)
        self.assertEqual(first.status_code, 200, first.text[:500])
        self.assertEqual(first.json(), again.json())
        self.assertEqual(self.order.event_ids.mapped('event').count('cancel'), 1)

    # === BREAK-INS === #

    def test_events_that_are_not_its_own(self):
        before = self.order.event_seq, self.order.state
        for event in ('assign', 'accept', 'approve', 'submit', 'return', 'quote', 'take_in', 'nope', 7, None, ['cancel']):
            self._refused('post_event', status=422, ids=self.order.ids, event=event, given={'reason': "x"})
        for event in ('open', 'edit'):  # its role has them, for creating and for photos
            self._refused(
                'post_event', status=422, ids=self.order.ids, event=event, given={'changes': {'state': [1, 2]}})
        for given in (
            {'personnel_id': self.technician_a.id}, {'window_start': {'a': 1}}, {'window_start': "soon"}, [1], "x",
            {'window_start': '2031-01-01 10:00:00', 'window_end': '2031-01-01 09:00:00'},
        ):
            self._refused('post_event', status=422, ids=self.order.ids, event='plan', given=given)
        self._refused('post_event', status=422, ids=self.order.ids, event='cancel', given={'reason': "x" * 501})
        self._refused('post_event', status=422, ids=self.order.ids, event='cancel', given={'reason': "x"}, key=5)
        self._refused('post_event', status=422, ids=[], event='cancel', given={'reason': "x"})
        self.assertEqual((self.order.event_seq, self.order.state), before)

    def test_other_companies(self):
        self._refused('read', ids=self.foreign.ids, fields=['name'])
        self._refused('post_event', ids=self.foreign.ids, event='cancel', given={'reason': "x"})
        self._refused('read', ids=self.foreign.ids, fields=['name'], context={
            'allowed_company_ids': self.other_company.ids})
        self._refused('create', 'stokiva.media', vals_list=[
            {'work_order_id': self.foreign.id, 'image': photo(), 'kind': 'before'}])
        found = self._call('search', domain=[]).json()
        self.assertIn(self.order.id, found)
        self.assertNotIn(self.foreign.id, found)

    def test_nothing_else(self):
        self._refused('write', ids=self.order.ids, vals={'diagnosis': "x"})
        self._refused('unlink', ids=self.order.ids)
        self._refused('message_post', ids=self.order.ids, body="x")
        values = {
            'partner_id': self.customer.id, 'device_id': self.order.device_id.id,
            'service_type_id': self.service_type_repair.id}
        self._refused('create', vals_list=[{**values, 'state': 'completed'}])
        self._refused('create', vals_list=[{**values, 'labour_line_ids': [[0, 0, {'name': "x"}]]}], status=422)
        self._refused('create', vals_list=[values], status=422, context={'default_labour_line_ids': [[0, 0, {'name': "x"}]]})
        self.assertEqual(self.order.search_count([('device_id', '=', self.order.device_id.id)]), 1)
        media = self.order.media_ids.sudo().create({  # sudo: a photo that is there
            'work_order_id': self.order.id, 'image': photo(), 'kind': 'before'})
        self._refused('write', 'stokiva.media', ids=media.ids, vals={'name': "x"})
        self._refused('unlink', 'stokiva.media', ids=media.ids)
        for model in (
            'stokiva.event', 'stokiva.approval', 'stokiva.labour.line', 'stokiva.part.line', 'stokiva.visit',
            'stokiva.assignment', 'stokiva.provider', 'stokiva.personnel', 'stokiva.message', 'sale.order',
        ):
            with self.subTest(model):
                self._refused('search_read', model, domain=[], fields=['id'])
        self._refused('create', 'stokiva.device', vals_list=[
            {'partner_id': self.customer.id, 'product_id': self.product.id}])
        self._refused('create', 'res.partner', vals_list=[{'name': "x"}])
        self._refused('create', 'stokiva.event.wizard', vals_list=[
            {'event': 'assign', 'work_order_ids': [[6, 0, self.order.ids]]}])
        for method in ('_apply_event', '_edit'):
            self._refused(method, ids=self.order.ids)

    def test_keys(self):
        self._refused('search', status=401, api_key='0' * 40, domain=[])
        dispatcher = self._make_key(self.user_dispatcher)
        self._refused(
            'post_event', api_key=dispatcher, ids=self.order.ids, event='cancel', given={'reason': "x"})
        self.user_integration.active = False
        self._refused('search', status=401, domain=[])
        self.assertEqual(self.order.state, 'created')
