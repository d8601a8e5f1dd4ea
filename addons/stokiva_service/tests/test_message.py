from odoo.tests import tagged

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
        self.assertIn(order.approval_ids._get_link(), mail.body_html)
        self.assertNotIn('{link}', mail.body_html)

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
