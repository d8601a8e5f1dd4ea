import itertools
import re

from odoo.tests import BaseCase, HttpCase, tagged

from .. import colours

LIGHT_PAGE = (0xf3, 0xf5, 0xf6)


class TestColours(BaseCase):
    """A company's colour is legible on the customer's pages, whatever it is."""

    def test_contrast_is_as_the_standard_measures_it(self):
        self.assertAlmostEqual(colours.get_contrast(colours.BLACK, colours.WHITE), 21)
        self.assertAlmostEqual(colours.get_contrast((0x77, 0x77, 0x77), colours.WHITE), 4.48, 2)

    def test_what_is_no_colour(self):
        for text in (None, '', 'red', '#12', '#12345', 'ffffff}', '#gggggg', 'url(x)'):
            self.assertIsNone(colours.parse(text), text)
        self.assertEqual(colours.parse('#Abc'), (0xaa, 0xbb, 0xcc))
        self.assertEqual(colours.parse(' 0b4A5e'), (0x0b, 0x4a, 0x5e))

    def test_every_colour_is_legible(self):
        for colour in itertools.product((0, 0x33, 0x80, 0xcc, 0xff), repeat=3):
            values = [
                (name, colours.parse(value))
                for name, value in re.findall(r'--([a-z-]+):(#[0-9a-f]{6})', colours.get_css(colour))]
            light, dark = dict(values[:4]), dict(values[4:])
            for theme, page in ((light, LIGHT_PAGE), (dark, colours.DARK_SURFACE)):
                for one, other in (
                        (theme['on-brand'], theme['brand']), (theme['brand'], theme['brand-soft']), (theme['link'], page)):
                    self.assertGreaterEqual(colours.get_contrast(one, other), 4.5, f'{colour} {theme}')

    def test_a_legible_colour_stays(self):
        self.assertIn(':root{--brand:#0b4a5e;--on-brand:#ffffff', colours.get_css((0x0b, 0x4a, 0x5e)))


@tagged('post_install', '-at_install')
class TestTheme(HttpCase):

    def test_style_sheet(self):
        answer = self.url_open('/o/theme/C02020.css')
        self.assertEqual((answer.status_code, answer.headers['Content-Type']), (200, 'text/css; charset=utf-8'))
        self.assertIn('max-age', answer.headers['Cache-Control'])
        self.assertNotIn('Set-Cookie', answer.headers)
        for wrong in ('red', 'c0202', '%7D', 'c02020%7D'):
            self.assertEqual(self.url_open(f'/o/theme/{wrong}.css').status_code, 404)

    def test_pages_name_it(self):
        company = self.env.ref('base.main_company')
        company.primary_color = False
        self.assertNotIn('/o/theme/', self.url_open('/o/nothing').text)
        company.primary_color = '#c02020'
        self.assertIn('href="/o/theme/c02020.css"', self.url_open('/o/nothing').text)
