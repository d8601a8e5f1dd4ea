from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestPersonnel(WorkOrderCommon):
    """People: what they can do, what they allow, how they come in and how they leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner = cls.env['res.partner'].create({'name': "Burak Şahin", 'email': 'burak@example.com'})
        cls.colleague = cls.env['stokiva.personnel'].create({
            'provider_id': cls.provider_a.id, 'partner_id': partner.id, 'role': 'master'})

    def _open_dialog(self, person=None, user=None, **values):
        user = user or self.user_dispatcher
        action = (person or self.technician_a).with_user(user).action_hand_over()
        dialog = self.env[action['res_model']].with_user(user).browse(action['res_id'])
        dialog.write(values)
        return dialog

    # === LEAVING === #

    def test_leaving_with_open_visits_is_refused_and_leads_to_the_dialog(self):
        order = self._accepted()
        with self.assertRaisesRegex(UserError, f"still has open visits: {order.name}"):
            self.technician_a.active = False
        action = self.technician_a.with_user(self.user_dispatcher).action_archive()
        self.assertEqual(action['res_model'], 'stokiva.personnel.handover')
        self.assertTrue(self.env[action['res_model']].browse(action['res_id']).archive)
        self.assertTrue(self.technician_a.active)

    def test_visits_are_handed_over_and_the_person_leaves(self):
        order, group = self._accepted(), self._accepted()
        dialog = self._open_dialog(archive=True)
        self.assertEqual(dialog.line_ids.work_order_id, order + group)
        self.assertEqual(dialog.line_ids.personnel_id, self.colleague)
        dialog.action_hand_over()
        self.assertEqual((order + group).personnel_id, self.colleague)
        self.assertEqual(order.visit_id.personnel_id, self.colleague)
        self.assertEqual(order.event_ids[-1].event, 'plan')
        self.assertFalse(self.technician_a.active)
        self.assertTrue(self.technician_a.date_left)
        self.technician_a.active = True
        self.assertFalse(self.technician_a.date_left)

    def test_running_visits_end_first(self):
        order = self._in_progress()
        dialog = self._open_dialog()
        self.assertTrue(dialog.is_running)
        with self.assertRaisesRegex(UserError, f"under way: {order.name}"):
            dialog.action_hand_over()
        dialog.outcome = 'part_missing'
        dialog.action_hand_over()
        self.assertRecordValues(order, [{'state': 'accepted', 'personnel_id': self.colleague.id}])
        self.assertEqual(order.visit_ids.mapped('outcome'), ['part_missing', False])
        self.assertTrue(self.technician_a.active)

    def test_who_can_do_it_is_proposed_then_who_has_least_to_do(self):
        partner = self.env['res.partner'].create({'name': "Cem"})
        third = self.env['stokiva.personnel'].create({'provider_id': self.provider_a.id, 'partner_id': partner.id})
        orders = self._accepted() + self._accepted()
        self.assertEqual(
            set(self.technician_a._get_substitutes(orders).values()), {self.colleague, third})
        third.service_type_ids = self.service_type_install
        self.assertEqual(set(self.technician_a._get_substitutes(orders).values()), {self.colleague})

    def test_skills(self):
        order = self._open_order()
        other = self.env['stokiva.device.type'].create({'name': "Oven"})
        for types, devices, skilled in (
                (None, None, True), (self.service_type_repair, self.device_type_parent, True),
                (self.service_type_install, None, False), (None, other, False)):
            self.colleague.write({
                'service_type_ids': [Command.set(types.ids if types else [])],
                'device_type_ids': [Command.set(devices.ids if devices else [])]})
            self.assertEqual(self.colleague._is_skilled_for(order), skilled)

    def test_nobody_to_take_over(self):
        order = self._accepted()
        self.colleague.active = False
        dialog = self._open_dialog(archive=True)
        with self.assertRaisesRegex(UserError, f"Choose who takes over {order.name}"):
            dialog.action_hand_over()
        dialog.line_ids.personnel_id = self.technician_b
        with self.assertRaisesRegex(UserError, "provider's own people"):
            dialog.action_hand_over()
        self.assertRecordValues(order, [{'personnel_id': self.technician_a.id, 'state': 'accepted'}])
        self.assertTrue(self.technician_a.active)

    def test_dialog_that_is_out_of_date(self):
        dialog = self._open_dialog()
        self._accepted()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            dialog.action_hand_over()

    def test_a_person_with_visits_does_not_change_the_provider(self):
        self._accepted()
        with self.assertRaisesRegex(UserError, "has worked for Alfa Servis"):
            self.technician_a.provider_id = self.provider_b
        self.colleague.provider_id = self.provider_b
        self.assertEqual(self.colleague.provider_id, self.provider_b)

    def test_only_dispatchers_hand_over(self):
        self._accepted()
        for user in (self.user_call_centre, self.user_technician, self.user_settlement, self.user_sales,
                     self.user_provider_a, self.user_technician_a, self.user_customer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._open_dialog(user=user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.technician_a.with_user(user).write({'active': False})

    # === PERMISSIONS === #

    def test_permissions_are_logged_with_who_and_when(self):
        person = self.technician_a.with_user(self.user_dispatcher)
        self.assertRecordValues(person.consent_ids, [
            {'kind': 'email', 'topic': topic, 'is_granted': True} for topic in ('status', 'job')])
        person.write({'notify_sms': True, 'notify_email': True})
        person.notify_sms = False
        self.assertEqual(
            [(row.kind, row.is_granted, row.user_name) for row in person.consent_ids.sorted('id')[2:]],
            [('sms', True, self.user_dispatcher.name), ('sms', False, self.user_dispatcher.name)])
        self.assertTrue(all(person.consent_ids.mapped('date')))

    @users('stokiva_dispatcher', 'stokiva_manager')
    def test_nobody_rewrites_the_log(self):
        row = self.technician_a.consent_ids.with_user(self.env.user)
        for work in (
                lambda: row.write({'is_granted': False}), row.unlink,
                lambda: row.create({
                    'personnel_id': self.technician_a.id, 'kind': 'sms', 'topic': 'job', 'is_granted': True, 'user_name': "x",
                    'date': '2026-01-01'}),
                lambda: self.technician_a.with_user(self.env.user).write({'consent_ids': [Command.clear()]})):
            with self.assertRaises(AccessError):
                work()

    def test_own_hours_of_another_company(self):
        company = self.env['res.company'].create({'name': "Other"})
        calendar = self.env['resource.calendar'].create({'name': "Theirs", 'company_id': company.id})
        with self.assertRaises(UserError):
            self.technician_a.resource_calendar_id = calendar

    def test_bad_people(self):
        company = self.env['res.company'].create({'name': "Other"})
        old, theirs = self.env['res.partner'].create([
            {'name': "Old", 'active': False}, {'name': "Theirs", 'company_id': company.id}])
        foreign = self.env['stokiva.device.type'].create({'name': "Foreign", 'company_id': company.id})
        for error, values in (
                (ValidationError, {'partner_id': old.id}), (UserError, {'partner_id': theirs.id}),
                (IntegrityError, {'partner_id': False}), (ValueError, {'partner_id': self.customer.id, 'role': 'boss'}),
                (UserError, {'partner_id': self.customer.id, 'device_type_ids': [Command.set(foreign.ids)]})):
            with self.subTest(values=values), self.assertRaises(error), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.env['stokiva.personnel'].create({'provider_id': self.provider_a.id, **values})
                self.env.flush_all()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.env['stokiva.provider'].create({'partner_id': old.id})

    # === LOGIN === #

    def test_invitation_waits_in_the_mail_queue(self):
        action = self.colleague.with_user(self.user_dispatcher).action_invite_portal()
        self.assertIn('burak@example.com', action['params']['message'])
        mail = self.env['mail.mail'].search([('recipient_ids', 'in', self.colleague.partner_id.ids)], order='id desc', limit=1)
        if not mail:
            mail = self.env['mail.mail'].search([('email_to', 'ilike', 'burak@example.com')], limit=1)
        self.assertEqual(mail.state, 'outgoing')
        self.assertIn('/web/signup', mail.body_html)
        self.assertFalse(self.colleague.user_id.has_group('base.group_user'))

    def test_invited_again_until_the_first_login(self):
        person = self.colleague.with_user(self.user_dispatcher)
        with self.assertRaisesRegex(UserError, "needs no invitation"):
            person.action_invite_again()
        person.action_invite_portal()
        groups = self.colleague.user_id.group_ids
        number = self.env['mail.mail'].search_count([('state', '=', 'outgoing')])
        person.action_invite_again()
        self.assertEqual(self.env['mail.mail'].search_count([('state', '=', 'outgoing')]), number + 1)
        self.assertEqual(self.colleague.user_id.group_ids, groups)
        self.env['res.users.log'].with_user(self.colleague.user_id).sudo().create({})
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "needs no invitation"):
            person.action_invite_again()
        internal = self.env['stokiva.personnel'].create({
            'provider_id': self.provider_a.id, 'partner_id': self.user_technician.partner_id.id,
            'user_id': self.user_technician.id})
        with self.assertRaisesRegex(UserError, "needs no invitation"):
            internal.with_user(self.user_dispatcher).action_invite_again()

    def test_who_has_left_is_not_invited(self):
        self.colleague.active = False
        with self.assertRaisesRegex(UserError, "has left"):
            self.colleague.action_invite_portal()

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_dispatcher', 'stokiva_settlement', 'stokiva_manager')
    def test_every_role_opens_the_screens(self):
        Form(self.technician_a.with_user(self.env.user))
        for view in ('list', 'kanban', 'search'):
            self.env['stokiva.personnel'].get_view(view_type=view)
        self.technician_a.with_user(self.env.user).action_view_orders()
