from datetime import date, timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_open, mute_logger

from .common import SettlementCommon


@tagged('post_install', '-at_install')
class TestRateCard(SettlementCommon):

    def _get_amounts(self, provider, day, company=None):
        """The labour rates that hold for a provider on a day, own cards first."""
        key = (company or self.company, provider, day)
        _currency, rules = self.env['stokiva.rate.card']._get_rules([key])[key]
        return [rule.amount for rule in sorted(rules, key=lambda rule: (rule.scope, rule.sequence))
                if rule.kind == 'labour' and not rule.workmanship_id]

    def test_dates_decide(self):
        self.card.date_to = '2026-06-30'
        self.env['stokiva.rate.card'].create({
            'name': "Second half", 'date_from': '2026-07-01', 'line_ids': [Command.create({'amount': 330})]})
        for day, amounts in (
                (date(2019, 12, 31), []), (date(2020, 1, 1), [300]), (date(2026, 6, 30), [300]),
                (date(2026, 7, 1), [330])):
            self.assertEqual(self._get_amounts(self.provider_a, day), amounts, day)

    def test_many_days_at_once(self):
        self.card.date_to = '2026-06-30'
        keys = [(self.company, self.provider_a, date(2026, 6, 30)), (self.company, self.provider_a, date(2026, 7, 1))]
        rules = self.env['stokiva.rate.card']._get_rules(keys)
        self.assertEqual([len(rules[key][1]) for key in keys], [4, 0])

    def test_providers_decide(self):
        self.env['stokiva.rate.card'].create({
            'name': "Alfa", 'date_from': '2020-01-01', 'provider_ids': [Command.set(self.provider_a.ids)],
            'line_ids': [Command.create({'amount': 350})]})
        day = date(2026, 7, 1)
        self.assertEqual(self._get_amounts(self.provider_a, day), [350, 300])
        self.assertEqual(self._get_amounts(self.provider_b, day), [300])

    def test_cards_of_others_are_not_read(self):
        others = self.env['stokiva.rate.card'].create({
            'name': "Beta", 'provider_ids': self.provider_b.ids, 'date_from': '2020-01-01'})
        self.env.invalidate_all()
        self._get_amounts(self.provider_a, date(2026, 6, 30))
        known = self.card._fields['date_from']._get_cache(self.env)
        self.assertIn(self.card.id, known)
        self.assertNotIn(others.id, known, "in a big network there are thousands of them")

    def test_kinds_of_providers_decide(self):
        self.env['stokiva.rate.card'].create({
            'name': "Private", 'date_from': '2020-01-01', 'provider_kind': self.provider_a.kind,
            'line_ids': [Command.create({'amount': 320})]})
        day = date(2026, 7, 1)
        self.assertEqual(self._get_amounts(self.provider_a, day), [320, 300])
        self.provider_b.kind = next(kind for kind in ('in_house', 'private') if kind != self.provider_a.kind)
        self.assertEqual(self._get_amounts(self.provider_b, day), [300])

    def test_most_specific_card_decides_the_currency(self):
        euro = self.env.ref('base.EUR')
        euro.active = True
        self.env['stokiva.rate.card'].create({
            'name': "Alfa", 'date_from': '2020-01-01', 'provider_ids': [Command.set(self.provider_a.ids)],
            'currency_id': euro.id, 'line_ids': [Command.create({'amount': 10})]})
        day = date(2026, 7, 1)
        self.assertEqual(self._get_amounts(self.provider_a, day), [10])
        self.assertEqual(self._get_amounts(self.provider_b, day), [300])
        settlement = self._completed().settlement_ids
        self.assertEqual((settlement.currency_id, settlement.amount_total), (euro, 10.0))

    def test_other_company_has_its_own(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.assertEqual(self._get_amounts(self.provider_a, date(2026, 7, 1), other), [])

    def test_archived_card_pays_nothing(self):
        self.card.active = False
        self.assertEqual(self._get_amounts(self.provider_a, date(2026, 7, 1)), [])

    def test_used_card_stands(self):
        self.assertFalse(self.card.is_used)
        self.card.line_ids[0].amount = 310
        self._completed()
        self.card.invalidate_recordset()
        self.assertTrue(self.card.is_used)
        line = self.card.line_ids[0]
        for attempt in (
                lambda: self.card.write({'name': "Other"}),
                lambda: self.card.write({'date_from': '2021-01-01'}),
                lambda: self.card.write({'provider_ids': [Command.link(self.provider_a.id)]}),
                lambda: line.write({'amount': 1}),
                lambda: line.unlink(),
                lambda: self.card.unlink(),
                lambda: line.create({'card_id': self.card.id, 'amount': 1}),
                lambda: self.card.copy().line_ids[0].write({'card_id': self.card.id}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        self.card.date_to = '2030-12-31'

    def test_new_version_follows(self):
        today = fields.Date.context_today(self.card.with_user(self.user_manager))
        new = self._new_version(self.card)
        self.assertRecordValues(new, [{
            'name': "Rates", 'version': 2, 'previous_id': self.card.id, 'date_from': today, 'date_to': False}])
        self.assertEqual(self.card.date_to, today - timedelta(days=1))
        self.assertEqual(new.line_ids.mapped('amount'), self.card.line_ids.mapped('amount'))
        newer = self._new_version(new)
        self.assertEqual((new.date_to, newer.date_from), (today, today + timedelta(days=1)))

    def _new_version(self, card, **values):
        action = card.action_new_version()
        wizard = self.env[action['res_model']].with_user(self.user_manager).with_context(**action['context']).create(values)
        return card.browse(wizard.action_apply()['res_id'])

    def test_new_version_with_other_prices(self):
        self.card.line_ids = [Command.create({'kind': 'part', 'unit': 'percent', 'amount': 20, 'cap': 15})]
        new = self._new_version(self.card, percent=12.5, step=5)
        self.assertEqual(new.line_ids.mapped('amount'), [340, 450, 100, 80, 20])
        self.assertEqual(self.card.line_ids.mapped('amount'), [300, 400, 90, 70, 20])
        for values in ({'percent': -100}, {'percent': 5, 'step': 0}):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._new_version(new, **values)
        with self.assertRaises(UserError):
            self._new_version(new, date_from=new.date_from)

    def test_example_file_is_imported(self):
        self.service_type_install.name = "Installation"
        content = file_open('stokiva_settlement/static/import/stokiva.rate.card.csv', 'rb').read()
        wizard = self.env['base_import.import'].with_user(self.user_manager).create({
            'res_model': 'stokiva.rate.card', 'file': content, 'file_type': 'text/csv', 'file_name': 'x.csv'})
        options = {
            'has_headers': True, 'quoting': '"', 'separator': ',', 'encoding': 'utf-8', 'date_format': '%Y-%m-%d',
            'advanced': True, 'float_decimal_separator': '.', 'float_thousand_separator': ''}
        headers = wizard.parse_preview(options)['headers']
        done = wizard.execute_import(headers, headers, options)
        self.assertFalse([message for message in done['messages'] if message['type'] == 'error'], done['messages'])
        card = self.env['stokiva.rate.card'].browse(done['ids'])
        self.assertEqual((len(card), card.provider_kind, len(card.line_ids)), (1, 'authorised', 7))
        self.assertEqual(card.line_ids[1].service_type_id, self.service_type_install)

    def test_nonsense_is_refused(self):
        for vals in (
                {'kind': 'travel', 'workmanship_id': self.workmanship.id, 'amount': 1},
                {'kind': 'part', 'amount': 1},
                {'kind': 'labour', 'product_id': self.part_product.id, 'amount': 1},
                {'kind': 'bonus', 'amount': 1},
                {'kind': 'labour', 'amount': 1, 'trigger': 'late'},
                {'kind': 'travel', 'amount': 1, 'unit': 'percent'},
                {'kind': 'part', 'amount': 1, 'unit': 'hour', 'product_id': self.part_product.id},
                {'kind': 'labour', 'amount': 1, 'from_km': 5},
                {'kind': 'travel', 'amount': 1, 'from_km': 5, 'to_km': 5},
                {'kind': 'bonus', 'amount': 1, 'trigger': 'stars', 'threshold': 6},
                {'kind': 'labour', 'amount': -1}, {'kind': 'labour', 'amount': 1e9}, {'kind': 'labour', 'amount': 1e30}):
            with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self.env['stokiva.rate.card.line'].create({'card_id': self.card.id, **vals}).flush_recordset()

    def test_kind_leaves_what_does_not_fit(self):
        line = self.card.line_ids[1]
        line.kind = 'travel'
        self.assertFalse(line.workmanship_id)
        with Form(self.card) as form, form.line_ids.new() as row:
            row.workmanship_id = self.workmanship
            row.kind = 'part'
            self.assertFalse(row.workmanship_id)
            row.product_id = self.part_product
            row.amount = 5
