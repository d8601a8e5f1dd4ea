import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ..geo import get_box_sql, get_distance_sql
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestCoverage(WorkOrderCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.city']._stokiva_load_turkey()
        cls.Area = cls.env['stokiva.service.area']
        cls.Area.search([]).unlink()
        cls.customer.city_id = cls.city_kadikoy

    def _cover(self, provider, priority=10, **place):
        return self.Area.create({'provider_id': provider.id, 'priority': priority, **place})

    def _put(self, partner, latitude, longitude):
        partner.write({'partner_latitude': latitude, 'partner_longitude': longitude})

    def _rank(self, **values):
        """Return ``(provider, kind's level, priority)`` of the candidates for a new order, best first."""
        order = self._open_order(**values)
        return [
            (self.env['stokiva.provider'].browse(row['provider_id']), row['values']['coverage'],
             row['values']['priority'])
            for row in self.env['stokiva.assignment.engine']._rank(order)[order].get_candidates()]

    def _rows(self, city, company=None):
        return self.env['stokiva.coverage'].search([
            ('city_id', '=', city.id), ('company_id', '=', (company or self.company).id)])

    # === RADIUS === #

    def test_radius_around_the_providers_position(self):
        self._put(self.provider_a.partner_id, 40.99, 29.03)  # Kadıköy
        self._put(self.customer, 41.02, 29.03)  # some 3.3 km to the north
        area = self._cover(self.provider_a, radius_km=4)
        self.assertEqual(area.kind, 'radius')
        self.assertEqual(area.display_name, "4 km")
        self.assertEqual(self._rank(), [(self.provider_a, 3, 10)])
        area.radius_km = 3
        self.assertFalse(self._rank())

    def test_distance_is_the_great_circle(self):
        self._put(self.provider_a.partner_id, 41.0, 29.0)
        self._put(self.customer, 41.0, 30.0)  # a degree of longitude there: 83.9 km
        area = self._cover(self.provider_a, radius_km=83.5)
        self.assertFalse(self._rank())
        area.radius_km = 84.5
        self.assertTrue(self._rank())

    def test_the_box_of_a_radius_holds_all_within_it(self):
        distance = get_distance_sql(SQL("lat"), SQL("lon"), SQL("lat2"), SQL("lon2"))
        [(missing, near)] = self.env.execute_query(SQL(
            """SELECT COUNT(*) FILTER (WHERE NOT %s @> box(point(lon2, lat2))), COUNT(*)
                 FROM (SELECT lat, lon, km, lat + dy AS lat2, lon + dx - CASE WHEN lon + dx > 180 THEN 360 ELSE 0 END AS lon2
                         FROM unnest(ARRAY[-70, -41, 0, 39, 64, 78]) lat, unnest(ARRAY[-179, 0, 33, 179.9]) lon,
                              unnest(ARRAY[5, 100, 1000]) km, generate_series(0.0, 9, 0.3) dy, generate_series(0.0, 60, 0.7) dx
                      ) pair WHERE %s <= km""", SQL(get_box_sql('lat', 'lon', 'km')), distance))
        self.assertGreater(near, 1000)
        self.assertFalse(missing)

    def test_moving_the_provider_moves_the_circle(self):
        self._put(self.provider_a.partner_id, 39.9, 32.8)  # Ankara
        self._put(self.customer, 41.02, 29.03)
        self._cover(self.provider_a, radius_km=20)
        self.assertFalse(self._rank())
        self._put(self.provider_a.partner_id, 40.99, 29.03)
        self.assertTrue(self._rank())

    def test_without_positions_the_districts_count(self):
        self._put(self.provider_a.partner_id, 0, 0)
        self._put(self.customer, 0, 0)
        area = self._cover(self.provider_a, radius_km=5)
        self.assertAlmostEqual(area.latitude, self.city_kadikoy.stokiva_latitude, 5)
        self.assertTrue(self._rank())
        self.customer.write({'city_id': False, 'city': False, 'zip': False})
        self.assertFalse(self._rank())

    def test_radius_within_a_country(self):
        self._put(self.provider_a.partner_id, 40.99, 29.03)
        area = self._cover(self.provider_a, radius_km=20, country_id=self.country.id)
        self.assertTrue(self._rank())
        area.country_id = self.env.ref('base.de')
        self.assertFalse(self._rank())

    def test_radius_bad_input(self):
        self._put(self.provider_a.partner_id, 40.99, 29.03)
        for place in ({'city_id': self.city_kadikoy.id}, {'state_id': self.state_istanbul.id}, {'zip_prefix': '34'}):
            with self.assertRaisesRegex(ValidationError, "stands alone"), self.cr.savepoint():
                self._cover(self.provider_a, radius_km=5, **place)
        for radius in (-1, 1001):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._cover(self.provider_a, radius_km=radius)
        self._put(self.provider_a.partner_id, 0, 0)
        self.provider_a.partner_id.write({'city': False, 'city_id': False, 'zip': False, 'street2': False})
        with self.assertRaisesRegex(ValidationError, "Alfa Servis has no position"), self.cr.savepoint():
            self._cover(self.provider_a, radius_km=5)
        with self.assertRaisesRegex(ValidationError, "Say where"), self.cr.savepoint():
            self._cover(self.provider_a)
        self.assertFalse(self.provider_a.area_ids)

    # === OVERLAP === #

    def test_lower_priority_number_comes_first(self):
        for provider, priority in ((self.provider_a, 20), (self.provider_b, 5)):
            self._cover(provider, priority, city_id=self.city_kadikoy.id)
        self.assertEqual([row[0] for row in self._rank()], [self.provider_b, self.provider_a])

    def test_closer_kind_comes_before_priority(self):
        self._cover(self.provider_a, 50, city_id=self.city_kadikoy.id)
        self._cover(self.provider_b, 1, state_id=self.state_istanbul.id)
        self.assertEqual(self._rank(), [(self.provider_a, 3, 50), (self.provider_b, 2, 1)])

    def test_of_several_areas_the_closest_one_counts(self):
        self._cover(self.provider_a, 1, country_id=self.country.id)
        self._cover(self.provider_a, 30, city_id=self.city_kadikoy.id)
        self._cover(self.provider_a, 40, zip_prefix='347')
        self.assertEqual(self._rank(), [(self.provider_a, 4, 40)])

    def test_beginnings_of_a_postal_code(self):
        self.customer.zip = '34710'
        for prefix, covers in (
            ('3', True), ('34', True), ('34710', True), ('347100', False), ('35', False), ('4710', False), ('34%', False)):
            with self.subTest(prefix=prefix):
                area = self._cover(self.provider_a, zip_prefix=prefix)
                self.assertEqual(bool(self._rank()), covers)
                area.country_id = self.env.ref('base.de')
                self.assertFalse(self._rank(), "the same code in another country")
                area.unlink()
        area = self._cover(self.provider_a, zip_prefix='34')
        for code, covers in ((' 34710', False), ('34', True), ('3', False), (False, False)):
            with self.subTest(code=code):
                self.customer.zip = code
                self.assertEqual(bool(self._rank()), covers)

    # === OVERVIEW === #

    def test_who_covers_a_district(self):
        self._cover(self.provider_a, 20, city_id=self.city_kadikoy.id)
        self._cover(self.provider_b, 10, city_id=self.city_kadikoy.id)
        self._cover(self.provider_b, 10, state_id=self.state_istanbul.id)
        rows = self._rows(self.city_kadikoy)
        self.assertRecordValues(rows, [
            {'provider_id': self.provider_b.id, 'rank': 1, 'kind': 'city', 'priority': 10, 'provider_count': 2},
            {'provider_id': self.provider_a.id, 'rank': 2, 'kind': 'city', 'priority': 20, 'provider_count': 2},
        ])
        self.assertEqual(self._rows(self.city_uskudar).mapped('kind'), ['state'])
        self.assertEqual(len({*rows.ids, *self._rows(self.city_uskudar).ids}), 3)

    def test_districts_nobody_covers(self):
        nobody = [('provider_id', '=', False), ('company_id', '=', self.company.id), ('country_id', '=', self.country.id)]
        Coverage = self.env['stokiva.coverage']
        self.assertEqual(Coverage.search_count(nobody), 973)
        self._cover(self.provider_a, state_id=self.state_istanbul.id)
        self.assertEqual(Coverage.search_count(nobody), 973 - 39)
        self._put(self.provider_b.partner_id, self.city_cankaya.stokiva_latitude, self.city_cankaya.stokiva_longitude)
        self._cover(self.provider_b, radius_km=1)
        self.assertEqual(self._rows(self.city_cankaya).provider_id, self.provider_b)
        self.provider_a.active = False
        self.assertEqual(Coverage.search_count(nobody), 972)
        self._cover(self.provider_b, country_id=self.country.id)
        self.assertFalse(Coverage.search_count(nobody))

    def test_each_company_sees_its_own_coverage(self):
        other = self.env['res.company'].create({'name': "Other company"})
        self._cover(self.provider_a, city_id=self.city_kadikoy.id)
        self.assertEqual(self._rows(self.city_kadikoy).provider_id, self.provider_a)
        self.assertEqual(self._rows(self.city_kadikoy, other).mapped('kind'), ['none'])
        self.provider_a.company_id = False
        self.assertEqual(self._rows(self.city_kadikoy, other).provider_id, self.provider_a)
        seen = self.env['stokiva.coverage'].with_user(self.user_dispatcher).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_overview_by_province(self):
        self._cover(self.provider_a, state_id=self.state_istanbul.id)
        groups = dict(self.env['stokiva.coverage']._read_group(
            [('company_id', '=', self.company.id), ('country_id', '=', self.country.id), ('kind', '=', 'state')],
            ['state_id'], ['city_id:count_distinct']))
        self.assertEqual(groups, {self.state_istanbul: 39})

    def test_give_districts_to_a_provider(self):
        self._cover(self.provider_a, 7, city_id=self.city_kadikoy.id)
        rows = self._rows(self.city_kadikoy) | self._rows(self.city_uskudar) | self._rows(self.city_cankaya)
        wizard = self.env['stokiva.coverage.wizard'].with_user(self.user_dispatcher).with_context(
            active_model='stokiva.coverage', active_ids=rows.ids)
        with Form(wizard) as form:
            form.provider_id = self.provider_a
            form.priority = 15
        form.record.action_apply()
        self.assertEqual(
            {area.city_id: area.priority for area in self.provider_a.area_ids},
            {self.city_kadikoy: 7, self.city_uskudar: 15, self.city_cankaya: 15})
        form.record.city_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "Choose the districts"):
            form.record.action_apply()
        with self.assertRaises(AccessError):
            self.env['stokiva.coverage.wizard'].with_user(self.user_call_centre).create(
                {'provider_id': self.provider_a.id})
