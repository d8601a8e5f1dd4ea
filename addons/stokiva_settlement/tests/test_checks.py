from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from .. import checks

HERE, NEAR, FAR = (41.0, 29.0), (41.0027, 29.0), (41.5, 29.0)  # 300 m and 56 km to the north
NOON = datetime(2026, 5, 5, 12)


def place(**positions):
    return {
        f'{name}_{part}': value for name, position in positions.items()
        for part, value in zip(('latitude', 'longitude'), position or (None, None), strict=True)}


@tagged('post_install', '-at_install')
class TestChecks(BaseCase):
    """Each check at its limits, without a database."""

    def _judge(self, kind, *facts, **parameters):
        return checks.judge(kind, list(facts), {**checks.get_parameters(kind), **parameters}, checks.HOLD)

    def _found(self, kind, *facts, **parameters):
        result, findings = self._judge(kind, *facts, **parameters)
        self.assertEqual(result, checks.HOLD if findings else checks.PASS)
        return len(findings)

    def test_without_facts_everything_passes(self):
        for kind in checks.KINDS:
            self.assertEqual(self._judge(kind), (checks.PASS, []))
        self.assertEqual(checks.judge('repeat', [{
            'old_order_id': 1, 'old_order': "A", 'fault': "F", 'done_at': NOON, 'opened_at': NOON}], {'days': 1}, 'warn')[0], 'warn')
        self.assertEqual(checks.get_worst(['pass', 'hold', 'warn']), 'hold')
        self.assertEqual(checks.get_worst([]), 'pass')

    def test_photos(self):
        row = {'before': 1, 'after': 0, 'total': 1, 'wanted_before': 1, 'wanted_after': None}
        self.assertEqual(self._found('missing_photos', row), 0)
        self.assertEqual(self._found('missing_photos', row, count=2), 1)
        self.assertEqual(self._found('missing_photos', {**row, 'wanted_after': 1}), 1)
        same = {'media_id': 2, 'old_media_id': 1, 'old_order_id': 1, 'old_order': "A"}
        self.assertEqual(self._found('same_photo', {**same, 'bits': 50}, {**same, 'bits': 51}), 1)

    def test_time_and_place_of_photos(self):
        row = {'media_id': 1, 'taken_at': NOON - timedelta(hours=12), 'began_at': NOON, **place(photo=NEAR, site=HERE, shop=None)}
        self.assertEqual(self._found('photo_facts', row), 0)
        self.assertEqual(self._found('photo_facts', {**row, 'taken_at': NOON - timedelta(hours=13)}), 1)
        self.assertEqual(self._found('photo_facts', {**row, **place(photo=FAR)}), 1)
        self.assertEqual(self._found('photo_facts', {**row, **place(photo=FAR, shop=FAR)}), 0)
        self.assertEqual(self._found('photo_facts', {**row, **place(photo=FAR, site=None), 'taken_at': None}), 0)

    def test_check_in(self):
        row = {'visit_id': 1, 'arrived_at': NOON, 'accuracy': 0, **place(arrived=NEAR, site=HERE)}
        self.assertEqual(self._found('check_in', row), 0)
        self.assertEqual(self._found('check_in', row, distance_km=0.2), 1)
        self.assertEqual(self._found('check_in', {**row, 'accuracy': 150}, distance_km=0.2), 0)
        self.assertEqual(self._found('check_in', {**row, **place(arrived=FAR), 'accuracy': 10**6}), 1)

    def test_travel(self):
        row = {
            'visit_id': 1, 'arrived_at': NOON, 'old_order_id': 1, 'old_order': "A", 'old_arrived_at': NOON - timedelta(hours=2),
            'old_finished_at': NOON - timedelta(minutes=30), **place(site=HERE, old=FAR)}
        self.assertEqual(self._found('travel', row), 0)
        self.assertEqual(self._found('travel', {**row, 'old_finished_at': NOON - timedelta(minutes=20)}), 1)
        self.assertEqual(self._found('travel', {**row, 'old_finished_at': NOON + timedelta(hours=5)}), 0)
        self.assertEqual(self._found('travel', {**row, 'old_arrived_at': NOON, 'old_finished_at': NOON}), 1)
        self.assertEqual(self._found('travel', {**row, **place(old=NEAR), 'old_finished_at': NOON}), 0)

    def test_device(self):
        row = {'old_order_id': 1, 'old_order': "A", 'fault': "F", 'done_at': NOON - timedelta(days=30), 'opened_at': NOON}
        self.assertEqual(self._found('repeat', row), 1)
        self.assertEqual(self._found('repeat', row, days=29), 0)
        row = {'what': 'labour', 'name': "L", 'until': date(2026, 5, 4), 'day': date(2026, 5, 5)}
        self.assertEqual(self._found('warranty', row, {**row, 'until': date(2026, 5, 5)}, {**row, 'until': None}), 1)
        self.assertEqual(self._found('warranty', row, days=1), 0)
        row = {'device_id': 2, 'serial': "S", 'old_order_id': 1, 'old_order': "A", 'days': 9, **place(site=HERE, old=FAR)}
        self.assertEqual(self._found('serial', row, {**row, **place(old=NEAR)}, {**row, 'days': 366}), 1)
        self.assertEqual(self._found('serial', {**row, **place(old=None)}), 1)
        self.assertEqual(self._found('closed_day', {'visit_id': 1, 'day': NOON.date(), 'is_open': False}), 1)
        self.assertEqual(self._found('closed_day', {'visit_id': 1, 'day': NOON.date(), 'is_open': True}), 0)

    def test_parts(self):
        row = {'part_line_id': 1, 'part': "P", 'is_moved': True, 'return_state': 'due', 'return_due': date(2026, 5, 4), 'today': date(2026, 5, 5)}
        self.assertEqual(self._found('parts', row), 1)
        self.assertEqual(self._found('parts', row, days=1), 0)
        self.assertEqual(self._found('parts', {**row, 'return_state': 'back'}), 0)
        self.assertEqual(self._found('parts', {**row, 'is_moved': False, 'return_state': None}), 1)

    def test_amounts(self):
        row = {'earned': 1000.0, 'by_hand': 0.0, 'by_rates': 1000.0, 'median': 400.0, 'mad': 60.0, 'peers': 20}
        self.assertEqual(self._found('amount', row), 1)
        self.assertEqual(self._found('amount', {**row, 'peers': 19}), 0)
        self.assertEqual(self._found('amount', {**row, 'mad': 100.0}), 0)
        self.assertEqual(self._found('amount', {**row, 'mad': 0.0, 'earned': 560.0}), 0, "prices all the same")
        self.assertEqual(self._found('amount', {**row, 'peers': 0, 'by_hand': 201.0}), 1)
        self.assertEqual(self._found('amount', {**row, 'peers': 0, 'by_hand': 200.0}), 0)

    def test_approvals(self):
        row = {'channel': 'call', 'number': 20, 'spoken': 9, 'old_number': 100, 'old_spoken': 10, 'usual': 0.1}
        self.assertEqual(self._found('approval', row), 1)
        self.assertEqual(self._found('approval', {**row, 'spoken': 5}), 0)
        self.assertEqual(self._found('approval', {**row, 'number': 9}), 0)
        self.assertEqual(self._found('approval', {**row, 'old_spoken': 40}), 0, "usual for this one")
        self.assertEqual(self._found('approval', {**row, 'old_number': 0, 'old_spoken': 0, 'usual': 0.0}), 1)
