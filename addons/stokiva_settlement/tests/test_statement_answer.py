import io
from datetime import date, timedelta
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .common import SettlementCommon

STATEMENT, LINE, OBJECTION = 'stokiva.statement', 'stokiva.statement.line', 'stokiva.statement.objection'


class AnswerCommon(SettlementCommon):
    """Two approved settlements of a provider whose dispatcher answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settlements = cls('_approved')._approved(2)

    def _make(self, settlements=None):
        return (settlements or self.settlements).with_user(self.user_settlement)._create_statements()

    def _sent(self):
        statement = self._make()
        statement.action_send()
        return statement

    def _reply(self, statement, *objections):
        statement.with_user(self.user_provider_a).sudo()._answer(statement.revision, list(objections))
        statement.invalidate_recordset()

    def _add(self, statement, **values):
        statement.line_ids = [Command.create({'why': "Agreed", **values})]
        return statement.line_ids[-1]


@tagged('post_install', '-at_install')
class TestStatementAnswer(AnswerCommon):

    def test_sent_and_confirmed(self):
        statement = self._sent()
        self.assertRecordValues(statement, [{
            'state': 'sent', 'revision': 1,
            'answer_by': fields.Date.context_today(statement) + timedelta(days=self.company.stokiva_answer_days)}])
        mail = self.env['mail.mail'].search([('model', '=', STATEMENT), ('res_id', '=', statement.id)])
        self.assertEqual(mail.recipient_ids, statement._get_recipients())
        self.assertIn(f'/my/jobs/statements/{statement.id}', mail.body_html)
        for attempt in (statement.action_gather, statement.action_send, statement.action_create_bill,
                        lambda: self._add(statement, amount=5),
                        lambda: statement.settlement_ids[0].action_leave_statement()):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        self._reply(statement)
        self.assertRecordValues(statement, [{
            'state': 'confirmed', 'confirmed_by_id': self.user_provider_a.id, 'confirmed_via': 'portal'}])
        with self.refused(UserError, "meanwhile"):
            self._reply(statement)

    def test_what_was_not_shown_is_not_confirmed(self):
        statement = self._sent()
        statement.action_draft()
        self._add(statement, amount=-5)
        statement.action_send()
        with self.refused(UserError, "meanwhile"):
            statement.sudo()._answer(1, [])
        statement.sudo()._answer(2, [])
        self.assertEqual(statement.state, 'confirmed')

    def test_confirmed_in_the_office_names_who(self):
        statement = self._make()
        statement.action_confirm()
        self.assertRecordValues(statement, [{
            'state': 'confirmed', 'confirmed_by_id': self.user_settlement.id, 'confirmed_via': 'office'}])

    def test_silence_is_no_consent(self):
        statement = self._sent()
        cron = type(self.env['ir.cron'])
        mails = self.env['mail.mail']
        for days in (3, 9, 30):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)), \
                    patch.object(cron, '_commit_progress', lambda *args, **kwargs: float('inf')):
                self.env[STATEMENT]._cron_tell()
                found = mails.search([('model', '=', STATEMENT), ('res_id', '=', statement.id)])
                self.assertEqual(len(found), {3: 1, 9: 2, 30: 3}[days])
                statement.invalidate_recordset()
                self.assertEqual(statement.is_overdue, days > 7)
                self.assertEqual(statement in statement.search([('is_overdue', '=', True)]), days > 7)
        self.assertEqual(statement.state, 'sent')

    def test_objection_accepted_takes_the_row_out(self):
        statement = self._sent()
        first, second = self.settlements
        self._reply(statement, (first, "The customer was not at home"))
        self.assertRecordValues(statement, [{'state': 'objected', 'open_objection_count': 1}])
        self.assertEqual(first.objection_state, 'open')
        with self.refused(UserError, "objections first"):
            statement.action_send()
        objection = statement.objection_ids
        wizard = self.env['stokiva.statement.answer'].with_user(self.user_settlement).create({
            'objection_id': objection.id, 'decision': 'remove', 'answer': "We look at it again"})
        wizard.action_apply()
        self.assertRecordValues(first, [{'state': 'pending', 'statement_id': False}])
        self.assertEqual(statement.settlement_ids, second)
        self.assertRecordValues(objection, [{'state': 'accepted', 'answer': "We look at it again", 'amount': 490.0}])
        with self.refused(UserError, "answered already"):
            wizard.action_apply()
        statement.action_send()
        self.assertEqual((statement.state, statement.revision), ('sent', 2))
        self._reply(statement)
        self.assertEqual(statement.state, 'confirmed')

    def test_objection_adjusted_or_rejected(self):
        statement = self._sent()
        first, second = self.settlements
        self._reply(statement, (first, "Twice as far"), (second, "Too little"))
        adjust, reject = statement.objection_ids.with_user(self.user_settlement)
        adjust._answer('adjust', "Right, 40 km", 35)
        reject._answer('reject', "As agreed")
        self.assertRecordValues(statement.line_ids, [{'kind': 'adjustment', 'amount': 35.0, 'why': "Right, 40 km"}])
        self.assertEqual((statement.amount_total, first.objection_state, second.objection_state), (1015, 'accepted', 'rejected'))
        statement.action_send()
        self._reply(statement, (statement.line_ids, "40 is not 80"))
        self.assertEqual(statement.objection_ids[-1].subject, adjust.subject)
        statement.objection_ids[-1]._answer('remove', "Then none")
        self.assertFalse(statement.line_ids)

    def test_taken_back_objections_are_withdrawn_and_kept(self):
        statement = self._sent()
        self._reply(statement, (self.settlements[0], "No"))
        statement.action_draft()
        self.assertRecordValues(statement, [{'state': 'draft', 'open_objection_count': 0}])
        self.assertEqual(statement.objection_ids.state, 'withdrawn')
        for record in (statement, statement.objection_ids.sudo()):
            with self.assertRaises(UserError), self.cr.savepoint():
                record.unlink()

    def test_bad_answers(self):
        statement = self._sent()
        stranger = self._approved()
        for objections in ([(stranger, "Not mine")], [(self.settlements[0], "  ")]):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._reply(statement, *objections)
        self.assertEqual(statement.state, 'sent')

    def test_rows_by_hand(self):
        statement = self._make()
        advance = self._add(statement, kind='advance', amount=100)
        for values in (
                {'kind': 'repayment', 'amount': -5}, {'kind': 'carry_over', 'amount': -5},
                {'amount': 5, 'origin_id': statement.id}, {'amount': 5, 'advance_id': advance.id}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._add(statement, **values)
        for values in ({'kind': 'advance', 'amount': -5}, {'amount': 5, 'why': " "}):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._add(statement, **values)
        with self.assertRaises(AccessError):
            advance.kind = 'adjustment'
        for user in (self.user_settlement, self.user_manager):
            with self.assertRaises(AccessError):
                self.env[OBJECTION].with_user(user).create({
                    'statement_id': statement.id, 'revision': 1, 'reason': "x", 'settlement_id': self.settlements[0].id})

    def test_advance_is_paid_back_by_the_next_statements(self):
        first = self._make(self.settlements[0])
        advance = self._add(first, kind='advance', amount=600, why="Winter tyres")
        self.assertEqual((first.amount_total, first.amount_advance), (1090, 600))
        second = self._make(self.settlements[1])
        self.assertFalse(second.line_ids, "an advance that is only drafted is not paid back")
        first.action_confirm()
        second.action_gather()
        self.assertRecordValues(second.line_ids, [{'kind': 'repayment', 'amount': -490.0, 'advance_id': advance.id}])
        self.assertEqual((second.amount_total, advance._get_open()), (0, 110))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            second.line_ids.amount = -601
        second.line_ids.amount = -100
        self.assertEqual(advance._get_open(), 500)
        with self.refused(UserError, "paid back"):
            first.action_draft()

    def test_balance_is_carried_over_once(self):
        first = self._make(self.settlements[0])
        self._add(first, amount=-600, why="Damage at the customer's")
        self.provider_a.kind = 'in_house'
        first.action_confirm()
        self.assertEqual(first.amount_payable, -110)
        second = self._make(self.settlements[1])
        self.assertRecordValues(second.line_ids, [{'kind': 'carry_over', 'amount': -110.0, 'origin_id': first.id}])
        self.assertEqual((second.amount_total, second.amount_carried, second.amount_payable), (490, -110, 380))
        with self.refused(UserError, "carried over"):
            first.action_draft()
        with self.assertRaises(AccessError):
            second.line_ids.amount = -1
        second.action_gather()
        self.assertEqual(len(second.line_ids), 1)
        first.action_close()
        with self.refused(UserError, "was settled"):
            second.action_confirm()
        second.line_ids.unlink()
        second.action_confirm()
        self.assertEqual(second.amount_payable, 490)

    def test_document_adds_up(self):
        statement = self._make()
        self._add(statement, amount=-30, why="Helmet")
        document = statement._get_document()
        self.assertEqual(
            sum(amount for _label, amount in document['sums']), document['subtotal'])
        self.assertEqual(
            document['subtotal'] + sum(amount for _label, amount in document['taxes'] + document['below']), document['payable'])
        self.assertEqual(sum(row['total'] for row in document['rows']) - 30, statement.amount_total)

    def test_workbook_holds_text_and_numbers(self):
        statement = self._make()
        self._add(statement, name="=1+1", amount=-30, why="=HYPERLINK(\"x\")")
        sheet = openpyxl.load_workbook(io.BytesIO(statement._make_workbook())).active
        values = [cell.value for row in sheet for cell in row if cell.value is not None]
        self.assertIn(statement.settlement_ids[0].work_order_id.name, values)
        self.assertIn(statement.amount_payable, values)
        self.assertEqual({cell.data_type for row in sheet for cell in row if cell.value in ("=1+1", "=HYPERLINK(\"x\")")}, {'s'})

    def test_paper(self):
        statement = self._sent()
        html, _kind = self.env['ir.actions.report'].with_user(self.user_settlement)._render_qweb_html(
            'stokiva_settlement.report_statement', statement.ids)
        for shown in (statement.name, statement.settlement_ids[0].work_order_id.name, self.provider_a.name):
            self.assertIn(shown, html.decode())
        with self.assertRaises(AccessError):
            self.env['ir.actions.report'].with_user(self.user_dispatcher)._render_qweb_html(
                'stokiva_settlement.report_statement', statement.ids)


@tagged('post_install', '-at_install')
class TestStatementRun(AnswerCommon):
    """Drafts after each cut-off; what comes late goes into the next one."""

    def _run(self, day):
        with freeze_time(f'{day} 09:00:00'), patch.object(
                type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf')):
            self.env[STATEMENT]._cron_make_statements()
        return self.env[STATEMENT].search([('provider_id', '=', self.provider_a.id)], order='id')

    def _date(self, settlement, day):
        settlement.sudo().date = day

    def test_run(self):
        first, second = self.settlements
        self._date(first, '2030-01-20')
        self._date(second, '2030-02-03')
        self.assertFalse(self._run('2030-01-31'))
        statement = self._run('2030-02-01')
        self.assertRecordValues(statement, [{
            'date_from': date(2030, 1, 1), 'date_to': date(2030, 1, 31), 'state': 'draft', 'settlement_count': 1}])
        late = self._approved()
        self._date(late, '2030-01-25')
        self.assertEqual(self._run('2030-02-05'), statement, "a period has one statement")
        self.provider_a.cutoff_days = "15, 31"
        both = self._run('2030-02-16')
        self.assertRecordValues(both[1], [{
            'date_from': date(2030, 2, 1), 'date_to': date(2030, 2, 15), 'settlement_count': 2}])
        self.assertEqual(both[1].settlement_ids, second | late)

    def test_switched_off_and_wrong_days(self):
        self.settlements.sudo().date = '2030-01-20'
        self.company.stokiva_cutoff_days = False
        self.assertFalse(self._run('2030-03-01'))
        for record, name in ((self.company, 'stokiva_cutoff_days'), (self.provider_a, 'cutoff_days')):
            with self.assertRaises(ValidationError):
                record[name] = "end"


@tagged('post_install', '-at_install')
class TestStatementDownload(AnswerCommon, HttpCase):

    def test_workbook_is_for_officers(self):
        statement = self._make()
        self.env.flush_all()
        for user, status in ((self.user_settlement, 200), (self.user_dispatcher, 404), (self.user_provider_a, 404)):
            self.authenticate(user.login, user.login.ljust(8, 'x'))
            self.assertEqual(self.url_open(f'/stokiva/statements/{statement.id}.xlsx').status_code, status, user.login)
