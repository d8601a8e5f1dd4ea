import ast
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_messages import MessageCommon


@tagged('post_install', '-at_install')
class TestMessageSend(MessageCommon):
    """What becomes of an outbox row: quiet hours, permission, consent, blacklist, a dead mail server."""

    def _be_quiet(self, start=21, end=8):
        self.company.write({'stokiva_quiet_from': start, 'stokiva_quiet_to': end})
        self.customer.tz = 'Europe/Istanbul'

    # === QUIET HOURS === #

    def test_waits_for_the_morning(self):
        self._be_quiet()
        self._get_rule('accept').heeds_quiet_hours = True
        with freeze_time('2031-01-06 18:30:00'):  # 21:30 in Istanbul
            order = self._accepted()
            message = self._send(order, 'accept')
            self.assertRecordValues(message, [
                {'state': 'pending', 'send_after': fields.Datetime.to_datetime('2031-01-07 05:00:00')}])
            self.assertEqual(message.valid_until, fields.Datetime.to_datetime('2031-01-07 17:00:00'))
        with freeze_time('2031-01-07 04:59:00'):
            self.assertEqual(self._send(order, 'accept').state, 'pending')
        with freeze_time('2031-01-07 05:00:00'):
            self.assertEqual(self._send(order, 'accept').state, 'sent')

    def test_clock_of_the_customer(self):
        self._be_quiet()
        self.customer.tz = 'America/New_York'
        self._get_rule('accept').heeds_quiet_hours = True
        with freeze_time('2031-01-06 18:30:00'):
            self.assertEqual(self._send(self._accepted(), 'accept').state, 'sent')

    def test_too_late_in_the_morning(self):
        self._be_quiet()
        self._get_rule('depart').heeds_quiet_hours = True
        with freeze_time('2031-01-06 18:30:00'):
            order = self._accepted()
            self._do(order, 'depart', self.user_technician_a, 'portal')
            message = self._send(order, 'depart')
        self.assertEqual(message.state, 'canceled')
        self.assertIn("quiet hours", message.error)

    def test_what_became_useless_over_night_is_dropped(self):
        self._be_quiet()
        self._get_rule('accept').heeds_quiet_hours = True
        rule = self._get_rule('replan')
        rule.heeds_quiet_hours = True
        with freeze_time('2031-01-06 18:30:00'):
            canceled, moved = self._accepted(), self._accepted()
            for day in (8, 9, 10):
                self._do(moved, 'plan', self.user_provider_a, 'portal', window_start=f'2031-01-{day:02} 08:00:00',
                         window_end=f'2031-01-{day:02} 10:00:00')
            self.env['stokiva.message']._cron_send()
            self._do(canceled, 'cancel', reason='other')
        with freeze_time('2031-01-07 05:00:00'):
            self.assertEqual(self._send(canceled, 'accept').state, 'canceled')
            first, last = self._get_messages(moved, 'replan')
            self.assertEqual((first.state, last.state), ('canceled', 'sent'))
            self.assertIn("later", first.error)

    def test_stale_message_is_not_sent(self):
        with freeze_time('2031-01-06 10:00:00'):
            order = self._accepted()
        with freeze_time('2031-01-06 22:00:01'):
            message = self._send(order, 'accept')
            self.assertEqual(message.state, 'canceled')
            message.with_user(self.user_dispatcher).action_retry()
            self.assertEqual(self._send(order, 'accept').state, 'sent')

    def test_hours_must_make_sense(self):
        for values in ({'stokiva_quiet_from': -1}, {'stokiva_quiet_to': 24.5}):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.company.write(values)
                self.env.flush_all()

    # === WHOSE JOB IT IS BY THEN === #

    def _assigned(self):
        """An order that is offered to Alfa, whose dispatcher waits for the message."""
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        return order

    def _add_technician(self):
        """Another technician of Alfa."""
        return self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'role': 'technician',
            'partner_id': self.env['res.partner'].create({'name': "Tuna", 'email': 'tuna@example.com'}).id})

    def test_offer_that_was_answered_is_not_told(self):
        taken, refused, waiting = self._assigned(), self._assigned(), self._assigned()
        self._do(taken, 'accept', self.user_provider_a, 'portal')
        self._do(refused, 'reject', self.user_provider_a, 'portal', reason='busy')
        for order in (taken, refused):
            messages = self._send(order, 'assign', 'provider').filtered(
                lambda message: message.personnel_id.provider_id == self.provider_a)
            self.assertEqual({*messages.mapped('state')}, {'canceled'})
        self.assertIn("answered or taken back", self._send(taken, 'assign', 'provider')[0].error)
        self.assertEqual({*self._send(waiting, 'assign', 'provider').mapped('state')}, {'sent'})

    def test_offer_that_somebody_else_has_by_now_is_told_to_him_only(self):
        order = self._assigned()
        self._do(order, 'reassign', reason='other', provider_id=self.provider_b.id)
        before, now = self._send(order, 'assign', 'provider'), self._get_messages(order, 'reassign', 'provider')
        self.assertEqual(before.personnel_id.provider_id, self.provider_a)
        self.assertEqual({*before.mapped('state')}, {'canceled'})
        self.assertIn(f"no longer the job of {before[0].partner_id.name}", before[0].error)
        self.assertEqual(now.personnel_id.provider_id, self.provider_b)
        self.assertEqual({*now.mapped('state')}, {'sent'})

    def test_job_that_somebody_else_has_by_now_is_not_told(self):
        order = self._accepted()
        other = self._add_technician()
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=other.id)
        messages = self._send(order, 'plan', 'personnel')
        self.assertRecordValues(messages, [
            {'personnel_id': self.technician_a.id, 'state': 'canceled'}, {'personnel_id': other.id, 'state': 'sent'}])

    def test_who_loses_a_job_that_he_was_told_of_is_told_so(self):
        order = self._accepted()
        self.env['stokiva.message']._cron_send()
        self._do(order, 'reassign', reason='other', provider_id=self.provider_b.id)
        people = self._send(order, 'withdraw', 'provider')
        self.assertTrue(people)
        self.assertEqual({*people.mapped('state')}, {'sent'})
        self.assertEqual(people.personnel_id.provider_id, self.provider_a)
        technician = self._get_messages(order, 'withdraw', 'personnel')
        self.assertRecordValues(technician, [{'personnel_id': self.technician_a.id, 'state': 'sent'}])
        self._do(order, 'reassign', reason='other', provider_id=self.provider_a.id)
        self._do(order, 'reassign', reason='other', provider_id=self.provider_b.id)
        again = self._send(order, 'withdraw', 'provider') - people
        self.assertEqual(again.personnel_id.provider_id, self.provider_b, "Alfa was not told that it had the job again")
        self.assertEqual({*again.mapped('state')}, {'canceled'})

    def test_technician_who_keeps_his_job_or_never_knew_of_it_is_told_nothing(self):
        order, other = self._accepted(), self._add_technician()
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=other.id)
        self.assertFalse(self._send(order, 'withdraw', 'personnel'))
        self._do(order, 'plan', self.user_provider_a, 'portal', window_start='2031-01-08 08:00:00', window_end='2031-01-08 10:00:00')
        self.assertFalse(self._send(order, 'withdraw', 'personnel'))
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        self.assertEqual(self._get_messages(order, 'withdraw', 'personnel').personnel_id, other)

    def test_who_has_his_job_again_is_not_told_of_its_loss(self):
        order, other = self._accepted(), self._add_technician()
        self.env['stokiva.message']._cron_send()
        for technician in (other, self.technician_a):
            self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=technician.id)
        message = self._send(order, 'withdraw', 'personnel')
        self.assertEqual(message.personnel_id, self.technician_a)
        self.assertEqual(message.state, 'canceled')
        self.assertIn(f"the job of {self.technician_a.partner_id.name} again", message.error)

    def test_technician_hears_that_his_job_was_closed(self):
        order = self._accepted()
        self._do(order, 'return', reason='other')
        message = self._send(order, 'return', 'personnel')
        self.assertRecordValues(message, [{'personnel_id': self.technician_a.id, 'state': 'sent'}])

    def test_provider_hears_of_times_that_others_set(self):
        order = self._accepted()
        window = {'window_start': '2031-01-08 08:00:00', 'window_end': '2031-01-08 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self._do(order, 'plan', personnel_id=self._add_technician().id)
        self.assertFalse(self._get_messages(order, 'schedule', 'provider'))
        self._do(order, 'plan', self.customer, 'link', window_start='2031-01-09 08:00:00', window_end='2031-01-09 10:00:00')
        told = self._send(order, 'schedule', 'provider')
        self.assertTrue(told)
        self.assertEqual(told.personnel_id.provider_id, self.provider_a)
        self.assertEqual({*told.mapped('state')}, {'sent'})
        self._do(order, 'plan', personnel_id=told[0].personnel_id.id, window_start='2031-01-10 08:00:00',
                 window_end='2031-01-10 10:00:00')
        self.assertNotIn(told[0].personnel_id, (self._get_messages(order, 'schedule', 'provider') - told).personnel_id)

    def test_who_has_answered_is_not_asked(self):
        """On the technician's phone the customer signs before any message is there: both come together, once there is a line."""
        asked, answered = self._submitted(), self._submitted()
        self._answer(answered)
        self.assertEqual(self._send(asked, 'submit').state, 'sent')
        message = self._get_messages(answered, 'submit')
        self.assertEqual(message.state, 'canceled')
        self.assertIn("Nothing waits for the customer's answer", message.error)
        self.assertEqual(self._get_messages(answered, 'approve').state, 'sent', "thanked he is")

    def test_nobody_is_asked_where_no_approval_is_needed(self):
        self.service_type_repair.needs_approval = False
        order = self._submitted()
        self.assertEqual((order.state, self._send(order, 'submit').state), ('completed', 'canceled'))

    def test_who_has_arrived_is_not_on_the_way(self):
        order = self._in_progress()
        message = self._send(order, 'depart')
        self.assertEqual((message.state, message.error), ('canceled', "It has gone on meanwhile."))

    def test_on_the_way_is_told_no_later_than_it_helps(self):
        """The phone had no line for three hours."""
        with freeze_time('2031-01-06 08:00:00'):
            late, order = self._accepted(), self._accepted()
        with freeze_time('2031-01-06 12:00:00'):
            for job, hour in ((late, '09'), (order, '11')):
                job._apply_event(
                    'depart', actor=self.user_technician_a, channel='portal',
                    occurred=fields.Datetime.to_datetime(f'2031-01-06 {hour}:00:00'))
            self.assertEqual(self._send(order, 'depart').state, 'sent')
            message = self._get_messages(late, 'depart')
            self.assertEqual((message.state, message.error), ('canceled', "Too late to be of use."))

    # === WHO MAY BE TOLD === #

    def test_person_permits_jobs_but_no_news(self):
        self.technician_a.notify_email_status = False
        order = self._accepted()
        self.assertEqual(self._send(order, 'plan', 'personnel').state, 'sent')
        self._do(order, 'cancel', reason='other')
        message = self._send(order, 'cancel', 'personnel')
        self.assertEqual(message.state, 'canceled')
        self.assertIn("does not permit", message.error)
        self.env['res.lang']._activate_lang('tr_TR')
        self.company.partner_id.lang = 'tr_TR'
        message.state = 'pending'
        message.with_context(lang=False)._deliver_safely()
        self.assertIn("izin vermiyor", message.error, "the office reads why, whoever runs the job")

    def test_offers_need_consent(self):
        self._get_rule('accept').consent = 'commercial'
        message = self._send(self._accepted(), 'accept')
        self.assertEqual(message.state, 'canceled')
        self.assertIn("did not agree", message.error)
        consents = self.env['stokiva.partner.consent'].with_user(self.user_call_centre)
        yes = consents.create({'partner_id': self.customer.id, 'source': 'form', 'user_name': "Somebody else"})
        self.assertEqual(yes.user_name, self.user_call_centre.name)
        self.assertEqual(self._send(self._accepted(), 'accept').state, 'sent')
        other = self.env['res.company'].create({'name': "Other"})
        self.assertFalse(self.env['stokiva.partner.consent']._has(self.customer, other, 'email'))
        consents.create({'partner_id': self.customer.id, 'source': 'call', 'is_granted': False})
        self.assertEqual(self._send(self._accepted(), 'accept').state, 'canceled')

    def test_consent_is_not_rewritten(self):
        row = self.env['stokiva.partner.consent'].create({'partner_id': self.customer.id, 'source': 'form'})
        for user in (self.user_call_centre, self.user_dispatcher, self.user_manager):
            with self.assertRaises(AccessError):
                row.with_user(user).is_granted = False
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        with self.assertRaises(ValidationError):
            row.create({'partner_id': self.customer.id, 'source': 'form', 'date': fields.Datetime.now() + timedelta(days=1)})

    def test_blacklisted_address(self):
        self.env['mail.blacklist']._add(self.customer.email)
        message = self._send(self._accepted(), 'accept')
        self.assertEqual(message.state, 'canceled')
        self.assertIn("blacklist", message.error)

    # === WHAT FAILS === #

    def test_dead_mail_server_shows_on_the_row_and_the_order(self):
        order = self._accepted()
        message = self._send(order, 'accept')
        message.mail_id._postprocess_sent_message([], [], failure_reason="No route", failure_type='mail_smtp')
        self.assertRecordValues(message, [{'state': 'failed', 'error': "No route"}])
        self.assertEqual(order.with_user(self.user_dispatcher).outbox_failed_count, 1)
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.message_action_failed')
        self.assertIn(message, message.search(ast.literal_eval(action['domain'])))
        message.with_user(self.user_dispatcher).action_retry()
        self.assertEqual(self._send(order, 'accept').state, 'sent')
        order.invalidate_recordset()
        self.assertEqual(order.with_user(self.user_dispatcher).outbox_failed_count, 0)

    def test_message_of_a_deleted_rule(self):
        order = self._accepted()
        self._get_rule('accept').unlink()
        self.assertFalse(self._send(order, 'accept').filtered(lambda item: item.state != 'canceled'))
