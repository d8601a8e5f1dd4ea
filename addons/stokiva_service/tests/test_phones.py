from odoo.tests import BaseCase

from .. import phones


class TestPhones(BaseCase):

    def test_how_people_read_them(self):
        for number, text in (
                ('+905321234567', "+90 532 123 45 67"), ('+90 (216) 555 10 00', "+90 216 555 10 00"),
                ('0532 123', "0532 123"), ('extension 7', "extension 7"), (False, ''), ('', '')):
            self.assertEqual(phones.spell(number), text)
