import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.http import root
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from .common_orders import photo
from .common_sale import SaleCommon


@tagged('post_install', '-at_install')
class TestSaleOnline(SaleCommon, HttpCase):
    """Sales confirmed by the customer: by his payment or signature, over HTTP as the public user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def support(providers):
            providers.update({
                'support_express_checkout': None, 'support_tokenization': None, 'support_refund': 'none',
                'support_manual_capture': 'full_only'})

        # As the addon of a provider says that it can; authorised payments need no chart of accounts.
        cls.classPatch(cls.registry['payment.provider'], '_compute_feature_support_fields', support)
        cls.payment_provider = cls.env['payment.provider'].create({
            'name': "Test", 'code': 'none', 'state': 'test', 'company_id': cls.company.id})
        cls.payment_method = cls.env['payment.method'].create({
            'name': "Card", 'code': 'stokiva_card', 'image': photo(), 'active': True,
            'provider_ids': [Command.set(cls.payment_provider.ids)]})

    def _rpc(self, path, **params):
        self.env.flush_all()
        response = self.url_open(
            path, data=json.dumps({'jsonrpc': '2.0', 'params': params}), headers={'Content-Type': 'application/json'})
        self.env.invalidate_all()
        self.assertEqual(response.status_code, 200)
        return response.json()

    def _pay(self, sale):
        return self.env['payment.transaction'].create({
            'provider_id': self.payment_provider.id, 'payment_method_id': self.payment_method.id,
            'reference': sale.name, 'amount': sale.amount_total, 'currency_id': sale.currency_id.id,
            'partner_id': self.customer.id, 'operation': 'online_redirect', 'sale_order_ids': [Command.set(sale.ids)]})

    def _check_opened(self, sale, count):
        orders = self._orders(sale)
        self.assertEqual((sale.state, len(orders)), ('sale', count))
        self.assertEqual(set(orders.mapped('state')), {'assigned'})
        opened = orders.event_ids.filtered(lambda row: row.event == 'open')
        self.assertEqual(set(opened.mapped('actor_kind')), {'system'})
        self.assertEqual(set(opened.mapped('channel')), {'sale'})

    def test_payment_seen_by_the_public_user(self):
        sale = self._sell(2, confirm=False)
        transaction = self._pay(sale)
        transaction._set_authorized()
        session = self.authenticate(None, None)
        session[PaymentPostProcessing.MONITORED_TX_ID_KEY] = transaction.id
        root.session_store.save(session)
        answer = self._rpc('/payment/status/poll')
        self.assertEqual(answer['result']['state'], 'authorized')
        self.assertTrue(transaction.is_post_processed)
        self._check_opened(sale, 2)
        self.assertTrue(self._orders(sale)[0].earliest_start)

    def test_payment_processed_by_the_cron(self):
        sale = self._sell(confirm=False)
        self._pay(sale)._set_authorized()
        sale.transaction_ids._post_process()
        self._check_opened(sale, 1)

    def test_payment_where_nobody_works(self):
        self.customer.write({'city': "Çankaya", 'state_id': self.state_ankara.id, 'zip': False, 'city_id': False})
        sale = self._sell(confirm=False)
        self._pay(sale)._set_authorized()
        public = self.env.ref('base.public_user')
        sale.transaction_ids.with_user(public).sudo()._post_process()
        order = self._orders(sale)
        self.assertEqual((sale.state, order.state), ('sale', 'created'))
        self.assertTrue(order.unassigned_reason and order.activity_ids)

    def test_signed_by_the_public_user(self):
        sale = self._sell(confirm=False)
        sale.write({'require_signature': True, 'require_payment': False, 'state': 'sent'})
        token = sale._portal_ensure_token()
        self.authenticate(None, None)
        with mute_logger('odoo.addons.base.models.ir_actions_report'):
            self._rpc(f'/my/orders/{sale.id}/accept', access_token=token, name="Ayşe", signature=photo())
        self._check_opened(sale, 1)

    def test_customers_learn_nothing_by_the_sale(self):
        sale = self._sell(2)
        mine = sale.with_user(self.user_customer)
        self.assertEqual(mine.read(['state'])[0]['state'], 'sale')
        for name in ('stokiva_work_order_ids', 'stokiva_can_open'):
            with self.subTest(name), self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.action_stokiva_open_work_orders()
