from datetime import timedelta
from urllib.parse import urljoin

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.stokiva_work_order import GIVEN_AT_CREATION, PROTECTED_FIELDS
from .common_orders import WorkOrderCommon, get_context_keys
from .common_speed import plain_refusals

ACCESS_ERROR = 'odoo.exceptions.AccessError'
MODEL = 'stokiva.work.order'


@tagged('post_install', '-at_install')
class TestRpcInternal(WorkOrderCommon, HttpCase):
    """Employees of every role against Odoo's own RPC: what the door protects, no request writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(plain_refusals())
        # The employee sees no order but his own: with it, it is the door that refuses him.
        technician = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'partner_id': cls.user_technician.partner_id.id,
            'user_id': cls.user_technician.id, 'role': 'technician'})
        case = cls('_do')
        cls.order = cls._open_order()
        case._do(cls.order, 'assign', provider_id=cls.provider_a.id)
        case._do(cls.order, 'accept', cls.user_provider_a, 'portal')
        case._do(cls.order, 'plan', cls.user_provider_a, 'portal', personnel_id=technician.id)
        cls.user_system = new_test_user(cls.env, 'stokiva_system', 'base.group_user,base.group_system')
        cls.user_admin = new_test_user(
            cls.env, 'stokiva_admin', 'base.group_user,base.group_system,stokiva_service.group_stokiva_manager')
        # Who has the right to write (or create) orders at all is stopped by the door alone.
        cls.writers = {cls.user_technician, cls.user_call_centre, cls.user_dispatcher, cls.user_manager, cls.user_admin}
        cls.creators = cls.writers - {cls.user_technician}
        cls.users = [*cls.writers, cls.user_settlement, cls.user_sales, cls.user_system]
        cls.creation_values = {
            'partner_id': cls.customer.id, 'device_id': cls.order.device_id.id,
            'service_type_id': cls.service_type_repair.id}
        cls.forged = {name: cls._forge(cls.order._fields[name]) for name in sorted(PROTECTED_FIELDS)}
        cls.env.flush_all()

    @classmethod
    def _forge(cls, field):
        """Return a valid value, as JSON, other than the one that the order has."""
        if field.type == 'many2one':
            return cls.env[field.comodel_name].search([('id', '!=', cls.order[field.name].id)], limit=1).id or 1
        if field.type in ('one2many', 'many2many'):
            return [Command.clear()]
        if field.type == 'selection':
            return [value for value in field.get_values(cls.env) if value != cls.order[field.name]][-1]
        if field.type == 'datetime':
            return fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=9))
        return {
            'boolean': True, 'integer': 9999, 'monetary': 9999, 'char': "FORGED", 'json': {'kind': 'left'}}[field.type]

    def setUp(self):
        super().setUp()
        self.before = self._get_rows()

    def _get_rows(self):
        """Return all rows that a forged value could have reached."""
        rows = []
        for table in (MODEL, 'stokiva.assignment', 'stokiva.visit', 'stokiva.approval', 'stokiva.event'):
            query = f"SELECT to_jsonb(t) FROM {self.env[table]._table} t ORDER BY id"  # pylint: disable=sql-injection
            self.env.cr.execute(query)
            rows.append(self.env.cr.fetchall())
        self.env.cr.execute("SELECT * FROM stokiva_assignment_work_order_rel ORDER BY 1, 2")
        return [*rows, self.env.cr.fetchall()]

    def _assert_unchanged(self):
        self.env.invalidate_all()
        self.assertEqual(self._get_rows(), self.before)

    def _call(self, method, *args, context=None, **kwargs):
        """Call a method as the web client does.

        :return: its result, name of the error, its message
        """
        answer = self.opener.post(urljoin(self.base_url(), '/web/dataset/call_kw'), json={
            'id': 0, 'jsonrpc': '2.0', 'method': 'call',
            'params': {'model': MODEL, 'method': method, 'args': args, 'kwargs': {**kwargs, 'context': context or {}}},
        }).json()
        error = answer.get('error', {}).get('data', {})
        return answer.get('result'), error.get('name'), error.get('message', "")

    def _assert_refused(self, user, users, name, method, *args, **kwargs):
        """Expect a refusal, from the door if the user is one of those whose rights would allow it."""
        with self.subTest(user=user.login, method=method, field=name, context=kwargs.get('context')):
            _result, error, message = self._call(method, *args, **kwargs)
            self.assertEqual(error, ACCESS_ERROR, message)
            if user in users:
                self.assertIn(self.order._fields[name]._description_string(self.env), message)

    def _each_user(self):
        for user in self.users:
            self.authenticate(user.login, user.login.ljust(8, 'x'))
            with mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule'):
                yield user

    def test_each_field_is_refused_by_itself(self):
        """Write and create, field by field, with all context keys at once."""
        context = dict.fromkeys(get_context_keys(), True)
        self.assertGreater(len(self.forged), 30)
        for user in self._each_user():
            for name, value in self.forged.items():
                self._assert_refused(user, self.writers, name, 'write', [self.order.id], {name: value}, context=context)
                if name not in GIVEN_AT_CREATION:
                    self._assert_refused(
                        user, self.creators, name, 'create', [{**self.creation_values, name: value}], context=context)
        self._assert_unchanged()

    def test_no_context_key_opens_the_door_alone(self):
        """Write and create of one field, with each context key by itself and without any."""
        contexts = [{}, *({key: True} for key in sorted(get_context_keys()))]
        self.assertGreater(len(contexts), 10)
        for user in self._each_user():
            for context in contexts:
                self._assert_refused(
                    user, self.writers, 'state', 'write', [self.order.id], {'state': 'completed'}, context=context)
                self._assert_refused(
                    user, self.creators, 'state', 'create', [{**self.creation_values, 'state': 'completed'}],
                    context=context)
        self._assert_unchanged()

    def test_other_ways_to_write_are_refused(self):
        """Saving as a form does, many at once, and copying with a value."""
        for user in self._each_user():
            ids, vals = [self.order.id], {'state': 'completed'}
            self._assert_refused(user, self.writers, 'state', 'web_save', ids, vals, specification={})
            self._assert_refused(user, self.writers, 'state', 'web_save_multi', ids, [vals], specification={})
            self._assert_refused(
                user, self.creators, 'state', 'web_save', [], {**self.creation_values, **vals}, specification={})
            self._assert_refused(user, self.creators, 'state', 'copy', ids, default=vals)
            self._assert_refused(
                user, self.writers, 'event_seq', 'web_resequence', ids, specification={}, field_name='event_seq', offset=5)
        self._assert_unchanged()

    def test_an_import_is_refused(self):
        for user in self._each_user():
            result, error, _message = self._call('load', ['.id', 'state'], [[self.order.id, "Completed"]])
            self.assertTrue(error == ACCESS_ERROR or result['ids'] is False, user.login)
        self._assert_unchanged()

    def test_defaults_of_the_caller_reach_no_protected_field(self):
        defaults = {f'default_{name}': value for name, value in self.forged.items() if name not in GIVEN_AT_CREATION}
        count = self.env[MODEL].search_count([])
        for user in self._each_user():
            if user in self.creators:
                [id_], error, message = self._call('create', [self.creation_values], context=defaults)
                self.assertFalse(error, message)
                self.env.invalidate_all()
                order = self.env[MODEL].browse(id_)
                for name in self.forged.keys() - GIVEN_AT_CREATION - {'name', 'deadline', 'opened_at'}:
                    self.assertFalse(
                        order[name] and order._fields[name].convert_to_write(order[name], order) == self.forged[name], name)
                self.assertRecordValues(order, [{'state': 'created', 'provider_id': False, 'closed_at': False}])
                self.assertNotEqual(order.name, "FORGED")
        self.assertEqual(self.env[MODEL].search_count([]), count + len(self.creators))

    def test_the_public_api_refuses_too(self):
        """The same by Odoo's API for other systems; checking the key is slow, hence some fields only."""
        key = self.env['res.users.apikeys'].with_user(self.user_manager).sudo()._generate(None, "test", None)

        def post(method, **body):
            return self.opener.post(
                urljoin(self.base_url(), f'/json/2/{MODEL}/{method}'),
                json={**body, 'context': dict.fromkeys(get_context_keys(), True)},
                headers={'Authorization': f'Bearer {key}'})

        read = post('read', ids=[self.order.id], fields=['state'])
        self.assertEqual(read.json(), [{'id': self.order.id, 'state': 'accepted'}])
        for name in ('state', 'provider_id', 'completed_at'):
            values = {name: self.forged[name]}
            for method, body in (
                    ('write', {'ids': [self.order.id], 'vals': values}),
                    ('create', {'vals_list': [{**self.creation_values, **values}]})):
                with self.subTest(field=name, method=method), mute_logger('odoo.http'):
                    response = post(method, **body)
                    self.assertEqual((response.status_code, response.json()['name']), (403, ACCESS_ERROR))
        self._assert_unchanged()
