import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from .. import charging
from .common_charging import ChargingCommon


@tagged('post_install', '-at_install')
class TestChargingRules(BaseCase):
    """Who bears a line, without a database."""

    def test_find(self):
        for is_charged, is_refused, is_covered, found in (
                (False, False, True, ('warranty', 'covered')),
                (False, False, False, ('charged', 'ended')),
                (False, False, None, ('warranty', 'unknown')),
                (False, True, True, ('charged', 'refused')),
                (False, True, None, ('charged', 'refused')),
                (True, False, True, ('charged', 'service')),
                (True, True, True, ('charged', 'service'))):
            self.assertEqual(charging.find(is_charged, is_refused, is_covered), found)

    def test_basis(self):
        self.assertEqual(charging.get_basis('warranty', ('warranty', 'covered')), 'covered')
        self.assertEqual(charging.get_basis('charged', ('warranty', 'covered')), 'hand')
        self.assertEqual(charging.get_basis('goodwill', ('charged', 'ended')), 'goodwill')

    def test_goodwill_limit_is_that_of_the_highest_role(self):
        limits = {'dispatcher': 10, 'manager': 100}
        self.assertEqual(charging.get_goodwill_limit({'call_centre', 'dispatcher', 'manager'}, limits), 100)
        self.assertEqual(charging.get_goodwill_limit({'call_centre', 'dispatcher'}, limits), 10)
        self.assertEqual(charging.get_goodwill_limit({'technician'}, limits), 0)


@tagged('post_install', '-at_install')
class TestWarrantyOfLines(ChargingCommon):

    def test_labour_is_covered_and_the_part_is_not(self):
        order = self._working(labour=30, parts=-1)
        self._work(order)
        self.assertRecordValues(order.labour_line_ids, [{'coverage': 'warranty', 'coverage_basis': 'covered'}])
        self.assertRecordValues(order.part_line_ids, [{'coverage': 'charged', 'coverage_basis': 'ended'}])
        self.assertRecordValues(order, [{'amount_charged': 1080.0, 'amount_untaxed': 900.0, 'amount_tax': 180.0}])

    def test_warranty_counts_on_the_day_of_the_report(self):
        order = self._working(labour=-1, parts=-1)
        order.sudo().opened_at = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        self._work(order)
        self.assertEqual({line.coverage_basis for line in order._get_priced_lines()}, {'covered'})

    def test_charged_service_and_unknown_warranty(self):
        unknown, charged = self._in_progress(), self._working()
        charged.service_type_id = self.service_type_repair.copy({'is_charged': True})
        for order, coverage, basis in ((unknown, 'warranty', 'unknown'), (charged, 'charged', 'service')):
            self._work(order)
            self.assertRecordValues(order.labour_line_ids, [{'coverage': coverage, 'coverage_basis': basis}])

    def test_nobody_calls_warranty_what_is_not(self):
        order = self._working(parts=-1)
        self._work(order)
        for user in (self.user_dispatcher, self.user_manager):
            with self.refused(ValidationError, "does not cover “Drain pump”"):
                order.part_line_ids.with_user(user).coverage = 'warranty'
        for values in ({'coverage': 'warranty', 'coverage_basis': 'covered'}, {'coverage_basis': 'covered'}):
            with self.refused(AccessError, "not why"):
                order.part_line_ids.with_user(self.user_manager).write(values)
        with self.refused(ValidationError, "does not cover"):
            order._edit({'part_line_ids': [Command.update(order.part_line_ids.id, {
                'coverage': 'warranty', 'coverage_basis': 'covered'})]}, actor=self.user_technician_a, channel='portal')
        order.labour_line_ids.with_user(self.user_dispatcher).coverage = 'charged'
        self.assertEqual(order.labour_line_ids.coverage_basis, 'hand')

    def test_refused_on_site_with_photo_and_reason(self):
        order = self._working()
        self._work(order)
        with self.refused(UserError, "photo of the kind “Fault”"):
            self._do(order, 'refuse_warranty', self.user_technician_a, 'portal', reason='misuse')
        self._show_fault(order)
        for given, message in (
                ({'reason': 'nonsense'}, "Choose why"), ({'reason': 'other'}, "in a few words"), ({}, "missing: reason")):
            with self.refused(UserError, message):
                self._do(order, 'refuse_warranty', self.user_technician_a, 'portal', **given)
        self.assertFalse(order.warranty_refusal)
        self._do(order, 'refuse_warranty', self.user_technician_a, 'portal', reason='misuse', note="Coins in the pump")
        self.assertRecordValues(order, [{'warranty_refusal': 'misuse', 'amount_charged': 1620.0}])
        self.assertEqual({line.coverage_basis for line in order._get_priced_lines()}, {'refused'})
        event = order.event_ids.sorted('seq')[-1]
        payload = event._get_payload()
        self.assertEqual(payload['photos'], order.media_ids.filtered(lambda item: item.kind == 'fault').mapped('sha256'))
        self.assertNotIn("Coins", event.payload)
        self.assertIn("Misuse", event.detail)
        order._edit({'labour_line_ids': [Command.create({'name': "More", 'price_unit': 10})]},
                    actor=self.user_technician_a, channel='portal')
        self.assertEqual(order.labour_line_ids[-1].coverage, 'charged', "also what is added later")

    def test_refused_only_by_those_at_work_and_while_it_lasts(self):
        order, ended = self._working(), self._working(labour=-1, parts=-1)
        for item in order | ended:
            self._show_fault(item)
        for actor in (self.user_call_centre, self.user_provider_b, self.user_settlement, self.customer):
            with self.assertRaises(AccessError):
                self._do(order, 'refuse_warranty', actor, reason='misuse')
        with self.refused(UserError, "No warranty covers"):
            self._do(ended, 'refuse_warranty', reason='misuse')
        self.assertFalse((order | ended).filtered('warranty_refusal'))

    def test_granted_after_all_by_the_office(self):
        order = self._working(parts=-1)
        self._work(order)
        self._refuse(order)
        with self.assertRaises(AccessError):
            self._do(order, 'grant_warranty', self.user_technician_a, 'portal', reason="The customer is nice")
        self._do(order, 'grant_warranty', self.user_dispatcher, reason="The photo shows wear")
        self.assertEqual(order.labour_line_ids.coverage_basis, 'covered')
        self.assertEqual(order.part_line_ids.coverage_basis, 'ended')
        self.assertRecordValues(order, [{'warranty_refusal': False, 'amount_charged': 1080.0}])

    def test_shared_parts_are_priced_in_the_orders_currency(self):
        euro = self.env.ref('base.EUR')
        euro.active = True
        company = self.env['res.company'].create({'name': "Euro", 'currency_id': euro.id, 'country_id': self.country.id})
        self.env['res.currency.rate'].create([
            {'currency_id': euro.id, 'company_id': company.id, 'rate': 1.0, 'name': '2020-01-01'},
            {'currency_id': self.company.currency_id.id, 'company_id': company.id, 'rate': 50.0, 'name': '2020-01-01'}])
        self.part_product.company_id = False
        line = self.env['stokiva.part.line'].new({
            'product_id': self.part_product.id, 'company_id': company.id, 'currency_id': euro.id})
        line._compute_from_catalogue()
        self.assertAlmostEqual(line.price_unit, 900 / 50)


@tagged('post_install', '-at_install')
class TestGoodwill(ChargingCommon):

    def _charged(self):
        order = self._working(labour=-1, parts=-1)
        self._work(order)
        return order

    def _give(self, line, user, reason="Second fault in a month"):
        line.with_user(user).write({'coverage': 'goodwill', 'goodwill_reason': reason})

    def test_needs_a_reason(self):
        order = self._charged()
        for reason in (False, "  "):
            with self.refused(ValidationError, "Say why"):
                self._give(order.labour_line_ids, self.user_manager, reason)
        self.assertEqual(order.labour_line_ids.coverage, 'charged')

    def test_limit_of_dispatcher_and_manager(self):
        order = self._charged()
        self._give(order.labour_line_ids, self.user_dispatcher)  # 450 of 500
        self.assertRecordValues(order.labour_line_ids, [{'coverage': 'goodwill', 'coverage_basis': 'goodwill'}])
        with self.refused(UserError, "1,350.*up to.*500"):
            self._give(order.part_line_ids, self.user_dispatcher)
        self._give(order.part_line_ids, self.user_manager)
        self.assertRecordValues(order, [{'amount_charged': 0.0, 'amount_goodwill': 1350.0}])
        with self.refused(UserError, "up to.*2,000"):
            order.part_line_ids.with_user(self.user_manager).quantity = 2
        changes = order.event_ids.sorted('seq')[-1]._get_payload()['changes']['part_line_ids'][1]
        self.assertEqual([line['reason'] for line in changes.values()], ["Second fault in a month"])

    def test_others_grant_none(self):
        order = self._charged()
        values = {'coverage': 'goodwill', 'goodwill_reason': "x"}
        for actor in (self.user_technician_a, self.user_provider_a, self.technician_a):
            with self.refused(UserError, "may not do work as goodwill"):
                order._edit({'labour_line_ids': [Command.update(order.labour_line_ids.id, values)]},
                            actor=actor, channel='portal')
        with self.assertRaises(AccessError):
            order.labour_line_ids.with_user(self.user_call_centre).write(values)
        self.company.stokiva_goodwill_dispatcher = 0
        with self.refused(UserError, "may not do work as goodwill"):
            self._give(order.labour_line_ids, self.user_dispatcher)

    def test_less_goodwill_is_nobodys_favour(self):
        order = self._charged()
        self._give(order.labour_line_ids | order.labour_line_ids, self.user_manager)
        self.company.stokiva_goodwill_dispatcher = 1
        order.labour_line_ids.with_user(self.user_dispatcher).coverage = 'charged'
        self.assertEqual(order.labour_line_ids.coverage_basis, 'ended')

    def test_below_the_catalogue_is_goodwill(self):
        order = self._charged()
        cheap = {'price_unit': 400, 'goodwill_reason': "Old customer"}  # the catalogue says 450
        update = {'labour_line_ids': [Command.update(order.labour_line_ids.id, cheap)]}
        for actor in (self.user_technician_a, self.user_provider_a, self.technician_a):
            with self.refused(UserError, "nor below its price"):
                order._edit(update, actor=actor, channel='portal')
            with self.refused(UserError, "nor below its price"):
                order._edit({'labour_line_ids': [Command.create({'workmanship_id': self.workmanship.id, **cheap})]},
                            actor=actor, channel='field')
        with self.refused(ValidationError, "less than in the catalogue"):
            order.labour_line_ids.with_user(self.user_dispatcher).price_unit = 400
        order.with_user(self.user_dispatcher).write(update)
        self.assertEqual((order.amount_goodwill, order.amount_charged), (50, 1.2 * 1300))
        with self.refused(UserError, "550.*up to.*500"):
            order.part_line_ids.with_user(self.user_dispatcher).write({'price_unit': 400, 'goodwill_reason': "x"})
        with self.assertRaises(AccessError):
            order.labour_line_ids.with_user(self.user_manager).price_listed = 0
        order._edit({'labour_line_ids': [Command.update(order.labour_line_ids.id, {'price_unit': 460})]},
                    actor=self.user_technician_a, channel='portal')
        self.assertFalse(order.amount_goodwill)
        self.workmanship.price = 1000
        order._edit({'labour_line_ids': [Command.update(order.labour_line_ids.id, {'quantity': 2})]},
                    actor=self.user_technician_a, channel='portal')
        self.assertEqual(order.labour_line_ids.price_listed, 450, "as it was when it was chosen")

    def test_goodwill_counts_by_the_catalogue(self):
        order = self._charged()
        with self.refused(UserError, "450.*up to.*100"):
            self.company.stokiva_goodwill_dispatcher = 100
            order.labour_line_ids.with_user(self.user_dispatcher).write(
                {'coverage': 'goodwill', 'price_unit': 1, 'goodwill_reason': "Cheap"})

    def test_limits_cannot_be_negative(self):
        with self.assertRaises(psycopg2.IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.company.stokiva_goodwill_manager = -1
            self.company.flush_recordset()
