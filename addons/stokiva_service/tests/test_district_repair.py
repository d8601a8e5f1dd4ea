from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestDistrictRepair(WorkOrderCommon):
    """Addresses that existed before the districts were loaded, as people typed them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.city']._stokiva_load_turkey()
        cls.Partner = cls.env['res.partner']

    def _address(self, city=False, **values):
        return self.Partner.create({'name': "Somebody", 'country_id': self.country.id, 'city': city, **values})

    def _suggest(self, city=False, **values):
        return self._address(city, **values).stokiva_suggested_city_id

    def _get_lacking(self, partners):
        return self.Partner.search([('stokiva_lacks_district', '=', True), ('id', 'in', partners.ids)])

    def _find_all(self):
        with patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.Partner._cron_stokiva_find_districts()

    def test_addresses_without_district_are_listed(self):
        lacking = self._address("Kadıkoyy") | self._address(zip='99999') | self._address("Nowhere", country_id=False)
        fine = (
            self._address("Kadıköy", city_id=self.city_kadikoy.id) | self._address()
            | self._address("Paris", country_id=self.env.ref('base.fr').id))
        self.assertEqual(self._get_lacking(lacking | fine), lacking)
        self.assertEqual((lacking | fine).filtered('stokiva_lacks_district'), lacking)
        self.assertEqual(
            self.Partner.search([('stokiva_lacks_district', '=', False), ('id', 'in', (lacking | fine).ids)]), fine)

    def test_nightly_job_finds_what_the_text_names(self):
        named = self._address("KADIKOY / ISTANBUL")
        coded = self._address(zip=self.city_cankaya.zipcode)
        unknown = self._address("Merkez")
        chosen = self._address("Kadıköy", city_id=self.city_uskudar.id)
        self._find_all()
        self.assertEqual((named | coded | unknown | chosen).mapped('city_id'),
                         self.city_kadikoy | self.city_cankaya | self.city_uskudar)
        self.assertFalse(unknown.city_id)
        self.assertEqual(named.city, "KADIKOY / ISTANBUL")
        self.assertEqual(named.state_id, self.state_istanbul)
        self.assertEqual(coded.city, "Çankaya")

    def test_nightly_job_passes_over_what_it_cannot_find(self):
        unknown = self._address("Merkez") | self._address("Merkez")
        named = self._address("Kadıköy")
        with patch('odoo.addons.stokiva_service.models.res_partner_district.BATCH', 1):
            self._find_all()
        self.assertFalse(unknown.city_id)
        self.assertEqual(named.city_id, self.city_kadikoy)

    def test_open_orders_get_their_district_by_an_event(self):
        self.customer.write({'city': "Somewhere", 'zip': False})
        order, done = self._open_order(), self._open_order()
        self._do(done, 'cancel', reason="Not needed")
        self.assertFalse(order.city_id)
        self.customer.city = "Kadıköy"
        self._find_all()
        self.assertEqual(order.city_id, self.city_kadikoy)
        self.assertEqual(order.event_ids.sorted('seq')[-1].event, 'edit')
        self.assertFalse(done.city_id)

    def test_suggestions(self):
        for city, values, expected in (
                ("Kadikoyy", {'state_id': self.state_istanbul.id}, self.city_kadikoy),
                ("Kadköy / İstanbul", {}, self.city_kadikoy),
                ("Cankya", {'zip': '06999'}, self.city_cankaya),
                ("Usküdar", {}, self.city_uskudar),
                ("Kadıköy", {'state_id': self.state_ankara.id}, self.City),
                ("Merkez", {}, self.City),
                ("Xyz", {'state_id': self.state_istanbul.id}, self.City),
                (False, {}, self.City)):
            self.assertEqual(self._suggest(city, **values), expected, (city, values))

    @property
    def City(self):
        return self.env['res.city']

    def test_accept_suggestions(self):
        good = self._address("Kadikoyy", state_id=self.state_istanbul.id)
        bad = self._address("Xyz")
        action = (good | bad).with_user(self.user_call_centre).action_stokiva_accept_city()
        self.assertIn("1 of 2", action['params']['message'])
        self.assertEqual(good.city_id, self.city_kadikoy)
        self.assertEqual(good.city, "Kadikoyy")
        self.assertFalse(bad.city_id)

    def test_suggestions_for_a_page_take_few_queries(self):
        partners = self.Partner.create([
            {'name': f"Customer {number}", 'city': f"Kadiko{number}", 'country_id': self.country.id,
             'state_id': self.state_istanbul.id} for number in range(40)])
        counts = []
        for batch in (partners[:2], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            batch.mapped('stokiva_suggested_city_id.id')
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_set_the_district_of_many(self):
        partners = self._address("Xyz") | self._address("Abc", state_id=self.state_ankara.id)
        wizard = self.env['stokiva.district.wizard'].with_user(self.user_call_centre).with_context(
            active_model='res.partner', active_ids=partners.ids).create({'city_id': self.city_kadikoy.id})
        wizard.action_apply()
        self.assertEqual(partners.city_id, self.city_kadikoy)
        self.assertEqual(partners.state_id, self.state_istanbul)
        wizard.partner_ids = False
        with self.assertRaisesRegex(UserError, "Choose the addresses"):
            wizard.action_apply()

    def test_set_the_district_of_orders(self):
        self.customer.write({'city': "Somewhere", 'zip': False})
        order, done = self._open_order(), self._open_order()
        self._do(done, 'cancel', reason="Not needed")
        self.env['stokiva.district.wizard'].with_user(self.user_call_centre).with_context(
            active_model='stokiva.work.order', active_ids=(order | done).ids).create({
                'city_id': self.city_uskudar.id}).action_apply()
        self.assertEqual(order.city_id, self.city_uskudar)
        self.assertEqual(self.customer.city_id, self.city_uskudar)
        self.assertFalse(done.city_id)
        self.assertEqual(order.event_ids.sorted('seq')[-1].actor_id, self.user_call_centre.id)

    def test_technicians_repair_no_addresses(self):
        with self.assertRaises(AccessError):
            self.env['stokiva.district.wizard'].with_user(self.user_technician).create(
                {'city_id': self.city_kadikoy.id})
