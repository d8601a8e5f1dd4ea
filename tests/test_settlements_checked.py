"""The checker that uses none of our code computes settlements again, and finds what was changed behind Odoo's back."""
import importlib.util
import subprocess

import pytest
from helpers import ROOT

spec = importlib.util.spec_from_file_location('check_settlements', ROOT / 'scripts/check_settlements.py')
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)

RULES = (
    {'kind': 'labour', 'amount': 300}, {'kind': 'labour', 'unit': 'hour', 'amount': 133.35, 'named': True},
    {'kind': 'travel', 'amount': 90}, {'kind': 'travel', 'amount': 95}, {'kind': 'distance', 'amount': 7.77, 'free_km': 2},
    {'kind': 'wasted_trip', 'amount': 70}, {'kind': 'part', 'unit': 'percent', 'amount': 25, 'cap': 10},
    {'kind': 'bonus', 'trigger': 'first_time_fix', 'unit': 'percent', 'amount': 3.3},
    {'kind': 'bonus', 'trigger': 'stars', 'threshold': 3, 'amount': 10},
    {'kind': 'bonus', 'trigger': 'stars', 'threshold': 5, 'amount': 20},
    {'kind': 'penalty', 'trigger': 'missing_evidence', 'amount': 15},
)
# Of one settlement, what is done to it in the database, and what must be told of it.
TAMPERING = {
    'an amount': ("UPDATE stokiva_settlement_line SET amount = amount + 1 WHERE id = %(travel)s", "should be 90.00"),
    'amount and total': (
        """UPDATE stokiva_settlement_line SET rate = 95, amount = 95 WHERE id = %(travel)s;
           UPDATE stokiva_settlement SET amount_total = amount_total + 5 WHERE id = %(settlement)s""",
        "(travel) is 1 × 95.00 by rule %(first)s, should be 1 × 90.00 by rule %(first)s"),
    'a rule': (
        "UPDATE stokiva_settlement_line SET rate_line_id = %(second)s WHERE id = %(travel)s",
        "by rule %(second)s, should be 1 × 90.00 by rule %(first)s"),
    'a missing line': ("DELETE FROM stokiva_settlement_line WHERE id = %(travel)s", "a line is missing: travel"),
    'a doubled line': (
        """INSERT INTO stokiva_settlement_line
           SELECT (jsonb_populate_record(l, '{"id": 999999}')).* FROM stokiva_settlement_line l WHERE id = %(travel)s""",
        "(travel, 1 × 90.00 by rule %(first)s) follows from nothing"),
    'the trip in another order': (
        "UPDATE stokiva_settlement_line SET visit_id = %(visit)s, source = 'travel' WHERE id = %(other)s",
        "the same trip is paid more than once"),
    'kept rates': (
        "UPDATE stokiva_rate_snapshot SET rules = replace(rules, '133.35', '233.35')", "were changed"),
    'kept rates with their digest': (
        """UPDATE stokiva_rate_snapshot SET rules = replace(rules, '133.35', '233.35');
           UPDATE stokiva_rate_snapshot SET digest = encode(sha256(rules::bytea), 'hex')""", "are not kept"),
    'the facts': (
        "UPDATE stokiva_settlement SET basis = replace(basis, '\"value\":5.0', '\"value\":4.0') WHERE id = %(settlement)s",
        "what it was computed from is not what was logged"),
    'the facts taken away': (
        "UPDATE stokiva_settlement SET basis = NULL WHERE id = %(settlement)s", "is not what was logged"),
    'a decision': (
        "UPDATE stokiva_settlement_line SET decision = 'accepted' WHERE id = %(part)s", "amounts to 83.32, should be 124.98"),
    'a reason of a decision': (
        "UPDATE stokiva_settlement_line SET decision_reason = NULL WHERE id = %(part)s", "has no reason"),
    'a reason': ("UPDATE stokiva_settlement_line SET why = ' ' WHERE id = %(adjustment)s", "has no reason"),
    'the total': ("UPDATE stokiva_settlement SET amount_total = 1 WHERE id = %(settlement)s", "amounts to 1, its lines to"),
    'the statement': ("UPDATE stokiva_statement SET amount_total = amount_total + 1", "its rows to"),
    'a row of the statement': (
        "UPDATE stokiva_statement_line SET amount = amount + 1", "its rows to"),
    'a reason of such a row': ("UPDATE stokiva_statement_line SET why = ' '", "a row has no reason"),
    'what is to be paid': (
        "UPDATE stokiva_statement SET amount_payable = amount_payable + 1", "does not follow from its amounts"),
    "a person's share": ("UPDATE stokiva_settlement_share SET amount = amount + 1", "what its people earned adds up to"),
    'taxes of the bill': ("UPDATE account_move SET amount_total = amount_total + 1 WHERE id = %(bill)s", "with taxes "),
    'the bill': (
        "UPDATE account_move_line SET price_unit = price_unit + 1 WHERE move_id = %(bill)s AND display_type = 'product'",
        "its bill to"),
    'the ledger': (
        "UPDATE account_move_line SET amount_currency = amount_currency + 1 WHERE move_id = %(bill)s AND display_type = 'product'",
        "is not what is in the ledger"),
    'another provider': (
        "UPDATE stokiva_settlement SET provider_id = %(provider)s WHERE id = %(settlement)s", "to which it does not belong"),
    'a deduction': (
        """UPDATE stokiva_settlement_line SET source = 'deduction', rate_line_id = NULL WHERE id = %(travel)s""",
        "deducts what nobody noted"),
}


def make_settlements(env):
    """Return the ids of what the tests tamper with: two orders of one trip, settled, billed, and one taken back."""
    workmanship_type = env['stokiva.device.type'].create({'name': "Oven"})
    workmanship = env['stokiva.workmanship'].create({
        'name': "Door", 'device_type_id': workmanship_type.id, 'duration_minutes': 50})
    card = env['stokiva.rate.card'].create({
        'name': "Rates", 'date_from': '2020-01-01', 'line_ids': [
            (0, 0, {**{name: value for name, value in rule.items() if name != 'named'},
                    **({'workmanship_id': workmanship.id} if 'named' in rule else {})})
            for rule in RULES]})
    partners = env['res.partner'].create([{'name': name} for name in ("Customer", "Provider", "Technician", "Other")])
    devices = env['stokiva.device'].create([{'partner_id': partners[0].id, 'device_type_id': workmanship_type.id}] * 2)
    provider, other = env['stokiva.provider'].create(
        [{'partner_id': partners[1].id, 'kind': 'private'}, {'partner_id': partners[3].id}])
    technician = env['stokiva.personnel'].create({'provider_id': provider.id, 'partner_id': partners[2].id})
    service_type = env['stokiva.service.type'].create({'name': "Repair", 'photos_after': 1, 'duration_minutes': 40})
    part = env['product.product'].create({'name': "Pump", 'type': 'consu', 'standard_price': 33.33})
    orders = env['stokiva.work.order'].create([
        {'partner_id': partners[0].id, 'device_id': device.id, 'service_type_id': service_type.id} for device in devices])
    orders.group_id = orders[0]
    manager = env.ref('base.user_admin')
    orders._apply_event('open', actor=None, channel='system')
    orders._apply_event('assign', {'provider_id': provider.id}, actor=None, channel='system')
    offer = orders[0].assignment_id
    offer.ranking = [{'provider_id': provider.id, 'values': {'distance_km': 14.5}, 'points': 1.0, 'failed': False}]
    orders._apply_event('accept', actor=None, channel='system')
    for event, given in (
            ('plan', {'personnel_id': technician.id}), ('depart', {}), ('suspend', {'outcome': 'absent'}),
            ('depart', {}), ('start', {})):
        orders[:1 if event == 'suspend' else 2]._apply_event(event, given, actor=manager, channel='office')
    orders[0]._edit({
        'labour_line_ids': [(0, 0, {'workmanship_id': workmanship.id, 'quantity': 2})],
        'part_line_ids': [(0, 0, {'product_id': part.id, 'is_provider_stock': True, 'quantity': 3})],
        'media_ids': [(0, 0, {'kind': 'after', 'image': PIXEL})]}, actor=manager, channel='office')
    service_type.photos_after = 0
    orders._apply_event('submit', actor=manager, channel='office')
    service_type.photos_after = 1
    for order in orders:
        order._apply_event(
            'approve', {'approval_id': order.approval_ids.filtered(lambda item: item.state == 'pending').id, 'stars': 5},
            actor=partners[0], channel='link')
    settlements = orders.settlement_ids
    settlements[0].line_ids = [(0, 0, {'name': "Stairs", 'quantity': 3, 'rate': 1.115, 'why': "Fifth floor"})]
    parts = settlements.line_ids.filtered(lambda line: line.source == 'part')
    parts._decide('reduced', "One was broken", quantity=2)
    settlements.line_ids.filtered(lambda line: line.source == 'distance')._decide('rejected', "Lives next door")
    settlements.action_approve()
    statement = settlements._create_statements()
    statement.line_ids = [(0, 0, {'amount': -12.34, 'why': "Rent of the van"})]
    statement.action_confirm()
    statement.action_create_bill()
    settlements[0]._reverse("By mistake")
    return settlements, card, other


PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='


@pytest.fixture(scope='module')
def settled(new_database, odoo_env):
    """A database with settlements, and the ids that the statements above name."""
    database = new_database()
    with odoo_env(database) as env:
        settlements, card, provider = make_settlements(env)
        travel = settlements.line_ids.filtered(lambda line: line.source == 'travel')
        rules = card.line_ids.filtered(lambda line: line.kind == 'travel')
        ids = {
            'settlement': travel.settlement_id.id, 'travel': travel.id, 'visit': travel.visit_id.id,
            'other': (settlements - travel.settlement_id).line_ids[0].id, 'first': rules[0].id, 'second': rules[1].id,
            'adjustment': settlements.line_ids.filtered(lambda line: line.source == 'adjustment').id,
            'bill': settlements.bill_id.id, 'part': settlements.line_ids.filtered('decided_quantity').id,
            'provider': provider.id}
        kinds = settlements.line_ids.mapped('source')
    for kind in ('labour', 'travel', 'distance', 'part', 'bonus', 'penalty', 'adjustment'):
        assert kind in kinds
    return database, ids


def test_settlements_are_computed_again(settled):
    database, _ids = settled
    done = subprocess.run(
        [ROOT / 'scripts/check_settlements', database], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "3 settlements, no problems\n")


@pytest.mark.parametrize('what', TAMPERING)
def test_what_was_changed_is_told(settled, odoo_env, what):
    database, ids = settled
    statement, told = TAMPERING[what]
    with odoo_env(database) as env:
        env.cr.execute("ALTER TABLE stokiva_rate_snapshot DISABLE TRIGGER USER")
        env.cr.execute(statement, ids)
        _number, _unknown, problems = checker.check(env.cr._cnx)
        env.cr.rollback()
    assert any(told % ids in problem for problem in problems), problems
