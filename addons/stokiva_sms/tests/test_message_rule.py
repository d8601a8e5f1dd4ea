from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SmsCommon


@tagged('post_install', '-at_install')
class TestSmsRule(SmsCommon):
    """What is particular to rules for SMS: letters, size, consent and the STOP that withdraws it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref('stokiva_sms.message_rule_accept_customer_sms')

    def test_preview_counts_what_is_billed(self):
        self.rule.sms_template_id.body = "Şirket ığ: {link} {reply}"
        self.rule.preview_order_id = self._accepted()
        self.assertIn("/o/", self.rule.preview_text)
        self.assertIn("1234", self.rule.preview_text)
        self.assertNotIn("{", self.rule.preview_text)
        self.assertRegex(self.rule.preview_size, r"^2 SMS, \d+ characters in UCS-2")
        self.rule.sms_is_plain = True
        self.assertIn("Sirket ig", self.rule.preview_text)
        self.assertRegex(self.rule.preview_size, r"^1 SMS, \d+ characters in GSM-7")

    def test_plain_letters_are_sent(self):
        self.rule.sms_template_id.body = "Şimdi ığ"
        self.rule.sms_is_plain = True
        _message, log = self._hand_over(self._accepted(), 'accept')
        self.assertEqual((log.body, log.encoding), ("Simdi ig", 'gsm7'))
        self.assertEqual(self._get_queued(log).body, "Simdi ig")

    def test_default_wakes_nobody_but_says_what_cannot_wait(self):
        rules = self.env['stokiva.message.rule'].search([('channel', '=', 'sms'), ('audience', '=', 'customer')])
        self.assertEqual(
            set(rules.filtered(lambda rule: not rule.heeds_quiet_hours).mapped('event')),
            {'depart', 'submit', 'resolve', 'quote', 'send_code'})

    def test_offer_is_marked_for_the_gateway_and_stop_withdraws_consent(self):
        self.rule.consent = 'commercial'
        message, _log = self._hand_over(self._accepted(), 'accept')
        self.assertEqual(message.state, 'canceled')
        consents = self.env['stokiva.partner.consent']
        consents.create({'partner_id': self.customer.id, 'channel': 'sms', 'source': 'form'})
        message, log = self._hand_over(self._accepted(), 'accept')
        self.assertEqual(message.state, 'sent')
        self.assertTrue(self._get_queued(log).stokiva_is_commercial)
        inbound = self.env['stokiva.sms.inbound']
        inbound._store(self.company, self.env['stokiva.sms.gateway'], log.number, '', "DUR", 'test-stop')
        inbound.search([('message_ref', '=', 'test-stop')])._read_reply()
        self.assertFalse(consents._has(self.customer, self.company, 'sms'))
        self.assertEqual(consents.search([('partner_id', '=', self.customer.id)], limit=1).source, 'reply')

    def test_manager_edits_texts_of_work_orders_only(self):
        template = self.rule.sms_template_id.with_user(self.user_manager)
        template.body = "Hello"
        other = self.env['sms.template'].create({
            'name': "Other", 'model_id': self.env['ir.model']._get_id('res.partner'), 'body': "x"})
        for record, user in ((other, self.user_manager), (template, self.user_dispatcher)):
            with self.assertRaises(AccessError):
                record.with_user(user).body = "y"
