from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .. import sla
from .common_orders import WorkOrderCommon

MONDAY = datetime(2026, 11, 2, 7)  # 10:00 in İstanbul


class SlaCommon(WorkOrderCommon):
    """A policy that promises everything, round the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['stokiva.sla.policy'].search([]).action_archive()
        cls.policy = cls._promise("Everything", assign_hours=1, accept_hours=2, arrive_hours=8, complete_hours=24, hours='elapsed')

    @classmethod
    def _promise(cls, name, **values):
        return cls.env['stokiva.sla.policy'].create(
            {'name': name, 'company_id': cls.company.id, 'date_from': '2026-01-01 00:00:00', **values})

    def _states(self, order):
        self.env.flush_all()
        return {clock.clock: clock.state for clock in order.sla_clock_ids}

    def _clock(self, order, kind):
        return order.sla_clock_ids.filtered(lambda clock: clock.clock == kind)[-1:]


@tagged('post_install', '-at_install')
class TestSla(SlaCommon):

    def test_clocks_follow_the_life_of_an_order(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        self.assertRecordValues(order, [{
            'sla_policy_id': self.policy.id, 'due_clock': 'assign', 'due_at': MONDAY + timedelta(hours=1),
            'deadline': MONDAY + timedelta(hours=24), 'risk_at': MONDAY + timedelta(minutes=45)}])
        with freeze_time(MONDAY + timedelta(minutes=30)):
            self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertRecordValues(order, [{'due_clock': 'accept', 'due_at': MONDAY + timedelta(minutes=150)}])
        self.assertEqual(self._clock(order, 'accept').provider_id, self.provider_a)
        with freeze_time(MONDAY + timedelta(hours=3)):
            self._do(order, 'accept', self.user_provider_a, 'portal')
        self.assertRecordValues(self._clock(order, 'accept'), [{
            'state': 'broken', 'is_broken': 1, 'late_minutes': 30, 'ended_at': MONDAY + timedelta(hours=3)}])
        with freeze_time(MONDAY + timedelta(hours=4)):
            self._do(order, 'plan', personnel_id=self.technician_a.id)
            self._do(order, 'depart')
            self._do(order, 'start')
            self._do(order, 'submit')
        self.assertEqual(self._states(order), {
            'assign': 'kept', 'accept': 'broken', 'arrive': 'kept', 'complete': 'kept'})
        self.assertRecordValues(order, [{'due_at': False, 'due_clock': False, 'is_late': False, 'risk_at': False}])

    def test_pause_moves_what_is_due(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        with freeze_time(MONDAY + timedelta(minutes=10)):
            self._do(order, 'pause', reason="Customer travels")
        self.assertRecordValues(order, [{'due_at': False, 'time_left': False, 'is_late': False}])
        self.assertEqual(self._states(order), dict.fromkeys(('assign', 'arrive', 'complete'), 'paused'))
        with freeze_time(MONDAY + timedelta(days=2)):
            self._do(order, 'resume')
            self.assertRecordValues(order, [{
                'due_at': MONDAY + timedelta(days=2, minutes=50), 'deadline': MONDAY + timedelta(days=2, hours=23, minutes=50)}])

    def test_pause_without_a_policy_moves_the_deadline_of_the_service_type(self):
        self.policy.action_archive()
        with freeze_time(MONDAY):
            order = self._open_order()
            self._do(order, 'pause', reason="Customer travels")
        with freeze_time(MONDAY + timedelta(days=2)):
            self._do(order, 'resume')
            self.assertFalse(order.sla_clock_ids)
            self.assertRecordValues(order, [{
                'deadline': MONDAY + timedelta(days=2, hours=24), 'due_at': MONDAY + timedelta(days=2, hours=24),
                'due_clock': 'complete'}])

    def test_planning_moves_the_arrival(self):
        with freeze_time(MONDAY):
            order = self._open_order()
            self._do(order, 'assign', provider_id=self.provider_a.id)
            self._do(order, 'accept')
            self._do(order, 'plan', window_start='2026-11-05 06:00:00', window_end='2026-11-05 08:00:00')
        self.assertEqual(self._clock(order, 'arrive').deadline, datetime(2026, 11, 5, 8))
        self.assertEqual(order.deadline, datetime(2026, 11, 6, 6))

    def test_working_hours_of_the_provider(self):
        """Closed at night and on its exceptional days."""
        self.policy.hours = 'provider'
        calendar = self.env['resource.calendar'].create({
            'name': "Weekdays", 'tz': 'Europe/Istanbul', 'attendance_ids': [
                (0, 0, {'name': "Day", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18}) for day in range(5)]})
        now = fields.Datetime.now().replace(hour=7, minute=0, second=0)
        now -= timedelta(days=now.weekday() + 7)  # 10:00 in İstanbul on a Monday that the openings know
        self.company.resource_calendar_id = calendar
        self.provider_a.write({
            'resource_calendar_id': calendar.id, 'tz': 'Europe/Istanbul', 'holiday_country_id': False})
        self.env['stokiva.provider.day'].create({
            'provider_id': self.provider_a.id, 'kind': 'closed', 'name': "Stocktaking",
            'date_start': now.date() + timedelta(days=1), 'date_end': now.date() + timedelta(days=1)})
        self.company.country_id = self.env.ref('base.aq')
        with freeze_time(now):
            order = self._open_order()
            self.assertEqual(order.deadline, now + timedelta(days=2, hours=6), "8 hours, 9 hours, 7 hours")
            self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertEqual(order.deadline, now + timedelta(days=3, hours=6))
        self.assertEqual(self._clock(order, 'complete').runs[0]['hours'], f'provider,{self.provider_a.id}')

    def test_company_hours_know_holidays_and_days_off(self):
        self.company.resource_calendar_id = self.env['resource.calendar'].create({
            'name': "Weekdays", 'tz': 'Europe/Istanbul', 'attendance_ids': [
                (0, 0, {'name': "Day", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18}) for day in range(5)]})
        self.company.country_id = country = self.env.ref('base.aq')
        day = (datetime(2031, 3, 3), datetime(2031, 3, 4))
        self.assertEqual(self.company._stokiva_get_openings(*day), [(datetime(2031, 3, 3, 6), datetime(2031, 3, 3, 15))])
        holiday = self.env['stokiva.public.holiday'].create({
            'name': "Penguin Day", 'date': '2031-03-03', 'country_id': country.id, 'closed_from': 13})
        self.assertEqual(self.company._stokiva_get_openings(*day), [(datetime(2031, 3, 3, 6), datetime(2031, 3, 3, 10))])
        holiday.unlink()
        self.env['resource.calendar.leaves'].create({
            'name': "Works outing", 'company_id': self.company.id, 'calendar_id': False,
            'date_from': '2031-03-03 00:00:00', 'date_to': '2031-03-03 12:00:00'})
        self.assertEqual(self.company._stokiva_get_openings(*day), [(datetime(2031, 3, 3, 12), datetime(2031, 3, 3, 15))])

    def test_the_first_policy_that_an_order_meets_holds(self):
        urgent = self._promise("Urgent", sequence=1, priority='1', complete_hours=4, hours='elapsed')
        private = self._promise(
            "Private", sequence=2, provider_kind='private', device_type_ids=self.device_type_parent.ids,
            complete_hours=12, hours='elapsed')
        here = self._promise("Kadıköy", sequence=3, city_ids=self.city_kadikoy.ids, complete_hours=20, hours='elapsed')
        self.provider_b.kind = 'private'
        with freeze_time(MONDAY):
            order = self._open_order()
            self.assertEqual(order.sla_policy_id, here)
            self._do(order, 'assign', provider_id=self.provider_b.id)
            self.assertEqual((order.sla_policy_id, order.deadline), (private, MONDAY + timedelta(hours=12)))
            order.with_user(self.user_dispatcher).priority = '1'
            self.assertEqual((order.sla_policy_id, order.deadline), (urgent, MONDAY + timedelta(hours=4)))
            order.with_user(self.user_dispatcher).priority = '0'
            self._do(order, 'reject', self.user_provider_b, 'portal', reason="no_capacity")
            self.assertEqual(order.sla_policy_id, here)

    def test_orders_of_before_keep_what_was_promised(self):
        self.policy.action_archive()
        with freeze_time(MONDAY):
            order = self._open_order()
        self._promise("New", date_from=MONDAY + timedelta(hours=1), complete_hours=1)
        with freeze_time(MONDAY + timedelta(hours=2)):
            self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertFalse(order.sla_policy_id or order.sla_clock_ids)

    def test_changed_policy_counts_its_version_and_leaves_running_clocks(self):
        with freeze_time(MONDAY):
            order = self._open_order()
            self.policy.complete_hours = 1
            self._do(order, 'assign', provider_id=self.provider_a.id)
        self.assertEqual((self.policy.version, order.deadline), (2, MONDAY + timedelta(hours=24)))
        self.assertEqual(self._clock(order, 'accept').policy_version, 2)

    def test_filters(self):
        with freeze_time(MONDAY):
            late, risky, calm, submitted = (self._open_order() for _number in range(4))
        late.sudo().deadline = fields.Datetime.now() - timedelta(hours=1)
        now = fields.Datetime.now()
        (risky | calm | submitted).sudo().write({'sla_deadline': now + timedelta(hours=1), 'deadline': now + timedelta(hours=1)})
        soon = self._open_order()
        soon.sudo().write({'sla_deadline': False, 'risk_at': False, 'deadline': now + timedelta(hours=1)})
        risky.sudo().risk_at = now - timedelta(minutes=1)
        (calm | submitted).sudo().risk_at = now + timedelta(minutes=30)
        submitted.sudo().write({'state': 'awaiting_approval', 'deadline': now - timedelta(hours=1)})
        orders = late | risky | calm | submitted | soon
        own = [('id', 'in', orders.ids)]
        self.assertEqual(orders.search([('is_late', '=', True), *own]), late)
        self.assertEqual(orders.search([('is_at_risk', '=', True), *own]), risky | soon)
        self.assertEqual(orders.search([('is_late', '=', False), *own]), orders - late)
        self.assertEqual((orders.filtered('is_late'), orders.filtered('is_at_risk')), (late, risky | soon))
        self.assertEqual(late.alert_kind, 'late')
        self.assertEqual(risky.alert_kind, 'risk')

    def test_a_batch_costs_a_query_and_nothing_without_a_policy(self):
        """A sale of many: one query writes the clocks, three bring them along; where nothing is promised none is added."""
        self._open_order()  # warms what is cached
        with freeze_time(MONDAY):
            orders = self.env['stokiva.work.order'].union(*(self._open_order() for _number in range(12)))
        self.env.flush_all()
        for event, archived, most in (('open', False, 1), ('assign', False, 3), ('assign', True, 0)):
            if archived:
                orders.sla_clock_ids.unlink()
                orders.sla_policy_id = False
                self.policy.action_archive()
            elif event == 'open':
                orders.sla_clock_ids.unlink()
            orders._choose_policies('assign')
            orders.mapped('device_id')
            self.env['ir.default']._get_model_defaults('stokiva.sla.clock')
            self.env.flush_all()
            before = self.cr.sql_log_count
            orders._follow_sla(event, MONDAY)
            self.env['stokiva.sla.clock'].flush_model()
            self.assertLessEqual(self.cr.sql_log_count - before, most, event)

    def test_recomputed_from_what_is_stored(self):
        """As docs/verify.md has it, without our code but the arithmetic."""
        with freeze_time(MONDAY):
            order = self._open_order()
        with freeze_time(MONDAY + timedelta(hours=3)):
            self._do(order, 'pause', reason="Customer travels")
        with freeze_time(MONDAY + timedelta(hours=9)):
            self._do(order, 'resume')
        self.env.flush_all()
        for clock in order.sla_clock_ids:
            left, due = timedelta(minutes=clock.minutes), None
            for run in clock.runs:
                for start, end in run['open'] or [(run['from'], run['to'] or '9999-01-01T00:00:00Z')]:
                    start, end = (datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ') for text in (start, end))
                    due = due or (start + left if end - start >= left else None)
                    left -= end - start
            self.assertEqual(clock.deadline, due)

    # === WHO MAY WHAT, AND BAD INPUT === #

    def test_only_the_reason_is_written_by_hand(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        clock = self._clock(order, 'assign')
        reason = self.env['stokiva.late.reason'].create({'name': "Snow", 'party': 'outside'})
        for user in (self.user_dispatcher, self.user_manager):
            with self.assertRaises(AccessError):
                clock.with_user(user).deadline = MONDAY + timedelta(days=9)
            with self.assertRaises(AccessError):
                order.with_user(user).write({'due_at': MONDAY + timedelta(days=9)})
        with self.assertRaises(AccessError):
            clock.with_user(self.user_call_centre).reason_id = reason
        for user in (self.user_technician, self.user_sales, self.user_provider_a, self.user_customer):
            with self.assertRaises(AccessError):
                clock.with_user(user).read(['deadline'])
        clock.with_user(self.user_dispatcher).write({'reason_id': reason.id, 'reason_note': "0.5 m"})
        [row] = self.env['stokiva.event'].search([('model', '=', 'stokiva.sla.clock'), ('res_id', '=', clock.id)])
        self.assertEqual(row._get_payload()['changes']['reason_id'], [None, reason.ids])
        self.assertNotIn("0.5 m", row.payload, "a remark may speak of the customer: the log holds its digest")

    def test_clocks_and_policies_of_another_company_are_not_seen(self):
        with freeze_time(MONDAY):
            order = self._open_order()
        company = self.env['res.company'].create({'name': "Other"})
        stranger = new_test_user(
            self.env, 'sla_stranger', 'base.group_user,stokiva_service.group_stokiva_manager',
            company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.assertFalse(self.env['stokiva.sla.clock'].with_user(stranger).search([('work_order_id', '=', order.id)]))
        self.assertFalse(self.env['stokiva.sla.policy'].with_user(stranger).search([('id', '=', self.policy.id)]))
        with self.assertRaises(AccessError):
            self.policy.with_user(stranger).complete_hours = 1

    def test_new_company_begins_with_a_promise(self):
        company = self.env['res.company'].create({'name': "Other"})
        policy = self.env['stokiva.sla.policy'].search([('company_id', '=', company.id)])
        self.assertRecordValues(policy, [{'assign_hours': 1, 'accept_hours': 4, 'complete_hours': 0, 'hours': 'company'}])

    def test_bad_policies_are_refused(self):
        with self.assertRaises(ValidationError):
            self._promise("Nothing")
        with self.assertRaises(ValidationError):
            self.policy.write({f'{kind}_hours': 0 for kind in sla.CLOCKS})
        with freeze_time(MONDAY):
            order = self._open_order()
        with self.assertRaises(UserError):
            self._do(order, 'cancel', reason="Test", late_reason_id="x")
        self.assertEqual(order.state, 'created')

    # === WHY IT WAS LATE === #

    def test_late_order_asks_why_when_it_ends(self):
        reason = self.env['stokiva.late.reason'].create({'name': "Snow", 'party': 'outside'})
        with freeze_time(MONDAY):
            order = self._open_order()
            self._do(order, 'assign', provider_id=self.provider_a.id)
            self._do(order, 'accept')
            self._do(order, 'plan', personnel_id=self.technician_a.id)
            self._do(order, 'depart')
            self._do(order, 'start')
        with freeze_time(MONDAY + timedelta(days=2)):
            action = order.with_user(self.user_dispatcher).with_context(stokiva_event='submit').action_event()
            wizard = self.env[action['res_model']].with_user(self.user_dispatcher).browse(action['res_id'])
            self.assertTrue(wizard.is_late)
            with self.assertRaises(UserError):
                wizard.action_confirm()
            wizard.late_reason_id = reason
            wizard.action_confirm()
        self.assertEqual((order.state, self._clock(order, 'complete').reason_id), ('awaiting_approval', reason))
        self.assertFalse(self._clock(order, 'accept').reason_id, "what was kept needs no reason")
        self.assertEqual(order.late_reason_id, reason)

    def test_order_in_time_is_submitted_by_a_click(self):
        with freeze_time(MONDAY):
            order = self._open_order()
            self._do(order, 'assign', provider_id=self.provider_a.id)
            self._do(order, 'accept')
            self._do(order, 'plan', personnel_id=self.technician_a.id)
            self._do(order, 'depart')
            self._do(order, 'start')
            self.assertIs(order.with_user(self.user_dispatcher).with_context(stokiva_event='submit').action_event(), True)

    def test_report_divides_kept_by_what_counts(self):
        with freeze_time(MONDAY):
            kept, broken = self._open_order(), self._open_order()
            self._do(kept, 'assign', provider_id=self.provider_a.id)
        with freeze_time(MONDAY + timedelta(hours=5)):
            self._do(broken, 'assign', provider_id=self.provider_a.id)
        [(kind, rate, count_kept, count_broken)] = self.env['stokiva.sla.clock']._read_group(
            [('work_order_id', 'in', (kept | broken).ids), ('clock', '=', 'assign')], ['clock'],
            ['kept_rate:avg', 'is_kept:sum', 'is_broken:sum'])
        self.assertEqual((kind, rate, count_kept, count_broken), ('assign', 50, 1, 1))
        rows = self.env['stokiva.sla.clock'].formatted_read_group(
            [('work_order_id', 'in', (kept | broken).ids)], ['city_id'], ['kept_rate:avg'])
        self.assertEqual(rows[0]['city_id'][0], self.city_kadikoy.id)
