from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_orders import WorkOrderCommon

WINDOW = {'window_start': '2030-05-02 07:00:00', 'window_end': '2030-05-02 09:00:00'}


@tagged('post_install', '-at_install')
class TestVisits(WorkOrderCommon):
    """Who goes, how it ended, and what follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assistant_a = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'role': 'assistant',
            'partner_id': cls.env['res.partner'].create({'name': "Alfa Assistant", 'email': 'aa@example.com'}).id})
        cls.user_assistant_a = cls._create_login(cls.assistant_a, 'stokiva_assistant_a')

    def _todo(self, order):
        return order.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref('stokiva_service.mail_activity_type_visit'))

    def _messages(self, order, event):
        return self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', event), ('channel', '=', 'email')])

    # === CREW === #

    def test_salesperson_plans_without_seeing_who_goes(self):
        order = self._sell(user=self.user_sales).stokiva_work_order_ids.with_env(self.env)
        if order.provider_id != self.provider_a:
            self._do(order, 'reassign', provider_id=self.provider_a.id, reason="Who is near")
        self._do(order, 'accept', self.user_provider_a, 'portal')
        self._do(order, 'plan', self.user_provider_a, 'portal', personnel_id=self.technician_a.id,
                 assistant_ids=self.assistant_a.ids)
        wizard = self._open_dialog(order, 'plan', self.user_sales)
        self.env.invalidate_all()
        form = Form(wizard)
        self.assertNotIn('assistant_ids', form._view['fields'])
        form.window_start = WINDOW['window_start']
        form.save().action_confirm()
        self.assertEqual(str(order.window_start), WINDOW['window_start'])
        self.assertEqual(order.visit_id.assistant_ids, self.assistant_a, "Who goes along is the provider's business.")
        self.env.invalidate_all()
        Form(order.with_user(self.user_sales))  # opens, with the visit's crew left out

    def test_assistants_go_along(self):
        order = self._accepted()
        self._do(order, 'plan', self.user_provider_a, 'portal', assistant_ids=self.assistant_a.ids, **WINDOW)
        self.assertEqual(order.visit_id.assistant_ids, self.assistant_a)
        self.assertIn(self.assistant_a, self._messages(order, 'plan').personnel_id)
        self._do(order, 'depart', self.user_assistant_a, 'portal')
        self._do(order, 'suspend', self.user_assistant_a, 'portal', outcome='absent')
        self.assertEqual(order.visit_id.assistant_ids, self.assistant_a, "the crew goes again")
        for nobody in ([], None, False, ''):
            order.visit_id.sudo().assistant_ids = self.assistant_a
            self._do(order, 'plan', self.user_provider_a, 'portal', assistant_ids=nobody, **WINDOW)
            self.assertFalse(order.visit_id.assistant_ids)

    def test_crew_is_of_the_same_provider(self):
        order = self._accepted()
        for wrong in (self.technician_b.ids, [0], ['x'], 'x', [self.assistant_a.id, self.technician_b.id]):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self._do(order, 'plan', self.user_provider_a, 'portal', assistant_ids=wrong)
        with self.assertRaises(UserError):
            self._do(order, 'plan', self.user_technician_a, 'portal', assistant_ids=self.assistant_a.ids)
        with self.assertRaisesRegex(ValidationError, "cannot be an assistant"):
            self._do(order, 'plan', self.user_provider_a, 'portal', assistant_ids=self.technician_a.ids)
        with self.assertRaises(ValidationError):
            order.visit_id.sudo().personnel_id = self.technician_b

    def test_no_assistants_before_the_provider_accepted(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        with self.assertRaises(UserError):
            self._do(order, 'plan', assistant_ids=self.assistant_a.ids)

    # === OUTCOMES === #

    def test_second_trip_with_its_window(self):
        order = self._in_progress()
        for wrong in (
                {'window_start': WINDOW['window_start']}, {'window_end': WINDOW['window_end']},
                {'window_start': WINDOW['window_end'], 'window_end': WINDOW['window_start']},
                {'window_start': 'tomorrow', 'window_end': 'later'}):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent', **wrong)
        self.assertEqual(order.state, 'in_progress')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent', note="Rang twice", **WINDOW)
        self.assertRecordValues(order.visit_ids, [
            {'outcome': 'absent', 'note': "Rang twice", 'sequence': 1, 'window_start': False},
            {'outcome': False, 'note': False, 'sequence': 2,
             'window_start': fields.Datetime.to_datetime(WINDOW['window_start'])}])
        self.assertEqual(order.window_end, fields.Datetime.to_datetime(WINDOW['window_end']))
        self.assertFalse(self._todo(order), "the next visit stands")

    def test_office_has_a_todo_where_it_must_act(self):
        for outcome, word, waiting_for in (
                ('absent', "Nobody was at home", 'provider'), ('no_access', "could not get to", 'provider'),
                ('wrong_address', "Correct it", 'office'), ('part_missing', "A part was missing", 'provider'),
                ('refused', "did not want", 'office')):
            order = self._in_progress(user_id=self.user_call_centre.id)
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome=outcome)
            with self.subTest(outcome=outcome):
                activity = self._todo(order)
                self.assertEqual(activity.user_id, self.user_call_centre)
                self.assertIn(word, activity.note)
                self.assertRecordValues(order, [{'state': 'accepted', 'waiting_for': waiting_for}])
                self._do(order, 'plan', self.user_provider_a, 'portal', **WINDOW)
                self.assertFalse(self._todo(order))

    def test_todo_comes_even_with_a_window_where_only_the_office_can_act(self):
        order = self._in_progress()
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='refused', **WINDOW)
        self.assertTrue(self._todo(order))
        self._do(order, 'cancel', self.user_call_centre, reason="Customer does not want it")
        self.assertFalse(self._todo(order))

    def test_device_in_the_workshop_needs_no_todo(self):
        order = self._in_progress()
        with self.assertRaisesRegex(UserError, "Take in the device"):
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='workshop')
        self._do(order, 'take_in', self.user_technician_a, 'portal')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='workshop')
        self.assertFalse(self._todo(order))

    def test_customer_and_provider_are_told(self):
        for outcome, words, provider_words in (
                ('absent', "did not find you", "plan the next visit"), ('no_access', "could not get to", "plan the next"),
                ('wrong_address', "call us to correct", "office looks after"), ('part_missing', "needs a part", "plan the next"),
                ('refused', "nothing was done", "office looks after"), ('workshop', "to our workshop", "To the workshop")):
            order = self._in_progress()
            if outcome == 'workshop':
                self._do(order, 'take_in', self.user_technician_a, 'portal')
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome=outcome)
            with self.subTest(outcome=outcome):
                bodies = {
                    message.audience: message._render(message.rule_id.template_id, 'body_html')
                    for message in self._messages(order, 'suspend')}
                self.assertIn(words, bodies['customer'])
                self.assertIn(provider_words, bodies['provider'])

    def test_message_names_the_next_visit(self):
        order = self._in_progress()
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='absent', **WINDOW)
        message = self._messages(order, 'suspend').filtered(lambda message: message.audience == 'customer')
        body = message._render(message.rule_id.template_id, 'body_html')
        self.assertIn("Your new appointment", body)
        self.assertNotIn("contact you", body)

    def test_nobody_at_home_ends_the_trip_of_the_whole_group(self):
        orders = self.env['stokiva.work.order'].search([('sale_order_id', '=', self._sell(2).id)], order='id')
        self._do(orders[0], 'accept', self.user_manager)
        self._do(orders[0], 'plan', personnel_id=orders.provider_id.personnel_ids.filtered(
            lambda person: person.role == 'technician').id)
        self._do(orders[0], 'depart')
        self.assertEqual(set(orders.mapped('state')), {'on_the_way'})
        self._do(orders[1], 'suspend', outcome='absent')
        self.assertEqual(orders.mapped('state'), ['accepted', 'accepted'])
        self.assertEqual(orders.visit_ids.filtered('finished_at').mapped('outcome'), ['absent', 'absent'])
        self.assertEqual(len(self._todo(orders)), 1, "one call for both")
        self._do(orders[0], 'depart')
        self._do(orders[0], 'start')
        self._do(orders[0], 'suspend', outcome='part_missing')
        self.assertEqual(orders.mapped('state'), ['accepted', 'on_the_way'], "the other device is still to be done")

    # === FIGURES === #

    def test_first_time_fix(self):
        fixed = self._submitted()
        self.assertFalse(fixed.is_first_time_fix)
        self._answer(fixed)
        again = self._in_progress()
        self._do(again, 'suspend', self.user_technician_a, 'portal', outcome='part_missing')
        self._do(again, 'depart', self.user_technician_a, 'portal')
        self._do(again, 'start', self.user_technician_a, 'portal')
        self._work(again)
        self._do(again, 'submit', self.user_technician_a, 'portal')
        self._answer(again)
        self.assertRecordValues(fixed | again, [
            {'visit_count': 1, 'is_first_time_fix': True}, {'visit_count': 2, 'is_first_time_fix': False}])
        found = fixed.search([('id', 'in', (fixed | again).ids), ('is_first_time_fix', '=', True)])
        self.assertEqual(found, fixed)

    def test_minutes_of_a_visit(self):
        moment = fields.Datetime.to_datetime('2026-03-02 08:00:00')
        with freeze_time(moment):
            order = self._accepted()
        for minutes, event in ((0, 'depart'), (25, 'start')):
            with freeze_time(moment + timedelta(minutes=minutes)):
                self._do(order, event, self.user_technician_a, 'portal', check_in={'latitude': 41.01, 'longitude': 28.97})
        with freeze_time(moment + timedelta(minutes=65)):
            self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='part_missing')
        self.assertRecordValues(order.visit_ids, [
            {'travel_minutes': 25, 'work_minutes': 40, 'arrived_latitude': 41.01, 'arrived_longitude': 28.97},
            {'travel_minutes': 0, 'work_minutes': 0, 'arrived_latitude': 0, 'arrived_longitude': 0}])
        logged = order.event_ids.filtered(lambda event: event.event == 'start')
        self.assertTrue(logged._get_payload()['check_in'].startswith('sha256:'), "where people are is personal")

    # === DIALOGS === #

    def test_dialog_plans_the_crew(self):
        order = self._accepted()
        wizard = self._open_dialog(order, 'plan', self.user_dispatcher, **WINDOW)
        self.assertTrue(wizard.has_visit)
        wizard.assistant_ids = self.assistant_a
        wizard.action_confirm()
        self.assertEqual(order.visit_id.assistant_ids, self.assistant_a)
        wizard = self._open_dialog(order, 'plan', self.user_dispatcher)
        self.assertEqual(wizard.assistant_ids, self.assistant_a)
        wizard.action_confirm()
        self.assertNotIn('assistant_ids', order.event_ids.sorted('seq')[-1]._get_payload())
        self._confirm(order, 'plan', self.user_dispatcher, assistant_ids=[Command.clear()])
        self.assertFalse(order.visit_id.assistant_ids)

    def test_dialog_ends_the_visit_with_the_next_one(self):
        order = self._in_progress()
        self._confirm(order, 'suspend', outcome='absent', window_start=WINDOW['window_start'])
        self.assertEqual(order.window_end, fields.Datetime.to_datetime(WINDOW['window_end']), "two hours, unless said")
