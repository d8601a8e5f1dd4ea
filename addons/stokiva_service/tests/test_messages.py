from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from .. import labels, messages, workflow

ISTANBUL = ZoneInfo('Europe/Istanbul')  # UTC+3, no summer time
NEW_YORK = ZoneInfo('America/New_York')


@tagged('post_install', '-at_install')
class TestMessageKinds(BaseCase):
    """What messages are about, and when nobody is to be disturbed."""

    def _end(self, moment, start=21, end=8, zone=ISTANBUL):
        found = messages.quiet_end(datetime.fromisoformat(moment), zone, start, end)
        return found and found.isoformat(' ', 'minutes')

    def test_over_night(self):
        self.assertIsNone(self._end('2026-01-10 17:59'))  # 20:59 in Istanbul
        self.assertEqual(self._end('2026-01-10 18:00'), '2026-01-11 05:00')
        self.assertEqual(self._end('2026-01-10 21:30'), '2026-01-11 05:00')  # past midnight there
        self.assertEqual(self._end('2026-01-11 04:59'), '2026-01-11 05:00')
        self.assertIsNone(self._end('2026-01-11 05:00'))

    def test_at_day(self):
        self.assertEqual(self._end('2026-01-10 10:00', 12.5, 14), '2026-01-10 11:00')
        self.assertIsNone(self._end('2026-01-10 09:29', 12.5, 14))
        self.assertIsNone(self._end('2026-01-10 11:00', 12.5, 14))

    def test_none_and_midnight(self):
        self.assertIsNone(self._end('2026-01-10 20:00', 0, 0))
        self.assertIsNone(self._end('2026-01-10 20:00', 8, 8))
        self.assertIsNone(self._end('2026-01-10 20:00', 24, 0))
        self.assertEqual(self._end('2026-01-10 19:00', 21, 24), '2026-01-10 21:00')

    def test_the_clock_is_the_recipients(self):
        self.assertIsNone(self._end('2026-01-10 18:00', zone=NEW_YORK))
        self.assertEqual(self._end('2026-01-11 03:00', zone=NEW_YORK), '2026-01-11 13:00')

    def test_the_night_summer_time_begins(self):
        self.assertEqual(self._end('2026-03-08 04:00', zone=NEW_YORK), '2026-03-08 12:00')

    def test_kinds_that_are_told_apart(self):
        self.assertEqual(messages.name_of('plan', 'accepted'), 'plan')
        self.assertEqual(messages.name_of('plan', 'accepted', True), 'replan')
        self.assertEqual(messages.name_of('approve', workflow.COMPLETED), 'approve')
        self.assertEqual(messages.name_of('approve', workflow.ACCEPTED), 'approve_quote')
        self.assertEqual(messages.name_of('dispute', workflow.RETURNED), 'dispute_quote')
        self.assertEqual(messages.name_of('dispute', workflow.AWAITING_APPROVAL), 'dispute')

    def test_every_kind_has_a_name_for_people(self):
        self.assertLessEqual({*messages.KINDS}, {*labels.EVENTS, *labels.MESSAGES})
        self.assertFalse({*labels.EVENTS} & {*labels.MESSAGES})
