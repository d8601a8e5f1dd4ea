from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_orders import WorkOrderCommon, photo


@tagged('post_install', '-at_install')
class TestEventWizard(WorkOrderCommon):

    # === BUTTONS === #

    def test_next_step_depends_on_state_and_right(self):
        order = self._open_order()
        expected = [
            (self.user_call_centre, 'assign', ('assign', 'plan', 'cancel'), ('accept', 'return')),
            (self.user_settlement, False, (), ('assign', 'edit')),
        ]
        for user, next_event, legal, illegal in expected:
            seen = order.with_user(user)
            self.assertEqual(seen.next_event, next_event)
            for event in legal:
                self.assertIn(f',{event},', seen.legal_events)
            for event in illegal:
                self.assertNotIn(f',{event},', seen.legal_events)
        self.assertTrue(order.with_user(self.user_call_centre).can_edit)
        self.assertFalse(order.with_user(self.user_settlement).can_edit)

    def test_answer_by_telephone_is_offered_while_a_request_waits(self):
        order = self._submitted()
        self.assertIn(',approve,dispute,', order.with_user(self.user_call_centre).legal_events)
        self._answer(order)
        self.assertEqual(order.with_user(self.user_call_centre).legal_events, ',,')

    def test_missing_photo_is_the_next_step(self):
        self.service_type_repair.write({'photos_before': 1, 'photos_after': 1})
        order = self._in_progress().with_user(self.user_dispatcher)
        self.assertEqual(order.next_event, 'photo')
        self.assertEqual(order.alert_kind, 'evidence')
        self.assertEqual(order.action_add_photo()['context']['default_kind'], 'before')
        order.media_ids = [Command.create({'kind': kind, 'image': photo()}) for kind in ('before', 'after')]
        self.assertEqual(order.next_event, 'submit')
        self.assertFalse(order.alert_kind)

    def test_buttons_need_no_query_per_order(self):
        orders = self.env['stokiva.work.order'].concat(*(self._open_order() for _number in range(6)))

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.user_dispatcher).mapped('legal_events')
            return self.env.cr.sql_log_count - before

        count(orders)
        self.assertLessEqual(count(orders), count(orders[0]) + 1)

    def test_click_carries_out_what_needs_nothing(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertTrue(
            order.with_user(self.user_dispatcher).with_context(stokiva_event='accept').action_event() is True)
        self.assertEqual(order.state, 'accepted')
        self.assertRecordValues(order.event_ids.sorted('seq')[-1], [
            {'event': 'accept', 'actor_id': self.user_dispatcher.id, 'channel': 'office'}])

    def test_dialog_refuses_before_anything_is_filled_in(self):
        order = self._open_order()
        for event in ('open', 'edit', 'expire', 'nonsense', None):
            with self.assertRaises(UserError):
                order.with_user(self.user_manager).with_context(stokiva_event=event).action_event()
        with self.assertRaisesRegex(UserError, "is in the state"):
            self._open_dialog(order, 'suspend')
        self._do(order, 'assign', provider_id=self.provider_a.id)
        with self.assertRaises(AccessError):
            self._open_dialog(order, 'reassign', self.user_call_centre)
        self.assertFalse(self.env['stokiva.event.wizard'].search([('work_order_ids', 'in', order.ids)]))

    def test_portal_users_cannot_use_the_office_buttons(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        with self.assertRaises(AccessError):
            order.with_user(self.user_provider_a).with_context(stokiva_event='accept').action_event()
        with self.assertRaises(AccessError):
            self.env['stokiva.event.wizard'].with_user(self.user_provider_a).create({
                'event': 'accept', 'work_order_ids': [Command.set(order.ids)]})
        self.assertEqual(order.state, 'assigned')

    def test_settlement_officer_cannot_cause_events(self):
        order = self._open_order()
        with self.assertRaises(AccessError):
            self.env['stokiva.event.wizard'].with_user(self.user_settlement).create({
                'event': 'cancel', 'work_order_ids': [Command.set(order.ids)], 'reason': "No"})

    def test_the_dialog_tells_nothing_of_orders_that_the_user_may_not_see(self):
        order = self._submitted()
        dialog = self.env['stokiva.event.wizard'].with_user(self.user_technician)
        shown = {
            'event': {}, 'work_order_ids': {'fields': {}}, 'partner_id': {'fields': {}}, 'shown_text': {},
            'candidate_ids': {'fields': {'provider_id': {}}}}
        for event in ('approve', 'assign', 'plan'):
            with self.assertRaises(AccessError, msg=event):
                dialog.onchange({'event': event, 'work_order_ids': [Command.set(order.ids)]}, [], shown)
        named = dialog.create({'event': 'approve', 'work_order_ids': [], 'approval_id': order.approval_ids.id})
        self.assertFalse(named.shown_text)

    def test_the_ranking_is_for_those_who_assign(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self.technician_a.user_id = False
        self.technician_a.partner_id = self.user_technician.partner_id
        self.technician_a.user_id = self.user_technician
        self._do(order, 'accept')
        self._do(order, 'plan', personnel_id=self.technician_a.id)
        shown = {'event': {}, 'work_order_ids': {'fields': {}}, 'candidate_ids': {'fields': {'provider_id': {}}}}
        for user, expected in ((self.user_dispatcher, True), (self.user_technician, False)):
            result = self.env['stokiva.event.wizard'].with_user(user).onchange(
                {'event': 'reassign', 'work_order_ids': [Command.set(order.ids)]}, [], shown)
            self.assertEqual(bool(result['value'].get('candidate_ids')), expected, user.name)

    # === CHOOSING A PROVIDER === #

    def test_ranking_is_offered_best_first(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        self._do(order, 'reject', reason='busy')
        self.provider_b.area_ids.unlink()
        self.provider_b.area_ids = [Command.create({'state_id': self.state_istanbul.id})]
        provider_c, *_people = self._create_provider("Gamma")
        self._do(order.assignment_id.work_order_ids or order, 'cancel', reason="Start again")
        order = self._open_order()
        wizard = self._open_dialog(order, 'assign')
        ranked = wizard.candidate_ids.provider_id & (self.provider_a | self.provider_b | provider_c)
        self.assertEqual(ranked[-1], self.provider_b, "The whole province comes after the district.")
        self.assertEqual(wizard.provider_id, wizard.candidate_ids[0].provider_id)
        self.assertTrue(wizard.candidate_ids[0].is_chosen)

    def test_another_than_the_first_needs_a_reason(self):
        order = self._open_order()
        wizard = self._open_dialog(order, 'assign')
        other = wizard.candidate_ids.filtered(lambda row: row.provider_id == self.provider_b)
        first = wizard.candidate_ids[0]
        if other == first:
            other = wizard.candidate_ids[1]
        action = other.action_choose()
        self.assertEqual((action['res_model'], action['res_id']), ('stokiva.event.wizard', wizard.id))
        with self.assertRaisesRegex(UserError, first.provider_id.name):
            wizard.action_confirm()
        wizard.reason = "Knows the customer"
        wizard.action_confirm()
        self.assertRecordValues(order, [{'state': 'assigned', 'provider_id': other.provider_id.id}])
        self.assertRecordValues(order.assignment_id, [{'note': "Knows the customer", 'is_automatic': False}])

    def test_reassign_leaves_out_the_provider_that_has_it(self):
        order = self._accepted()
        wizard = self._open_dialog(order, 'reassign')
        self.assertNotIn(self.provider_a, wizard.candidate_ids.provider_id)
        wizard.provider_id = self.provider_b
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.reason = "Too slow"
        wizard.action_confirm()
        self.assertRecordValues(order, [{'state': 'assigned', 'provider_id': self.provider_b.id}])

    def test_engine_can_choose_instead(self):
        order = self._open_order()
        wizard = self._open_dialog(order, 'assign')
        self.assertEqual(wizard.action_auto_assign()['tag'], 'display_notification')
        self.assertEqual(order.state, 'assigned')
        self.assertTrue(order.assignment_id.is_automatic)
        self.assertTrue(order.candidate_ids, "Whom the engine considered is stored, also when a person asked it.")

    def test_nobody_found_is_told_with_the_reason(self):
        self.customer.write({'city': "Çankaya", 'state_id': self.state_ankara.id, 'zip': '06420', 'city_id': False})
        self.env['stokiva.provider'].search([]).action_archive()
        order = self._open_order()
        action = order.with_user(self.user_dispatcher).action_auto_assign()
        self.assertEqual(action['params']['type'], 'warning')
        self.assertEqual(action['params']['message'], order.unassigned_reason)
        self.assertEqual(order.with_user(self.user_dispatcher).alert_kind, 'unassigned')

    # === WHAT IS GIVEN === #

    def test_plan_sends_only_what_changed(self):
        order = self._accepted()
        window = {'window_start': '2030-01-07 06:00:00', 'window_end': '2030-01-07 08:00:00'}
        wizard = self._open_dialog(order, 'plan', self.user_call_centre, **window)
        self.assertEqual(wizard.personnel_id, self.technician_a)
        self.assertFalse(wizard.can_choose_personnel, "Who goes is not the call centre's business.")
        wizard.action_confirm()
        self.assertRecordValues(order, [{'personnel_id': self.technician_a.id}])
        self.assertEqual(str(order.window_start), window['window_start'])

    def test_plan_confirmed_as_it_stands_is_no_error(self):
        order = self._accepted()
        self.assertFalse(order.window_start)
        self._confirm(order, 'plan')
        self.assertRecordValues(order, [{'personnel_id': self.technician_a.id, 'window_start': False}])
        with self.assertRaisesRegex(UserError, "Choose a technician or a time"):
            self._confirm(order, 'plan', self.user_call_centre)

    def test_window_has_an_end_by_itself(self):
        order = self._accepted()
        form = Form(self._open_dialog(order, 'plan'))
        self.assertFalse(form.window_end)
        form.window_start = '2030-01-07 06:00:00'
        self.assertEqual(str(form.window_end), '2030-01-07 08:00:00')
        form.save().action_confirm()
        self.assertEqual(str(order.window_end), '2030-01-07 08:00:00')

    def test_orders_of_a_group_go_along(self):
        orders = self._sell(2).stokiva_work_order_ids.sorted('id')
        if orders[0].state == 'created':
            self._do(orders, 'assign', provider_id=self.provider_a.id)
        self._do(orders[0], 'accept')
        wizard = self._open_dialog(
            orders[0], 'plan', window_start='2030-01-07 06:00:00', window_end='2030-01-07 08:00:00')
        self.assertEqual(wizard.taken_along_ids, orders[1])
        wizard.action_confirm()
        self.assertEqual(orders[1].window_start, orders[0].window_start)

    def test_refused_offer_keeps_reason_and_words(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        offer = order.assignment_id
        self._confirm(order, 'reject', reject_reason='part', note="Pump next week")
        self.assertRecordValues(offer, [{'state': 'rejected', 'reason': 'part', 'note': "Pump next week"}])

    def test_visit_ends_without_the_work(self):
        order = self._in_progress()
        self._confirm(order, 'suspend', outcome='absent', note="Rang twice")
        self.assertEqual(order.state, 'accepted')
        self.assertRecordValues(order.visit_ids.sorted('sequence'), [
            {'outcome': 'absent', 'note': "Rang twice"}, {'outcome': False, 'note': False}])

    def test_clock_is_stopped_with_a_reason(self):
        order = self._accepted()
        self._confirm(order, 'pause', self.user_call_centre, reason="Customer on holiday")
        self.assertTrue(order.sla_paused)
        order.with_user(self.user_call_centre).with_context(stokiva_event='resume').action_event()
        self.assertFalse(order.sla_paused)

    def test_device_goes_to_the_workshop_and_back(self):
        order = self._accepted()
        self._confirm(
            order, 'take_in', custody='workshop', accessory_ids=[Command.set(self.accessory.ids)],
            condition="Scratch on the door")
        self.assertEqual(order.custody, 'workshop')
        payload = order.event_ids.sorted('seq')[-1]._get_payload()
        self.assertEqual(payload['accessory_ids'], self.accessory.ids)
        self.assertNotIn("Scratch", str(payload))
        self._confirm(order, 'hand_back', accessory_ids=[Command.set(self.accessory.ids)])
        self.assertEqual(order.custody, 'customer')

    def test_quote_asks_the_customer(self):
        order = self._in_progress()
        self._confirm(order, 'quote', amount=1450.0, text="Relay and labour")
        self.assertRecordValues(order.approval_ids, [{'kind': 'quote', 'state': 'pending'}])
        self.assertEqual(order.with_user(self.user_dispatcher).alert_kind, 'quote')
        wizard = self._open_dialog(order, 'approve', self.user_call_centre)
        self.assertIn("Relay and labour", wizard.shown_text)

    def test_cancel_and_return_close_the_order(self):
        canceled, returned = self._open_order(), self._in_progress()
        self._confirm(canceled, 'cancel', self.user_call_centre, reason="Sold the device")
        self._confirm(returned, 'return', reason="Not wanted any more")
        self.assertEqual((canceled.state, returned.state), ('canceled', 'returned'))

    def test_dispute_is_shown_and_settled(self):
        order = self._submitted()
        self._answer(order, 'dispute', comment="Still leaks")
        seen = order.with_user(self.user_dispatcher)
        self.assertEqual((seen.alert_kind, seen.alert_text, seen.next_event), ('disputed', "Still leaks", 'rework'))
        self._confirm(order, 'resolve', reason="Was the tap")
        self.assertFalse(order.is_halted)
        self.assertEqual(order.approval_ids.filtered(lambda item: item.state == 'pending').kind, 'work')

    def test_complaint_stays_in_sight_during_the_rework(self):
        order = self._submitted()
        self._answer(order, 'dispute', comment="Still leaks")
        order.with_user(self.user_dispatcher).with_context(stokiva_event='rework').action_event()
        self.assertEqual(order.state, 'in_progress')
        self.assertEqual(order.with_user(self.user_dispatcher).alert_text, "Still leaks")

    # === BY TELEPHONE === #

    def test_approval_by_telephone_keeps_who_and_what(self):
        order = self._submitted()
        wizard = self._open_dialog(order, 'approve', self.user_call_centre)
        self.assertEqual(wizard.spoken_with, self.customer.name)
        self.assertIn(self.workmanship.name, wizard.shown_text)
        with self.assertRaisesRegex(UserError, "in which words"):
            wizard.action_confirm()
        wizard.write({'comment': "Yes, it works again", 'stars': '5'})
        wizard.action_confirm()
        self.assertEqual(order.state, 'completed')
        self.assertRecordValues(order.approval_ids, [{
            'state': 'approved', 'channel': 'call', 'comment': "Yes, it works again", 'stars': 5,
            'signed_by': self.customer.name}])

    def test_approval_by_telephone_of_something_else_is_refused(self):
        order = self._submitted()
        wizard = self._open_dialog(order, 'approve', self.user_call_centre, comment="Yes")
        order.with_user(self.user_dispatcher).diagnosis = "It was another pump"
        self.env.invalidate_all()
        self.assertEqual(set(order.approval_ids.mapped('state')), {'pending', 'void'})
        with self.assertRaisesRegex(UserError, "replaced already"):
            wizard.action_confirm()
        self.assertEqual(order.state, 'awaiting_approval')

    def test_refusal_by_telephone_halts_the_order(self):
        order = self._submitted()
        self._confirm(order, 'dispute', self.user_call_centre, comment="It leaks again")
        self.assertTrue(order.is_halted)
        self.assertRecordValues(order.approval_ids, [{'state': 'disputed', 'channel': 'call'}])

    def test_each_order_is_asked_on_its_own(self):
        orders = self._submitted() | self._submitted()
        wizard = self._open_dialog(orders, 'approve', self.user_call_centre, comment="Yes", spoken_with="Ayşe")
        with self.assertRaises(UserError):
            wizard.action_confirm()

    # === FORM AND LOG === #

    def test_new_order_takes_four_fields(self):
        device = self.env['stokiva.device'].create({'product_id': self.product.id, 'partner_id': self.customer.id})
        form = Form(
            self.env['stokiva.work.order'].with_user(self.user_call_centre), 'stokiva_service.work_order_view_form')
        form.partner_id = self.customer
        self.assertEqual(form.device_id, device, "The only device is taken by itself.")
        form.service_type_id = self.service_type_repair
        form.symptom_ids.add(self.symptom)
        order = form.save()
        self.assertRecordValues(order, [{
            'state': 'created', 'site_id': self.customer.id, 'city_id': self.city_kadikoy.id}])
        self.assertEqual(order.event_ids.sudo().actor_id, self.user_call_centre.id)

    def test_follow_up_order_names_its_origin(self):
        order = self._open_order()
        self._do(order, 'cancel', reason="Later")
        action = order.with_user(self.user_call_centre).action_open_follow_up()
        follow_up = Form(
            self.env['stokiva.work.order'].with_user(self.user_call_centre).with_context(**action['context']),
            'stokiva_service.work_order_view_form').save()
        self.assertRecordValues(follow_up, [{
            'origin_id': order.id, 'device_id': order.device_id.id, 'state': 'created'}])

    def test_log_reads_well_and_tells_no_personal_values(self):
        order = self._open_order()
        order.with_user(self.user_dispatcher).write({
            'symptom_ids': [Command.set(self.symptom.ids)], 'place': 'brought_in', 'diagnosis': "Ayşe's own words"})
        row = order.event_ids.sorted('seq')[-1].with_user(self.user_dispatcher)
        self.assertEqual((row.event_label, row.channel_label), ("Edited", "Office"))
        self.assertIn("Symptoms: – → Does not drain", row.detail)
        self.assertIn("Place: On site → Brought in", row.detail)
        self.assertNotIn("Ayşe", row.detail)
        self._do(order, 'assign', provider_id=self.provider_a.id)
        row = order.event_ids.sorted('seq')[-1].with_user(self.user_dispatcher)
        self.assertEqual(row.change, "Created → Assigned")
        self.assertIn(self.provider_a.name, row.detail)
