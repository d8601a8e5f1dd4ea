from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_messages import MessageCommon


@tagged('post_install', '-at_install')
class TestMessageRule(MessageCommon):
    """Who is told: by company, service, condition and kind of what happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env['stokiva.message.rule']
        cls.template = cls.env.ref('stokiva_service.mail_template_accepted')

    def _make_rule(self, event='open', **values):
        return self.rules.create({
            'name': "Ours", 'event': event, 'audience': 'customer', 'channel': 'email', 'template_id': self.template.id,
            **values})

    def _get_rule_names(self, order, event='open'):
        return self._get_messages(order, event).rule_id.mapped('name')

    def test_own_rule_of_a_company_replaces_the_shared_one(self):
        shared = self._make_rule(name="Shared")
        own = self._make_rule(company_id=self.company.id)
        self.assertEqual(self._get_rule_names(self._open_order()), ["Ours"])
        own.active = False
        self.assertFalse(self._get_rule_names(self._open_order()), "Off for this company, whatever the others do.")
        own.unlink()
        self.assertEqual(self._get_rule_names(self._open_order()), ["Shared"])
        shared.company_id = self.env['res.company'].create({'name': "Other"})
        self.assertFalse(self._get_rule_names(self._open_order()))

    def test_rule_for_a_service_replaces_that_for_all(self):
        self._make_rule(name="All")
        self._make_rule(name="Repairs", service_type_ids=[Command.set(self.service_type_repair.ids)])
        self._make_rule(name="Installations", service_type_ids=[Command.set(self.service_type_install.ids)])
        self.assertEqual(self._get_rule_names(self._open_order()), ["Repairs"])
        other = self.env['stokiva.service.type'].create({'name': "Cleaning"})
        self.assertEqual(self._get_rule_names(self._open_order(service_type_id=other.id)), ["All"])

    def test_condition(self):
        rule = self._make_rule(condition="[('priority', '=', '9')]")
        rule.condition = f"[('service_type_id', '=', {self.service_type_install.id})]"
        self.assertFalse(self._get_rule_names(self._open_order()))
        rule.condition = f"[('service_type_id', '=', {self.service_type_repair.id})]"
        self.assertEqual(self._get_rule_names(self._open_order()), ["Ours"])

    def test_condition_that_cannot_be_read(self):
        for condition in ("[('no_such_field', '=', 1)]", "not a domain", "[('id', 'frobs', 3)]", "env.cr"):
            with self.subTest(condition=condition), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._make_rule(condition=condition)

    def test_condition_that_went_bad_stops_no_order(self):
        rule = self._make_rule()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stokiva_message_rule SET condition = '[(''gone'', ''='', 1)]' WHERE id = %s", [rule.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        order = self._open_order()
        self.assertEqual(order.state, 'created')
        message = self._get_messages(order, 'open')
        self.assertEqual(message.state, 'failed')
        self.assertIn("condition", message.error)

    def test_another_time_is_told_as_a_change(self):
        order = self._accepted()
        window = {'window_start': '2031-01-06 08:00:00', 'window_end': '2031-01-06 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self.assertFalse(self._get_messages(order, 'replan'))
        window = {'window_start': '2031-01-07 08:00:00', 'window_end': '2031-01-07 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self.assertTrue(self._get_messages(order, 'replan'))
        self.assertTrue(self._get_messages(order, 'replan', 'personnel'))

    def test_what_stays_as_it_was_is_no_change(self):
        order = self._accepted()
        window = {'window_start': '2031-01-06 08:00:00', 'window_end': '2031-01-06 10:00:00'}
        plan = {**window, 'personnel_id': self.technician_a.id, 'assistant_ids': []}
        self._do(order, 'plan', self.user_provider_a, 'portal', **plan)
        told = self._get_messages(order, 'plan')
        self.assertTrue(told)
        for again in (plan, window, {'assistant_ids': []}):
            self._do(order, 'plan', **again)
        self.assertEqual(self._get_messages(order, 'plan'), told, "nobody is told what he knows")
        self.assertFalse(self._get_messages(order, 'replan'))

    def test_time_that_was_taken_back_is_news_again(self):
        order = self._accepted()
        window = {'window_start': '2031-01-06 08:00:00', 'window_end': '2031-01-06 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self._do(order, 'plan', self.user_provider_a, 'portal', window_start=False, window_end=False)
        told = self._get_messages(order, 'plan')
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self.assertTrue(self._get_messages(order, 'plan') - told)
        self.assertFalse(self._get_messages(order, 'replan'))

    def test_another_technician_at_the_same_time_is_told_no_change_of_time(self):
        order = self._accepted()
        window = {'window_start': '2031-01-06 08:00:00', 'window_end': '2031-01-06 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id, **window)
        told = self._get_messages(order, 'plan', 'personnel')
        other = self.technician_a.create({
            'provider_id': self.provider_a.id, 'partner_id': self.technician_a.partner_id.copy().id, 'role': 'technician'})
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=other.id, **window)
        self.assertEqual((self._get_messages(order, 'plan', 'personnel') - told).personnel_id, other)
        self.assertFalse(self._get_messages(order, 'replan'))

    def test_after_another_provider_the_same_time_is_news(self):
        order = self._accepted()
        window = {'window_start': '2031-01-06 08:00:00', 'window_end': '2031-01-06 10:00:00'}
        self._do(order, 'plan', self.user_provider_a, 'portal', **window)
        self._do(order, 'reassign', provider_id=self.provider_b.id, reason="Ill")
        self._do(order, 'accept', self.user_provider_b, 'portal')
        told = self._get_messages(order, 'plan')
        self._do(order, 'plan', self.user_provider_b, 'portal', **window)
        self.assertTrue(self._get_messages(order, 'plan') - told)

    def test_answers_to_a_quote_are_no_thanks_for_the_work(self):
        order = self._in_progress()
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=1200, text="New pump")
        self._answer(order)
        self.assertFalse(self._get_messages(order, 'approve'))
        self.assertEqual(
            self._get_messages(order, 'approve_quote', 'personnel').personnel_id, self.technician_a)
        self._do(order, 'quote', self.user_technician_a, 'portal', amount=1900, text="And a hose")
        self._answer(order, 'dispute')
        self.assertTrue(self._get_messages(order, 'dispute_quote', 'provider'))
        self.assertFalse(self._get_messages(order, 'dispute', 'provider'))

    def test_what_is_no_event_is_told_once(self):
        self._make_rule('pause')
        order = self._open_order()
        for occasion, count in (('first', 1), ('first', 1), ('second', 2)):
            self.env['stokiva.message']._tell(order, 'pause', occasion)
            self.assertEqual(len(self._get_messages(order, 'pause')), count)

    def test_sentence_and_form(self):
        rule = self._get_rule('plan')
        self.assertEqual(rule.sentence, "“Planned”: E-mail to the customer")
        rule.write({'consent': 'commercial', 'service_type_ids': [Command.set(self.service_type_repair.ids)]})
        self.assertEqual(rule.sentence, "“Planned”: E-mail to the customer, only for Repair, only with consent")
        form = Form(self.rules.with_user(self.user_manager))
        form.name, form.event, form.template_id = "Hello", 'open', self.template
        self.assertFalse(form.save().heeds_quiet_hours, "An e-mail wakes nobody.")
        with self.assertRaises(ValidationError):
            self._make_rule(template_id=False)

    def test_preview_shows_what_would_be_sent(self):
        bad = self._make_rule(template_id=self.template.copy({'body_html': '<t t-out="object.no_such_field"/>'}).id)
        order = self._accepted()
        rule = self._get_rule('accept').with_user(self.user_manager)
        rule.preview_order_id = order
        self.assertIn(order.name, rule.preview_subject)
        self.assertIn("Alfa Servis", rule.preview_html)
        before = self.env['mail.mail'].search_count([])
        self.assertIn('no_such_field', bad.preview_error)
        self.assertFalse(bad.preview_html)
        self.assertEqual(self.env['mail.mail'].search_count([]), before)

    def test_preview_without_any_order(self):
        company = self.env['res.company'].create({'name': "Other"})
        rule = self._make_rule(company_id=company.id)
        self.assertFalse(rule.preview_order_id or rule.preview_html or rule.preview_error)

    def test_texts_can_be_edited_while_there_are_orders(self):
        self._open_order()
        self.user_manager.group_ids += self.env.ref('mail.group_mail_template_editor')
        rules = self.rules.search([('channel', '=', 'email')])
        for template in rules.template_id.with_user(self.user_manager):
            with self.subTest(template=template.name):
                template.body_html = template.body_html.replace('</p>', '!</p>')
        with self.assertRaises(ValidationError), mute_logger('odoo.addons.mail.models.mail_template'):
            self.template.with_user(self.user_manager).body_html = '<t t-out="object.no_such_field"/>'

    def test_defaults_come_back(self):
        rule = self._get_rule('accept')
        template = rule.template_id
        body = template.body_html
        rule.write({'name': "Changed", 'event': 'cancel', 'active': False, 'consent': 'commercial'})
        template.body_html = "<p>Spoilt</p>"
        rule.with_user(self.user_manager).action_restore()
        self.assertRecordValues(rule, [
            {'name': "Provider found", 'event': 'accept', 'active': True, 'consent': 'informational'}])
        self.assertEqual(template.body_html, body)
        with self.assertRaises(UserError):
            self._make_rule().action_restore()
        with self.assertRaises(AccessError):
            rule.with_user(self.user_dispatcher).action_restore()
