from odoo.tests import BaseCase, tagged

from odoo.addons.stokiva_service.folding import fold, get_parts


@tagged('post_install', '-at_install')
class TestFolding(BaseCase):

    def test_capital_and_small_turkish_i_are_one(self):
        self.assertEqual(
            {fold(name) for name in ("Isparta", "ISPARTA", "ısparta", "İsparta", "isparta")}, {'isparta'})

    def test_decomposed_letters_are_one_with_composed_ones(self):
        self.assertEqual(fold("I\u0307zmir"), fold("İzmir"))
        self.assertEqual(fold("S\u0327is\u0327li"), fold("Şişli"))

    def test_special_letters_and_circumflex(self):
        self.assertEqual(fold("Çiğli ŞÖFÖR Üsküdar"), 'cigli sofor uskudar')
        self.assertEqual(fold("KÂHTA"), fold("Kahta"))

    def test_punctuation_and_blanks(self):
        self.assertEqual(fold("  19  Mayıs. "), '19 mayis')
        self.assertEqual(fold("K.Maraş"), 'k maras')

    def test_nothing(self):
        for empty in (None, False, "", " -"):
            self.assertEqual(fold(empty), '')

    def test_parts_of_an_address_line(self):
        for text in ("Kadıköy/İstanbul", "Kadıköy - İstanbul", "KADIKÖY-İSTANBUL", "Kadıköy (İstanbul)"):
            self.assertEqual(get_parts(text), ['kadikoy istanbul', 'kadikoy', 'istanbul'])

    def test_parts_of_several_lines_have_no_repeats(self):
        self.assertEqual(get_parts("Kadıköy", None, "kadikoy, Moda"), ['kadikoy', 'kadikoy moda', 'moda'])
        self.assertEqual(get_parts(False, ""), [])
