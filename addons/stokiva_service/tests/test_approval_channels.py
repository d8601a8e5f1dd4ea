import base64
import io
from collections import Counter
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from .. import approving, tokens
from .common_approval import ApprovalPageCommon
from .common_orders import photo, signature


@tagged('post_install', '-at_install')
class TestApproving(BaseCase):
    """Which answers count as evidence, without a database."""

    def test_what_counts(self):
        signed, typed = {'signature': 'x'}, {'typed': True, 'name': "Ayşe"}
        cases = [
            ('approved', 'link', {'customer'}, {}, False, None),
            ('approved', 'link', {'customer'}, {}, True, 'signature'),
            ('approved', 'link', {'customer'}, typed, True, None),
            ('approved', 'link', {'customer'}, {'typed': True}, True, 'signature'),
            ('approved', 'portal', {'customer'}, signed, True, None),
            ('approved', 'sms', {'customer'}, {}, False, None),
            ('approved', 'sms', {'customer'}, typed, True, 'signature'),
            ('disputed', 'sms', {'customer'}, {}, True, None),
            ('approved', 'call', {'call_centre'}, {}, False, None),
            ('approved', 'call', {'call_centre'}, typed, True, 'signature'),
            ('approved', 'call', {'customer'}, {}, False, 'channel'),
            ('approved', 'on_site', {'customer'}, signed, False, 'code'),
            ('approved', 'on_site', {'customer'}, {'code': '1'}, False, 'signature'),
            ('approved', 'on_site', {'customer'}, {'code': '1', **typed}, True, 'signature'),
            ('approved', 'on_site', {'customer'}, {'code': '1', **signed}, True, None),
            ('approved', 'on_site', {'technician'}, {'code': '1', **signed}, True, 'channel'),
            ('approved', 'document', {'call_centre'}, {'document': 'x'}, True, 'channel'),
            ('approved', 'document', {'manager'}, {}, True, 'document'),
            ('approved', 'document', {'manager'}, {'document': 'x'}, True, None),
            ('approved', 'silent', {'customer'}, {}, False, 'channel'),
            ('approved', 'silent', {'system'}, {}, False, None),
            ('approved', 'silent', {'system'}, {}, True, 'signature'),
            ('approved', 'system', {'system'}, {}, True, None),
            ('approved', 'office', {'manager'}, {}, False, 'channel'),
        ]
        for answer, channel, roles, given, needs_signature, problem in cases:
            with self.subTest(channel=channel, roles=roles, given=given, needs=needs_signature):
                self.assertEqual(approving.problem_of(answer, channel, roles, given, needs_signature), problem)

    def test_codes_differ(self):
        codes = {tokens.make_code('s' * 32, 7, 'nonce', number) for number in range(50)}
        self.assertGreater(len(codes), 45)
        self.assertEqual({len(code) for code in codes}, {6})
        self.assertTrue(tokens.is_same('012345', ' 012 345 '))
        for typed in ('012346', '', '12345', '٠١٢٣٤٥', '0123456', None):
            self.assertFalse(tokens.is_same('012345', typed))

    def test_links_that_were_sent_open_after_an_update(self):
        token = tokens.make('s' * 32, 7, 'nonce', 'approval')
        self.assertEqual(token, 'ZXefaEHN4vlfCEVizDNtlZty-KM')
        self.assertEqual(tokens.hashed(token), '06e97ec053cac9dcd7e75a384dfbeddfdd0c82ec47e931cf264d03388ecd553a')


@tagged('post_install', '-at_install')
class TestApprovalChannels(ApprovalPageCommon):
    """Every way in which a customer's answer comes, and what is kept of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({'phone': '+90 532 123 45 33', 'email': 'ayse@example.com'})

    def _on_site(self, order, code, **given):
        approval = self._pending(order)
        return self._do(order, 'approve', self.customer, 'on_site', **{
            'approval_id': approval.id, 'shown_hash': approval.shown_hash, 'signature': signature(), 'name': "Ayşe Yılmaz",
            'personnel_id': self.technician_a.id, 'code': code, **given})

    # === ON SITE === #

    def test_on_site_takes_signature_and_code(self):
        order = self._submitted()
        approval = self._pending(order)
        with self.assertRaisesRegex(UserError, "first"):
            self._on_site(order, approval._get_code())
        event = self._do(order, 'send_code', self.user_technician_a, 'portal')
        self.assertEqual(event._get_payload(), {'approval_id': approval.id, 'attempt': 1})
        self.assertIn('1', event.detail)
        code = approval._get_code()
        for refused in (
                {'signature': ''}, {'signature': base64.b64encode(b'no picture').decode()}, {'personnel_id': 10**8}):
            with self.subTest(**refused), self.assertRaises(UserError), self.cr.savepoint():
                self._on_site(order, code, **refused)
        with self.assertRaises(UserError):
            self._on_site(order, '')
        self._assert_unchanged(order)
        event = self._on_site(order, f'{code[:3]} {code[3:]}')
        self.assertRecordValues(approval, [{
            'state': 'approved', 'channel': 'on_site', 'signed_by': "Ayşe Yılmaz", 'personnel_id': self.technician_a.id}])
        self.assertEqual(order.state, 'completed')
        payload = event._get_payload()
        self.assertEqual((payload['code_number'], payload['personnel_id']), (1, self.technician_a.id))
        self.assertNotIn(code, event.payload)

    def test_the_technician_cannot_approve_by_himself(self):
        order = self._submitted()
        self._do(order, 'send_code', self.user_technician_a, 'portal')
        approval = self._pending(order)
        with self.assertRaises(AccessError):
            self._do(order, 'approve', self.user_technician_a, 'on_site', approval_id=approval.id,
                     code=approval._get_code(), signature=signature(), name="Ayşe")

    def test_wrong_codes_are_limited_and_a_new_one_helps(self):
        order = self._submitted()
        approval = self._pending(order)
        tries = Counter()

        def hit(throttle, bucket, address, limit, minutes=10):
            tries[bucket, address] += 1  # as in the real one's own cursor: refusals roll nothing back
            return tries[bucket, address] <= limit

        self.patch(type(self.env['stokiva.throttle']), '_hit', hit)
        self._do(order, 'send_code', self.user_technician_a, 'portal')
        old = approval._get_code()
        wrong = '000000' if old != '000000' else '111111'
        for _try in range(5):
            with self.assertRaisesRegex(UserError, "not the code"), self.cr.savepoint():
                self._on_site(order, wrong)
        with self.assertRaisesRegex(UserError, "Too many"), self.cr.savepoint():
            self._on_site(order, old)
        self._assert_unchanged(order)
        self._do(order, 'send_code', self.user_technician_a, 'portal')
        with self.assertRaisesRegex(UserError, "not the code"), self.cr.savepoint():
            self._on_site(order, old)
        self._on_site(order, approval._get_code())
        self.assertEqual(order.state, 'completed')

    def test_the_code_of_one_holds_for_all_of_the_trip(self):
        first, second = orders = self._submitted() | self._submitted()
        orders.sudo().group_id = first
        stranger = self._submitted()
        stranger.sudo().write({'group_id': first.id, 'provider_id': self.provider_b.id})
        self._do(first, 'send_code', self.user_technician_a, 'portal')
        old = self._pending(first)._get_code()
        self.assertEqual(self._pending(second)._get_code(), old)
        self.assertFalse(self._pending(stranger)._is_code_valid(), "another provider's trip")
        self._do(second, 'send_code', self.user_technician_a, 'portal')
        with self.assertRaisesRegex(UserError, "not the code"), self.cr.savepoint():
            self._on_site(first, old)
        self._on_site(second, self._pending(second)._get_code())
        self._on_site(first, self._pending(first)._get_code())
        self.assertEqual(orders.mapped('state'), ['completed'] * 2)

    def test_codes_end(self):
        order = self._submitted()
        approval = self._pending(order)
        for _number in range(5):
            self._do(order, 'send_code', self.user_technician_a, 'portal')
        with self.assertRaisesRegex(UserError, "5 codes today"):
            self._do(order, 'send_code', self.user_technician_a, 'portal')
        approval.code_sent_at = fields.Datetime.now() - timedelta(minutes=61)
        with self.assertRaisesRegex(UserError, "first"):
            self._on_site(order, approval._get_code())

    def test_the_code_goes_to_the_customer_alone(self):
        order = self._submitted()
        self._do(order, 'send_code', self.user_technician_a, 'portal')
        message = self.env['stokiva.message'].search([('work_order_id', '=', order.id), ('event', '=', 'send_code')])
        self.assertEqual(message.partner_id, self.customer)
        message.filtered(lambda item: item.channel == 'email')._deliver()
        mail = self.env['mail.mail'].search([('recipient_ids', 'in', self.customer.id)], order='id desc', limit=1)
        code = self._pending(order)._get_code()
        self.assertIn(code, mail.body_html)
        self.assertFalse(order.event_ids.filtered(lambda item: code in (item.payload or '')))
        self.assertFalse(order.message_ids.filtered(lambda item: code in (item.body or '')))

    # === BY TELEPHONE, ON PAPER === #

    def test_a_signature_that_is_demanded_is_not_replaced_by_words(self):
        self.service_type_repair.needs_signature = True
        order = self._submitted()
        given = {'approval_id': self._pending(order).id, 'comment': "Yes", 'name': "Ayşe"}
        for actor, channel in ((self.customer, 'sms'), (self.user_call_centre, 'call'), (self.customer, 'link')):
            with self.subTest(channel=channel), self.assertRaisesRegex(UserError, "signature"), self.cr.savepoint():
                self._do(order, 'approve', actor, channel, **given)
        self._assert_unchanged(order)
        self._do(order, 'dispute', self.user_call_centre, 'call', **given)
        self.assertTrue(order.is_halted, "A no needs no signature.")

    def test_document(self):
        self.service_type_repair.needs_signature = True
        order = self._submitted()
        values = {'way': 'document', 'comment': "Signed on paper", 'spoken_with': "Ayşe Yılmaz"}
        with self.assertRaisesRegex(UserError, "Attach"):
            self._confirm(order, 'approve', self.user_manager, **values)
        paper = {'document': photo(), 'document_name': "signed.jpg"}
        with self.assertRaises(UserError):
            self._confirm(order, 'approve', self.user_manager, **values, document=base64.b64encode(b'MZ program'))
        with self.assertRaises(UserError):
            self._confirm(order, 'approve', self.user_call_centre, **values, **paper)
        self._assert_unchanged(order)
        self._confirm(order, 'approve', self.user_manager, **values, **paper)
        approval = order.approval_ids
        self.assertRecordValues(approval, [{'state': 'approved', 'channel': 'document', 'document_name': "signed.jpg"}])
        self.assertEqual(Image.open(io.BytesIO(base64.b64decode(approval.document))).format, 'JPEG')
        event = order.event_ids.filtered(lambda item: item.event == 'approve')
        self.assertTrue(event._get_payload()['document'])

    def test_the_office_may_still_take_an_answer_down_when_the_link_has_ended(self):
        order = self._submitted()
        approval = self._pending(order)
        approval.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._do(order, 'approve', self.customer, 'link', approval_id=approval.id)
        self._confirm(order, 'approve', self.user_call_centre, comment="Yes, all is well")
        self.assertEqual((order.state, approval.channel), ('completed', 'call'))

    # === QUOTE ON THE WAY === #

    def test_quote_is_answered_on_the_way(self):
        for event, state in (('approve', 'on_the_way'), ('dispute', 'returned')):
            order = self._accepted()
            self._do(order, 'quote', self.user_technician_a, 'portal', amount=100, text="Pump")
            self._do(order, 'depart', self.user_technician_a, 'portal')
            approval = self._pending(order)
            self._post(approval, **{f'answer_{approval.id}': event})
            self.assertEqual(order.state, state)
            self.assertFalse(order.sla_paused)

    # === DISPUTE WITH PHOTOS === #

    def test_dispute_with_photos(self):
        order = self._submitted()
        approval = self._pending(order)
        files = [('photos', (f'{name}.jpg', base64.b64decode(photo(colour)), 'image/jpeg')) for name, colour in (
            ('one', (200, 10, 10)), ('two', (10, 200, 10)))]
        data = {f'hash_{approval.id}': approval.shown_hash, f'answer_{approval.id}': 'dispute', 'comment': "Scratched"}
        too_many = self.url_open(self._path(approval), data=data, files=files * 3, allow_redirects=False)
        self.assertIn("at most 5 photos", self._text(too_many))
        bad = self.url_open(
            self._path(approval), data=data, files=[('photos', ('x.jpg', b'MZ', 'image/jpeg'))], allow_redirects=False)
        self.assertIn("not a photo", self._text(bad))
        self._assert_unchanged(order)
        done = self.url_open(self._path(approval), data=data, files=files, allow_redirects=False)
        self.assertEqual(done.status_code, 303)
        photos = order.media_ids.filtered(lambda item: item.kind == 'complaint')
        self.assertEqual((len(photos), set(photos.mapped('channel'))), (2, {'customer'}))
        event = order.event_ids.filtered(lambda item: item.event == 'dispute')
        self.assertEqual(event._get_payload()['photos'], photos.mapped('sha256'))
        self.assertTrue(order.is_halted)
        self._do(order, 'resolve', reason="Was there before")
        self.assertFalse([item for item in self._pending(order)._get_shown()['photos'] if item['kind'] == 'complaint'])
