import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SmsCommon

NUMBER = '+905321234567'


@tagged('post_install', '-at_install')
class TestReply(SmsCommon):
    """Answers by SMS: whom they match, what they do, and what they must not do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.country
        cls.company.sms_provider = 'gateway'
        cls.gateway = cls.env['stokiva.sms.gateway'].create({
            'name': "Log", 'company_id': cls.company.id, 'reply_to': '5000', 'sender': "STOKIVA"})
        cls.count = 0

    def _ask(self, order=None):
        """An order that waits for the customer, told by SMS; returns it and the code."""
        order = order or self._submitted()
        self._hand_over(order, 'submit')
        return order, self._get_code(order)

    def _get_code(self, order):
        return self.env['stokiva.sms.question'].search([('work_order_id', '=', order.id)], limit=1).code

    def _reply(self, text, number=NUMBER, ref=None):
        """Let a reply come in and be read."""
        type(self).count += 1
        ref = ref or f'r{self.count}'
        self.env['stokiva.sms.inbound']._store(self.company, self.gateway, number, '5000', text, ref)
        self.env['stokiva.sms.inbound']._cron_read()
        return self.env['stokiva.sms.inbound'].search([('message_ref', '=', ref)])

    def _get_answers(self):
        """Texts that were sent by themselves, newest first."""
        return self.env['stokiva.sms.log'].search([('event', '=', False), ('number', '=', NUMBER)]).mapped('body')

    def test_text_tells_how_to_answer_and_keeps_the_code_out_of_the_journal(self):
        order, code = self._ask()
        log = self.env['stokiva.sms.log'].search([('work_order_id', '=', order.id), ('event', '=', 'submit')])
        text = self._get_queued(log).body
        self.assertIn(f"YES {code}", text)
        self.assertIn("5000", text)
        for readable in (log.body, *order.message_ids.mapped('body')):
            self.assertNotIn(code, re.sub(r'[^\d]', ' ', readable).split())
        with self.assertRaises(AccessError):
            self.env['stokiva.sms.question'].with_user(self.user_manager).search([], limit=1).read(['code'])

    def test_yes_completes_the_order(self):
        order, code = self._ask()
        row = self._reply(f"Evet {code}")
        self.assertEqual((row.state, order.state), ('done', 'completed'))
        approval = order.approval_ids
        self.assertRecordValues(approval, [{'state': 'approved', 'channel': 'sms', 'signed_by': NUMBER}])
        self.assertFalse(row.is_open)
        self.assertIn(order.name, self._get_answers()[0])
        event = order.event_ids.sorted('seq')[-1]
        self.assertEqual((event.event, event.channel, event.key), ('approve', 'sms', f'sms:{row.id}'))

    def test_no_disputes_with_the_customers_words(self):
        order, code = self._ask()
        row = self._reply(f"HAYIR {code} hâlâ su akıtıyor")
        self.assertEqual((row.state, order.state, order.is_halted), ('done', 'awaiting_approval', True))
        self.assertEqual(order.approval_ids.comment, "hâlâ su akıtıyor")

    def test_no_without_words_is_a_dispute_too(self):
        order, code = self._ask()
        self._reply(f"hayır {code}")
        self.assertTrue(order.is_halted)
        self.assertEqual(order.approval_ids.comment, f"hayır {code}")

    def test_same_message_five_times_counts_once(self):
        order, code = self._ask()
        for _copy in range(5):
            row = self._reply(f"evet {code}", ref='same')
        self.assertEqual(len(row), 1)
        self.assertEqual(order.event_ids.mapped('event').count('approve'), 1)

    def test_yes_after_yes_changes_nothing_and_no_after_yes_is_listed(self):
        order, code = self._ask()
        self._reply(f"evet {code}")
        self.assertEqual(self._reply(f"evet {code}").state, 'done')
        row = self._reply(f"hayır {code}")
        self.assertEqual((row.state, row.is_open, row.work_order_id, order.state), ('late', True, order, 'completed'))
        self.assertEqual(order.event_ids.mapped('event').count('approve'), 1)

    def test_answer_to_what_has_changed_decides_nothing(self):
        order, code = self._ask()
        order._edit({'diagnosis': "Something else"}, actor=self.user_manager, channel='office')
        row = self._reply(f"evet {code}")
        self.assertEqual((row.state, order.state), ('late', 'awaiting_approval'))

    def test_unclear_is_answered_once_and_listed(self):
        order, code = self._ask()
        rows = self._reply(f"evet değil {code}") + self._reply("ne?")
        self.assertEqual(rows.mapped('state'), ['unclear', 'unclear'])
        self.assertTrue(all(rows.mapped('is_open')))
        self.assertEqual(rows.mapped('is_answered'), [True, False])
        self.assertEqual(order.state, 'awaiting_approval')
        rows.with_user(self.user_dispatcher).action_handled()
        self.assertFalse(any(rows.mapped('is_open')))
        with self.assertRaises(AccessError):
            rows.with_user(self.user_technician).action_handled()

    def test_without_code_only_when_nothing_else_waits(self):
        first, _code = self._ask()
        second, code = self._ask()
        row = self._reply("evet")
        self.assertEqual((row.state, first.state, second.state), ('unclear', 'awaiting_approval', 'awaiting_approval'))
        self._reply(f"evet {code}")
        self.assertEqual((first.state, second.state), ('awaiting_approval', 'completed'))
        self._reply("evet")
        self.assertEqual(first.state, 'completed')

    def test_without_code_only_up_to_the_limit(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=500, text="New pump")
        self._hand_over(order, 'quote')
        row = self._reply("evet")
        self.assertEqual((row.state, order.approval_ids.state), ('unclear', 'pending'))
        self.company.stokiva_sms_code_limit = 600
        self._reply("evet")
        self.assertEqual(order.approval_ids.state, 'approved')

    def test_group_is_answered_together(self):
        sale = self._sell(2)
        orders = self.env['stokiva.work.order'].search([('sale_order_id', '=', sale.id)])
        self.assertEqual(len(orders), 2)
        for order in orders:
            if order.state == 'created':
                self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(orders, 'accept', self.user_manager)
        self._do(orders, 'plan', personnel_id=self.technician_a.id)
        self._do(orders[0], 'depart')
        for order in orders:
            self._do(order, 'start')
            self._work(order)
            self._do(order, 'submit')
        self.env['stokiva.message']._cron_send()
        code = self.env['stokiva.sms.question'].search([('number', '=', NUMBER)], limit=1).code
        self._reply(f"evet {code}")
        self.assertEqual(orders.mapped('state'), ['completed', 'completed'])

    def test_wrong_codes_are_counted_and_then_ignored(self):
        order, code = self._ask()
        wrong = f'{(int(code) + 1) % 10000:04}'
        states = [self._reply(f"evet {wrong}").state for _try in range(6)]
        self.assertEqual(states, ['wrong_code'] * 5 + ['ignored'])
        self.assertEqual(self._reply(f"evet {code}").state, 'ignored')
        self.assertEqual(order.state, 'awaiting_approval')

    def test_right_code_from_another_number_opens_nothing(self):
        order, code = self._ask()
        row = self._reply(f"evet {code}", number='+905329999999')
        self.assertEqual((row.state, order.state), ('wrong_code', 'awaiting_approval'))

    def test_numbers_as_gateways_write_them(self):
        for number in ('+905321234567', '905321234567', '05321234567', '5321234567'):
            with self.subTest(number=number):
                order, code = self._ask()
                self._reply(f"evet {code}", number=number)
                self.assertEqual(order.state, 'completed')

    def test_names_and_short_codes_answer_nothing(self):
        for number in ("BANKA", "2222", "", "evet@x"):
            row = self._reply("evet", number=number)
            self.assertEqual((row.state, row.is_answered), ('unmatched', False))

    def test_stop(self):
        order, _code = self._ask()
        row = self._reply("DUR")
        self.assertEqual((row.state, order.state), ('stopped', 'awaiting_approval'))
        self.assertTrue(self.env['phone.blacklist'].search([('number', '=', NUMBER)]))
        self.assertFalse(row.is_answered)

    def test_ret_refuses_what_is_asked_and_stops_where_nothing_is(self):
        order, code = self._ask()
        self.assertEqual((self._reply(f"RET {code}").state, order.is_halted), ('done', True))
        self.assertEqual(self._reply("RET").state, 'stopped')

    def test_unmatched_is_listed_and_not_answered(self):
        row = self._reply("Ne zaman geliyorsunuz?")
        self.assertEqual((row.state, row.is_open, row.is_answered), ('unmatched', True, False))

    def test_at_most_three_answers_an_hour(self):
        sent = 0
        for _number in range(5):
            _order, code = self._ask()
            sent += self._reply(f"evet {code}").is_answered
        self.assertEqual(sent, 3)

    def test_dispatcher_accepts_an_offer(self):
        self.dispatcher_a.notify_sms = True
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._hand_over(order, 'assign', 'provider')
        row = self._reply(f"kabul {self._get_code(order)}", number='+905331112233')
        self.assertEqual((row.state, order.state), ('done', 'accepted'))
        event = order.event_ids.filtered(lambda item: item.event == 'accept')
        self.assertEqual(event.channel, 'sms')

    def test_nobody_is_asked_about_the_offer_of_another_provider(self):
        self.dispatcher_a.notify_sms = True
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        message = self.env['stokiva.message'].search([('work_order_id', '=', order.id), ('personnel_id', '=', self.dispatcher_a.id)])
        self._do(order, 'reassign', reason='other', provider_id=self.provider_b.id)
        self.assertFalse(self.env['stokiva.sms.question']._ask(message[:1], '+905331112233'))

    def test_dispatcher_refuses_an_offer(self):
        self.dispatcher_a.notify_sms = True
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        offer = order.assignment_id
        self._hand_over(order, 'assign', 'provider')
        self._reply(f"hayır {self._get_code(order)} yerimiz yok", number='+905331112233')
        self.assertEqual((offer.state, offer.note), ('rejected', "yerimiz yok"))

    def test_dispatcher_who_left_accepts_nothing(self):
        self.dispatcher_a.notify_sms = True
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._hand_over(order, 'assign', 'provider')
        self.dispatcher_a.active = False
        row = self._reply(f"evet {self._get_code(order)}", number='+905331112233')
        self.assertEqual((row.state, row.is_open, order.state), ('unclear', True, 'assigned'))

    def test_no_reply_is_asked_for_where_none_can_come(self):
        self.gateway.reply_to = False
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        self.assertNotIn("YES", self._get_queued(log).body)
        self.assertFalse(self._get_code(order))

    def test_links_are_left_out_where_they_do_not_arrive(self):
        self.gateway.allows_links = False
        order = self._submitted()
        _message, log = self._hand_over(order, 'submit')
        self.assertNotIn("/o/", self._get_queued(log).body)
        self.gateway.reply_to = False
        order = self._submitted()
        message, log = self._hand_over(order, 'submit')
        self.assertEqual((message.state, log.state), ('canceled', 'canceled'))

    def test_simulated_reply(self):
        order, code = self._ask()
        self.env['sms.sms']._process_queue()
        log = self.env['stokiva.sms.log'].search([('work_order_id', '=', order.id), ('event', '=', 'submit')])
        wizard = Form(self.env['stokiva.sms.reply.wizard'].with_user(self.user_dispatcher).with_context(
            default_log_id=log.id))
        self.assertIn(code, wizard.text)
        action = wizard.save().action_send()
        self.assertEqual(order.state, 'completed')
        self.assertEqual(self.env['stokiva.sms.inbound'].browse(action['res_id']).state, 'done')
        log.gateway = 'kannel'
        with self.assertRaises(UserError):
            wizard.save().action_send()
