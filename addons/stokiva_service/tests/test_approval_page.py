import base64
import io
import json
from datetime import timedelta
from pathlib import Path

from lxml import html
from PIL import Image

from odoo import fields
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common_approval import ApprovalPageCommon
from .test_signatures import drawn


@tagged('post_install', '-at_install')
class TestApprovalPage(ApprovalPageCommon):
    """One device: what is seen, and what an answer does."""

    def test_looking_changes_nothing(self):
        order = self._submitted()
        approval = self._pending(order)
        events = len(order.event_ids)
        for _visit in range(2):
            response = self._get(approval)
            self.assertEqual(response.status_code, 200)
        self.opener.head(self.base_url() + self._path(approval))
        self.assertEqual(approval.state, 'pending')
        self.assertEqual(len(order.event_ids), events)
        text = self._text(response)
        for part in (order.name, self.workmanship.name, self.part_product.name, "warranty", "Alfa Servis"):
            self.assertIn(part, text)
        self.assertFalse(html.fromstring(response.content).xpath('//input[@checked]'), "Nothing is preselected.")

    def test_the_page_is_light_and_keeps_to_itself(self):
        approval = self._pending(self._submitted())
        response = self._get(approval)
        static = Path(file_path('stokiva_service/static/src/approval'))
        files = sum(path.stat().st_size for path in static.iterdir())
        self.assertLess(len(response.content) + files, 30_000)
        headers = response.headers
        self.assertNotIn('Set-Cookie', headers)
        self.assertEqual(headers['Cache-Control'], 'no-store')
        self.assertEqual(headers['Referrer-Policy'], 'no-referrer')
        self.assertEqual(headers['X-Frame-Options'], 'DENY')
        self.assertEqual(headers['X-Content-Type-Options'], 'nosniff')
        self.assertIn('noindex', headers['X-Robots-Tag'])
        self.assertIn("script-src 'self';", headers['Content-Security-Policy'])
        page = html.fromstring(response.content)
        self.assertFalse(page.xpath('//script[not(@src)] | //style | //@style | //@onclick'))
        for url in page.xpath('//script/@src | //link[@rel="stylesheet"]/@href'):
            self.assertEqual(self.url_open(url).status_code, 200)

    def test_only_what_is_stored_is_shown(self):
        order = self._submitted()
        approval = self._pending(order)
        self.workmanship.name = "Another name"
        order.labour_line_ids.sudo().name = "Another line"  # sudo: past the door, which would ask anew
        text = self._text(self._get(approval))
        self.assertIn("Replace the drain pump", text)
        self.assertNotIn("Another", text)

    def test_what_people_wrote_is_text(self):
        order = self._submitted(symptom_note="<script>alert(1)</script>")
        response = self._post(self._pending(order), comment='"><img src=x onerror=alert(1)>')
        for content in (response.text, self._get(self._pending(order)).text):
            self.assertNotIn("<script>alert", content)
            self.assertNotIn("<img src=x", content)

    def test_approve(self):
        order = self._submitted()
        approval = self._pending(order)
        response = self.url_open(
            self._path(approval), headers={'User-Agent': "Test phone"}, allow_redirects=False, data={
                f'hash_{approval.id}': approval.shown_hash, f'answer_{approval.id}': 'approve', 'stars': '4',
                'comment': "Quick\r\nand clean\0"})
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers['Location'].removeprefix(self.base_url()), self._path(approval))
        self.assertNotIn('Set-Cookie', response.headers)
        self.assertEqual((order.state, approval.state, approval.channel), ('completed', 'approved', 'link'))
        self.assertEqual((approval.stars, approval.comment), (4, "Quick\nand clean"))
        self.assertEqual((approval.ip, approval.user_agent), ('127.0.0.1', "Test phone"))
        event = order.event_ids.filtered(lambda item: item.event == 'approve')
        self.assertEqual((event.role, event.actor_kind, event.actor_id), ('customer', 'partner', self.customer.id))

        page = self._get(approval)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Thank you. Your approval was recorded on", self._text(page))
        self.assertFalse(html.fromstring(page.content).xpath('//form'))
        again = self._post(approval, **{f'answer_{approval.id}': 'dispute', 'comment': "No"})
        self.assertEqual(again.status_code, 303)
        self.assertEqual((order.state, approval.state), ('completed', 'approved'))
        approval.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self._get(approval).status_code, 404)

    def test_problem_needs_words(self):
        order = self._submitted()
        approval = self._pending(order)
        response = self._post(approval, **{f'answer_{approval.id}': 'dispute', 'stars': '2', 'comment': " "})
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath('//*[@autofocus]/@id'), ['comment'])
        self.assertIn("what is wrong", page.xpath('//p[@id="e_comment" and not(@hidden)]')[0].text_content())
        self.assertEqual(page.xpath('//input[@name="stars" and @checked]/@value'), ['2'])
        self._assert_unchanged(order)
        self._post(approval, **{f'answer_{approval.id}': 'dispute', 'comment': "The door is scratched"})
        self.assertEqual((order.state, order.is_halted, approval.state), ('awaiting_approval', True, 'disputed'))
        self.assertEqual(approval.comment, "The door is scratched")
        text = self._text(self._get(approval))
        self.assertIn("We have your message", text)
        self.assertIn("The door is scratched", text)

    def test_not_mine_voids_nothing(self):
        order = self._submitted()
        approval = self._pending(order)
        self.assertEqual(self._post(approval, answer='not_mine', stars='5').status_code, 303)
        self._assert_unchanged(order)
        self.assertEqual((approval.state, approval.stars, approval.follow_up_at), ('pending', 0, False))
        self.assertTrue(order.is_muted)
        self.assertEqual(
            order.activity_ids.activity_type_id, self.env.ref('stokiva_service.mail_activity_type_wrong_number'))
        self.assertIn("not yours", self._text(self._get(approval)))
        self._post(approval, **{f'answer_{approval.id}': 'approve'})
        self.assertEqual(order.state, 'completed', "The customer who comes later may still answer.")

    def test_signature(self):
        self.service_type_repair.needs_signature = True
        order = self._submitted()
        approval = self._pending(order)
        answer = {f'answer_{approval.id}': 'approve', 'comment': "Kept words"}
        for signature in ('', 'no png', drawn(kind='JPEG')):
            page = html.fromstring(self._post(approval, signature=signature, **answer).content)
            self.assertTrue(page.xpath('//p[@id="e_signature" and not(@hidden)]'))
            self.assertTrue(page.xpath('//p[@id="e_name"]'))
            self.assertEqual(page.xpath('//textarea[@name="comment"]')[0].text, "Kept words")
        page = html.fromstring(self._post(approval, signature=drawn(), **answer).content)
        kept = page.xpath('//input[@name="signature"]/@value')[0]
        self.assertFalse(page.xpath('//p[@id="e_signature" and not(@hidden)]'))
        self._assert_unchanged(order)
        response = self._post(approval, signature=kept, name="Ayşe Yılmaz", **answer)
        self.assertEqual(response.status_code, 303)
        self.assertEqual((approval.state, approval.signed_by), ('approved', "Ayşe Yılmaz"))
        self.assertEqual(Image.open(io.BytesIO(base64.b64decode(approval.signature))).format, 'PNG')

    def test_typed_name_is_a_signature_when_ticked(self):
        self.service_type_repair.needs_signature = True
        order = self._submitted()
        approval = self._pending(order)
        self._post(approval, name="Ayşe", **{f'answer_{approval.id}': 'approve'})
        self._assert_unchanged(order)
        self._post(approval, name="Ayşe", typed='1', **{f'answer_{approval.id}': 'approve'})
        self.assertEqual((order.state, approval.signed_by), ('completed', "Ayşe"))

    def test_problem_needs_no_signature(self):
        self.service_type_repair.needs_signature = True
        order = self._submitted()
        approval = self._pending(order)
        self._post(approval, **{
            f'answer_{approval.id}': 'dispute', 'comment': "Leaks", 'signature': drawn()})
        self.assertTrue(order.is_halted)
        self.assertFalse(approval.signature, "Who refuses does not sign.")

    def test_no_answer_is_none(self):
        order = self._submitted()
        approval = self._pending(order)
        for answer in ({}, {f'answer_{approval.id}': 'yes'}, {f'answer_{approval.id + 1}': 'approve'}):
            self.assertIn("Please choose your answer.", self._text(self._post(approval, **answer)))
        self._assert_unchanged(order)

    def test_what_the_door_refuses_is_said_and_kept(self):
        order = self._submitted()
        approval = self._pending(order)
        order.sudo().state = 'in_progress'  # sudo: past the door, so that it refuses
        response = self._post(approval, **{f'answer_{approval.id}': 'approve', 'comment': "Kept words"})
        self.assertEqual(response.status_code, 200)
        self.assertIn("Nothing was changed.", self._text(response))
        self.assertIn("Kept words", response.text)
        self.assertEqual(approval.state, 'pending')

    def test_too_much_is_refused(self):
        order = self._submitted()
        approval = self._pending(order)
        answer = {f'answer_{approval.id}': 'approve'}
        self.assertIn("at most 4000", self._text(self._post(approval, comment="x" * 4001, **answer)))
        self.assertEqual(self._post(approval, comment="x" * 26_000_000, **answer).status_code, 413)
        self._assert_unchanged(order)

    def test_staff_who_open_the_link_act_as_the_customer(self):
        order = self._submitted()
        approval = self._pending(order)
        self.authenticate(self.user_manager.login, self.user_manager.login)
        self._post(approval, **{f'answer_{approval.id}': 'approve'})
        event = order.event_ids.filtered(lambda item: item.event == 'approve')
        self.assertEqual((event.actor_kind, event.actor_id), ('partner', self.customer.id))

    def test_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        approval = self._pending(self._submitted())
        self.assertIn('lang="en-US"', self._get(approval).text)
        self.customer.lang = 'tr_TR'
        page = self._get(approval)
        self.assertIn('<html lang="tr-TR"', page.text)
        self.assertIn("0,00", page.text)
        page = self._get(approval, lang='en_US')
        self.assertIn('<html lang="en-US"', page.text)
        self.assertIn("0.00", page.text)
        self.assertIn(f'action="{self._path(approval)}?lang=en_US"', page.text)
        self.assertIn('<html lang="tr-TR"', self._get(approval, lang='xx_<b>').text)

    def test_times_are_those_of_the_place(self):
        self.provider_a.tz = 'Asia/Tokyo'
        approval = self._pending(self._submitted())
        shown = dict(json.loads(approval.shown), started_at='2026-11-24T22:30:00Z', finished_at='2026-11-24T23:05:00Z')
        approval.shown = json.dumps(shown)
        self.assertIn("25 November 2026 · 07:30–08:05", self._text(self._get(approval)))

    def test_quote(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=4093.6, text="New pump and labour")
        approval = self._pending(order)
        text = self._text(self._get(approval))
        for part in ("Do you accept this price?", "4,093.60", "New pump and labour"):
            self.assertIn(part, text)
        self._post(approval, **{f'answer_{approval.id}': 'approve'})
        self.assertEqual((order.state, approval.state), ('in_progress', 'approved'))
        self.assertIn("You accepted the price on", self._text(self._get(approval)))

    def test_quote_declined_without_words(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=100, text="Pump")
        approval = self._pending(order)
        self._post(approval, **{f'answer_{approval.id}': 'dispute'})
        self.assertEqual((order.state, approval.state), ('returned', 'disputed'))
        self.assertIn("You declined the price on", self._text(self._get(approval)))
