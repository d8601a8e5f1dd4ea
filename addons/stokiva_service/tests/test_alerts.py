from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestAlerts(WorkOrderCommon):
    """What the network is worth an alert: once, until it has recovered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.company.write({
            'stokiva_alert_days': 60, 'stokiva_alert_cases': 4, 'stokiva_alert_rating': 3.5, 'stokiva_alert_drop': 1,
            'stokiva_alert_late': 0.4, 'stokiva_alert_refusal': 0.4})
        cls.provider_a.user_id = cls.user_dispatcher
        # Only the test's count.
        cls.env['stokiva.work.order'].search([]).write({'opened_at': False})
        cls.env['stokiva.performance'].search([]).unlink()

    def _alerts(self, *kinds):
        """Return what there is to tell, after a check, as the cron makes it."""
        self.env['stokiva.alert']._check(self.company)
        return self.env['stokiva.alert'].search(
            [('company_id', '=', self.company.id), *([('kind', 'in', kinds)] if kinds else [])], order='id')

    def _done(self, count, **values):
        """Return orders of the provider."""
        device = self.env['stokiva.device'].create(
            {'product_id': self.product.id, 'partner_id': self.customer.id, 'date_sold': '2020-01-01'})
        return self.env['stokiva.work.order'].create([
            {
                'partner_id': self.customer.id, 'device_id': device.id, 'provider_id': self.provider_a.id,
                'service_type_id': self.service_type_repair.id, 'state': 'completed', **values}
            for _number in range(count)])

    def _count(self, days=5, provider=None, **measures):
        """Return what was counted of a provider's work on a day, so many days ago."""
        return self.env['stokiva.performance'].create({
            'day': fields.Date.today() - timedelta(days=days), 'company_id': self.company.id,
            'provider_id': (provider or self.provider_a).id, **measures})

    def test_the_note_of_a_cron_is_in_the_companys_language(self):
        self.env['res.lang']._activate_lang('tr_TR')
        self.company.partner_id.lang = 'tr_TR'
        self.env['ir.model']._get('stokiva.alert').with_context(lang='tr_TR').name = "Uyarı"
        self._count(stars_sum=13, stars_count=4)
        self.env['stokiva.alert'].with_context(tracking_disable=False, lang=None)._check(self.company)
        alert = self.env['stokiva.alert'].search([('company_id', '=', self.company.id), ('kind', '=', 'rating')])
        self.assertIn("Uyarı oluşturuldu", alert.message_ids[-1].body)

    # === HOW PROVIDERS WORK === #

    def test_low_rating_is_told_once_until_it_recovers(self):
        counted = self._count(stars_sum=13, stars_count=4)
        alert = self._alerts('rating')
        self.assertRecordValues(alert, [{
            'state': 'open', 'provider_id': self.provider_a.id, 'value': 3.25, 'threshold': 3.5, 'cases': 4,
            'user_id': self.user_dispatcher.id}])
        self.assertIn("3.2 stars on average (ratings: 4)", alert.text)
        self.assertRecordValues(alert.activity_ids, [{'user_id': self.user_dispatcher.id, 'summary': alert.text}])
        alert.activity_ids.unlink()
        self.assertEqual(self._alerts('rating'), alert)
        self.assertFalse(alert.activity_ids, "told again")

        counted.stars_sum = 15
        self.assertEqual(self._alerts('rating'), alert)
        self.assertEqual(alert.state, 'closed')
        self.assertTrue(alert.closed_at)
        counted.stars_sum = 10
        again = self._alerts('rating')
        self.assertEqual(again.mapped('state'), ['closed', 'open'])
        self.assertEqual(len(again[1].activity_ids), 1)
        counted.stars_sum = 15
        self._alerts()
        self.assertFalse(again[1].activity_ids, "a to-do about what has recovered")

    def test_few_cases_say_nothing(self):
        self._count(stars_sum=3, stars_count=3, late_count=3, offer_rejected_count=2, offer_expired_count=1)
        self.assertFalse(self._alerts())

    def test_falling_rating(self):
        self._count(stars_sum=15, stars_count=4)
        before = self._count(stars_sum=20, stars_count=4, days=70)
        alert = self._alerts('falling')
        self.assertRecordValues(alert, [{'value': 1.25, 'threshold': 1, 'cases': 4}])
        before.stars_sum = 16
        self._alerts()
        self.assertEqual(alert.state, 'closed')

    def test_late_orders_and_refused_offers(self):
        self._count(late_count=2, on_time_count=2, offer_accepted_count=2, offer_rejected_count=1)
        self._count(late_count=1, offer_expired_count=1, days=59)
        self._count(late_count=9, offer_expired_count=9, days=60)
        refused, late = self._alerts('late', 'refusal')
        self.assertRecordValues(late | refused, [
            {'kind': 'late', 'value': 0.6, 'cases': 5}, {'kind': 'refusal', 'value': 0.5, 'cases': 4}])

    def test_from_an_alert_to_its_orders(self):
        done = fields.Datetime.now() - timedelta(days=3)
        orders = self._done(4, completed_at=done, submitted_at=done, deadline=done - timedelta(hours=1))
        self._done(1, completed_at=done, submitted_at=done, deadline=done + timedelta(hours=1))
        self._count(late_count=4, on_time_count=1, days=3)
        alert = self._alerts('late')
        self.assertEqual(self.env['stokiva.work.order'].search(alert.action_view_cases()['domain']), orders)

    def test_zero_switches_off(self):
        self._count(stars_sum=4, stars_count=4, late_count=4)
        self.company.write({'stokiva_alert_rating': 0, 'stokiva_alert_late': 0})
        self.assertFalse(self._alerts())
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.stokiva_alert_late = 40  # it is a share

    # === WHAT THEY HAVE, WHERE NOBODY GOES === #

    def test_papers_that_end_are_listed_without_a_second_to_do(self):
        paper = self.env['stokiva.provider.authorisation'].create({
            'provider_id': self.provider_a.id, 'date_to': fields.Date.today() + timedelta(days=10)})
        alert = self._alerts('authorisation')
        self.assertRecordValues(alert, [{'authorisation_id': paper.id, 'date': paper.date_to, 'state': 'open'}])
        self.assertFalse(alert.activity_ids)
        paper.date_to += timedelta(days=400)
        self._alerts()
        self.assertEqual(alert.state, 'closed')

    def test_district_that_nobody_covers(self):
        order = self._done(1, opened_at=self.now - timedelta(days=1))
        order.city_id = self.city_cankaya
        self._done(1, opened_at=self.now - timedelta(days=1)).city_id = self.city_kadikoy
        self.env['stokiva.service.area'].search([('city_id', '!=', self.city_kadikoy.id)]).unlink()
        alert = self._alerts('district')
        self.assertRecordValues(alert, [{'city_id': self.city_cankaya.id, 'cases': 1}])
        self.assertEqual(self.env['stokiva.work.order'].search(alert.action_view_cases()['domain']), order)

    def test_parts_below_their_minimum(self):
        place = self.provider_a._get_stock_location(self.company)
        part = self.env['product.product'].create({'name': "Seal", 'is_storable': True})
        self.env['stock.warehouse.orderpoint'].create({
            'product_id': part.id, 'location_id': place.id, 'product_min_qty': 3, 'product_max_qty': 5,
            'company_id': self.company.id})
        self.env['stock.quant']._update_available_quantity(part, place, 2)
        alert = self._alerts('stock')
        self.assertRecordValues(alert, [{'provider_id': self.provider_a.id, 'cases': 1}])
        self.env['stock.quant']._update_available_quantity(part, place, 1)
        self._alerts()
        self.assertEqual(alert.state, 'closed')

    # === FAULTS === #

    def test_fault_that_rises(self):
        leak, noise = self.env['stokiva.fault'].create([
            {'name': name, 'device_type_id': self.device_type.id} for name in ("Drips", "Rattles")])
        for fault, recent, earlier in ((leak, 8, 2), (noise, 1, 9)):
            for count, days in ((recent, 10), (earlier, 200)):
                self._done(
                    count, opened_at=self.now - timedelta(days=days), symptom_ids=[Command.set(fault.ids)],
                    opened_symptom_id=fault.id)
        alert = self._alerts('fault')
        self.assertRecordValues(alert, [{'product_id': self.product.id, 'fault_id': leak.id, 'cases': 8}])
        # The same devices all along: 30 days of late, 335 before.
        self.assertAlmostEqual(alert.value, (8 / 30) / (2 / 335), places=3)
        self.assertEqual(alert.user_id, self.company._stokiva_get_manager())
        self.assertEqual(self.env['stokiva.work.order'].search_count(alert.action_view_cases()['domain']), 8)

    # === RIGHTS AND COST === #

    def test_only_read_by_the_office(self):
        self._count(late_count=4)
        alert = self._alerts('late')
        self.assertTrue(alert.with_user(self.user_dispatcher).text)
        for user in (self.user_call_centre, self.user_provider_a):
            with self.assertRaises(AccessError):
                alert.with_user(user).read(['text'])
        with self.assertRaises(AccessError):
            alert.with_user(self.user_manager).state = 'closed'

    def test_queries_do_not_grow_with_the_providers(self):
        partners = self.env['res.partner'].create([{'name': f"Provider {number}"} for number in range(6)])
        providers = self.env['stokiva.provider'].create(
            [{'partner_id': partner.id, 'user_id': self.user_dispatcher.id} for partner in partners])

        def count(some):
            for provider in some:
                self._count(late_count=4, provider=provider)
            self.env.flush_all()
            self.env.invalidate_all()
            begin = self.cr.sql_log_count
            self.env['stokiva.alert']._check(self.company)
            self.env.flush_all()
            return self.cr.sql_log_count - begin

        count(providers[:1])  # whatever is only read once
        self.assertLessEqual(count(providers[2:]), count(providers[1:2]) + 1)
