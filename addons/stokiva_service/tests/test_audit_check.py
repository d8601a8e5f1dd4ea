from odoo.tests import BaseCase, tagged

from .. import audit, audit_check


def make_chain(length=5, order=7):
    """Rows of a sound chain, and the head that the order has of it."""
    rows, previous = [], audit.GENESIS
    for seq in range(1, length + 1):
        row = {
            'prev_hash': previous, 'work_order_id': order, 'seq': seq, 'event': 'edit', 'state_before': 'created',
            'state_after': 'created', 'actor_kind': 'user', 'actor_id': 2, 'role': None, 'channel': 'office',
            'occurred_at': '2026-01-01T00:00:00Z', 'recorded_at': '2026-01-01T00:00:00Z', 'key': None,
            'payload': f'{{"n":{seq}}}'}
        previous = row['hash'] = audit.event_hash(row)
        rows.append(row)
    return rows, (length, previous)


def forge(rows):
    """Recompute all hashes, as somebody would who knows how; returns the head."""
    previous = audit.GENESIS
    for row in rows:
        row['prev_hash'] = previous
        previous = row['hash'] = audit.event_hash(row)
    return len(rows), previous


@tagged('post_install', '-at_install')
class TestAuditCheck(BaseCase):
    """Each way to tamper with a chain has a name."""

    def _kinds(self, rows, head):
        return [finding[0:1] + finding[2:4] for finding in audit_check.check_chain(7, rows, head)]

    def test_a_sound_chain(self):
        self.assertEqual(self._kinds(*make_chain()), [])
        self.assertEqual(self._kinds([], (0, None)), [])

    def test_one_byte_of_any_column(self):
        for name in ('event', 'state_before', 'actor_kind', 'channel', 'occurred_at', 'payload', 'prev_hash', 'hash'):
            rows, head = make_chain()
            rows[2][name] = rows[2][name][:-1] + '_'
            with self.subTest(name):
                self.assertEqual(self._kinds(rows, head), [('changed', 3, 3)])

    def test_removed_rows(self):
        rows, head = make_chain()
        self.assertEqual(self._kinds(rows[:1] + rows[3:], head), [('removed', 2, 3)])
        self.assertEqual(self._kinds(rows[1:], head), [('removed', 1, 1)])

    def test_removed_and_renumbered(self):
        rows, head = make_chain()
        del rows[2]
        for seq, row in enumerate(rows, 1):
            row['seq'] = seq
        self.assertEqual(self._kinds(rows, head), [('reordered', 3, 4), ('reordered', 4, 5), ('cut', 5, 5)])

    def test_two_rows_in_each_others_place(self):
        rows, head = make_chain()
        rows[1], rows[2] = {**rows[2], 'seq': 2}, {**rows[1], 'seq': 3}
        self.assertEqual(self._kinds(rows, head), [('reordered', 2, 3), ('reordered', 3, 2)])

    def test_the_end_cut_off(self):
        rows, head = make_chain()
        self.assertEqual(self._kinds(rows[:3], head), [('cut', 4, 5)])
        self.assertEqual(self._kinds([], head), [('cut', 1, 5)])

    def test_rows_added_or_the_order_gone(self):
        rows, _head = make_chain()
        self.assertEqual(self._kinds(rows, (4, rows[3]['hash'])), [('added', 5, 5)])
        self.assertEqual(self._kinds(rows, None), [('orphan', 1, 5)])

    def test_one_row_with_its_hash_recomputed(self):
        rows, head = make_chain()
        rows[2]['payload'] = '{}'
        rows[2]['hash'] = audit.event_hash(rows[2])
        self.assertEqual(self._kinds(rows, head), [('replaced', 3, 3)])

    def test_all_hashes_recomputed(self):
        rows, head = make_chain()
        rows[2]['payload'] = '{}'
        forged = forge(rows)
        self.assertEqual(self._kinds(rows, head), [('head', 5, 5)])
        self.assertEqual(self._kinds(rows, forged), [], "only a seal can tell")

    def test_seals(self):
        seals, previous = [], audit.GENESIS
        for number in range(1, 5):
            seal = {
                'database': 'x', 'company_id': 1, 'number': number, 'sealed_at': '2026-01-01T00:00:00Z', 'chains': 1,
                'events': number, 'heads_hash': 'a', 'found': 'a', 'prev_hash': previous}
            previous = seal['hash'] = audit.seal_hash(seal)
            seals.append(seal)

        def kinds(given):
            return [(finding.kind, finding.seal) for finding in audit_check.check_seals(given)]

        self.assertEqual(kinds(seals), [])
        self.assertEqual(kinds(seals[:1] + seals[2:]), [('seal_removed', 2)])
        self.assertEqual(kinds([seals[0], {**seals[1], 'events': 1}, *seals[2:]]), [('seal_changed', 2)])
        self.assertEqual(kinds([seals[0], {**seals[1], 'found': 'b'}, *seals[2:]]), [('seal_changed', 2)])
        forged = {**seals[1], 'events': 1}
        forged['hash'] = audit.seal_hash(forged)
        self.assertEqual(kinds([seals[0], forged, *seals[2:]]), [('seal_replaced', 2)])
