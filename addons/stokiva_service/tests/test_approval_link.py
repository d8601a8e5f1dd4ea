import io
from datetime import timedelta

from lxml import html
from PIL import Image

from odoo import fields
from odoo.tests import tagged

from .common_approval import CHANGED, ApprovalPageCommon

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
        slowed = self._get('/o/guess30')
        self.assertEqual((slowed.status_code, slowed.headers['Retry-After']), (429, '600'))
        self.assertEqual(self._get(approval).status_code, 200, "The customer behind the same address is not locked out.")
        self.env['stokiva.throttle'].search([]).hit_at = fields.Datetime.now() - timedelta(minutes=11)
        self.assertEqual(self._get('/o/guess31').status_code, 404)

    def test_hammering_is_stopped(self):
        approval = self._pending(self._submitted())
        digest = self.env['stokiva.throttle']._get_digest(approval.token_hash)
        self.env['stokiva.throttle'].create([{'bucket': 'approval', 'digest': digest}] * 119)
        self.assertEqual(self._get(approval).status_code, 200)
        self.assertEqual(self._get(approval).status_code, 404)
        self.assertEqual(self._get(self._pending(self._submitted())).status_code, 200)

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
