from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestProviderClosing(WorkOrderCommon):
    """Nothing that a provider has begun or promised is lost when the work with it ends."""

    def _open_dialog(self, provider=None, user=None):
        action = (provider or self.provider_a).with_user(user or self.user_dispatcher).action_close()
        return self.env[action['res_model']].with_user(user or self.user_dispatcher).browse(action['res_id'])

    def _offered(self):
        order = self._open_order()
        self._do(order, 'assign', provider_id=self.provider_a.id)
        return order

    def test_archiving_with_open_work_is_refused_and_leads_to_the_dialog(self):
        order = self._offered()
        with self.assertRaisesRegex(UserError, "Use “Close…”"):
            self.provider_a.active = False
        with self.assertRaises(UserError):
            (self.provider_a + self.provider_b).action_archive()
        action = self.provider_a.with_user(self.user_dispatcher).action_archive()
        self.assertEqual(action['res_model'], 'stokiva.provider.close')
        self.assertTrue(self.provider_a.active)
        self.assertTrue(self.technician_a.active)
        self._do(order, 'reject', reason="x")
        order.invalidate_recordset()
        (self.env['stokiva.work.order'].search([('provider_id', '=', self.provider_a.id)]))._apply_event(
            'reject', {'reason': "x"}, actor=self.user_manager, channel='office')
        self.assertFalse(self.provider_a.action_archive())
        self.assertFalse(self.provider_a.active)

    def test_people_are_archived_with_their_provider(self):
        self.provider_a.with_user(self.user_dispatcher).action_archive()
        self.assertFalse(self.dispatcher_a.active or self.technician_a.active)
        self.assertTrue(self.technician_a.date_left)
        self.assertTrue(self.dispatcher_b.active)

    def test_offers_and_accepted_orders_go_to_others(self):
        offered, accepted = self._offered(), self._accepted()
        dialog = self._open_dialog()
        self.assertEqual(dialog.line_ids.work_order_id, accepted + offered)
        self.assertEqual(dialog.line_ids.provider_id, self.provider_b)
        dialog.line_ids.filtered(lambda line: line.work_order_id == offered).provider_id = False
        dialog.reason = "Contract ended"
        dialog.action_close()
        for order in (offered, accepted):
            self.assertRecordValues(order, [{'state': 'assigned', 'provider_id': self.provider_b.id}])
        self.assertEqual(accepted.event_ids.filtered(lambda row: row.event == 'reassign').actor_name, self.user_dispatcher.name)
        self.assertFalse(self.provider_a.active)
        self.assertEqual(self.provider_a.suspend_reason, 'closing')

    def test_begun_work_ends_and_another_order_follows(self):
        order = self._in_progress()
        dialog = self._open_dialog()
        self.assertTrue(dialog.line_ids.is_begun)
        dialog.reason = "Contract ended"
        dialog.action_close()
        self.assertEqual(order.state, 'returned')
        follow_up = self.env['stokiva.work.order'].search([('origin_id', '=', order.id)])
        self.assertRecordValues(follow_up, [{
            'device_id': order.device_id.id, 'state': 'assigned', 'provider_id': self.provider_b.id}])

    def test_devices_are_fetched_first(self):
        order = self._in_progress()
        self._do(order, 'take_in', self.user_technician_a, 'portal', custody='workshop')
        self._do(order, 'suspend', self.user_technician_a, 'portal', outcome='workshop')
        dialog = self._open_dialog()
        dialog.reason = "Contract ended"
        with self.assertRaisesRegex(UserError, f"Fetch them first.*{order.name}"):
            dialog.action_close()
        self.assertEqual(order.state, 'accepted')
        dialog.line_ids.write({'device_is_back': True, 'follow_up': False})
        dialog.action_close()
        self.assertRecordValues(order, [{'state': 'returned', 'custody': 'customer'}])
        self.assertFalse(self.env['stokiva.work.order'].search([('origin_id', '=', order.id)]))

    def test_accepted_order_that_nobody_else_fits(self):
        order = self._accepted()
        self.provider_b.area_ids.unlink()
        dialog = self._open_dialog()
        dialog.reason = "x"
        self.assertFalse(dialog.line_ids.provider_id)
        with self.assertRaisesRegex(UserError, f"Choose another provider for {order.name}"):
            dialog.action_close()
        self.assertRecordValues(order, [{'state': 'accepted', 'provider_id': self.provider_a.id}])
        self.assertFalse(self.provider_a.suspended_from)

    def test_what_waits_for_the_customer_is_finished_as_usual(self):
        order = self._submitted()
        dialog = self._open_dialog()
        self.assertFalse(dialog.line_ids)
        self.assertIn(order.name, dialog.notes)
        dialog.reason = "x"
        dialog.action_close()
        self._answer(order)
        self.assertEqual(order.state, 'completed')

    def test_dialog_that_is_out_of_date(self):
        dialog = self._open_dialog()
        order = self._offered()
        dialog.reason = "x"
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            dialog.action_close()
        dialog = self._open_dialog()
        for reason in (False, "  "):
            dialog.reason = reason
            with self.assertRaisesRegex(UserError, "Say why"):
                dialog.action_close()
        self.assertEqual(order.provider_id, self.provider_a)
        self.assertTrue(self.provider_a.active)

    def test_orders_of_other_companies_are_not_left_behind(self):
        order = self._offered()
        company = self.env['res.company'].create({'name': "Other"})
        self.provider_a.company_id = False
        self.user_dispatcher.write({'company_ids': [(6, 0, company.ids)], 'company_id': company.id})
        dialog = self._open_dialog()
        self.assertFalse(dialog.line_ids)
        dialog.reason = "x"
        with self.assertRaisesRegex(UserError, "orders are open"):
            dialog.action_close()
        self.assertEqual(order.provider_id, self.provider_a)

    def test_logins(self):
        internal = self.user_technician
        self.env['stokiva.personnel'].create([
            {'provider_id': self.provider_a.id, 'partner_id': internal.partner_id.id, 'user_id': internal.id},
            {'provider_id': self.provider_b.id, 'partner_id': self.user_technician_a.partner_id.id,
             'user_id': self.user_technician_a.id}])
        dialog = self._open_dialog()
        dialog.write({'reason': "<script>alert(1)</script>", 'archive_logins': True})
        dialog.action_close()
        self.assertFalse(self.user_provider_a.active)
        self.assertTrue(internal.active, "an employee's login is not ours to archive")
        self.assertTrue(self.user_technician_a.active, "works for another provider")
        self.assertNotIn("<script", self.provider_a.message_ids[0].body)

    def test_only_dispatchers_close(self):
        for user in (self.user_call_centre, self.user_technician, self.user_settlement, self.user_sales,
                     self.user_provider_a, self.user_customer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._open_dialog(user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.provider_a.with_user(user).write({'active': False})
        self.assertTrue(self.provider_a.active)
