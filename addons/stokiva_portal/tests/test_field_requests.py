import re
import time
import uuid

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import hotp
from odoo.addons.stokiva_service.tests.common_orders import signature
from odoo.addons.stokiva_service.tests.common_parts import PartsCommon

from ..presenters.inputs import parse_amount
from .common_field import FieldCommon

APPLIED = ('applied', None)
HERE = {'latitude': 40.99, 'longitude': 29.02, 'accuracy': 18.5}


@tagged('post_install', '-at_install')
class TestFieldRequests(FieldCommon, PartsCommon):
    """Where a technician is, what he asks for, and what the customer says on his phone."""

    def setUp(self):
        super().setUp()
        self.order = self._accepted()
        self._login(self.user_technician_a)

    def _job(self):
        return next(job for job in self._sync()['snapshot']['orders'] if job['id'] == self.order.id)

    def _row(self, op):
        return self.env['stokiva.field.op'].search([('uuid', '=', op['uuid'])])

    def _ask(self, kind, **values):
        return self._op(self.order, 'ask', kind=kind, values=values)

    # === WHERE === #

    def test_position_at_the_start(self):
        self._sync(self._op(self.order, event='depart'), shares_position=True)
        start = self._op(self.order, event='start', check_in=HERE)
        self.assertEqual(self._statuses(start), [APPLIED])
        visit = self.order.visit_id
        self.assertAlmostEqual(visit.arrived_latitude, 40.99)
        self.assertEqual(visit.arrived_accuracy, 18)
        self.assertEqual(self._row(start).payload, {'event': 'start'}, "where somebody was is kept with the visit only")
        device = self.env['stokiva.field.device'].search([('uuid', '=', self.device_uuid)])
        self.assertFalse(device.shares_position, "the phone says so with each request")

    def test_no_position_that_is_not_wanted_or_none(self):
        other = self._accepted()
        self._statuses(self._op(self.order, event='depart'), self._op(other, event='depart'))
        for order, allowed, position in ((self.order, False, HERE), (other, True, {'latitude': '1', 'longitude': 500})):
            self.company.stokiva_field_position = allowed
            self.env.flush_all()
            self.assertEqual(self._statuses(self._op(order, event='start', check_in=position)), [APPLIED])
            self.assertFalse(order.visit_id.arrived_latitude)
        self.company.stokiva_field_position = False
        self.env.flush_all()
        self.assertFalse(self._job()['wants_position'])
        self._upload(self.order, latitude='40.99', longitude='29.02')
        self.assertFalse(self.order.media_ids.latitude)

    # === ASKING === #

    def test_a_part_is_asked_for(self):
        self.assertIn('supply', self._job()['asks'])
        first, urgent = self._ask('supply', product_id=self.pump.id, quantity='2'), self._ask(
            'supply', product_id=str(self.card.id), quantity=1, is_urgent=['1'])
        self.assertEqual(self._statuses(first, urgent, first), [APPLIED] * 3)
        moves = self.env['stock.move'].search([('stokiva_for_order_id', '=', self.order.id)], order='id')
        self.assertEqual([(move.product_id, move.product_uom_qty) for move in moves], [(self.pump, 2), (self.card, 1)])
        picking = moves.picking_id
        self.assertEqual((picking.state, picking.priority, picking.stokiva_requested_by_id), (
            'draft', '1', self.user_technician_a))
        self.assertEqual(picking.location_dest_id, self.shelf)
        self.assertEqual([(row['what'], row['is_here'], row['text']) for row in self._job()['requests']], [
            ("Pump", False, "Requested"), ("Card", False, "Requested")])
        self.assertFalse(self.order._get_part_moves(), "what was asked for is not what was fitted")
        self._stock(self.warehouse.lot_stock_id, self.pump, 2)
        picking.with_user(self.user_dispatcher).action_stokiva_approve()
        self.provider_a._receive_parts(picking.id, self.user_provider_a)
        self.assertEqual({row['what']: row['text'] for row in self._job()['requests']}, {
            "Pump": "In your stock", "Card": "Waits for stock"})

    def test_parts_that_cannot_be_asked_for(self):
        for values in ({'product_id': self.hose.id}, {'product_id': 'x'}, {}, {'product_id': self.product.id},
                       {'product_id': self.pump.id, 'quantity': '-1'}, {'product_id': self.pump.id, 'quantity': 'nan'}):
            self.assertEqual(self._statuses(self._ask('supply', **values)), [('rejected', 'refused')], values)
        self.assertEqual(self._statuses(self._ask('gold'), self._op(self.order, 'ask', kind='supply', values=[1])), [
            ('rejected', 'malformed')] * 2)
        self.provider_a.can_request_parts = False
        self.env.flush_all()
        self.assertNotIn('supply', self._job()['asks'])
        self.assertEqual(
            self._statuses(self._ask('supply', product_id=self.pump.id)), [('rejected', 'access')])
        self.assertFalse(self.env['stock.move'].search([('stokiva_for_order_id', '=', self.order.id)]))

    def test_preauthorisation_is_asked_for(self):
        self.assertEqual(self._statuses(
            self._ask('labour', workmanship_id=str(self.workmanship.id), quantity='2', reason="Rusted"),
            self._ask('part', product_id=str(self.pump.id), quantity='1', amount='750', reason="Broken"),
            self._ask('distance', quantity='60', reason="Village"), self._ask('distance', quantity='60', reason=""),
            self._ask('part', product_id=str(self.product.id), quantity='1', reason="x"),
        ), [APPLIED] * 3 + [('rejected', 'refused')] * 2)
        asked = self.order.sudo().preauthorisation_ids.sorted('id')
        self.assertEqual(asked.mapped('kind'), ['labour', 'part', 'distance'])
        self.assertEqual((asked[1].product_id, asked[1].amount, asked.asked_by_id), (
            self.pump, 750, self.user_technician_a))
        self.assertEqual({row['kind'] for row in self._job()['requests']}, {'preauthorisation'})
        forms = self._sync()['catalogue']['forms']
        self.assertEqual(forms.keys(), {'ask_supply', 'ask_labour', 'ask_part', 'ask_distance'})

    # === PHOTOS === #

    def test_a_photo_is_taken_away(self):
        photo = str(uuid.uuid4())
        self._upload(self.order, uuid=photo)
        self._upload(self.order)
        other = self._accepted()
        self.assertEqual(self._statuses(
            self._op(other, 'media_remove', photo=photo), self._op(self.order, 'media_remove', photo=photo),
            self._op(self.order, 'media_remove', photo="nonsense")), [APPLIED] * 3)
        self.assertEqual(len(self.order.media_ids), 1)
        self.assertNotEqual(self.order.media_ids.field_uuid, photo)

    # === THE CUSTOMER'S ANSWER === #

    def test_approval_of_all_appliances_of_the_trip(self):
        """One signature and one code, in one operation: all of it or nothing."""
        first, second, foreign = self._submitted(), self._submitted(), self._submitted()
        orders = first | second
        (orders | foreign).sudo().group_id = first
        foreign.sudo().personnel_id = foreign.visit_id.personnel_id = self.second_technician_a
        self.assertEqual(self._statuses(self._op(second, event='send_code')), [APPLIED])
        jobs = {job['id']: job for job in self._sync()['snapshot']['orders']}
        self.assertEqual(
            [jobs[order.id]['asked']['together'] for order in orders], [second.ids, first.ids], "his own jobs only")
        self.assertTrue(jobs[first.id]['asked']['is_code_sent'])
        [asked] = second.approval_ids.filtered(lambda item: item.state == 'pending')

        def approve(**given):
            return self._op(second, 'approve', **{
                'shown_hash': asked.shown_hash, 'signature': signature(), 'name': "Ayşe", 'code': asked._get_code(),
                'others': {f'{first.id}': jobs[first.id]['asked']['hash']}, **given})

        for wrong in (
                {'code': '000'}, {'others': {f'{first.id}': 'x'}}, {'others': {f'{first.id}': None}}, {'others': {f'{foreign.id}': 'x'}}, {'others': ['x']},
                {'others': {f'{first.id}': jobs[first.id]['asked']['hash'], f'{self.order.id}': 'x'}}):
            with mute_logger('odoo.sql_db'):
                [(status, _code)] = self._statuses(approve(**wrong))
            self.assertEqual(status, 'rejected', wrong)
            self.assertEqual(orders.mapped('state'), ['awaiting_approval'] * 2)
        self.assertEqual(self._statuses(approve()), [APPLIED])
        self.assertEqual(orders.mapped('state'), ['completed'] * 2)
        self.assertEqual(orders.approval_ids.mapped('channel'), ['on_site'] * 2)
        self.assertEqual(foreign.state, 'awaiting_approval')

    def test_the_customer_does_not_approve(self):
        for event in ('depart', 'start'):
            self._do(self.order, event)
        self._work(self.order)
        kept = self.order.media_ids
        photo, foreign = str(uuid.uuid4()), self._op(self.order, 'note', text="Hello")
        self._upload(self.order, 'complaint', uuid=photo)
        self.assertEqual(self.order.media_ids, kept, "no evidence before the customer's word")
        dispute = self._op(self.order, 'dispute', comment="It still leaks", requires=[photo, foreign['uuid']])
        self.assertEqual(self._statuses(dispute), [('blocked', 'media')])
        self.assertEqual(
            self._statuses(foreign, self._op(self.order, event='submit'), dispute), [APPLIED] * 3)
        asked = self.order.approval_ids[:1]
        self.assertEqual((asked.state, asked.channel, asked.comment, asked.personnel_id), (
            'disputed', 'on_site', "It still leaks", self.technician_a))
        self.assertTrue(self.order.is_halted)
        complaint = self.order.media_ids - kept
        self.assertEqual((complaint.kind, complaint.channel), ('complaint', 'customer'))
        self.assertFalse(self.env['ir.attachment'].search([('res_model', '=', 'stokiva.field.op')]))
        self.assertEqual(self._job()['objection'], "It still leaks")
        self.assertEqual(
            self._statuses(self._op(self.order, 'dispute', comment="Again")), [('rejected', 'answered')])

    def test_an_objection_needs_words_and_never_a_code(self):
        for event in ('depart', 'start'):
            self._do(self.order, event)
        self._work(self.order)
        self._do(self.order, 'submit')
        self.assertEqual(self._statuses(self._op(self.order, 'dispute', comment=" ")), [('rejected', 'refused')])
        with mute_logger('odoo.sql_db'):
            self.assertEqual(self._statuses(self._op(
                self.order, 'approve', name="Ayşe", signature=signature())), [('rejected', 'refused')])
        self.assertFalse(self.order.is_halted)

    def test_money_as_people_write_it(self):
        """A lump sum before the work and a payment after the approval; what is left to pay is on the phone at once."""
        self.env['res.lang']._activate_lang('tr_TR')
        self.user_technician_a.lang = 'tr_TR'
        self._login(self.user_technician_a)
        order = self._in_progress()
        order.device_id.write({'date_sold': '2020-01-01', 'warranty_labour_until': '2020-02-01', 'warranty_parts_until': '2020-02-01'})

        def send(event, amount, **values):
            return self._statuses(self._op(order, event=event, values={'amount': amount, **values}))

        def get_left():
            return next(field['value'] for field in jobs[order.id]['forms']['collect'] if field['name'] == 'amount')

        self.assertEqual(send('quote', "1.650,50 TL", text="Pompa"), [('rejected', 'refused')])
        self.assertEqual(send('quote', "1.650,50", text="Pompa"), [APPLIED])
        self.assertEqual(order.approval_ids._get_shown()['amount'], 1650.5)
        self._answer(order)
        self._work(order)
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        answer = self._sync()
        known = {'digest': answer['snapshot']['digest'], 'catalogue': answer['catalogue']['fingerprint']}
        jobs = {job['id']: job for job in answer['snapshot']['orders']}
        self.assertIn('collect', jobs[order.id]['legal']['completed/customer'])
        self.assertNotIn('submit', jobs[order.id]['legal']['completed/customer'])
        left = order.amount_open
        self.assertEqual(parse_amount(self.env(user=self.user_technician_a, context={'lang': 'tr_TR'}), get_left()), left)
        self._sync(**known)
        answer = self._sync(self._op(order, event='collect', values={'method': 'cash', 'amount': "99,5"}), **known)
        self.assertEqual((order.amount_collected, order.amount_open), (99.5, left - 99.5))
        jobs = {job['id']: job for job in answer['snapshot']['orders']}
        self.assertEqual(get_left(), "1.520,50")

    # === RINGING === #

    def test_a_phone_rings(self):
        key = self.make_jsonrpc_request('/field/push', {})['key']
        good = {'endpoint': 'https://push.example.com/1', 'keys': {'p256dh': 'x', 'auth': 'y'}}
        for subscription, other_key in (
                ({}, key), ({**good, 'endpoint': 'http://10.0.0.1/'}, key), ({**good, 'keys': {'p256dh': 5, 'auth': 'y'}}, key),
                (good, 'x'), ([good], key)):
            with self.assertRaises(Exception), mute_logger('odoo.http'):  # noqa: B017 - as the browser sees it
                self.make_jsonrpc_request('/field/push', {'subscription': subscription, 'key': other_key})
        self.make_jsonrpc_request('/field/push', {'subscription': good, 'key': key})
        devices = self.env['mail.push.device'].search([('endpoint', '=', good['endpoint'])])
        self.assertEqual((devices.partner_id, devices.stokiva_field), (self.user_technician_a.partner_id, True))
        self._do(self.order, 'plan', self.user_provider_a, personnel_id=self.second_technician_a.id)
        self.assertFalse(self.env['mail.push'].search([('mail_push_device_id', '=', devices.id)]))
        self._do(self.order, 'plan', self.user_provider_a, personnel_id=self.technician_a.id)
        [push] = self.env['mail.push'].search([('mail_push_device_id', '=', devices.id)])
        self.assertIn(self.order.name, push.payload)
        self.assertNotIn(self.customer.name, push.payload)

    # === SIGNING IN === #

    def test_a_second_factor(self):
        login = self.user_technician_a.login
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = 'MFRGGZDFMZTWQ2LK' WHERE id = %s", [self.user_technician_a.id])
        self.env.invalidate_all()
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request('/field/login', {'login': login, 'password': login.ljust(8, 'x')})
        self.assertEqual(answer, {'redirect': '/web/login/totp?redirect=/field/app'})
        with self.assertRaises(Exception):  # noqa: B017 - not signed in yet, as the browser sees it
            self._sync()
        page = self._get(answer['redirect'])
        values = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ('csrf_token', 'redirect')}
        code = hotp(b'abcdefghij', int(time.time()) // 30)
        response = self.url_open('/web/login/totp', data=values | {'totp_token': f'{code:06}'}, allow_redirects=False)
        self.assertEqual((response.status_code, response.headers['Location'].endswith('/field/app')), (303, True))
        self.assertEqual(self._sync()['uid'], self.user_technician_a.id)
