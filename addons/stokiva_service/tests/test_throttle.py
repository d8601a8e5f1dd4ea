from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestThrottle(TransactionCase):
    """Requests to public pages are counted, whatever becomes of the request."""

    BUCKET = 'test_throttle'

    def setUp(self):
        super().setUp()
        self.throttle = self.env['stokiva.throttle']
        self.addCleanup(self._forget)

    def _forget(self):
        """The counters were written for good, by a cursor of their own."""
        with self.registry.cursor() as cr:
            self.env(cr=cr)['stokiva.throttle'].search([('bucket', '=like', f'{self.BUCKET}%')]).unlink()

    def _count(self):
        with self.registry.cursor() as cr:
            return self.env(cr=cr)['stokiva.throttle'].search_count([('bucket', '=', self.BUCKET)])

    def test_the_limit_is_kept_per_address_and_bucket(self):
        allowed = [self.throttle._hit(self.BUCKET, '192.0.2.1', 3) for _request in range(5)]
        self.assertEqual(allowed, [True, True, True, False, False])
        self.assertEqual(self._count(), 3, "Refused requests must not fill the table.")
        self.assertTrue(self.throttle._hit(self.BUCKET, '192.0.2.2', 3))
        self.assertTrue(self.throttle._hit(f'{self.BUCKET} 2', '192.0.2.1', 3))

    def test_a_rolled_back_request_counts(self):
        with self.assertRaises(ZeroDivisionError), self.registry.cursor() as cr:
            self.env(cr=cr)['stokiva.throttle']._hit(self.BUCKET, '192.0.2.1', 3)
            raise ZeroDivisionError
        self.assertEqual(self._count(), 1)

    def test_the_window_moves(self):
        with self.registry.cursor() as cr:
            self.env(cr=cr)['stokiva.throttle'].create([
                {'bucket': self.BUCKET, 'digest': self.throttle._get_digest('192.0.2.1'),
                 'hit_at': fields.Datetime.now() - timedelta(minutes=minutes)} for minutes in (5, 11)])
        self.assertFalse(self.throttle._hit(self.BUCKET, '192.0.2.1', 1))
        self.assertFalse(self.throttle._hit(self.BUCKET, '192.0.2.1', 2, minutes=12))
        self.assertTrue(self.throttle._hit(self.BUCKET, '192.0.2.1', 2))

    def test_addresses_are_not_stored_and_a_network_counts_as_one(self):
        digest = self.throttle._get_digest('192.0.2.1')
        self.assertNotIn('192.0.2.1', digest)
        self.assertNotEqual(digest, self.throttle._get_digest('192.0.2.2'))
        self.assertEqual(
            self.throttle._get_digest('2001:db8::1'), self.throttle._get_digest('2001:db8::ffff:1'))
        self.assertNotEqual(
            self.throttle._get_digest('2001:db8::1'), self.throttle._get_digest('2001:db8:0:1::1'))
        self.assertTrue(self.throttle._get_digest(None))

    def test_old_rows_are_cleaned_up(self):
        old, new = self.throttle.create([
            {'bucket': self.BUCKET, 'digest': 'x', 'hit_at': fields.Datetime.now() - timedelta(hours=hours)}
            for hours in (25, 23)])
        self.throttle._gc_hits()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())

    def test_nobody_has_rights(self):
        self.assertFalse(self.throttle.with_user(self.env.ref('base.user_admin')).has_access('read'))
