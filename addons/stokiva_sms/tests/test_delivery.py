from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestDelivery(SmsCommon):
    """From the outbox to the gateway: what is said to whom, and what is stored of it."""

    def test_from_event_to_delivery(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual(message.state, 'sent')
        self.assertRecordValues(log, [{
            'state': 'queued', 'number': '+905321234567', 'partner_id': self.customer.id,
            'work_order_id': order.id, 'event': 'submit', 'audience': 'customer', 'gateway': 'log',
            'encoding': 'gsm7', 'company_id': self.company.id}])
        self.assertEqual(self._get_queued(log).state, 'outgoing')
        self.env['sms.sms']._process_queue()
        self.assertEqual((log.state, self._get_queued(log).state), ('sent', 'pending'))
        log.with_user(self.user_dispatcher).action_simulate_delivery()
        self.assertEqual((log.state, self._get_queued(log).state), ('delivered', 'sent'))
        self.assertTrue(log.date_done)
        notification = self.env['sms.tracker'].search([('sms_uuid', '=', log.uuid)]).mail_notification_id
        self.assertEqual(notification.notification_status, 'sent')
        self.assertEqual(message.state, 'sent')

    def test_failure_reaches_the_outbox_and_can_be_sent_again(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.env['sms.sms']._process_queue()
        log.with_user(self.user_dispatcher).action_simulate_failure()
        self.assertEqual((log.state, message.state), ('failed', 'failed'))
        self.assertTrue(log.reason)
        self.assertEqual(message.error, log.reason)
        message.with_user(self.user_dispatcher).action_retry()
        message, logs = self._hand_over(order, 'submit')
        self.assertEqual((message.state, logs.mapped('state')), ('sent', ['queued', 'failed']))

    def test_queue_that_was_emptied_meanwhile(self):
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        # Somebody else's transaction deletes the messages between search and reading.
        with patch.object(type(self.env['sms.sms']), '_read_waiting', lambda sms, ids: iter(())):
            self.env['sms.sms']._process_queue()
        self.assertEqual(log.state, 'queued')

    def test_link_is_in_the_queue_only(self):
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        link = order.approval_ids._get_link()
        self.assertIn(link, self._get_queued(log).body)
        self.assertIn('{link}', log.body)
        note = order.message_ids.filtered(lambda item: item.message_type == 'sms')[:1]
        self.assertIn('{link}', note.body)
        # Nowhere else in the database, whatever field it might have slipped into.
        token = link.rsplit('/', 1)[1]
        self.env.flush_all()
        for record in (log, message, note):
            rows = self.env.execute_query(SQL(
                "SELECT t::text FROM %s t WHERE id = %s", SQL.identifier(record._table), record.id))
            self.assertNotIn(token, rows[0][0], record._name)

    def test_parts_are_counted_with_the_real_link(self):
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        text = self._get_queued(log).body
        self.assertGreater(len(text), len(log.body))
        self.assertEqual(log.characters, len(text) + 5)

    def test_each_recipient_reads_the_own_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        self.customer.lang = 'tr_TR'
        self.technician_a.notify_sms = True
        for xmlid, text in [('sms_template_appointment', "Randevunuz hazır"), ('sms_template_job', "İş")]:
            self.env.ref(f'stokiva_sms.{xmlid}').with_context(lang='tr_TR').body = text
        order = self._accepted()
        _message, log = self._hand_over(order, 'accept')
        self.assertEqual((log.body, log.lang, log.encoding), ("Randevunuz hazır", 'tr_TR', 'ucs2'))
        _message, log = self._hand_over(order, 'plan', 'personnel')
        self.assertIn(order.name, log.body)

    def test_language_that_is_not_installed_falls_back(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept')
        message = self._get_messages(order, 'accept')
        message.lang = 'xx_XX'
        message, log = self._hand_over(order, 'accept')
        self.assertEqual(message.state, 'sent')
        self.assertTrue(log.body)

    def test_numbers_that_get_nothing(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept')
        message = self._get_messages(order, 'accept')
        for phone, named in [
            (False, self.customer.name), ("12", "12"), ("not a number", "not a number"),
            ("0216 555 12 34", "+902165551234"), ("0850 222 33 44", "+908502223344"),
        ]:
            with self.subTest(phone=phone):
                self.customer.phone = phone
                message.state = 'pending'
                _message, logs = self._hand_over(order, 'accept')
                log = logs[0]
                self.assertEqual((message.state, log.state), ('canceled', 'canceled'))
                self.assertIn(named, message.error)
                self.assertEqual(log.reason, message.error)
                self.assertFalse(self._get_queued(log))

    def test_local_number_is_read_in_the_customers_country(self):
        self.customer.phone = "0532 123 45 67"
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        self.assertEqual(log.number, '+905321234567')

    def test_blacklisted_number_gets_nothing(self):
        self.env['phone.blacklist'].create({'number': '+905321234567'})
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual((message.state, log.state), ('canceled', 'canceled'))
        self.assertIn('+905321234567', message.error)
        self.assertFalse(self._get_queued(log))

    def test_personnel_must_agree(self):
        order = self._accepted()
        message, log = self._hand_over(order, 'plan', 'personnel')
        self.assertEqual((message.partner_id, message.state), (self.technician_a.partner_id, 'canceled'))
        self.assertIn(self.technician_a.name, log.reason)
        self.technician_a.notify_sms = True
        message.with_user(self.user_dispatcher).action_retry()
        message, logs = self._hand_over(order, 'plan', 'personnel')
        self.assertEqual((message.state, logs[0].state), ('sent', 'queued'))

    def test_offer_goes_to_the_dispatcher_with_the_time_to_answer(self):
        self.dispatcher_a.notify_sms = True
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        message, log = self._hand_over(order, 'assign', 'provider')
        self.assertEqual((message.partner_id, log.number), (self.dispatcher_a.partner_id, '+905331112233'))
        self.assertIn(self.city_kadikoy.name, log.body)
        self.assertRegex(log.body, r'\d\d:\d\d')

    def test_new_technician_in_the_same_window_is_no_news(self):
        order = self._open_order(window_start='2030-11-26 06:00:00', window_end='2030-11-26 08:00:00')
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'accept')
        _message, log = self._hand_over(order, 'accept')
        self.assertIn("26 November, 09:00-11:00", log.body)
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id)
        message, _log = self._hand_over(order, 'plan')
        self.assertEqual(message.state, 'canceled')
        self._do(order, 'plan', window_start='2030-11-27 06:00:00', window_end='2030-11-27 08:00:00')
        message, logs = self._hand_over(order, 'plan')
        self.assertEqual(message[0].state, 'sent')
        self.assertIn("27 November", logs[0].body)

    def test_second_trip_is_told_again(self):
        order = self._accepted()
        for trip in (1, 2):
            self._do(order, 'depart', self.user_technician_a, 'portal')
            message, _logs = self._hand_over(order, 'depart')
            self.assertEqual(message.mapped('state'), ['sent'] * trip)
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent')
            message, _logs = self._hand_over(order, 'suspend')
            self.assertEqual(message[0].state, 'sent')

    def test_text_that_is_too_long_is_not_cut_but_refused(self):
        self.env.ref('stokiva_sms.sms_template_approval').body = 'ş' * 67 * 7
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual((message.state, log.parts), ('canceled', 8))
        self.assertIn('8', message.error)

    def test_message_of_a_deleted_rule_is_not_sent(self):
        order = self._submitted()
        self._get_messages(order, 'submit').rule_id.unlink()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual((message.state, log.state), ('canceled', 'canceled'))

    def test_empty_text_is_not_sent(self):
        self.env.ref('stokiva_sms.sms_template_approval').body = "{{ '' }}"
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual(message.state, 'canceled')
        self.assertFalse(self._get_queued(log))

    def test_bad_template_is_tried_again_and_stops_nothing(self):
        self.env.ref('stokiva_sms.sms_template_approval').body = '{{ object.no_such_field.x }}'
        order = self._submitted()
        with mute_logger('odoo.addons.mail.models.mail_render_mixin'):
            message, logs = self._hand_over(order, 'submit')
        self.assertEqual((order.state, message.state, message.attempts), ('awaiting_approval', 'pending', 1))
        self.assertFalse(logs)

    def test_every_default_text_renders_and_fits(self):
        order = self._submitted()
        rules = self.env['stokiva.message.rule'].search([('channel', '=', 'sms')])
        self.assertGreaterEqual(len(rules), 20)
        for rule in rules:
            with self.subTest(event=rule.event, audience=rule.audience):
                message = self.env['stokiva.message'].new({
                    'rule_id': rule.id, 'channel': 'sms', 'work_order_id': order.id, 'lang': 'en_US',
                    'partner_id': self.customer.id, 'company_id': self.company.id, 'audience': rule.audience})
                text = message._render(rule.sms_template_id, 'body').strip()
                self.assertTrue(text)
                self.assertNotIn('False', text)
                self.assertNotIn('{{', text)
                size = self.env['stokiva.sms.log']._prepare_text_values(message._replace_link(text.replace('{code}', '123456')), '+905000000000')
                self.assertFalse(message._get_sms_refusal('+905000000000', text, size['parts']))

    def test_rule_needs_a_template(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self.env['stokiva.message.rule'].create({
                'name': "No text", 'event': 'submit', 'audience': 'customer', 'channel': 'sms'})
