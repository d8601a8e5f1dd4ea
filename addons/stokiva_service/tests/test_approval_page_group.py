from lxml import html

from odoo.tests import tagged

from .common_approval import CHANGED, ApprovalPageCommon
from .test_signatures import drawn


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
        device = second.device_id.copy({'partner_id': stranger.id})
        # sudo: a wrong group that the door would not make
        second.sudo().write({'partner_id': stranger.id, 'device_id': device.id})
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
