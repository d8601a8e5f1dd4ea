import json
import tempfile
from pathlib import Path
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .. import audit, config
from .common_orders import WorkOrderCommon


@tagged('post_install', '-at_install')
class TestSeal(WorkOrderCommon):
    """What is done to the tables behind Odoo's back is named; what happens to people and schema is not tampering."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._submitted(cls())
        cls.verifier = cls.env['stokiva.verifier']
        cls.last = cls.order.event_seq

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def _seal(self):
        """One night: a seal, also as a file."""
        seal = self.env['stokiva.seal']._seal(self.company)
        with patch.object(config, 'get_seal_dir', return_value=self.folder):
            self.assertEqual(len(seal._copy_to_folder()), 1)
        return seal

    def _tamper(self, *statements, tables=('stokiva_event',)):
        """Run statements as the owner of the tables can, without triggers and foreign keys."""
        self.env.flush_all()
        for table in tables:
            self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
            for referrer, name in self.env.execute_query(SQL(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass",
                table,
            )):
                self.env.cr.execute(SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(referrer), SQL.identifier(name)))
        for statement in statements:
            self.env.cr.execute(statement, {'order': self.order.id, 'last': self.last})
        for table in tables:
            self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
        self.env.invalidate_all()

    def _kinds(self, folder=None):
        """What the whole verification says, of this order and of the seals."""
        findings = self.verifier._verify_all(folder)[2]
        self.assertEqual(len(self.verifier._describe(findings)), len(findings))
        return [(finding.kind, finding.first, finding.last) for finding in findings]

    def _forge(self, seq):
        """Rewrite an event, and every hash after it, and what the order knows of it."""
        rows = self.env['stokiva.event'].search([('work_order_id', '=', self.order.id)], order='seq')
        previous, statements = audit.GENESIS, []
        for row in rows:
            values = row._get_hashed_values()
            if row.seq == seq:
                values['payload'] = '{"reason":"never"}'
            values['prev_hash'] = previous
            previous = audit.event_hash(values)
            statements.append(self.env.cr.mogrify(
                "UPDATE stokiva_event SET payload = %s, prev_hash = %s, hash = %s WHERE id = %s",
                [values['payload'], values['prev_hash'], previous, row.id]).decode().replace('%', '%%'))
        statements.append(self.env.cr.mogrify(
            "UPDATE stokiva_work_order SET event_hash = %s WHERE id = %s", [previous, self.order.id]).decode())
        self._tamper(*statements)

    # === TAMPERING === #

    def test_the_log_is_sound(self):
        self._seal()
        self.assertEqual(self._kinds(self.folder), [])
        self.assertEqual(self.order.action_verify_log()['params']['type'], 'success')

    def test_one_byte(self):
        self._tamper("UPDATE stokiva_event SET payload = payload || ' ' WHERE work_order_id = %(order)s AND seq = 2")
        self.assertEqual(self._kinds(), [('changed', 2, 2)])
        shown = self.order.with_user(self.user_call_centre).action_verify_log()['params']
        self.assertEqual(shown['type'], 'danger')
        self.assertIn(f"{self.order.name}: event 2 was changed", shown['message'])

    def test_delete(self):
        self._tamper("DELETE FROM stokiva_event WHERE work_order_id = %(order)s AND seq = 3")
        self.assertEqual(self._kinds(), [('removed', 3, 3)])

    def test_reorder(self):
        self._tamper(
            "UPDATE stokiva_event SET seq = -2 WHERE work_order_id = %(order)s AND seq = 2",
            "UPDATE stokiva_event SET seq = 2 WHERE work_order_id = %(order)s AND seq = 3",
            "UPDATE stokiva_event SET seq = 3 WHERE work_order_id = %(order)s AND seq = -2")
        self.assertEqual(self._kinds(), [('reordered', 2, 3), ('reordered', 3, 2)])

    def test_cut_the_tail(self):
        self._seal()
        self._tamper("DELETE FROM stokiva_event WHERE work_order_id = %(order)s AND seq = %(last)s")
        self.assertEqual(self._kinds()[:2], [
            ('cut', self.last, self.last), ('sealed_cut', self.last, self.last)])

    def test_cut_the_tail_and_mend_the_order(self):
        self._seal()
        self._tamper(
            "DELETE FROM stokiva_event WHERE work_order_id = %(order)s AND seq = %(last)s",
            """UPDATE stokiva_work_order SET event_seq = %(last)s - 1, event_hash = (
                SELECT hash FROM stokiva_event WHERE work_order_id = %(order)s AND seq = %(last)s - 1)
                WHERE id = %(order)s""")
        self.assertEqual(self._kinds(), [('sealed_cut', self.last, self.last), ('fewer', 0, 0)])

    def test_truncate(self):
        self._seal()
        self._tamper("TRUNCATE stokiva_event")
        kinds = self._kinds()
        self.assertIn(('cut', 1, self.last), kinds)
        self.assertIn(('sealed_gone', 1, self.last), kinds)
        self.assertIn(('fewer', 0, 0), kinds)

    def test_an_order_and_all_its_events_removed(self):
        self._seal()
        self._tamper(
            "DELETE FROM stokiva_event WHERE work_order_id = %(order)s",
            "DELETE FROM stokiva_work_order WHERE id = %(order)s", tables=('stokiva_event', 'stokiva_work_order'))
        self.assertEqual(self._kinds(), [('sealed_gone', 1, self.last), ('fewer', 0, 0)])

    def test_forged_with_recomputed_hashes(self):
        self._forge(2)
        self.assertEqual(self._kinds(), [], "before the first seal nothing can tell")

    def test_forged_after_a_seal(self):
        self._seal()
        self._forge(2)
        self.assertEqual(self._kinds(), [('sealed_forged', self.last, self.last)])
        self._seal()
        self.assertEqual(self._kinds(), [('sealed_forged', self.last, self.last)], "a later seal does not heal it")

    def test_forged_with_the_seals_in_the_database(self):
        """Whoever rewrites the seals, too, meets those that left the database."""
        self._seal()
        self._forge(2)
        self._tamper(
            "TRUNCATE stokiva_seal", "TRUNCATE stokiva_seal_head", tables=('stokiva_seal', 'stokiva_seal_head'))
        self.assertEqual(self._kinds(), [])
        self.assertEqual(self._kinds(self.folder), [('file_without_seal', 0, 0), ('sealed_forged', self.last, self.last)])
        self.env['stokiva.seal']._seal(self.company)
        self.assertEqual(self._kinds(self.folder), [('file_differs', 0, 0), ('sealed_forged', self.last, self.last)])

    def test_a_seal_changed_or_removed(self):
        for _night in range(3):
            self._seal()
        self._tamper("UPDATE stokiva_seal SET events = events + 1 WHERE number = 2", tables=('stokiva_seal',))
        self.assertIn(('seal_changed', 0, 0), self._kinds())
        self._tamper("DELETE FROM stokiva_seal WHERE number = 2", tables=('stokiva_seal',))
        self.assertEqual(self._kinds(), [('seal_removed', 0, 0)])
        self.assertEqual(self._kinds(self.folder), [('seal_removed', 0, 0), ('file_without_seal', 0, 0)])

    def test_a_clear_value_changed(self):
        self._answer(self.order, comment="Thank you", signed_by="A. Customer")
        row = self.env['stokiva.event.personal'].search(
            [('event_id', 'in', self.order.event_ids.ids)], limit=1)
        self.assertTrue(row, "the order has personal values")
        row.clear = audit.canonical(dict.fromkeys(json.loads(row.clear), "Somebody else"))
        self.assertEqual([kind for kind, _first, _last in self._kinds()], ['personal'])

    # === NO TAMPERING === #

    def test_merged_partners(self):
        self._seal()
        other = self.env['res.partner'].create({'name': "The same customer", 'email': self.customer.email})
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(
            (other | self.customer).ids, other, extra_checks=False)
        self.assertEqual(self.order.partner_id, other)
        self.assertEqual(self._kinds(self.folder), [])

    def test_a_deleted_user(self):
        user = self.user_call_centre.copy({'login': 'leaver'})
        order = self._open_order()
        order.with_user(user).diagnosis = "The pump is blocked"
        self.assertIn(user.id, order.event_ids.mapped('actor_id'))
        self._seal()
        user.unlink()
        self.assertEqual(self._kinds(self.folder), [])

    def test_a_new_column(self):
        self._seal()
        self.env.cr.execute("ALTER TABLE stokiva_event ADD COLUMN x_new varchar")
        self.env['stokiva.event'].init()
        self.assertEqual(self._kinds(self.folder), [])

    def test_erased_personal_values(self):
        self._answer(self.order, comment="Thank you", signed_by="A. Customer")
        self._seal()
        rows = self.env['stokiva.event.personal'].search([('event_id', 'in', self.order.event_ids.ids)])
        self.assertTrue(rows)
        rows.unlink()
        self.assertEqual(self._kinds(self.folder), [])

    # === SEALS === #

    def test_only_what_moved_is_sealed_again(self):
        seal = self._seal()
        heads = self.env['stokiva.seal.head']
        self.assertIn(self.order.id, heads.search([('company_id', '=', self.company.id)]).mapped('work_order_id'))
        after = self._seal()
        self.assertFalse(heads.search([('company_id', '=', self.company.id), ('number', '=', after.number)]))
        self.assertEqual((after.number, after.prev_hash), (seal.number + 1, seal.hash))
        self._answer(self.order)
        third = self._seal()
        moved = heads.search([('company_id', '=', self.company.id), ('number', '=', third.number)])
        self.assertEqual(moved.filtered('work_order_id').mapped('work_order_id'), self.order.ids)

    def test_append_only(self):
        seal = self._seal()
        for statement in (
            "UPDATE stokiva_seal SET events = 1", "DELETE FROM stokiva_seal", "TRUNCATE stokiva_seal",
            "UPDATE stokiva_seal_head SET seq = 1", "DELETE FROM stokiva_seal_head", "TRUNCATE stokiva_seal_head",
        ):
            with (
                self.subTest(statement), mute_logger('odoo.sql_db'),
                self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        with self.assertRaises(AccessError):
            seal.with_user(self.user_manager).create({'number': 9})

    def test_who_sees_seals(self):
        seal = self._seal()
        self.assertTrue(seal.with_user(self.user_manager).hash)
        with self.assertRaises(AccessError):
            seal.with_user(self.user_dispatcher).read(['hash'])
        with self.assertRaises(AccessError):
            self.env['stokiva.seal'].with_user(self.user_dispatcher).action_verify()

    def test_a_folder_without_seals_is_no_proof(self):
        with tempfile.TemporaryDirectory() as empty, self.assertRaises(UserError):
            self.verifier._verify_all(empty)
        seal = self._seal()
        Path(self.folder, seal._get_file()[0]).write_text('{"heads": 1}')
        with self.assertRaises(UserError):
            self.verifier._verify_all(self.folder)

    def test_the_nightly_jobs(self):
        self.company.stokiva_auditor_email = 'auditor@example.com'
        mails = self.env['mail.mail'].search([])
        with (
            patch.object(config, 'get_seal_dir', return_value=self.folder),
            patch.object(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')),
        ):
            self.env['stokiva.seal']._cron_seal()
            mail = self.env['mail.mail'].search([]) - mails
            self.assertEqual(mail.email_to, 'auditor@example.com')
            seal = self.env['stokiva.seal'].search([('company_id', '=', self.company.id)], limit=1)
            self.assertEqual(json.loads(mail.attachment_ids.raw)['hash'], seal.hash)
            self.assertIn(seal._get_file()[0], [path.name for path in Path(self.folder).iterdir()])
            self.verifier._cron_verify()
            self.assertFalse(self.env['mail.mail'].search([]) - mails - mail, "nothing to tell")
            self._forge(2)
            with self.assertLogs('odoo.addons.stokiva_service.models.stokiva_verifier_report', 'ERROR'):
                self.verifier._cron_verify()
        warning = self.env['mail.mail'].search([]) - mails - mail
        self.assertIn(self.order.name, warning.body_html)
        self.assertIn(self.user_manager.partner_id, warning.recipient_ids)
