from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_approval import ApprovalPageCommon


@tagged('post_install', '-at_install')
class TestApprovalFollowUp(ApprovalPageCommon):
    """What is done while a customer does not answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({'phone': '+90 532 123 45 33', 'email': 'ayse@example.com'})
        cls.company.write({
            'stokiva_reminder_count': 1, 'stokiva_reminder_hours': 24, 'stokiva_call_hours': 3, 'stokiva_silent_days': 0})

    def setUp(self):
        super().setUp()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf'))

    def _pass(self, approvals, hours=25):
        """Let time go by, and run what is due."""
        for approval in approvals:
            if approval.follow_up_at:
                approval.follow_up_at -= timedelta(hours=hours)
            approval.expires_at -= timedelta(hours=hours)
        self.env['stokiva.approval']._cron_expire()
        self.env['stokiva.approval']._cron_follow_up()

    def _messages(self, order, event='remind', channel='email'):
        return self.env['stokiva.message'].search([
            ('work_order_id', 'in', order.ids), ('event', '=', event), ('channel', '=', channel)])

    def _events(self, order, event):
        return order.event_ids.filtered(lambda item: item.event == event)

    # === REMINDERS AND CALLS === #

    def test_reminded_by_the_same_link_then_called(self):
        order = self._submitted()
        approval = self._pending(order)
        link = approval._get_link()
        self.env['stokiva.approval']._cron_follow_up()
        self.assertFalse(self._messages(order), "It is not time yet.")
        self._pass(approval)
        self.assertEqual((approval.reminder_count, approval.call_at), (1, False))
        message = self._messages(order)
        self.assertEqual(message._replace_link('{link}'), link)
        self.assertEqual(self._events(order, 'remind').actor_kind, 'system')
        self._pass(approval)
        self.assertEqual(approval.reminder_count, 1, "No more than the company wants.")
        self.assertTrue(approval.call_at)
        self.assertFalse(approval.follow_up_at)
        self.assertIn(approval, self._get_calls())
        self._post(approval, **{f'answer_{approval.id}': 'approve'})
        self.assertNotIn(approval, self._get_calls())

    def _get_calls(self):
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.approval_action_call')
        return self.env['stokiva.approval'].with_user(self.user_call_centre).search(
            [('call_at', '!=', False), ('state', 'in', ('pending', 'expired'))] if 'call_at' in action['domain'] else [])

    def test_one_reminder_for_a_group(self):
        first, second = self._group()
        approvals = self._pending(first | second)
        self._pass(approvals)
        self.assertEqual(approvals.mapped('reminder_count'), [1, 1])
        self.assertEqual(len(self._messages(first | second)), 1)

    def test_an_ended_link_is_called_and_can_be_renewed(self):
        order = self._submitted()
        approval = self._pending(order)
        self._pass(approval, hours=24 * 8)
        self.assertEqual(approval.state, 'expired')
        self.assertTrue(approval.call_at)
        approval.with_user(self.user_call_centre).action_remind()
        new = self._pending(order)
        self.assertNotEqual(new, approval)
        self.assertEqual(new.shown_hash, approval.shown_hash)
        self.assertEqual(self._get(new).status_code, 200)
        self.assertNotIn(approval, order._get_pending_approvals().values())

    def test_calls(self):
        order = self._submitted()
        approval = self._pending(order)
        approval.call_at = fields.Datetime.now()
        self.assertIn(self.workmanship.name, approval.spoken_text)
        with self.assertRaisesRegex(UserError, "how the call ended"):
            self._confirm(order, 'call', self.user_call_centre)
        self._confirm(order, 'call', self.user_call_centre, call_outcome='not_reached', note="Engaged")
        self.assertRecordValues(approval, [{
            'state': 'pending', 'call_count': 1, 'call_outcome': 'not_reached', 'call_note': "Engaged"}])
        self.assertGreater(approval.call_at, fields.Datetime.now() + timedelta(hours=2))
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=1)
        self._confirm(order, 'call', self.user_call_centre, call_outcome='call_back', call_at=later)
        self.assertEqual((approval.call_count, approval.call_at), (2, later))
        self.assertEqual(len(self._events(order, 'call')), 2)
        self._confirm(
            order, 'call', self.user_call_centre, call_outcome='approve', comment="Yes, it works", spoken_with="Ayşe")
        self.assertRecordValues(approval, [{
            'state': 'approved', 'channel': 'call', 'comment': "Yes, it works", 'call_at': False}])
        self.assertEqual(order.state, 'completed')

    def test_a_call_may_end_in_a_refusal_or_at_a_stranger(self):
        order = self._submitted()
        self._confirm(order, 'call', self.user_call_centre, call_outcome='dispute', comment="Leaks", spoken_with="Ayşe")
        self.assertTrue(order.is_halted)
        other = self._submitted()
        self._confirm(other, 'call', self.user_call_centre, call_outcome='not_mine')
        self.assertTrue(other.is_muted)
        self.assertEqual(self._pending(other).state, 'pending')

    # === WRONG NUMBER === #

    def test_no_more_messages_to_a_wrong_number(self):
        order = self._submitted()
        approval = self._pending(order)
        self._post(approval, answer='not_mine')
        self.assertFalse(approval.follow_up_at)
        with self.assertRaisesRegex(UserError, "Correct the customer's number"):
            self._do(order, 'remind', self.user_call_centre)
        with self.assertRaises(UserError):
            self._do(order, 'send_code', self.user_technician_a, 'portal')
        waiting = self._messages(order, 'submit')
        waiting._deliver_safely()
        self.assertEqual(waiting.state, 'canceled')
        self.customer.email = 'right@example.com'
        self.assertFalse(order.is_muted)
        self._do(order, 'remind', self.user_call_centre)
        message = self._messages(order)
        message._deliver_safely()
        self.assertEqual(message.state, 'sent')

    def test_the_office_may_write_again(self):
        order = self._submitted()
        self._post(self._pending(order), answer='not_mine')
        self._do(order, 'remind', self.user_dispatcher)
        self.assertFalse(order.is_muted)

    # === SILENCE === #

    def test_silence_is_no_consent(self):
        order = self._submitted()
        approval = self._pending(order)
        for _day in range(40):
            self._pass(approval, hours=24)
        self.assertEqual((order.state, approval.state), ('awaiting_approval', 'expired'))

    def _be_silent(self, order, told=True):
        """Let a customer who was told say nothing for ten days."""
        approval = self._pending(order)
        if told:
            self._messages(order, 'submit').state = 'sent'
        self.env.cr.execute(  # the time of creation is nobody's to write
            "UPDATE stokiva_approval SET create_date = create_date - interval '10 days' WHERE id = %s", [approval.id])
        approval.invalidate_recordset(['create_date'])
        for _day in range(4):
            self._pass(approval, hours=24)
        return approval

    def test_silence_counts_where_a_company_wants_that(self):
        self.company.stokiva_silent_days = 5
        approval = self._be_silent(order := self._submitted())
        self.assertEqual((order.state, approval.channel, approval.stars), ('completed', 'silent', 0))
        self.assertEqual(self._events(order, 'approve').actor_kind, 'system')

    def test_silence_never_counts_without_being_told_or_for_a_price_or_a_signature(self):
        self.company.stokiva_silent_days = 5
        untold = self._submitted()
        self._be_silent(untold, told=False)
        quoted = self._in_progress()
        self._do(quoted, 'quote', self.user_technician_a, 'portal', amount=100, text="Pump")
        self._messages(quoted, 'quote').state = 'sent'
        self._be_silent(quoted, told=False)
        self.service_type_repair.needs_signature = True
        signed = self._submitted()
        self._be_silent(signed)
        self.assertEqual([order.state for order in (untold, quoted, signed)], [
            'awaiting_approval', 'in_progress', 'awaiting_approval'])
