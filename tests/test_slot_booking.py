"""Many bookers for few places at the same moment, over real connections and through Odoo's own retry: never one place
too many, and whoever comes too late is told so, nothing else."""
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from helpers import PROOF

LAST_PLACE = {'bookers': 64, 'rounds': 200} if PROOF else {'bookers': 12, 'rounds': 2}
FEW_PLACES = {'bookers': 200, 'people': 10} if PROOF else {'bookers': 24, 'people': 3}
# As many connections at once as a process of Odoo has (db_maxconn).
CONNECTIONS = 60


class Conflicts(logging.Handler):
    """Counts how often Odoo tried again."""
    count = 0

    def emit(self, record):
        self.count += 'tries left' in record.getMessage()


@pytest.fixture(scope='module')
def conflicts():
    handler, logger = Conflicts(), logging.getLogger('odoo.service.model')
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


def make_company(env):
    """Let the company book windows, and make what its orders need; return it with the ids of what was made."""
    env.company.write({'stokiva_slots': True, 'stokiva_travel_minutes': 0})
    calendar = env['resource.calendar'].create({'name': "Always", 'attendance_ids': [(5, 0, 0), *(
        (0, 0, {'name': "Work", 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18, 'day_period': 'morning'})
        for day in range(7))]})
    customer = env['res.partner'].create({'name': "Customer"})
    return {
        'calendar': calendar.id, 'customer': customer.id,
        'service_type': env['stokiva.service.type'].create({'name': "Repair", 'duration_minutes': 60}).id,
        'device': env['stokiva.device'].create({
            'partner_id': customer.id, 'device_type_id': env['stokiva.device.type'].create({'name': "Oven"}).id}).id}


def make_provider(env, made, people):
    """Return the id of a provider with so many technicians, and a window of two hours the day after tomorrow."""
    provider = env['stokiva.provider'].create({
        'partner_id': env['res.partner'].create({'name': "Provider"}).id, 'resource_calendar_id': made['calendar'],
        'holiday_country_id': False, 'tz': 'Europe/Istanbul',
        'personnel_ids': [
            (0, 0, {'partner_id': env['res.partner'].create({'name': f"Technician {number}"}).id}) for number in range(people)]})
    day = datetime.combine(datetime.now().date() + timedelta(days=2), datetime.min.time())
    return provider.id, (day + timedelta(hours=6), day + timedelta(hours=8))


def race(odoo_env, database, bookers, book):
    """Let all book at once; return what each was told, None for those who have a place."""
    from odoo.exceptions import UserError  # noqa: PLC0415
    from odoo.service.model import retrying  # noqa: PLC0415

    barrier = threading.Barrier(min(bookers, CONNECTIONS))

    def run(number):
        if number < barrier.parties:
            barrier.wait()
        with odoo_env(database) as env:
            try:
                retrying(lambda: book(env, number), env)
            except UserError as error:
                env.cr.rollback()
                return str(error)
        return None

    with ThreadPoolExecutor(barrier.parties) as pool:
        return list(pool.map(run, range(bookers)))


def count_turns(env):
    env.cr.execute("""
        SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""")
    return env.cr.fetchone()[0]


def check(env, provider_id, places):
    """Check that so many places are booked, no two of one person at once, and that the windows say so."""
    env.cr.execute("SELECT COUNT(*), COUNT(start_at) FROM stokiva_slot_booking WHERE provider_id = %s", [provider_id])
    assert env.cr.fetchone() == (places, places)
    env.cr.execute("""
        SELECT COUNT(*) FROM stokiva_slot_booking a
          JOIN stokiva_slot_booking b ON b.personnel_id = a.personnel_id AND b.id > a.id
           AND b.start_at < a.end_at AND b.end_at > a.start_at WHERE a.provider_id = %s""", [provider_id])
    assert env.cr.fetchone() == (0,), "somebody has two visits at once"
    assert not count_turns(env), "a turn was kept"
    windows = env['stokiva.slot'].search([('provider_id', '=', provider_id)])
    before = windows.read(['work_minutes', 'free_minutes', 'longest_gap'])
    env['stokiva.slot']._refresh([provider_id])
    windows.invalidate_recordset()
    assert windows.read(['work_minutes', 'free_minutes', 'longest_gap']) == before


@pytest.fixture(scope='module')
def world(new_database, odoo_env):
    database = new_database()
    with odoo_env(database) as env:
        return database, make_company(env)


def test_last_place(world, odoo_env, conflicts):
    database, made = world
    for _round in range(LAST_PLACE['rounds']):
        with odoo_env(database) as env:
            provider_id, (start, _end) = make_provider(env, made, 1)
            env['stokiva.slot.booking']._hold(
                env['stokiva.provider'].browse(provider_id), (start, start + timedelta(hours=1)), 60,
                start, company=env.company, key='before')

        def book(env, number, provider_id=provider_id, start=start):
            env['stokiva.slot.booking']._hold(
                env['stokiva.provider'].browse(provider_id), (start, start + timedelta(hours=2)), 60,
                start, company=env.company, key=f'visitor-{provider_id}-{number}')

        told = race(odoo_env, database, LAST_PLACE['bookers'], book)
        assert told.count(None) == 1
        assert all("no free time" in words for words in told if words), told
        with odoo_env(database) as env:
            check(env, provider_id, 2)
            env['stokiva.slot.booking'].search([('provider_id', '=', provider_id)])._release()
            env['stokiva.provider'].browse(provider_id).active = False
    assert conflicts.count or not PROOF, "the test met no conflict: it proves nothing"


def test_more_orders_than_places(world, odoo_env, conflicts):
    database, made = world
    with odoo_env(database) as env:
        provider_id, (start, end) = make_provider(env, made, FEW_PLACES['people'])
        orders = env['stokiva.work.order'].create([{
            'partner_id': made['customer'], 'device_id': made['device'], 'service_type_id': made['service_type'],
            'window_start': start, 'window_end': end} for _number in range(FEW_PLACES['bookers'])])
        orders._apply_event('open', actor=None, channel='system')
        ids = orders.ids

    def book(env, number):
        env['stokiva.work.order'].browse(ids[number])._apply_event(
            'assign', {'provider_id': provider_id}, actor=None, channel='system')

    told = race(odoo_env, database, FEW_PLACES['bookers'], book)
    places = 2 * FEW_PLACES['people']
    assert told.count(None) == places
    assert all("no free time" in words and "Free are" in words for words in told if words), told
    with odoo_env(database) as env:
        check(env, provider_id, places)
        orders = env['stokiva.work.order'].browse(ids)
        assert orders.mapped('state').count('assigned') == places
        assert not orders.event_ids._verify()


def test_a_turn_ends_with_the_next_transaction(world, odoo_env, monkeypatch):
    """Whoever conflicts keeps the provider for his next try, however that ends, and not if there will be none."""
    from odoo.exceptions import ConcurrencyError, UserError  # noqa: PLC0415
    from odoo.service import model  # noqa: PLC0415

    database, made = world
    monkeypatch.setattr(model.random, 'uniform', lambda *_bounds: 0)
    with odoo_env(database) as env:
        provider_id, (start, end) = make_provider(env, made, 1)

    def attempt(env, wanted, ending):
        tries = []

        def run():
            tries.append(count_turns(env))
            if len(tries) > 1:
                return ending and ending()
            with env['stokiva.slot']._taking_turns([provider_id], wanted):
                raise ConcurrencyError("as if somebody was faster")

        model.retrying(run, env)
        return tries

    def refuse():
        raise UserError("No room")

    with odoo_env(database) as watcher:
        for wanted, turns in (((), 1), ([(provider_id, start, end, 60)], 1), ([(provider_id, start, end, 900)], 1),
                              ([(provider_id, end + timedelta(days=99), end + timedelta(days=100), 60)], 0)):
            with odoo_env(database) as env:
                assert attempt(env, wanted, None) == [0, turns]
                assert not count_turns(watcher)
        with odoo_env(database) as env, pytest.raises(UserError):
            attempt(env, (), refuse)
        with pytest.raises(ConcurrencyError), odoo_env(database) as env, env['stokiva.slot']._taking_turns([provider_id]):
            raise ConcurrencyError("as if somebody was faster")
        assert not count_turns(watcher)
