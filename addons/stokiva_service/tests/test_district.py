import csv

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open


@tagged('post_install', '-at_install')
class TestDistrict(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.City = cls.env['res.city']
        cls.created = cls.City._stokiva_load_turkey()
        cls.country = cls.env.ref('base.tr')
        cls.cities = cls.City.search([('country_id', '=', cls.country.id)])
        cls.istanbul = cls.env.ref('base.state_tr_34')
        cls.ankara = cls.env.ref('base.state_tr_06')

    def _get_city(self, province, district):
        return self.cities.filtered(
            lambda city: (city.state_id.name, city.name) == (province, district)).ensure_one()

    def _resolve(self, **address):
        partner = self.env['res.partner'].create({
            'name': "Somebody", 'country_id': self.country.id, **address})
        return partner._stokiva_resolve_city().get(partner, self.City)

    def test_every_district_is_there_once(self):
        with file_open('stokiva_service/places/tr_districts.csv') as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 973)
        keys = [(city.state_id.code, city.name) for city in self.cities]
        for row in rows:
            self.assertEqual(keys.count((row['province_code'], row['district'])), 1, row)
        self.assertEqual(len(self.cities.state_id), 81)

    def test_district_has_postal_code_and_position(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        self.assertTrue(kadikoy.zipcode.startswith('34'))
        self.assertAlmostEqual(kadikoy.stokiva_latitude, 40.98, 1)
        self.assertAlmostEqual(kadikoy.stokiva_longitude, 29.03, 1)

    def test_loading_again_changes_nothing(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        kadikoy.zipcode = '34999'
        self.assertFalse(self.City._stokiva_load_turkey())
        self.assertEqual(kadikoy.zipcode, '34999')

    def test_loading_fills_in_what_is_missing(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        kadikoy.write({'name': "KADIKOY", 'zipcode': False, 'stokiva_latitude': 0})
        self._get_city("İstanbul", "Üsküdar").unlink()
        created = self.City._stokiva_load_turkey()
        self.assertEqual(created.mapped('name'), ["Üsküdar"])
        self.assertTrue(kadikoy.zipcode and kadikoy.stokiva_latitude)

    def test_loading_recognises_districts_without_province(self):
        kadikoy, merkez = self._get_city("İstanbul", "Kadıköy"), self._get_city("Bolu", "Merkez")
        (kadikoy | merkez).state_id = False
        created = self.City._stokiva_load_turkey()
        self.assertEqual(kadikoy.state_id, self.istanbul)
        self.assertFalse(merkez.state_id)
        self.assertEqual([(city.state_id.name, city.name) for city in created], [("Bolu", "Merkez")])

    def test_district_is_shown_with_its_province_and_found_in_any_spelling(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        self.assertEqual(kadikoy.display_name, "Kadıköy, İstanbul")
        for text in ("Kadıköy", "KADIKOY", "kadik", kadikoy.zipcode):
            self.assertIn(kadikoy.id, [row[0] for row in self.City.name_search(text)], text)
        self.assertNotIn(kadikoy.id, [row[0] for row in self.City.name_search("Üsküdar")])

    def test_chosen_district_wins(self):
        uskudar = self._get_city("İstanbul", "Üsküdar")
        city = self._resolve(city="Kadıköy", state_id=self.istanbul.id, city_id=uskudar.id)
        self.assertEqual(city, uskudar)

    def test_spelling_does_not_matter(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        for name in ("Kadıköy", "KADIKOY", "kadiköy ", "Kadıköy/İstanbul", "KADIKÖY-İSTANBUL"):
            self.assertEqual(self._resolve(city=name, state_id=self.istanbul.id), kadikoy, name)

    def test_shared_name_needs_the_province(self):
        self.assertFalse(self._resolve(city="Merkez"))
        for province, code in (("Bolu", '14'), ("Zonguldak", '67')):
            state = self.env.ref(f'base.state_tr_{code}')
            self.assertEqual(
                self._resolve(city="MERKEZ", state_id=state.id), self._get_city(province, "Merkez"))
        self.assertEqual(self._resolve(city="Ereğli / Konya"), self._get_city("Konya", "Ereğli"))

    def test_unique_name_needs_no_province(self):
        self.assertEqual(self._resolve(city="kadikoy"), self._get_city("İstanbul", "Kadıköy"))

    def test_district_in_the_second_line(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        self.assertEqual(self._resolve(city="İstanbul", street2="Kadıköy"), kadikoy)
        self.assertEqual(
            self._resolve(city="İstanbul", street2="Moda, Kadıköy", state_id=self.istanbul.id), kadikoy)

    def test_contradiction_stays_open(self):
        self.assertFalse(self._resolve(city="Kadıköy", state_id=self.ankara.id))
        self.assertFalse(self._resolve(city="Kadıköy, Ankara"))

    def test_postal_code_is_the_last_resort(self):
        kadikoy = self._get_city("İstanbul", "Kadıköy")
        self.assertEqual(self._resolve(zip=f" {kadikoy.zipcode} "), kadikoy)
        self.assertEqual(
            self._resolve(city="İstanbul", zip=kadikoy.zipcode, state_id=self.istanbul.id), kadikoy)
        self.assertFalse(self._resolve(zip=kadikoy.zipcode, state_id=self.ankara.id))

    def test_other_country_and_empty_address(self):
        self.assertFalse(self._resolve(city="Kadıköy", country_id=self.env.ref('base.de').id))
        self.assertFalse(self._resolve())

    def test_many_addresses_take_as_many_queries_as_one(self):
        partners = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'city': city.name, 'state_id': city.state_id.id,
             'country_id': self.country.id}
            for number, city in enumerate(self.cities[:100])
        ])
        counts = []
        for batch in (partners[:1], partners):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            resolved = batch._stokiva_resolve_city()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(resolved), len(batch))
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(
            [resolved[partner] for partner in partners], list(self.cities[:100]))

    def test_button_tells_what_it_did(self):
        self._get_city("İstanbul", "Kadıköy").unlink()
        settings = self.env['res.config.settings'].create({})
        self.assertIn("1", settings.action_stokiva_load_turkey()['params']['message'])
        self.assertEqual(settings.action_stokiva_load_turkey()['params']['type'], 'info')

    def test_loading_has_the_districts_of_addresses_found(self):
        cron = self.env.ref('stokiva_service.ir_cron_find_districts')
        self.env['res.config.settings'].create({}).action_stokiva_load_turkey()
        self.assertTrue(self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]))
