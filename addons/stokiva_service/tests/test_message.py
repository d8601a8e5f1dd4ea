from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestMessage(WorkOrderCommon):
    """The outbox: written with the event, sent later, harmless when it fails."""

    def setUp(self):
        super().setUp()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf'))

    def test_approval_link_is_in_the_mail_only(self):
        order = self._submitted()
        message = self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', 'submit'), ('channel', '=', 'email')])
        self.assertEqual(message.partner_id, self.customer)
        self.env['stokiva.message']._cron_send()
        self.assertEqual(message.state, 'sent')
        mail = self.env['mail.mail'].search([('recipient_ids', 'in', self.customer.ids)], order='id desc', limit=1)
        self.assertIn(f'<a class="stokiva-button" href="{order.approval_ids._get_link()}">', mail.body_html)
        self.assertNotIn('{link}', mail.body_html)

    def test_mails_are_framed_and_tell_the_whole_window(self):
        self.company.write({'email_secondary_color': '#123456', 'phone': '+90 232 555 01 00'})
        order = self._accepted()
        start = fields.Datetime.now() + timedelta(days=3)
        self._do(
            order, 'plan', self.user_provider_a, 'portal', window_start=str(start.replace(microsecond=0)),
            window_end=str((start + timedelta(hours=2)).replace(microsecond=0)))
        order.window_start, order.window_end = '2027-03-05 10:00:00', '2027-03-05 12:00:00'
        message = self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', 'plan'), ('channel', '=', 'email'), ('audience', '=', 'customer')],
            order='id desc', limit=1)
        message._deliver()
        body = message.mail_id.body_html
        self.assertIn('Friday 5 March, 13:00–15:00', body)
        for part in (self.company.name, self.company.phone, '#123456'):
            self.assertIn(part, body)
        self.assertNotIn('#123456', html2plaintext(body))
        message.rule_id.template_id.email_layout_xmlid = 'mail.mail_notification_light'
        message._deliver()
        self.assertIn('Powered by', message.mail_id.body_html)

    def test_bad_template_stops_nothing(self):
        rule = self.env.ref('stokiva_service.message_rule_submit_customer_email')
        rule.template_id.body_html = '<t t-out="object.no_such_field"/>'
        order = self._submitted()
        self.env['stokiva.message']._cron_send()
        message = self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', 'submit'), ('channel', '=', 'email')])
        self.assertEqual((message.state, message.attempts), ('pending', 1))
        self.assertTrue(message.error)
        for _attempt in range(4):
            self.env['stokiva.message']._cron_send()
        self.assertEqual(message.state, 'failed')
        message.with_user(self.user_dispatcher).action_retry()
        self.assertEqual(message.state, 'pending')

    def test_who_has_no_address_is_told_nothing_and_it_is_said_why(self):
        self.customer.email = False
        order = self._submitted()
        self.env['stokiva.message']._cron_send()
        message = self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', 'submit'), ('channel', '=', 'email')])
        self.assertEqual(message.state, 'canceled')
        self.assertIn(self.customer.name, message.error)

    def test_rule_switched_off_sends_nothing(self):
        self.env['stokiva.message.rule'].search([('event', '=', 'submit'), ('channel', '=', 'email')]).active = False
        order = self._submitted()
        self.assertFalse(self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', 'submit'), ('channel', '=', 'email')]))

    def test_every_default_template_renders(self):
        order = self._submitted()
        for rule in self.env['stokiva.message.rule'].search([('channel', '=', 'email')]):
            message = self.env['stokiva.message'].new({
                'rule_id': rule.id, 'channel': 'email', 'work_order_id': order.id,
                'partner_id': self.customer.id, 'company_id': self.company.id, 'lang': 'en_US'})
            for field in ('subject', 'body_html'):
                with self.subTest(rule=rule.id, field=field):
                    self.assertTrue(message._render(rule.template_id, field))
