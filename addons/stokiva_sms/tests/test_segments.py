from odoo.tests import BaseCase, tagged

from .. import segments


@tagged('post_install', '-at_install')
class TestSegments(BaseCase):
    """Parts of a text, by the limits of 3GPP TS 23.038 and 23.040."""

    def test_limits(self):
        for text, suffix, expected in [
            ('', 0, ('gsm7', 0, 1)),
            ('a' * 160, 0, ('gsm7', 160, 1)),
            ('a' * 161, 0, ('gsm7', 161, 2)),
            ('a' * 306, 0, ('gsm7', 306, 2)),
            ('a' * 307, 0, ('gsm7', 307, 3)),
            ('ş' * 70, 0, ('ucs2', 70, 1)),
            ('ş' * 71, 0, ('ucs2', 71, 2)),
            ('ş' * 134, 0, ('ucs2', 134, 2)),
            ('ş' * 135, 0, ('ucs2', 135, 3)),
            ('a' * 155, 5, ('gsm7', 160, 1)),
            ('a' * 156, 5, ('gsm7', 161, 2)),
            ('ş' * 65, 5, ('ucs2', 70, 1)),
            ('ş' * 66, 5, ('ucs2', 71, 2)),
        ]:
            with self.subTest(text=text[:1], length=len(text), suffix=suffix):
                self.assertEqual(segments.measure(text, suffix), expected)

    def test_extension_counts_twice_and_is_not_split(self):
        self.assertEqual(segments.measure('€' * 80), ('gsm7', 160, 1))
        # 153 is odd: each part of 76 pairs leaves one place empty, so 153 pairs do not fit into two.
        self.assertEqual(segments.measure('€' * 152), ('gsm7', 304, 2))
        self.assertEqual(segments.measure('€' * 153), ('gsm7', 306, 3))

    def test_surrogate_pair_is_not_split(self):
        self.assertEqual(segments.measure('😀' * 35), ('ucs2', 70, 1))
        self.assertEqual(segments.measure('😀' * 66), ('ucs2', 132, 2))
        self.assertEqual(segments.measure('😀' * 67), ('ucs2', 134, 3))

    def test_turkish_letters(self):
        for letter in 'ÇÖÜöü':
            self.assertEqual(segments.measure(letter).encoding, 'gsm7', letter)
        for letter in 'çğĞıİşŞ':
            self.assertEqual(segments.measure(letter).encoding, 'ucs2', letter)

    def test_alphabet_is_complete(self):
        self.assertEqual((len(segments.BASIC), len(segments.EXTENSION)), (127, 10))
        self.assertFalse(segments.BASIC & segments.EXTENSION)

    def test_suffix_by_country(self):
        self.assertEqual(segments.suffix_for('+905321234567'), 5)
        self.assertEqual(segments.suffix_for('+4915112345678'), 0)
        self.assertEqual(segments.suffix_for(''), 0)
