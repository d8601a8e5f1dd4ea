from datetime import timedelta
from urllib.parse import urljoin

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.stokiva_service.tests.common_orders import get_context_keys

from ..models.stokiva_settlement_line import ADJUSTABLE_FIELDS
from .common import SettlementCommon

ACCESS_ERROR = 'odoo.exceptions.AccessError'
SETTLEMENT, LINE, STATEMENT = 'stokiva.settlement', 'stokiva.settlement.line', 'stokiva.statement'
TABLES = (SETTLEMENT, LINE, STATEMENT, 'stokiva.rate.card', 'stokiva.rate.card.line', 'stokiva.event', 'stokiva.event.chain')


@tagged('post_install', '-at_install')
class TestRpc(SettlementCommon, HttpCase):
    """Employees of every role against Odoo's own RPC: what a provider earned is changed by its actions only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls('_completed')
        cls.stated = case._approved()
        cls.settlement = case._completed().settlement_ids
        cls.statement = cls.stated.with_user(cls.user_settlement)._create_statements().sudo(False).with_env(cls.env)
        cls.adjustment = cls.env[LINE].with_user(cls.user_settlement).create(
            {'settlement_id': cls.settlement.id, 'name': "Parking", 'rate': 5, 'why': "Receipt"})
        cls.user_admin = new_test_user(
            cls.env, 'stokiva_admin', 'base.group_user,base.group_system,stokiva_service.group_stokiva_manager')
        cls.users = [
            cls.user_settlement, cls.user_manager, cls.user_admin, cls.user_dispatcher, cls.user_call_centre,
            cls.user_technician, cls.user_sales, cls.user_provider_a, cls.user_customer]
        # Who has the right to write at all is stopped by the model alone.
        cls.writers = {user for user in cls.users if cls.settlement.with_user(user).has_access('write')}
        line = cls.settlement.line_ids - cls.adjustment
        cls.protected = [
            *((cls.settlement, name) for name in sorted(cls.settlement._protected_fields)),
            *((cls.statement, name) for name in sorted(cls.statement._protected_fields)),
            *((line[:1], name) for name, field in sorted(line._fields.items()) if field.store and name != 'id'),
            *((cls.adjustment, name) for name, field in sorted(line._fields.items())
              if field.store and name != 'id' and name not in ADJUSTABLE_FIELDS),
        ]
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.before = self._get_rows()

    def _get_rows(self):
        """Return all rows that a forged value could have reached."""
        self.env.flush_all()
        return {table: self.env.execute_query(SQL(
            "SELECT to_jsonb(t) FROM %s AS t ORDER BY id", SQL.identifier(self.env[table]._table))) for table in TABLES}

    def _assert_unchanged(self):
        self.env.invalidate_all()
        self.assertEqual(self._get_rows(), self.before)

    def _forge(self, record, name):
        """Return a valid value, as JSON, other than the one that the record has."""
        field = record._fields[name]
        if field.type == 'many2one':
            others = self.env[field.comodel_name].with_context(active_test=False)
            return others.search([('id', '!=', record[name].id)], limit=1).id or 1
        if field.type in ('one2many', 'many2many'):
            return [Command.clear()]
        if field.type == 'selection':
            return [value for value in field.get_values(self.env) if value != record[name]][-1]
        if field.type in ('datetime', 'date'):
            return fields.Date.to_string(fields.Date.today() - timedelta(days=9))
        return {'boolean': not record[name]}.get(field.type, "FORGED" if field.type in ('char', 'text') else 9999)

    def _call(self, model, method, *args, context=None, **kwargs):
        """Call a method as the web client does.

        :return: its result, name of the error, its message
        """
        answer = self.opener.post(urljoin(self.base_url(), '/web/dataset/call_kw'), json={
            'id': 0, 'jsonrpc': '2.0', 'method': 'call',
            'params': {'model': model, 'method': method, 'args': args, 'kwargs': {**kwargs, 'context': context or {}}},
        }).json()
        error = answer.get('error', {}).get('data', {})
        return answer.get('result'), error.get('name'), error.get('message', "")

    def _assert_refused(self, user, record, method, *args, errors=(ACCESS_ERROR,), **kwargs):
        with self.subTest(user=user.login, model=record._name, method=method, args=args):
            _result, error, message = self._call(record._name, method, *args, **kwargs)
            self.assertIn(error, errors, message)

    def _each_user(self):
        for user in self.users:
            self.authenticate(user.login, user.login.ljust(8, 'x'))
            with mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule'):
                yield user

    def test_the_roles_that_could_write(self):
        self.assertLessEqual({self.user_settlement, self.user_manager}, self.writers)
        self.assertFalse(self.writers & {
            self.user_dispatcher, self.user_call_centre, self.user_technician, self.user_sales, self.user_provider_a,
            self.user_customer})

    def test_each_field_is_refused_by_itself(self):
        """Write field by field, with all context keys at once."""
        context = dict.fromkeys(get_context_keys(), True)
        self.assertGreater(len(self.protected), 40)
        for user in self._each_user():
            for record, name in self.protected:
                values = {name: self._forge(record, name)}
                self._assert_refused(user, record, 'write', record.ids, values, context=context)
        self._assert_unchanged()

    def test_other_ways_to_write_are_refused(self):
        """Saving as a form does, making, copying, deleting, importing, through the parent."""
        line = self.settlement.line_ids - self.adjustment
        for user in self._each_user():
            for record, values in (
                (self.settlement, {'amount_total': 9999}), (self.statement, {'amount_total': 9999}), (line[:1], {'rate': 9999}),
            ):
                self._assert_refused(user, record, 'web_save', record.ids, values, specification={})
                made = {**values, 'settlement_id': self.settlement.id, 'source': 'labour', 'name': "More", 'why': "x"} \
                    if record._name == LINE else values
                self._assert_refused(user, record, 'web_save', [], made, specification={})
                self._assert_refused(user, record, 'create', [made])
                self._assert_refused(user, record, 'copy', record.ids, default=values)
                name = next(iter(values))
                result, error, _message = self._call(record._name, 'load', ['.id', name], [[str(record.id), "9999"]])
                self.assertTrue(error == ACCESS_ERROR or result['ids'] is False, (user.login, record))
            self._assert_refused(user, line, 'unlink', line[:1].ids)
            self._assert_refused(
                user, self.settlement, 'write', self.settlement.ids, {'line_ids': [Command.update(line[0].id, {'rate': 9999})]})
            self._assert_refused(user, self.settlement, 'write', self.settlement.ids, {
                'line_ids': [Command.create({'source': 'labour', 'name': "More", 'rate': 9999, 'why': "x"})]})
            _result, error, _message = self._call(SETTLEMENT, 'unlink', self.settlement.ids)
            self.assertTrue(error, user.login)
        self._assert_unchanged()

    def test_rates_are_changed_by_managers_only(self):
        for user in self._each_user():
            if user in (self.user_manager, self.user_admin):
                continue
            # That rates were used is told before the rights are asked.
            errors = (ACCESS_ERROR, 'odoo.exceptions.UserError')
            self._assert_refused(user, self.card, 'write', self.card.ids, {'name': "FORGED"}, errors=errors)
            self._assert_refused(
                user, self.card.line_ids, 'write', self.card.line_ids.ids, {'amount': 9999}, errors=errors)
            self._assert_refused(user, self.card, 'create', [{'name': "FORGED", 'date_from': '2020-01-01'}])
        self._assert_unchanged()

    def test_what_was_decided_takes_no_adjustment(self):
        """For the officer, too, a settlement that was approved is closed."""
        self.authenticate(self.user_settlement.login, self.user_settlement.login.ljust(8, 'x'))
        with mute_logger('odoo.http'):
            _result, error, _message = self._call(LINE, 'create', [
                {'settlement_id': self.stated.id, 'name': "More", 'rate': 5, 'why': "x"}])
        self.assertEqual(error, 'odoo.exceptions.UserError')
        self._assert_unchanged()
