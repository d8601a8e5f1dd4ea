from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.stokiva_service.tests import media_samples as samples

from .. import checks
from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestClaims(SettlementCommon):
    """The checks with a settlement: when they run, what they keep, whom they hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = {
            rule.kind: rule for rule in cls.env['stokiva.claim.rule'].with_context(active_test=False).search([])}
        cls.rules['same_photo'].active = True
        cls.rules['missing_photos'].write({'active': True, 'action': 'warn', 'count': 1})

    def _settle(self, seed=None):
        order = self._in_progress()
        if seed is not None:
            order._edit({'media_ids': [(0, 0, {'kind': 'work', 'image': samples.encoded(samples.jpeg(samples.picture(seed)))})]},
                        actor=self.user_technician_a, channel='portal')
        self._do(order, 'submit', self.user_technician_a, 'portal')
        self._answer(order)
        return order.settlement_ids.with_user(self.user_settlement)

    def _results(self, settlement):
        return {row.kind: row.result for row in settlement.claim_result_ids}

    def test_a_check_says_what_it_looks_for_in_the_readers_figures(self):
        photos, serial = self.rules['missing_photos'], self.rules['serial']
        serial.distance_km = 0.5
        self.assertIn("0.5 km", serial.with_context(lang='en_US').description)
        self.assertIn("0,5 km", serial.with_context(lang='tr_TR').description)
        self.assertIn("fewer than 1 in all", photos.description)
        photos.count = 0
        self.assertNotIn("0", photos.description)

    def test_what_is_found_is_held_and_shown(self):
        first, again = self._settle(3), self._settle(3)
        self.assertFalse(first.check_state)
        (first | again).action_check()
        self.assertEqual((first.check_state, again.check_state), ('pass', 'hold'))
        self.assertEqual(self._results(again), {'same_photo': 'hold', 'missing_photos': 'pass'})
        row = again.claim_result_ids.filtered(lambda row: row.result == 'hold')
        self.assertEqual((row.order_ids, len(row.media_ids)), (first.work_order_id, 2))
        self.assertIn(first.work_order_id.name, row.summary)
        self.assertEqual(row.display_name, "The same photo again")
        self.assertEqual((again.hold_reason, again.held_by_id.id), ("The same photo again", False))
        with self.assertRaises(UserError):
            again.action_approve()

    def test_approving_checks_first(self):
        first, again = self._settle(3), self._settle(3)
        message = (first | again).action_approve()
        self.assertEqual((first.state, again.state, bool(again.held_at)), ('approved', 'pending', True))
        self.assertIn(again.name, message['params']['message'])

    def test_released_ones_are_not_held_for_the_same_again(self):
        self._settle(3)
        again = self._settle(3)
        again.action_check()
        again._release("The customer has two alike")
        again.action_check()
        self.assertFalse(again.held_at)
        self.assertEqual(again.check_state, 'hold')
        self.assertEqual(len(self.env['stokiva.claim.result'].search([('settlement_id', '=', again.id)])), 2, "nothing new")
        again.action_approve()
        self.assertEqual(again.state, 'approved')

    def test_results_keep_their_rule(self):
        settlement = self._settle()
        settlement.action_check()
        rule = self.rules['missing_photos'].with_user(self.user_manager)
        self.assertEqual(self._results(settlement)['missing_photos'], 'warn')
        rule.write({'count': 0, 'sequence': 5})
        settlement.action_check()
        rows = self.env['stokiva.claim.result'].search(
            [('settlement_id', '=', settlement.id), ('kind', '=', 'missing_photos')], order='id')
        self.assertRecordValues(rows, [
            {'result': 'warn', 'version': rule.version - 1, 'is_current': False},
            {'result': 'pass', 'version': rule.version, 'is_current': True}])
        self.assertEqual([row.parameters for row in rows], [{'count': 1}, {'count': 0}])
        self.assertEqual(settlement.check_state, 'pass')

    def test_a_companys_own_check_comes_first(self):
        own = self.rules['missing_photos'].with_user(self.user_manager).create(
            {'kind': 'missing_photos', 'company_id': self.env.company.id, 'active': False})
        settlement = self._settle()
        settlement.action_check()
        self.assertNotIn('missing_photos', self._results(settlement))
        own.write({'active': True, 'count': 1})
        settlement.action_check()
        self.assertEqual(self._results(settlement)['missing_photos'], 'hold')

    def test_what_grew_just_before_is_not_usual(self):
        """One approval a day: every third by call in the last eight weeks, one in twelve before."""
        settlement = self._settle()
        self.rules['approval'].write({'active': True, 'days': 30})
        self.env.flush_all()
        self.env.cr.execute("""
            UPDATE stokiva_approval SET channel = 'call' WHERE work_order_id = %(order)s;
            INSERT INTO stokiva_approval
            SELECT made.* FROM stokiva_approval a CROSS JOIN generate_series(1, 120) day,
                   LATERAL jsonb_populate_record(NULL::stokiva_approval, to_jsonb(a) || jsonb_build_object(
                       'id', -day, 'token_hash', NULL, 'answered_at', a.answered_at - day * INTERVAL '1 day',
                       'channel', CASE WHEN day %% (CASE WHEN day < 58 THEN 3 ELSE 12 END) = 0 THEN 'call' ELSE 'link' END)) made
             WHERE a.work_order_id = %(order)s""", {'order': settlement.work_order_id.id})
        self.env.invalidate_all()
        settlement.action_check()
        self.assertEqual(self._results(settlement)['approval'], 'hold')

    def test_job(self):
        settlements = self._settle(3) | self._settle(3)
        with self.enter_registry_test_mode():
            self.env.ref('stokiva_settlement.ir_cron_settlement_check').method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(settlements.mapped('check_state'), ['pass', 'hold'])
        self.assertFalse(settlements.sudo().search(settlements._get_unchecked_domain()) & settlements)

    def test_queries_do_not_grow(self):
        for rule in self.rules.values():
            rule.active = True
        settlements = self._settle(1) | self._settle(4)
        settlements.action_check()
        counts = []
        for some in (settlements[:1], settlements):
            some = some.sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._check_claims()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
        self.assertEqual({row.kind for row in settlements.claim_result_ids}, {*checks.KINDS})

    def test_nobody_writes_results(self):
        settlement = self._settle()
        settlement.action_check()
        for values in ({'check_state': 'pass'}, {'checked_at': False}, {'claim_result_ids': [(5, 0, 0)]}):
            with self.assertRaises(AccessError):
                settlement.with_user(self.user_manager).write(values)
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            settlement.claim_result_ids.with_user(self.user_manager).write({'result': 'pass'})
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            self.rules['same_photo'].with_user(self.user_settlement).write({'active': False})
