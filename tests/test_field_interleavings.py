"""Three phones, an office and a bad network against the real server: nothing confirmed is lost, nothing done twice.

`make proof` plays 2,000 random interleavings, `make test` 200 shorter ones; STOKIVA_FIELD says another number.
"""
import os
import random
import sys
from collections import Counter

import pytest
from field_app.phones import Run
from field_app.world import FieldWorld
from helpers import PROOF

RUNS = int(os.environ.get('STOKIVA_FIELD') or (2000 if PROOF else 200))
STEPS = 30 if PROOF else 12
# What both phones of one person show costs as much as all else to find out.
SHOWN_EVERY = 1 if PROOF else 4


@pytest.fixture(scope='module')
def played(new_database, odoo_env):
    """Return an environment, the world in it, and two jobs."""
    with odoo_env(new_database()) as env:
        world = FieldWorld(env)
        jobs = [world.make_job(env, 'emre').id, world.make_job(env, 'kerem').id]
        env.cr.commit()
        yield env, world, jobs
        env.cr.rollback()


def check(run):
    """Hold what the phones were told against what the database has.

    :return: how many operations were applied and refused
    :rtype: Counter
    """
    rows = {row.uuid: row for row in run.env['stokiva.field.op'].search([])}
    orders = run.env['stokiva.work.order'].browse(run.jobs)
    lines = Counter(filter(None, [
        *orders.labour_line_ids.mapped('field_uuid'), *orders.part_line_ids.mapped('field_uuid'),
        *orders.media_ids.mapped('field_uuid')]))
    keys = Counter((row.work_order_id.id, row.key) for row in orders.event_ids if row.key)
    assert set(keys.values()) <= {1}, "an operation was carried out twice"
    removed = {  # a line that another phone had not sent yet was not there to be removed
        op['payload']['line'] for op in run.made if op['type'] == 'labour_remove'
        and rows[op['uuid']].status == 'applied' and not (rows[op['uuid']].result or {}).get('noop')}
    for op in run.made:
        told = {phone.answers[op['uuid']] for phone in run.phones if op['uuid'] in phone.answers}
        assert told == {rows[op['uuid']].status}, "a phone believes something else than the server"
        is_applied = told == {'applied'}
        if op['type'] in ('labour_add', 'part_add', 'media'):
            expected = 1 if is_applied and op['uuid'] not in removed else 0
            assert lines[op['uuid']] == expected, f'{op["type"]}: {lines[op["uuid"]]} instead of {expected}'
        elif op['type'] == 'event' and is_applied and not (rows[op['uuid']].result or {}).get('noop'):
            assert keys[op['work_order_id'], op['uuid']] == 1
    assert not run.env['stokiva.verifier']._verify_all()[2], "the log is not sound"
    return Counter(row.status for row in rows.values())


def check_shown(run):
    """Hold what both phones of one person show, each told what it did not know yet, against each other."""
    for phone in run.phones[:2]:
        phone.look()
    assert run.phones[0].shown == run.phones[1].shown, "two phones of one person show different things"


def test_nothing_is_lost_or_doubled(played, capsys):
    env, world, jobs = played
    counts = Counter(runs=0)
    for seed in range(RUNS):
        with env.cr.savepoint() as savepoint:
            run = Run(env, world, jobs, random.Random(f'field {seed}'))
            try:
                run.play(STEPS)
                counts += check(run)
                if not seed % SHOWN_EVERY:
                    check_shown(run)
            except Exception as error:
                raise AssertionError(f'interleaving {seed}') from error
            counts.update(runs=1, given=run.given)
            savepoint.rollback()
    with capsys.disabled():
        sys.stdout.write(f'\n{dict(counts)}\n')
    assert counts['applied'] > RUNS and counts['rejected'] > RUNS / 10
