from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from .. import given
from .common_orders import WorkOrderCommon

# What comes in place of what is wanted.
HOSTILE = {
    'reason': ('a\0b', '\ud800', 'A' * 20_000, 1, True, ['busy'], {'a': 1}),
    'provider_id': ('7', -1, 1.5, True, 2**31, [7], {'id': 7}),
    'accessory_ids': ('7', 7, [True], ['7'], {'id': 7}),
    'window_start': ('soon', '2026-02-31 00:00:00', 7, ['2026-02-01 00:00:00']),
    'amount': ('7', True, float('nan'), float('inf'), [7]),
    'stars': (6, -1, '5', True, 4.5),
    'signature': ('not base64', 7, 'A' * 500_000, 'ü'),
    'check_in': ('here', [41, 29], {'latitude': 41}, {'latitude': 91, 'longitude': 0}, {'latitude': '41', 'longitude': 29},
                 {'latitude': float('nan'), 'longitude': 29}, {'latitude': 41, 'longitude': 29, 'accuracy': -1}),
    'something_new': (object(), b'bytes', {'deep': ['\0']}, {7: 'key'}, float('nan')),
}
GOOD = {
    'reason': "Nobody at home", 'provider_id': 7, 'accessory_ids': [7, 8], 'window_start': '2026-02-01 09:00:00',
    'amount': 99.5, 'check_in': {'latitude': 41.0, 'longitude': 29, 'accuracy': 12.5}, 'stars': 5,
    'signature': 'QUJD', 'something_new': {'list': [1, None, True, "text"]}}


@tagged('post_install', '-at_install')
class TestGiven(BaseCase):
    """What an event may be given, without a database."""

    def test_good_and_absent_values_pass(self):
        self.assertIsNone(given.find_malformed(GOOD))
        for empty in (None, False, '', 0, []):
            self.assertIsNone(given.find_malformed(dict.fromkeys(given.KINDS, empty)))

    def test_hostile_values_are_named(self):
        for name, values in HOSTILE.items():
            for value in values:
                with self.subTest(name=name, value=str(value)[:20]):
                    self.assertEqual(given.find_malformed({**GOOD, name: value}), name)


@tagged('post_install', '-at_install')
class TestGivenAtTheDoor(WorkOrderCommon):
    """The same values at the door: plain words, and nothing changed."""

    def test_the_door_answers_in_plain_words(self):
        order = self._open_order()
        for name, values in HOSTILE.items():
            for value in values:
                with self.subTest(name=name, value=str(value)[:20]), self.assertRaises(UserError):
                    self._do(order, 'assign', **{'provider_id': self.provider_a.id, name: value})
        self.assertEqual(order.event_ids.mapped('event'), ['open'])
