import inspect
import json
import os

from psycopg2 import Error

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests.common_speed import plain_refusals

from .common_safety import CUSTOMER_WORDS, OFFICE_WORDS, SafetyCommon
from .test_rpc import READABLE

# What is in each recordset that portal users read at all.
ALWAYS = {'id', 'display_name'}
OURS = 'stokiva'
# Methods of ours that tell or do nothing wrong to whoever calls them: what they need, they check.
HARMLESS = {'init', 'copy_data', 'default_get', 'get_import_templates', 'get_strip', 'name_search'}
CHANGE = {'display_name': "Changed"}


@tagged('post_install', '-at_install')
class TestSafetyRpc(SafetyCommon):
    """Each portal role against every model by all methods that read or write, beside the pages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(plain_refusals())
        # `make proof` tries all of them.
        cls.tried = cls.actors if os.environ.get('STOKIVA_PROOF') else {
            role: cls.actors[role] for role in ('leader', 'customer')}
        cls.enterClassContext(mute_logger('odoo.models', 'odoo.addons.base.models.ir_rule', 'odoo.sql_db'))

    def _call(self, user, model, method, *args, **kwargs):
        """Call as ``/web/dataset/call_kw`` does, and take back what it did."""
        env = api.Environment(self.cr, user.id, {})
        return call_kw(env[model], method, list(args), kwargs)

    def _refuses(self, user, model, method, *args, **kwargs):
        try:
            self._call(user, model, method, *args, **kwargs)
        except (AccessError, ValueError):  # may not, or cannot be sorted or grouped by
            return
        except UserError:
            if method == 'export_data':  # refused in words to all who are not in its group
                return
            raise
        self.fail(f"{user.login}: {model}.{method}{args}{kwargs}")

    def _get_models(self):
        return [name for name, model in self.env.registry.items() if not model._abstract]

    def _get_ours(self):
        return [name for name in self._get_models() if name.startswith('stokiva.')]

    # === READING === #

    def test_what_is_not_readable_refuses_every_way(self):
        for name in sorted(set(self._get_ours()) - READABLE):
            ids = self.env[name].search([], limit=1).ids or [1]
            for user in self.tried.values():
                self._refuses(user, name, 'search_read', [], ['display_name'])
                self._refuses(user, name, 'web_search_read', [], {'display_name': {}})
                self._refuses(user, name, 'web_read', ids, {'display_name': {}})
                self._refuses(user, name, 'formatted_read_group', [], ['id'], ['__count'])
                self._refuses(user, name, 'search_count', [])
                self._refuses(user, name, 'name_search', "a")
                self._refuses(user, name, 'export_data', ids, ['id'])

    def test_what_is_readable_gives_listed_fields_only(self):
        for name in sorted(READABLE):
            listed = self.env[name]._portal_fields | ALWAYS
            hidden = self.env.registry[name]._fields.keys() - listed
            ids = self.env[name].search([], limit=1).ids
            for user in self.tried.values():
                self.assertLessEqual(self._call(user, name, 'fields_get').keys(), listed, name)
                for row in self._call(user, name, 'search_read', []):
                    self.assertLessEqual(row.keys(), listed, name)
                mine = self._call(user, name, 'search', [], limit=1) or ids
                for field in hidden:
                    self._refuses(user, name, 'web_read', mine, {field: {}})
                    self._refuses(user, name, 'search_count', [(field, '!=', False)])
            for field in hidden:
                user = self.user_provider_a
                self._refuses(user, name, 'web_search_read', [], {field: {}})
                self._refuses(user, name, 'formatted_read_group', [], [field], ['__count'])
                self._refuses(user, name, 'search_read', [], ['id'], order=field)
                self._refuses(user, name, 'export_data', ids, [field])
            for field in listed:
                comodel = self.env[name]._fields[field].comodel_name
                if comodel and not self.env[comodel].with_user(self.user_provider_a).has_access('read'):
                    self._refuses(self.user_provider_a, name, 'search_count', [(f'{field}.create_date', '!=', False)])

    def test_each_sees_his_own_orders(self):
        orders = self.offered | self.order | self.submitted | self.completed
        seen = {
            'leader': orders, 'technician': orders - self.offered, 'colleague': orders.browse(), 'competitor': orders.browse(),
            'customer': orders, 'neighbour': orders.browse()}
        for role, user in self.actors.items():
            for model, field in (
                    ('stokiva.work.order', 'id'), ('stokiva.visit', 'work_order_id'), ('stokiva.labour.line', 'work_order_id'),
                    ('stokiva.part.line', 'work_order_id'), ('stokiva.media', 'work_order_id')):
                found = {row[field][0] if field != 'id' else row['id'] for row in self._call(
                    user, model, 'search_read', [(field, 'in', orders.ids)], [field])}
                if model == 'stokiva.work.order' or role != 'customer':
                    self.assertLessEqual(found, set(seen[role].ids), f"{role}: {model}")
                else:
                    self.assertFalse(found, f"{role}: {model}")

    def test_our_fields_on_odoos_models_are_hidden(self):
        for name in self._get_models():
            if name.startswith('stokiva.'):
                continue
            for user in (self.user_provider_a, self.user_customer):
                model = self.env[name].with_user(user)
                if model.has_access('read'):
                    shown = [field for field in model._fields.values() if field.name.startswith(OURS) and (
                        model._has_field_access(field, 'read'))]
                    self.assertFalse(shown, f"{name}, {user.login}")

    def test_no_model_tells_strangers_of_the_customer(self):
        """Everything that can be read at all, of all models: it holds no word about somebody else's customer."""
        for role, user in self.tried.items():
            words = ("Burak Demir",) if role == 'customer' else CUSTOMER_WORDS
            for name in self._get_models():
                try:
                    rows = self._call(user, name, 'search_read', [])
                except (AccessError, UserError, NotImplementedError, ValueError):
                    continue
                text = json.dumps(rows, default=str, ensure_ascii=False)
                for word in (*words, *OFFICE_WORDS):
                    self.assertNotIn(word, text, f"{role}: {name}")

    # === WRITING === #

    def test_nothing_is_written(self):
        before = self._get_fingerprint()
        records = {name: self.env[name].search([], limit=1).ids or [1] for name in self._get_ours()}
        records |= {
            'res.partner': self.customer.ids, 'res.users': self.user_customer.ids, 'res.company': self.company.ids,
            'sale.order': self.sale.ids, 'sale.order.line': self.sale.order_line.ids,
            'account.move': self.statement.bill_id.ids or [1], 'stock.picking': self.picking.ids,
            'stock.move': self.picking.move_ids.ids, 'stock.lot': self.serials.ids, 'stock.quant': [1],
            'product.product': self.product.ids, 'product.template': self.product.product_tmpl_id.ids,
            'mail.message': self.message.ids, 'mail.activity': [1], 'mail.followers': [1], 'rating.rating': [1],
            'ir.attachment': self.env['ir.attachment'].search(
                [('res_model', '=', 'stokiva.media'), ('res_field', '!=', False)], limit=1).ids}
        for name, ids in records.items():
            for role, user in self.tried.items():
                own = role == 'customer' and name in ('res.users', 'res.partner', 'mail.message')
                for method, args in (
                        ('write', (ids, CHANGE)), ('unlink', (ids,)), ('web_save', (ids, CHANGE, {})), ('create', ([{}],)),
                        ('load', (['id'], [['x.y']])), ('copy', (ids,))):
                    if own and method in ('write', 'web_save') or name == 'mail.message' and method == 'create':
                        continue
                    self._assert_stopped(user, name, method, args)
        self._assert_unchanged(before, "RPC")

    def _assert_stopped(self, user, model, method, args):
        """Expect a refusal, whatever it is called; an import says what is wrong instead of raising."""
        try:
            with self.cr.savepoint(flush=False):
                result = self._call(user, model, method, *args)
        except (AccessError, UserError):
            return
        self.assertTrue(method == 'load' and not result['ids'], f"{user.login}: {model}.{method}")

    def test_no_public_method_of_ours_serves_portal_users(self):
        before = self._get_fingerprint()
        tried = 0
        for name, attribute, method in self._get_public_methods():
            ids = self.env[name].search([], limit=1).ids or [1]
            args = [] if getattr(method, '_api_model', False) else [ids]
            for parameter in list(inspect.signature(method).parameters.values())[1:]:
                if parameter.default is parameter.empty:
                    args.append({'values': {}, 'vals': {}, 'vals_list': [{}], 'fields': []}.get(parameter.name, 'x'))
            for user in self.tried.values():
                tried += 1
                self._assert_refused_or_empty(user, name, attribute, args)
        self.assertGreater(tried, 300)
        self._assert_unchanged(before, "public methods")

    def _get_public_methods(self):
        """Yield model, name and function of each method that our addons let everybody call."""
        for name in self._get_models():
            found = {}
            for cls in type(self.env[name]).mro():
                if cls.__module__.startswith('odoo.addons.stokiva_'):
                    found |= {
                        key: value for key, value in vars(cls).items()
                        if inspect.isfunction(value) and not key.startswith('_') and key not in HARMLESS
                        and not getattr(value, '_api_private', False)}
            for key, value in found.items():
                yield name, key, value

    def _assert_refused_or_empty(self, user, model, method, args):
        try:
            with self.cr.savepoint(flush=False):
                result = self._call(user, model, method, *args)
        except (AccessError, UserError, Error):
            return
        if isinstance(result, dict) and f"{result.get('type')}".startswith('ir.actions'):  # what it opens is refused
            for word in (*CUSTOMER_WORDS, *OFFICE_WORDS):
                self.assertNotIn(word, f'{result}')
        else:
            self.assertTrue(not result or model in ('res.users', 'res.partner') and method == 'write', result)
