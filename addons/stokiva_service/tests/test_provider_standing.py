from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestProviderStanding(WorkOrderCommon):
    """Who gets offers: suspension, authorisations and documents, each with its dates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.provider_a._get_today()
        cls.provider_a.user_id = cls.user_dispatcher
        cls.order = cls._open_order()
        cls.brand, cls.other_brand = cls.env['stokiva.brand'].create([{'name': "Ege"}, {'name': "Toros"}])

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _authorise(self, **values):
        return self.provider_a.env['stokiva.provider.authorisation'].create({'provider_id': self.provider_a.id, **values})

    def _document(self, **values):
        return self.provider_a.env['stokiva.provider.document'].create({
            'provider_id': self.provider_a.id, 'kind': 'insurance', 'number': "P-1", **values})

    def test_service_type_for_a_group_of_providers(self):
        self.service_type_repair.provider_ids = self.provider_b
        self.env['stokiva.service.type'].create({'name': "Other", 'provider_ids': [Command.set(self.provider_a.ids)]})
        self.assertEqual(self._failed(), 'group', "named for other work only")
        self.assertIsNone(self._failed(self.provider_b))
        self.service_type_repair.provider_ids |= self.provider_a
        self.assertIsNone(self._failed())

    def _failed(self, provider=None):
        """Which filter the provider fails for the order, as the engine finds it; the hand's way must agree."""
        provider = provider or self.provider_a
        rows = self.env['stokiva.assignment.engine']._rank(self.order)[self.order].rows
        failed = next(row.failed for row in rows if row.provider_id == provider.id)
        check = self.env['stokiva.provider']._check_assignable
        if failed:
            with self.assertRaises(UserError):
                check({self.order: provider})
        else:
            check({self.order: provider})
        return failed or None

    # === SUSPENSION === #

    def test_suspended_provider_gets_no_offers_until_it_ends_by_itself(self):
        for start, end, failed in (
                (0, 0, 'suspended'), (-5, None, 'suspended'), (-5, 3, 'suspended'), (1, 5, None), (-5, -1, None)):
            with self.subTest(start=start, end=end):
                self.provider_a.write({
                    'suspended_from': self._day(start), 'suspended_until': end is not None and self._day(end),
                    'suspend_reason': 'holiday'})
                self.assertEqual(self._failed(), failed)
                self.assertEqual(self.provider_a.is_suspended, bool(failed))
                found = self.env['stokiva.provider'].search([('is_suspended', '=', True)])
                self.assertEqual(self.provider_a in found, bool(failed))

    def test_suspension_follows_the_provider_s_day(self):
        self.provider_a.write({
            'suspended_from': '2031-03-05', 'suspended_until': '2031-03-05', 'suspend_reason': 'other'})
        with freeze_time('2031-03-04 21:30:00'):  # half past midnight in Istanbul
            self.assertEqual(self._failed(), 'suspended')
            self.provider_a.invalidate_recordset()
            self.assertTrue(self.provider_a.is_suspended)
            self.assertIn(self.provider_a, self.env['stokiva.provider'].search([('is_suspended', '=', True)]))
            self.provider_a.tz = 'Europe/London'
            self.assertIsNone(self._failed())

    def test_suspending_gives_waiting_offers_to_others(self):
        self._do(self.order, 'assign', provider_id=self.provider_a.id)
        with Form(self.env['stokiva.provider.suspend'].with_user(self.user_dispatcher).with_context(
                default_provider_id=self.provider_a.id)) as form:
            form.reason = 'capacity'
            form.note = "<script>alert(1)</script>"
            form.date_until = self._day(3)
            self.assertEqual(form.offer_count, 1)
        form.save().action_suspend()
        self.assertEqual(self.provider_a.standing, 'suspended')
        self.assertIn("No capacity", self.provider_a.standing_note)
        self.assertEqual(self.order.provider_id, self.provider_b)
        self.provider_a.with_user(self.user_dispatcher).action_end_suspension()
        self.assertFalse(self.provider_a.is_suspended)

    def test_bad_suspensions(self):
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self.provider_a.suspended_from = self.today
        for values in (
                {'suspended_from': self.today, 'suspended_until': self._day(-1), 'suspend_reason': 'other'},
                {'suspended_from': False, 'suspended_until': self.today}):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.provider_a.write(values)
                self.provider_a.flush_recordset()
        wizard = self.env['stokiva.provider.suspend'].create({
            'provider_id': self.provider_a.id, 'date_from': self._day(-9), 'date_until': self._day(-3)})
        with self.assertRaisesRegex(UserError, "over already"):
            wizard.action_suspend()

    @users('stokiva_call_centre', 'stokiva_technician', 'stokiva_settlement', 'stokiva_sales', 'stokiva_provider_a')
    def test_only_dispatchers_suspend(self):
        with self.assertRaises(AccessError):
            self.env['stokiva.provider.suspend'].create({'provider_id': self.provider_a.id}).action_suspend()
        with self.assertRaises(AccessError):
            self.provider_a.with_user(self.env.user).action_end_suspension()

    def test_a_suspended_provider_is_refused_by_hand_too(self):
        self.provider_a.write({'suspended_from': self.today, 'suspend_reason': 'quality'})
        with self.assertRaisesRegex(UserError, "cannot be given .*Suspended"):
            self._do(self.order, 'assign', provider_id=self.provider_a.id)
        self.assertEqual(self.order.state, 'created')

    # === AUTHORISATIONS === #

    def test_without_authorisation_everything_is_allowed(self):
        self.assertIsNone(self._failed())

    def test_each_part_limits(self):
        other_type = self.env['stokiva.device.type'].create({'name': "Oven"})
        product = self.product.product_tmpl_id
        for values, brand, failed in (
                ({'service_type_ids': self.service_type_repair}, False, None),
                ({'service_type_ids': self.service_type_install}, False, 'service_type'),
                ({'device_type_ids': self.device_type}, False, None),
                ({'device_type_ids': self.device_type_parent}, False, None),
                ({'device_type_ids': other_type}, False, 'device_type'),
                ({'brand_ids': self.brand}, self.brand, None),
                ({'brand_ids': self.brand}, self.other_brand, 'brand'),
                ({'brand_ids': self.brand}, False, 'brand'),
                ({'service_type_ids': self.service_type_repair, 'device_type_ids': other_type}, False, 'device_type')):
            with self.subTest(values=values, brand=brand):
                product.stokiva_brand_id = brand
                row = self._authorise(**{name: [Command.set(records.ids)] for name, records in values.items()})
                self.assertEqual(self._failed(), failed)
                row.unlink()

    def test_parts_of_different_authorisations_do_not_add_up(self):
        other_type = self.env['stokiva.device.type'].create({'name': "Oven"})
        self._authorise(
            service_type_ids=[Command.set(self.service_type_repair.ids)], device_type_ids=[Command.set(other_type.ids)])
        self._authorise(
            service_type_ids=[Command.set(self.service_type_install.ids)],
            device_type_ids=[Command.set(self.device_type.ids)])
        self.assertEqual(self._failed(), 'device_type')

    def test_device_without_type_is_not_covered_by_a_list_of_types(self):
        self._authorise(device_type_ids=[Command.set(self.device_type.ids)])
        self.order.device_id.device_type_id = False
        self.assertEqual(self._failed(), 'device_type')

    def test_only_valid_authorisations_count(self):
        row = self._authorise()
        for start, end, failed, validity in (
                (None, None, None, 'valid'), (None, 0, None, 'expiring'), (None, -1, 'expired', 'expired'),
                (1, None, 'expired', 'future'), (0, 31, None, 'valid'), (-3, 30, None, 'expiring')):
            with self.subTest(start=start, end=end):
                row.write({
                    'date_from': start is not None and self._day(start), 'date_to': end is not None and self._day(end)})
                self.assertEqual(self._failed(), failed)
                self.assertEqual(row.validity, validity)
        row.write({'date_from': False, 'date_to': self._day(-1)})
        self.assertEqual(self.provider_a.standing, 'expired')
        self._authorise()
        self.assertIsNone(self._failed())

    def test_expired_authorisation_sends_the_sale_elsewhere(self):
        self._authorise(date_to=self._day(-1))
        orders = self.env['stokiva.work.order'].search([('sale_order_id', '=', self._sell().id)])
        self.assertEqual(orders.provider_id, self.provider_b)
        candidates = orders.assignment_id.candidate_ids
        self.assertEqual({row.provider_id: row.failed for row in candidates}[self.provider_a], 'expired')

    def test_bad_authorisations(self):
        company = self.env['res.company'].create({'name': "Other"})
        foreign, shared = self.env['stokiva.device.type'].create([
            {'name': "Theirs", 'company_id': company.id}, {'name': "Old", 'active': False}])
        with self.assertRaises(UserError), self.cr.savepoint():
            self._authorise(device_type_ids=[Command.set(foreign.ids)])
        with self.assertRaisesRegex(ValidationError, "archived"), self.cr.savepoint():
            self._authorise(device_type_ids=[Command.set(shared.ids)])
        for values in ({'date_from': self.today, 'date_to': self._day(-1)}, {'provider_id': False}):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._authorise(**values)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.env['stokiva.brand'].create({'name': "EGE"})
        self.assertFalse(self.env['stokiva.provider.authorisation'].search([('provider_id', '=', self.provider_a.id)]))

    def test_archived_type_still_limits(self):
        row = self._authorise(service_type_ids=[Command.set(self.service_type_install.ids)])
        self.service_type_install.active = False
        row.invalidate_recordset()
        self.assertEqual(row.service_type_ids, self.service_type_install)
        self.assertEqual(self._failed(), 'service_type')

    # === DOCUMENTS === #

    def test_document_stops_offers_only_if_it_shall(self):
        document = self._document(date_to=self._day(-1))
        self.assertIsNone(self._failed())
        document.stops_assignment = True
        self.assertEqual(self._failed(), 'document')
        self.assertIn("P-1", self.provider_a.standing_note)
        document.date_to = self.today
        self.assertIsNone(self._failed())
        document.write({'date_to': self._day(-1), 'active': False})
        self.assertIsNone(self._failed())

    # === WARNINGS === #

    def _warn(self):
        for model in ('stokiva.provider.authorisation', 'stokiva.provider.document'):
            with self.enter_registry_test_mode():
                cron = 'authorisation' if model.endswith('authorisation') else 'document'
                self.env.ref(f'stokiva_service.ir_cron_{cron}_warn').method_direct_trigger()
        self.env.invalidate_all()
        return self.provider_a.activity_ids

    def test_warned_once_thirty_days_before(self):
        row = self._authorise(date_to=self._day(40))
        self._document(date_to=self._day(29), number="<script>alert(1)</script>", stops_assignment=True)
        activity = self._warn()
        self.assertRecordValues(activity, [{'user_id': self.user_dispatcher.id, 'date_deadline': self._day(29)}])
        self.assertNotIn("<script", activity.note)
        self.assertIn("gets no offers", activity.note)
        self.assertEqual(self._warn(), activity)
        row.date_to = self._day(10)
        self.assertEqual(len(self._warn()), 2)
        row.date_to = self._day(20)
        self.assertEqual(len(self._warn()), 3)

    def test_nobody_is_warned_of_archived_providers(self):
        self._authorise(date_to=self._day(5))
        self.provider_a.active = False
        self.assertFalse(self._warn())

    def test_responsible_who_left_is_replaced(self):
        self.user_dispatcher.active = False
        self.assertTrue(self.provider_a._get_responsible().has_group('stokiva_service.group_stokiva_dispatcher'))

    # === WHO MAY SEE AND CHANGE IT === #

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_settlement')
    def test_staff_reads_but_does_not_change(self):
        row = self._authorise()
        self.assertTrue(row.with_user(self.env.user).read(['validity']))
        for values in ({'date_to': self.today}, {'service_type_ids': [Command.clear()]}):
            with self.assertRaises(AccessError):
                row.with_user(self.env.user).write(values)
        with self.assertRaises(AccessError):
            self.provider_a.with_user(self.env.user).write({'authorisation_ids': [Command.clear()]})

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_sales', 'stokiva_provider_a', 'stokiva_customer')
    def test_documents_are_the_office_s(self):
        document = self._document()
        with self.assertRaises(AccessError):
            document.with_user(self.env.user).read(['file'])
        with self.assertRaises(AccessError):
            self.provider_a.with_user(self.env.user).read(['document_ids'])

    def test_portal_sees_none_of_it(self):
        row = self._authorise()
        with self.assertRaises(AccessError):
            row.with_user(self.user_provider_a).read(['date_to'])
        for name in ('suspended_from', 'suspend_note', 'standing_note', 'authorisation_ids', 'open_order_count'):
            with self.assertRaises(AccessError):
                self.provider_a.with_user(self.user_provider_a).read([name])

    def test_other_companies_see_none_of_it(self):
        row, document = self._authorise(), self._document()
        company = self.env['res.company'].create({'name': "Other"})
        self.user_manager.write({'company_ids': [Command.set(company.ids)], 'company_id': company.id})
        for record in (row, document):
            self.assertFalse(record.with_user(self.user_manager).search([('id', '=', record.id)]))
            with self.assertRaises(AccessError):
                record.with_user(self.user_manager).write({'date_to': self.today})

    @users('stokiva_technician', 'stokiva_call_centre', 'stokiva_dispatcher', 'stokiva_settlement', 'stokiva_manager',
           'stokiva_sales')
    def test_every_role_opens_the_screens(self):
        self._authorise(date_to=self._day(5))
        self._document()
        provider = self.provider_a.with_user(self.env.user)
        Form(provider)
        for view in ('list', 'kanban', 'search'):
            self.env['stokiva.provider'].get_view(view_type=view)
        self.assertEqual(provider.standing, 'expiring')
        for action in ('action_view_personnel', 'action_view_areas', 'action_view_orders', 'action_view_offers'):
            self.assertEqual(getattr(provider, action)()['domain'][0], ('provider_id', '=', provider.id))

    def test_standing_says_what_is_missing(self):
        provider = self.env['stokiva.provider'].create({
            'partner_id': self.env['res.partner'].create({'name': "New"}).id})
        self.assertEqual(provider.standing, 'incomplete')
        self.assertIn("no service area", provider.standing_note)
        provider.area_ids = [Command.create({'city_id': self.city_uskudar.id})]
        self.assertIn("no master or dispatcher", provider.standing_note)
        self.assertEqual(self.provider_a.standing, 'ready')

    def test_lists_cost_the_same_for_many(self):
        providers = self.provider_a + self.provider_b
        names = ['standing', 'standing_note', 'open_order_count', 'offer_count', 'area_count', 'document_count']
        self.env.flush_all()

        def count(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_user(self.user_manager).read(names)
            return self.cr.sql_log_count - before

        for records in (providers, self.provider_a):  # fills the caches
            count(records)
        self.assertEqual(count(providers), count(self.provider_a))
