from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .common import SettlementCommon

MODELS = ('stokiva.settlement', 'stokiva.settlement.line', 'stokiva.settlement.share', 'stokiva.statement', 'stokiva.rate.card',
          'stokiva.rate.card.line', 'stokiva.statement.line', 'stokiva.statement.objection', 'stokiva.settlement.tax')


@tagged('post_install', '-at_install')
class TestAccess(SettlementCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls('_completed')
        cls.order = case._completed()
        cls.settlement = cls.order.settlement_ids

    def test_nobody_else_sees_any_of_it(self):
        for user in (
                self.user_call_centre, self.user_dispatcher, self.user_technician, self.user_sales,
                self.user_provider_a, self.user_technician_a, self.user_customer):
            for model in MODELS:
                for operation in ('read', 'write', 'create', 'unlink'):
                    with self.subTest(user=user.login, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))
            order = self.order.with_user(user)
            self.assertNotIn('settlement_ids', order.fields_get())
            with self.assertRaises(AccessError):
                order.read(['settlement_ids'])
            for action in (
                    lambda user=user: self.settlement.with_user(user).action_approve(),
                    lambda user=user: self.settlement.with_user(user).action_recompute(),
                    lambda user=user: self.settlement.with_user(user).action_create_statements(),
                    lambda user=user: self.settlement.with_user(user).action_reset()):
                with self.assertRaises(AccessError):
                    action()

    def test_officer_reads_and_decides(self):
        settlement = self.settlement.with_user(self.user_settlement)
        self.assertTrue(settlement.read())
        self.assertTrue(settlement.line_ids.read())
        self.assertTrue(self.card.with_user(self.user_settlement).read())
        self.assertTrue(self.order.with_user(self.user_settlement).settlement_ids)
        for model in ('stokiva.rate.card', 'stokiva.rate.card.line'):
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(self.env[model].with_user(self.user_settlement).has_access(operation))

    def test_manager_keeps_rate_cards(self):
        card = self.env['stokiva.rate.card'].with_user(self.user_manager).create({
            'name': "Alfa", 'provider_ids': [Command.set(self.provider_a.ids)],
            'line_ids': [Command.create({'amount': 350})]})
        card.line_ids.amount = 360
        version = self.env['stokiva.rate.card.version'].with_user(self.user_manager).create({'card_id': card.id})
        self.assertEqual(card.browse(version.action_apply()['res_id']).version, 2)

    def test_nobody_writes_protected_fields(self):
        statement = self._approved().with_user(self.user_settlement)._create_statements()
        attempts = [
            (self.settlement, name) for name in (
                'state', 'amount_total', 'approved_at', 'approved_by_id', 'rejected_at', 'statement_id',
                'provider_id', 'work_order_id', 'currency_id', 'date', 'name', 'company_id', 'reversal_of_id')
        ] + [
            (statement, name) for name in (
                'state', 'bill_id', 'confirmed_at', 'closed_at', 'settlement_ids', 'provider_id', 'amount_total')]
        for user in (self.user_settlement, self.user_manager):
            for record, name in attempts:
                with self.subTest(user=user.login, model=record._name, field=name):
                    self.assertIn(name, record._protected_fields)
                    value = record.sudo()[name]
                    if record._fields[name].type == 'one2many':
                        value = [Command.clear()]
                    elif record._fields[name].relational:
                        value = value.id
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        record.with_user(user).with_context(
                            tracking_disable=True, install_mode=True, import_file=True).write({name: value})

    def test_every_stored_fact_is_protected(self):
        """A field that somebody adds is protected, or on this list of what users may write."""
        free = {
            'stokiva.settlement': {'note', 'line_ids', 'share_ids'},
            'stokiva.statement': {'note', 'date_from', 'date_to', 'line_ids'},
        }
        mixins = self.env['mail.activity.mixin']._fields.keys() | self.env['mail.thread']._fields.keys()
        for model, names in free.items():
            fields = self.env[model]._fields
            # What is neither stored nor a relation's inverse cannot be written.
            writable = {
                name for name, field in fields.items()
                if name not in mixins and name not in MAGIC_COLUMNS
                and (field.store or field.inverse or field.type == 'one2many')}
            self.assertEqual(writable - self.env[model]._protected_fields, names, model)

    def test_nobody_creates_settlements_by_hand(self):
        values = self.order._prepare_settlement_values(self.company.currency_id, [])
        for user in (self.user_settlement, self.user_manager):
            with self.assertRaises(AccessError):
                self.env['stokiva.settlement'].with_user(user).create(values)
            with self.assertRaises(AccessError):
                self.settlement.with_user(user).copy()
            with self.assertRaises(AccessError):
                self.env['stokiva.statement'].with_user(user).create({
                    'provider_id': self.provider_a.id, 'company_id': self.company.id,
                    'currency_id': self.company.currency_id.id, 'date_from': '2026-01-01', 'date_to': '2026-01-31'})
            with self.assertRaises(AccessError):
                self.order.with_user(user).write({'settlement_ids': [Command.create(values)]})

    def test_a_callers_defaults_decide_nothing(self):
        order = self._submitted()
        approval = order.approval_ids.filtered(lambda item: item.state == 'pending')
        order.with_context(
            default_approved_at='2026-01-01 00:00:00', default_approved_by_id=self.user_technician.id,
            default_rate=10000, default_quantity=50, default_note="x",
        )._apply_event('approve', {'approval_id': approval.id}, actor=self.customer, channel='link')
        self.assertRecordValues(order.settlement_ids, [{
            'state': 'pending', 'approved_at': False, 'approved_by_id': False, 'amount_total': 490.0, 'note': False}])
        settlement = order.settlement_ids.with_user(self.user_settlement)
        settlement.with_context(default_source='labour', default_rate_line_id=self.card.line_ids[0].id).line_ids = [
            Command.create({'rate': 1, 'why': "x"})]
        self.assertRecordValues(settlement.line_ids[-1], [{'source': 'adjustment', 'rate_line_id': False}])

    def test_other_companies_are_out_of_sight(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.user_manager.write({'company_ids': [Command.set(other.ids)], 'company_id': other.id})
        for record in (self.settlement, self.settlement.line_ids, self.card, self.card.line_ids):
            self.assertFalse(record.with_user(self.user_manager)._filtered_access('read'))
        with self.assertRaises(AccessError):
            self.settlement.with_user(self.user_manager).action_approve()

    def test_views_open_for_the_officer(self):
        for model in ('stokiva.settlement', 'stokiva.statement', 'stokiva.rate.card'):
            for view_type in ('form', 'list', 'search'):
                view = self.env[model].with_user(self.user_settlement).get_view(view_type=view_type)
                self.assertIn('<', view['arch'])
        form = self.env['stokiva.work.order'].with_user(self.user_settlement).get_view(view_type='form')
        self.assertIn('action_view_settlements', form['arch'])
        form = self.env['stokiva.work.order'].with_user(self.user_dispatcher).get_view(view_type='form')
        self.assertNotIn('action_view_settlements', form['arch'])
