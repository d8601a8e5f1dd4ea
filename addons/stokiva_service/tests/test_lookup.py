from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ..lookup import get_text, get_words
from .common import StokivaCommon
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestLookupWords(BaseCase):

    def test_spellings_meet(self):
        for typed in ("Kadiköy", "KADIKÖY", "kadıköy", "KADİKÖY", "kadikoy"):
            self.assertEqual(get_words(typed), ['kadikoy'])
        self.assertEqual(get_text("Kadıköy  Işıl", "Kadıköy  Işıl", None), 'kadikoy isil')

    def test_numbers(self):
        text = get_text("Ayşe", phones=["+90 (532) 111 22 33", None], codes=["AB-12 3"])
        self.assertEqual(text, 'ayse ab 12 3 ab123 905321112233')
        for typed in ("0532 111 22 33", "5321112233", "+90 532 1112233", "532-111"):
            self.assertIn(get_words(typed)[0], text)
        self.assertEqual(get_words("00"), ['0'])
        for typed in ("ab-12", "AB-123", "ab 12", "ab123"):
            self.assertTrue(all(word in text for word in get_words(typed)), typed)
        self.assertIn(get_words("3M-Servis")[0], get_text("Yeni 3M-Servis Ltd."))
        self.assertEqual(get_words(" ?! "), [])


@tagged('post_install', '-at_install')
class TestLookup(StokivaCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env['res.partner'].create({
            'name': "Çiğdem Işıkoğlu", 'phone': "+90 532 765 43 21", 'email': 'cigdem@example.com', 'ref': "M-77",
            'company_registry': "0123 4567"})

    def _find(self, text):
        partners = self.env['res.partner'].with_user(self.user_call_centre)
        return partners.browse(id_ for id_, _name in partners.name_search(text, limit=None))

    def test_found_by_any_spelling_and_number(self):
        for typed in ("ÇİĞDEM", "cigdem isik", "ışıkoğlu çiğdem", "0532 765 43 21", "7654321", "cigdem@example.com", "m-77",
                "0123 4567"):
            self.assertIn(self.person, self._find(typed), typed)
        self.assertNotIn(self.person, self._find("cigdem yilmaz"))

    def test_new_values_count_at_once(self):
        self.person.write({'name': "Gül Öz", 'phone': "+90 216 000 11 22"})
        self.assertIn(self.person, self._find("GÜL ÖZ"))
        self.assertIn(self.person, self._find("216 0001122"))
        self.assertNotIn(self.person, self._find("isikoglu"))

    def test_nobody_is_found_by_not_being_looked_for(self):
        found = self.env['res.partner'].search([('display_name', 'not ilike', "ışıkoğlu")])
        self.assertNotIn(self.person, found)
        self.assertIn(self.customer, found)

    def test_wildcards_are_plain_characters(self):
        self.assertNotIn(self.person, self._find("c%m_xyz"))

    def test_search_compares_the_indexed_text_only(self):
        # Whether the database uses the index is tried on many rows, in tests/bench/master_data.py.
        query = self.env['res.partner']._search([('display_name', 'ilike', "isikoglu")]).select().code
        self.assertIn('"stokiva_search_text" LIKE', query)
        self.assertNotIn('complete_name" ILIKE', query)
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'res_partner__stokiva_search_text_index'")
        self.assertIn('gin_trgm_ops', self.env.cr.fetchone()[0])


@tagged('post_install', '-at_install')
class TestOrderLookup(WorkOrderCommon):

    def _find(self, text, user=None):
        return self.env['stokiva.work.order'].with_user(user or self.user_dispatcher).search(
            [('display_name', 'ilike', text)])

    def test_orders_are_found_by_what_people_know(self):
        order = self._open_order()
        other = self._open_order()
        order.device_id.serial = "ZX-100 7"
        self.customer.write({'name': "Şükran Iğdır", 'phone': "+90 532 700 80 90"})
        for typed in ("şükran", "SUKRAN IGDIR", "0532 700 80 90"):
            self.assertEqual(self._find(typed) & (order | other), order | other, typed)
        for typed in (order.name, "ZX-100"):
            self.assertEqual(self._find(typed) & (order | other), order, typed)

    def test_rules_hold(self):
        order = self._open_order()
        self.assertNotIn(order, self._find(order.partner_id.name, self.user_technician))
