import base64
import io
import json
from datetime import timedelta
from pathlib import Path

from lxml import html
from PIL import Image

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path

from .common_orders import WorkOrderCommon
from .test_signatures import drawn

CHANGED = "The order has changed, please look at it again."
NO_LONGER_VALID = "This link is no longer valid."
BROWSER_TEST = """
    const byId = (id) => document.getElementById(id);
    const button = (value) => document.querySelector(`button[value=${value}]`);
    const check = (fact, what) => {
        if (!fact) {
            throw new Error(what);
        }
    };
    const pad = byId("pad");
    pad.setPointerCapture = () => {}; // refuses pointers that are no real ones
    const touch = (type, x, y) => {
        const { left, top } = pad.getBoundingClientRect();
        pad.dispatchEvent(new PointerEvent(type, { pointerId: 1, bubbles: true, clientX: left + x, clientY: top + y }));
    };
    let sent = 0;
    document.addEventListener("submit", (ev) => {
        sent += !ev.defaultPrevented;
        ev.preventDefault();
    });
    check(!byId("comment").checkVisibility(), "words are asked for too early");
    button("dispute").click();
    check(document.activeElement.id === "comment", "a problem does not ask for words");
    button("approve").click();
    check(byId("e_signature").checkVisibility() && !sent, "no signature asked for");
    touch("pointerdown", 30, 30);
    for (let x = 30; x < 200; x += 10) {
        touch("pointermove", x, 30 + (x % 40));
    }
    touch("pointerup", 200, 40);
    check(!byId("e_signature").checkVisibility(), "the signature is not noticed");
    check(document.forms[0].elements.signature.value.startsWith("iVBOR"), "the signature is no PNG");
    byId("clear").click();
    check(!document.forms[0].elements.signature.value, "the signature is not cleared");
    byId("typed").click();
    button("approve").click();
    button("approve").click();
    check(sent === 1, `sent ${sent} times`);
    console.log("test successful");
"""


class ApprovalPageCommon(WorkOrderCommon, HttpCase):
    """Opens and answers customers' links as a browser without cookies does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.customer.lang = 'en_US'
        cls.service_type_repair.needs_signature = False

    def _pending(self, orders):
        return orders.approval_ids.filtered(lambda item: item.state == 'pending').sorted('id')

    def _path(self, approval):
        return f'/o/{approval._get_token()}'

    def _get(self, approval_or_path, **params):
        path = approval_or_path if isinstance(approval_or_path, str) else self._path(approval_or_path)
        return self.url_open(path, params=params)

    def _post(self, approval, seen=None, **data):
        """Send the form of the page: hashes of what was seen, and what is typed."""
        seen = approval if seen is None else seen
        return self.url_open(
            self._path(approval), data={**{f'hash_{item.id}': item.shown_hash for item in seen}, **data},
            allow_redirects=False)

    def _text(self, response):
        return ' '.join(html.fromstring(response.content).text_content().split())

    def _assert_unchanged(self, orders, state='awaiting_approval'):
        self.assertEqual(set(orders.mapped('state')), {state})
        self.assertFalse(any(orders.mapped('is_halted')))
        self.assertFalse(orders.event_ids.filtered(lambda item: item.event in ('approve', 'dispute')))

    def _group(self, **values):
        """Two submitted orders of one group."""
        first = self._in_progress(**values)
        second = self._in_progress(**values)
        (first | second).sudo().write({'group_id': first.id})  # sudo: as opening them together does
        for order in first | second:
            self._work(order)
        self._do(first | second, 'submit', self.user_technician_a, 'portal')
        return first, second


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

    def test_not_mine_is_a_problem_with_its_own_words(self):
        order = self._submitted()
        approval = self._pending(order)
        self._post(approval, answer='not_mine', stars='5')
        self.assertTrue(order.is_halted)
        self.assertEqual((approval.comment, approval.stars), ("This job is not mine.", 0))

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
        self.assertEqual(self._post(approval, comment="x" * 1_100_000, **answer).status_code, 413)
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


@tagged('post_install', '-at_install')
class TestApprovalPageGroup(ApprovalPageCommon):
    """Several devices on one page, each with its own answer."""

    def test_each_device_gets_its_own_answer(self):
        self.service_type_repair.needs_signature = True
        first, second = self._group()
        one, two = self._pending(first | second)
        answers = {f'answer_{one.id}': 'approve', f'answer_{two.id}': 'dispute', f'comment_{two.id}': "Noisy"}
        page = html.fromstring(self._get(one).content)
        self.assertEqual(len(page.xpath('//fieldset[contains(@class, "choice")]')), 2)
        self.assertFalse(page.xpath('//input[@checked]'))
        response = self._post(
            one, seen=one | two, name="Ayşe", signature=drawn(), stars='5', comment="Friendly", **answers)
        self.assertEqual(response.status_code, 303)
        self.assertEqual((first.state, second.state, second.is_halted), ('completed', 'awaiting_approval', True))
        self.assertEqual((one.comment, two.comment), ("Friendly", "Noisy"))
        self.assertTrue(one.signature)
        self.assertFalse(two.signature)
        for approval in (one, two):
            text = self._text(self._get(approval))
            self.assertIn("Your approval was recorded on", text)
            self.assertIn("We have your message of", text)

    def test_an_answer_for_each_is_needed(self):
        orders = self.env['stokiva.work.order'].union(*self._group())
        one, two = self._pending(orders)
        response = self._post(one, seen=one | two, **{f'answer_{one.id}': 'approve'})
        page = html.fromstring(response.content)
        self.assertTrue(page.xpath(f'//p[@id="e_answer_{two.id}"]'))
        self.assertFalse(page.xpath(f'//p[@id="e_answer_{one.id}"]'))
        self.assertTrue(page.xpath(f'//input[@id="y_answer_{one.id}" and @checked]'))
        self._post(one, seen=one | two, comment="general words", **{
            f'answer_{one.id}': 'approve', f'answer_{two.id}': 'dispute'})
        self._assert_unchanged(orders)

    def test_all_or_nothing(self):
        first, second = self._group()
        one, two = self._pending(first | second)
        second.sudo().state = 'in_progress'  # sudo: past the door, so that it refuses the second answer
        response = self._post(one, seen=one | two, **{f'answer_{item.id}': 'approve' for item in (one, two)})
        self.assertIn("Nothing was changed.", self._text(response))
        self.assertEqual((first.state, one.state), ('awaiting_approval', 'pending'))
        self.assertFalse(first.event_ids.filtered(lambda item: item.event == 'approve'))

    def test_what_was_answered_elsewhere_is_not_asked_again(self):
        first, second = self._group()
        one, two = self._pending(first | second)
        self._answer(first)
        response = self._post(one, seen=one | two, **{f'answer_{item.id}': 'approve' for item in (one, two)})
        self.assertIn(CHANGED, self._text(response))
        self.assertEqual(second.state, 'awaiting_approval')
        for approval in (one, two):
            page = html.fromstring(self._get(approval).content)
            self.assertEqual(page.xpath('//input[starts-with(@name, "hash_")]/@name'), [f'hash_{two.id}'])
            self.assertIn("Your approval was recorded on", page.text_content())
        self._post(one, seen=two, **{f'answer_{two.id}': 'approve'})
        self.assertEqual(second.state, 'completed')

    def test_orders_of_somebody_else_never_appear(self):
        first, second = self._group()
        stranger = self.env['res.partner'].create({'name': "Somebody Else"})
        second.sudo().partner_id = stranger  # sudo: a wrong group that the door would not make
        page = self._get(self._pending(first))
        self.assertNotIn(second.name, page.text)

    def test_a_change_of_one_shows_both_anew(self):
        first, second = self._group()
        one, two = self._pending(first | second)
        second.with_user(self.user_dispatcher).symptom_note = "Also leaks"
        response = self._post(one, seen=one | two, name="Typed name", **{
            f'answer_{item.id}': 'approve' for item in (one, two)})
        self.assertIn(CHANGED, self._text(response))
        self.assertIn("Also leaks", response.text)
        self.assertNotIn("Typed name", response.text)
        self._assert_unchanged(first | second)


@tagged('post_install', '-at_install')
class TestApprovalLink(ApprovalPageCommon):
    """Links that changed, ended, never were, or are guessed; photos behind them."""

    def test_a_change_shows_the_order_anew(self):
        order = self._submitted()
        old = self._pending(order)
        order.with_user(self.user_dispatcher).symptom_note = "Also leaks"
        new = self._pending(order)
        self.assertNotEqual(old, new)
        response = self._post(old, comment="Typed before", **{f'answer_{old.id}': 'approve'})
        self.assertEqual(response.status_code, 200)
        text = self._text(response)
        self.assertIn(CHANGED, text)
        self.assertIn("Also leaks", text)
        self.assertNotIn("Typed before", response.text)
        self._assert_unchanged(order)
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath('//form/@action'), [self._path(new)])
        self.assertEqual(page.xpath(f'//input[@name="hash_{new.id}"]/@value'), [new.shown_hash])
        self._post(new, **{f'answer_{new.id}': 'approve'})
        self.assertEqual(order.state, 'completed')

    def test_a_forged_hash_decides_nothing(self):
        order = self._submitted()
        approval = self._pending(order)
        for hashes in ({}, {f'hash_{approval.id}': '0' * 64}):
            response = self._post(
                approval, seen=approval.browse(), **hashes, **{f'answer_{approval.id}': 'approve'})
            self.assertIn(CHANGED, self._text(response))
        self._assert_unchanged(order)

    def test_every_dead_link_looks_the_same(self):
        void = self._pending(order := self._submitted())
        order.with_user(self.user_dispatcher).symptom_note = "Also leaks"
        expired = self._pending(self._submitted())
        expired.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        canceled = self._pending(self._submitted())
        self._do(canceled.work_order_id, 'return', reason="No longer wanted")
        self.assertEqual((void.state, expired.state, canceled.state), ('void', 'pending', 'void'))
        pages = [self._get(item, lang='en_US') for item in (void, expired, canceled)]
        pages += [self._get(f'/o/{token}', lang='en_US') for token in ('x', 'A' * 27, 'ş%00', 'x' * 3000)]
        pages += [
            self.url_open(f'{self._path(item)}?lang=en_US', data={f'answer_{item.id}': 'approve'})
            for item in (void, expired)]
        for page in pages:
            self.assertEqual(page.status_code, 404)
            self.assertIn(NO_LONGER_VALID, self._text(page))
            self.assertEqual(page.content, pages[0].content)
            self.assertEqual(page.headers['Cache-Control'], 'no-store')
            self.assertNotIn('Set-Cookie', page.headers)

    def test_guessing_is_stopped(self):
        approval = self._pending(self._submitted())
        for number in range(30):
            self.assertEqual(self._get(f'/o/guess{number}').status_code, 404)
        self.assertEqual(self._get(approval).status_code, 404)
        self._post(approval, **{f'answer_{approval.id}': 'approve'})
        self.assertEqual(approval.state, 'pending')
        self.env['stokiva.throttle'].search([]).hit_at = fields.Datetime.now() - timedelta(minutes=11)
        self.assertEqual(self._get(approval).status_code, 200)

    def test_hammering_is_stopped(self):
        approval = self._pending(self._submitted())
        digest = self.env['stokiva.throttle']._get_digest('127.0.0.1')
        self.env['stokiva.throttle'].create([{'bucket': 'approval', 'digest': digest}] * 119)
        self.assertEqual(self._get(approval).status_code, 200)
        self.assertEqual(self._get(approval).status_code, 404)

    def test_photos_of_the_page_and_no_others(self):
        order = self._submitted()
        approval = self._pending(order)
        other = self._submitted()
        photo = order.media_ids[0]
        paths = html.fromstring(self._get(approval).content).xpath('//img/@src')
        self.assertEqual(len(paths), 2)
        for path in (*paths, f'{self._path(approval)}/photo/{photo.id}'):
            response = self._get(path)
            self.assertEqual((response.status_code, response.headers['Content-Type']), (200, 'image/jpeg'))
            self.assertEqual(response.headers['X-Content-Type-Options'], 'nosniff')
            self.assertNotIn('Set-Cookie', response.headers)
            self.assertEqual(Image.open(io.BytesIO(response.content)).format, 'JPEG')
        for path in (
            f'{self._path(approval)}/photo/{other.media_ids[0].id}', f'{self._path(approval)}/photo/{10**12}',
            f'/o/wrong/photo/{photo.id}',
        ):
            self.assertEqual(self._get(path).status_code, 404)
        photo.sha256 = '0' * 64
        self.assertEqual(self._get(f'{self._path(approval)}/photo/{photo.id}').status_code, 404)

    def test_photos_stay_with_the_answer(self):
        order = self._submitted()
        approval = self._pending(order)
        self._answer(order)
        self.assertEqual(self._get(f'{self._path(approval)}/photo/{order.media_ids[0].id}/thumb').status_code, 200)

    def test_in_the_browser(self):
        self.service_type_repair.needs_signature = True
        approval = self._pending(self._submitted())
        self.browser_js(
            self._path(approval), BROWSER_TEST, "document.querySelector('.js .pad:not([hidden])') !== null")
