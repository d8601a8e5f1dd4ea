import json

import psycopg2

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import basis, rates
from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestRateSnapshot(SettlementCommon):
    """What a settlement was computed from is kept; `scripts/check_settlements` computes it again."""

    def _get_kept(self, settlement):
        """The rates of each computation of a settlement, as they were."""
        return self.env['stokiva.rate.snapshot'].search(
            [('digest', 'in', [described['rules'] for described in json.loads(settlement.basis)])])

    def test_one_for_all_until_the_rates_change(self):
        first, second = self._completed().settlement_ids, self._completed().settlement_ids
        kept = self._get_kept(first)
        self.assertEqual((len(kept), self._get_kept(second)), (1, kept))
        rules = json.loads(kept.rules)
        self.assertEqual([rule['id'] for rule in rules], self.card.line_ids.ids)
        self.assertEqual(rules[0], {'id': self.card.line_ids[0].id, 'kind': 'labour', 'amount': 300.0})
        self.env['stokiva.rate.card'].create({
            'name': "Dearer", 'date_from': '2020-01-01', 'provider_ids': [Command.set(self.provider_a.ids)],
            'line_ids': [Command.create({'amount': 999})]})
        self.assertNotEqual(self._get_kept(self._completed().settlement_ids), kept)

    def test_facts_of_the_order(self):
        order = self._completed()
        [described] = json.loads(order.settlement_ids.basis)
        self.assertEqual(described['job']['device_path'], list(order._get_device_path()))
        self.assertIn({
            'kind': 'labour', 'workmanship_id': self.workmanship.id, 'minutes': self.workmanship.duration_minutes,
            'labour_line_id': order.labour_line_ids.id}, described['works'])
        self.assertIn({'kind': 'travel', 'visit_id': order.visit_ids.id}, described['works'])

    def test_preview_keeps_nothing(self):
        order = self._submitted()
        before = self.env['stokiva.rate.snapshot'].search_count([])
        order._prepare_settlement_lines(order.submitted_at.date())
        self.assertEqual(self.env['stokiva.rate.snapshot'].search_count([]), before)

    def test_nobody_changes_it(self):
        settlement = self._completed().settlement_ids
        kept = self._get_kept(settlement)
        with self.assertRaises(AccessError):
            settlement.with_user(self.user_manager).basis = "[]"
        with self.assertRaises(AccessError):
            kept.with_user(self.user_manager).rules = "[]"
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            kept.rules = "[]"
            kept.flush_recordset()

    def test_canonical_text(self):
        """What equals the default is left out, a known distance of 0 is not; ties are decided by place."""
        rules = [
            rates.Rule(1, 'labour', 5.0, sequence=(1, 10)), rates.Rule(2, 'travel', 0.0, to_km=3.0, sequence=(0, 10))]
        self.assertEqual(
            basis.write_rules(rules),
            '[{"amount":0.0,"id":2,"kind":"travel","to_km":3.0},{"amount":5.0,"id":1,"kind":"labour"}]')
        described = basis.describe('[]', rates.Job(1, distance_km=0.0), [rates.Work('labour', evidence={'visit_id': 4})], [])
        self.assertEqual(described['job'], {'service_type_id': 1, 'distance_km': 0.0})
        self.assertEqual(described['works'], [{'kind': 'labour', 'visit_id': 4}])
