from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..presenters.formats import Formats
from ..presenters.inputs import parse_amount, parse_id


@tagged('post_install', '-at_install')
class TestFormats(TransactionCase):

    def setUp(self):
        super().setUp()
        with freeze_time('2026-11-23 21:30:00'):  # half past midnight of the 24th in Istanbul
            self.formats = Formats(self.env, 'Europe/Istanbul')

    def test_days_are_those_of_the_place(self):
        self.assertEqual(
            self.formats.get_day_bounds(), (datetime(2026, 11, 23, 21), datetime(2026, 11, 24, 21)))
        window = self.formats.window
        self.assertEqual(window(datetime(2026, 11, 24, 6), datetime(2026, 11, 24, 8)), "Today 09:00–11:00")
        self.assertEqual(window(datetime(2026, 11, 23, 20), datetime(2026, 11, 23, 20, 30)), "Yesterday 23:00–23:30")
        self.assertEqual(
            window(datetime(2026, 11, 27, 6), datetime(2026, 11, 27, 8)), "Friday 27 November 09:00–11:00")
        self.assertEqual(window(datetime(2026, 11, 24, 20), datetime(2026, 11, 24, 22)), "Today 23:00 – Tomorrow 01:00")
        self.assertEqual(window(False, False), "Time not agreed yet")

    def test_days_around_a_change_of_the_clocks(self):
        with freeze_time('2026-10-25 12:00:00'):
            begin, end = Formats(self.env, 'Europe/Berlin').get_day_bounds()
        self.assertEqual((end - begin).total_seconds(), 25 * 3600)

    def test_spans(self):
        for minutes, text in ((0, "0 min"), (17.9, "17 min"), (60, "1 h"), (112, "1 h 52 min"), (1500, "1 day"),
                              (3000, "2 days"), (-5, "0 min")):
            self.assertEqual(self.formats.span(minutes), text)
        self.assertEqual(self.formats.left(datetime(2026, 11, 23, 21, 47)), "17 min left")
        self.assertEqual(self.formats.left(datetime(2026, 11, 23, 21, 0)), "Time is up")
        self.assertEqual(self.formats.late(datetime(2026, 11, 23, 20, 50)), "40 min late")

    def test_an_unknown_zone_is_the_default(self):
        self.assertEqual(Formats(self.env, 'Mars/Base').tz, 'Europe/Istanbul')
        self.assertEqual(Formats(self.env, False).tz, 'Europe/Istanbul')

    def test_inputs_go_there_and_back(self):
        text = self.formats.from_input('2026-11-24T09:00')
        self.assertEqual(text, '2026-11-24 06:00:00')
        self.assertEqual(self.formats.to_input(datetime(2026, 11, 24, 6)), '2026-11-24T09:00')
        for text in ('', 'tomorrow', '2026-13-01T09:00'):
            with self.assertRaises(UserError):
                self.formats.from_input(text)

    def test_numbers(self):
        for lang, texts in (('en_US', ('1,250', '1250.0', '1,250.00')), ('tr_TR', ('1.250', '1250,0', '1.250,00'))):
            env = self.env(context={'lang': lang})
            for text in (*texts, 1250, ' 1 250 '):
                self.assertEqual(parse_amount(env, text), 1250, text)
            for text in ('0,125', '0.125', 0.125):
                self.assertEqual(parse_amount(env, text), 0.125, text)
            for value, text in ((0.5, "0.5"), (12345.67, "12345.67"), (2e6, "2000000"), (0.1 + 0.2, "0.3"), (100 / 3, "33.3333")):
                text = text.replace('.', ',') if lang == 'tr_TR' else text
                self.assertEqual(Formats(env, 'Europe/Istanbul').number(value), text)
        self.assertEqual(parse_id(self.env, '12'), 12)
        for text in ('0', '-1', 'nan', 'inf', '1.25.5', '1,2,3', '12.50.000', 'x', '5 TL', '2e9', '9999999999', None, [], 10 ** 400):
            with self.assertRaises(UserError):
                parse_amount(self.env, text)
        for text in ('', None, '-1', '1.5', '9999999999', 'x'):
            with self.assertRaises(UserError):
                parse_id(self.env, text)
