from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..tools.sms_api import SmsApiGateway
from .common import SmsCommon


class FakeApi(SmsApiGateway):
    """Answers as the test wants: ``answers`` maps gateway names to states, `raise` raises."""
    answers, sent = {}, []

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        name = self.settings['name']
        uuid = messages[0]['numbers'][0]['uuid']
        FakeApi.sent.append((name, messages[0]['numbers'][0]['number']))
        state = FakeApi.answers.get(name, 'sent')
        if state == 'raise':
            raise ValueError("no JSON")
        return [{'uuid': uuid, 'state': state, 'failure_reason': state != 'sent' and f"because {state}"}]


@tagged('post_install', '-at_install')
class TestGateway(SmsCommon):
    """Which gateway takes a message, and what happens when none does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['sms.sms'].search([('state', '=', 'outgoing')]).unlink()
        cls.company.sms_provider = 'gateway'
        cls.first, cls.second = cls.env['stokiva.sms.gateway'].create([
            {'name': name, 'sequence': sequence, 'company_id': cls.company.id, 'provider': 'kannel',
             'endpoint': 'http://127.0.0.1:9/', 'username': 'user', 'password': 'secret-of-ours'}
            for sequence, name in enumerate(('first', 'second'))])

    def setUp(self):
        super().setUp()
        FakeApi.answers, FakeApi.sent = {}, []
        self.patch(type(self.first), '_get_api', lambda gateway: FakeApi(gateway.env, {'name': gateway.name}))

    def _queue_sms(self, **values):
        return self.env['sms.sms'].create({
            'number': '+905321234567', 'body': "Hello", 'record_company_id': self.company.id, **values})

    def _run(self, **answers):
        FakeApi.answers = answers
        self.env['sms.sms']._process_queue()

    def _get_log(self, sms):
        return self.env['stokiva.sms.log'].search([('uuid', '=', sms.uuid)])

    def test_first_gateway_is_used(self):
        sms = self._queue_sms()
        self._run()
        self.assertEqual(FakeApi.sent, [('first', '+905321234567')])
        self.assertRecordValues(self._get_log(sms), [{
            'state': 'sent', 'gateway': 'kannel', 'gateway_id': self.first.id, 'attempts': 1, 'is_uncertain': False}])
        self.assertEqual((sms.state, self.first.health, self.second.health), ('pending', 'ok', 'unknown'))

    def test_every_outcome(self):
        for state, expected, uncertain in (
            ('gateway_down', 'outgoing', False), ('gateway_busy', 'outgoing', False),
            ('gateway_config', 'outgoing', False), ('gateway_uncertain', 'outgoing', True), ('raise', 'outgoing', True),
            ('server_error', 'outgoing', True), ('gateway_refused', 'error', False), ('wrong_number_format', 'error', False),
            ('sms_number_missing', 'error', False), ('something new', 'error', False), ('sent', 'pending', False),
        ):
            with self.subTest(state=state):
                (self.first | self.second).write({'blocked_until': False, 'failures': 0})
                sms = self._queue_sms()
                self._run(first=state, second=state)
                self.assertEqual((sms.state, sms.stokiva_is_uncertain), (expected, uncertain))
                log = self._get_log(sms)
                self.assertEqual(log.state, {'outgoing': 'queued', 'error': 'failed', 'pending': 'sent'}[expected])
                self.assertEqual(bool(log.reason), expected != 'pending')
                sms.unlink()

    def test_second_steps_in_and_first_comes_back(self):
        one = self._queue_sms()
        self._run(first='gateway_down')
        self.assertEqual(one.state, 'outgoing')
        self._run(first='gateway_down')
        self.assertEqual(FakeApi.sent[-1][0], 'second')
        self.assertEqual((one.state, self._get_log(one).gateway_id, self._get_log(one).attempts), ('pending', self.second, 2))
        self.assertEqual(self.first.health, 'failing')
        self.first.blocked_until = fields.Datetime.now() - timedelta(minutes=1)
        self._queue_sms()
        self._run()
        self.assertEqual((FakeApi.sent[-1][0], self.first.health), ('first', 'ok'))

    def test_all_down_waits_and_fills_no_batch(self):
        sms = self._queue_sms()
        for _try in range(3):
            self._run(first='gateway_down', second='gateway_down')
        self.assertEqual(sms.state, 'outgoing')
        self.assertEqual([name for name, _number in FakeApi.sent], ['first', 'second'])
        other = self.env['res.company'].create({'name': "Other", 'sms_provider': 'log'})
        theirs = self._queue_sms(record_company_id=other.id)
        self._run()
        self.assertEqual((theirs.state, sms.state), ('pending', 'outgoing'))

    def test_company_without_gateway_waits(self):
        (self.first | self.second).active = False
        sms = self._queue_sms()
        self._run()
        self.assertEqual((sms.state, FakeApi.sent), ('outgoing', []))

    def test_bad_password_tells_a_person_once(self):
        self.second.active = False
        self._queue_sms()
        activities = self.env['mail.activity'].search_count([('summary', 'ilike', 'first')])
        self._run(first='gateway_config')
        self.first.blocked_until = False
        self.env['sms.sms'].search([('state', '=', 'outgoing')]).stokiva_next_try = False
        self._run(first='gateway_config')
        self.assertEqual(self.env['mail.activity'].search_count([('summary', 'ilike', 'first')]), activities + 1)
        self.assertEqual(self.first.last_error, "because gateway_config")

    def test_uncertain_is_repeated_once(self):
        sms = self._queue_sms()
        self._run(first='gateway_uncertain')
        self.assertTrue(self._get_log(sms).is_uncertain)
        sms.stokiva_next_try = False
        self._run(first='gateway_uncertain')
        self.assertEqual((sms.state, len(FakeApi.sent), self._get_log(sms).state), ('error', 2, 'failed'))

    def test_one_exception_of_ten_harms_one(self):
        messages = self.env['sms.sms'].concat(*(self._queue_sms(number=f'+9053212345{number:02}') for number in range(10)))
        bad = messages[4].number
        original = FakeApi._send_sms_batch

        def send(api, batch, **kwargs):
            if batch[0]['numbers'][0]['number'] == bad:
                raise ValueError
            return original(api, batch, **kwargs)

        self.patch(FakeApi, '_send_sms_batch', send)
        self._run()
        self.assertEqual(messages.mapped('state').count('pending'), 9)
        self.assertEqual(messages[4].state, 'outgoing')

    def test_killed_server_leaves_one_flagged_message(self):
        sms = self._queue_sms(state='process', stokiva_claimed_at=fields.Datetime.now(), stokiva_attempts=1)
        self._run()
        self.assertEqual(sms.state, 'process')
        sms.stokiva_claimed_at = fields.Datetime.now() - timedelta(minutes=6)
        self._run()
        self.assertEqual((sms.state, self._get_log(sms).is_uncertain, len(FakeApi.sent)), ('pending', True, 1))
        sms.write({'state': 'process', 'stokiva_claimed_at': fields.Datetime.now() - timedelta(minutes=6)})
        self._run()
        self.assertEqual((sms.state, len(FakeApi.sent)), ('error', 1))

    def test_canceled_meanwhile_is_not_sent(self):
        sms = self._queue_sms()
        runners = self.env['stokiva.sms.gateway']._get_runners()
        waiting = next(sms._read_waiting(sms.ids))
        sms.action_set_canceled()
        self.assertEqual(sms._note_and_claim(None, waiting, runners)[1], 0)
        self.assertFalse(FakeApi.sent)
        self.assertEqual(sms.state, 'canceled')

    def test_too_late_is_canceled(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual(log.valid_until, order.approval_ids.expires_at)
        sms = self._get_queued(log)
        sms.stokiva_valid_until = fields.Datetime.now() - timedelta(minutes=1)
        self._run()
        self.assertEqual((sms.state, log.state, message.state), ('canceled', 'canceled', 'canceled'))
        self.assertFalse(log.attempts)

    def test_customer_not_reached_becomes_a_task(self):
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        self._run(first='gateway_refused')
        self.assertEqual(log.state, 'failed')
        kind = self.env.ref('stokiva_sms.mail_activity_type_sms')
        self.assertIn(kind, order.activity_ids.activity_type_id)
        log.with_user(self.user_dispatcher).action_resend()
        _message, logs = self._hand_over(order, 'submit')
        self._run()
        self.assertEqual(logs.mapped('state'), ['sent', 'failed'])
        with self.assertRaises(AccessError):
            log.with_user(self.user_call_centre).action_resend()

    def test_message_of_no_order_is_sent_again(self):
        sms = self._queue_sms()
        self._run(first='gateway_refused')
        self._get_log(sms).with_user(self.user_dispatcher).action_resend()
        self._run()
        self.assertEqual((sms.state, self._get_log(sms).state), ('pending', 'sent'))

    def test_links_take_a_gateway_that_may(self):
        self.first.allows_links = False
        self._queue_sms(body="See https://x.example/o/abc")
        self._queue_sms()
        self._run()
        self.assertEqual([name for name, _number in FakeApi.sent], ['second', 'first'])

    def test_link_that_no_gateway_takes_waits_aside(self):
        (self.first | self.second).allows_links = False
        sms = self._queue_sms(body="See https://x.example/o/abc")
        self._run()
        self.assertEqual((sms.state, FakeApi.sent, sms.stokiva_attempts), ('outgoing', [], 0))
        self.assertGreater(sms.stokiva_next_try, fields.Datetime.now())

    def test_no_report_is_noted_and_not_sent_again(self):
        sms = self._queue_sms()
        self._run()
        log = self._get_log(sms)
        log.date_sent = fields.Datetime.now() - timedelta(hours=73)
        self.env['sms.sms']._cron_watch()
        self.assertEqual((log.state, sms.state, len(FakeApi.sent)), ('unconfirmed', 'pending', 1))
        log._set_state('delivered')
        self.assertEqual(log.state, 'delivered')

    def test_watch_wakes_the_queue_for_what_is_due(self):
        sms = self._queue_sms(stokiva_next_try=fields.Datetime.now() + timedelta(minutes=5))
        with self.capture_triggers('sms.ir_cron_sms_scheduler_action') as capture:
            self.env['sms.sms']._cron_watch()
            self.assertFalse(capture.records)
            sms.stokiva_next_try = fields.Datetime.now()
            self.env['sms.sms']._cron_watch()
            self.assertTrue(capture.records)

    def test_done_messages_are_cleared(self):
        sent, failed = self._queue_sms(state='pending'), self._queue_sms(state='error')
        waiting = self._queue_sms()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sms_sms SET write_date = write_date - interval '4 days' WHERE id = ANY(%s)", [
            [sent.id, failed.id, waiting.id]])
        self.env.invalidate_all()
        self.env['sms.sms']._gc_stokiva_done()
        self.assertEqual((sent | failed | waiting).exists(), failed | waiting)

    # === SETTINGS === #

    def test_credentials_are_nobodys(self):
        names = ('username', 'password', 'webhook_secret', 'endpoint', 'http_body', 'http_headers', 'reply_url')
        for user in (self.user_manager, self.user_dispatcher):
            gateway = self.first.with_user(user)
            self.assertEqual(gateway.name, 'first')
            for name in names:
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    gateway.read([name])
            with self.assertRaises(AccessError):
                gateway.action_test()
            self.assertNotIn('password', gateway.fields_get())
        self.assertNotEqual(self.first.copy().password, 'secret-of-ours')

    def test_test_message_goes_by_this_gateway(self):
        with self.assertRaises(UserError):
            self.second.action_test()
        self.second.write({'test_number': "0532 123 45 99", 'active': False})
        action = self.second.action_test()
        self._run()
        self.assertEqual(FakeApi.sent, [('second', '+905321234599')])
        self.assertEqual(self.env['stokiva.sms.log'].search(action['domain']).state, 'sent')

    def test_bad_settings_are_refused(self):
        for values in ({'endpoint': 'ftp://x'}, {'allowed_ips': "127.0.0.1, nowhere"}, {'provider': 'http', 'http_body': '{'}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.first.write(values)

    def test_preset_fills_the_request(self):
        gateway = self.env['stokiva.sms.gateway'].create({
            'name': "N", 'company_id': self.company.id, 'provider': 'http', 'http_preset': 'netgsm'})
        self.assertIn('iysfilter', gateway.http_body)
        self.assertTrue(gateway._get_settings()['endpoint'].startswith('https://'))

    def test_gateways_of_another_company_are_closed(self):
        other = self.env['res.company'].create({'name': "Other"})
        reader = new_test_user(self.env, 'gateway_reader', 'stokiva_service.group_stokiva_dispatcher', company_id=other.id)
        self.assertFalse(self.env['stokiva.sms.gateway'].with_user(reader).search([('id', '=', self.first.id)]))
