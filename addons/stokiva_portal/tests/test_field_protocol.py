import uuid
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.stokiva_portal.field import protocol

NOW = datetime(2026, 11, 24, 9, 0)
GOOD = {
    'uuid': str(uuid.UUID(int=1 << 64 | 4 << 76 | 8 << 60, version=4)), 'type': 'note', 'work_order_id': 7,
    'payload': {'text': "Hello"}, 'client_time': '2026-11-24T08:59:30.123Z', 'requires': []}


@tagged('post_install', '-at_install')
class TestFieldProtocol(BaseCase):
    """The envelope of the technicians' app."""

    def test_a_good_operation(self):
        op = protocol.parse_op(GOOD)
        self.assertEqual(op.client_time, datetime(2026, 11, 24, 8, 59, 30))
        self.assertEqual((op.work_order_id, op.payload), (7, {'text': "Hello"}))

    def test_what_is_none_is_told(self):
        for name, value in [
            ('uuid', 'x'), ('uuid', None), ('uuid', GOOD['uuid'].upper() + 'é'), ('type', 5), ('work_order_id', '7'),
            ('work_order_id', -1), ('work_order_id', True), ('payload', [1]), ('payload', {'text': "a\0b"}),
            ('payload', {'text': float('nan')}), ('payload', {'text': '\ud800'}), ('payload', {'signature': 'not base64'}),
            ('payload', {'text': "x" * 20_000}), ('client_time', 'yesterday'), ('client_time', None),
            ('client_time', 5), ('requires', 'x'), ('requires', ['x']), ('requires', [GOOD['uuid']] * 100),
        ]:
            with self.subTest(name=name, value=value), self.assertRaises(protocol.Malformed):
                protocol.parse_op({**GOOD, name: value})
        for value in (None, [], "x", 5):
            with self.assertRaises(protocol.Malformed):
                protocol.parse_op(value)

    def test_times_by_a_wrong_clock(self):
        for wrong in (timedelta(0), timedelta(days=1), timedelta(hours=-5)):
            done, sent = NOW - timedelta(minutes=40) + wrong, NOW + wrong
            skew = protocol.get_skew(sent, NOW)
            self.assertEqual(protocol.correct(done, skew, NOW), NOW - timedelta(minutes=40))
        self.assertEqual(protocol.correct(NOW + timedelta(hours=2), timedelta(0), NOW), NOW)
        self.assertEqual(protocol.correct(datetime.max, timedelta(days=1), NOW), NOW)

    def test_what_is_secret_is_not_kept(self):
        self.assertEqual(protocol.get_kept({'event': 'submit', 'signature': 'x', 'code': '123456'}), {'event': 'submit'})
