"""Random histories of settlements: lines = settlement = statement = vendor bill = ledger to the smallest unit; nothing is
billed twice by people who work at the same moment, nor by a process that is killed and begins again.

`make proof` plays 10,000 histories, `make test` 2,000; STOKIVA_HISTORIES says another number. Making the bills is what
takes long.
"""
import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from helpers import PROOF, forget_environment
from histories.check import Books
from histories.player import Player
from histories.world import PERIODS, World

HISTORIES = int(os.environ.get('STOKIVA_HISTORIES') or (10_000 if PROOF else 2000))
SEED = random.randrange(10**6) if PROOF else 7
KILLS = 40 if PROOF else 4
ROUNDS = 10 if PROOF else 1


def as_manager(env):
    """Return the environment of a person who may approve, reverse and post, without rights being tried here."""
    admin = env.ref('base.user_admin')
    for group in ('stokiva_service.group_stokiva_manager', 'account.group_account_manager'):
        env.ref(group).user_ids = [(4, admin.id)]
    return env(user=admin.id, context={'tracking_disable': True, 'mail_notrack': True})


def test_histories_agree_to_the_smallest_unit(database, odoo_env, record_property):
    began = time.process_time()
    with odoo_env(database) as env:
        env = as_manager(env)
        world = World(env, HISTORIES, SEED)
        world.settle(env)
        Player(world, env).play(after=lambda: Books(env, world).check())
        books = Books(env, world)
        settled = Counter(row['state'] for row in books.settlements.values())
        assert settled['paid'] and settled['rejected'] and settled['approved'], settled
        assert any(row['kind'] == 'carry_over' for row in books.rows.values())
        env.cr.rollback()
    record_property('figures', f"seed {SEED}, {HISTORIES} histories: {books.summary()}; {time.process_time() - began:.0f} s of CPU here")


def make_approved(env, count, seed):
    """Return a world whose settlements are decided upon, and committed."""
    world = World(as_manager(env), count, seed)
    world.settle(as_manager(env))
    Player(world, as_manager(env)).decide()
    return world


def bill_all(env, step=lambda: None):
    """Make and bill the statements of all periods; what is done already is left.

    :param step: called after each statement, as to commit
    """
    for cutoff in PERIODS:
        settlements = env['stokiva.settlement']
        waiting = settlements.search([*settlements._get_billable_domain(), ('date', '<=', cutoff)])
        for batch in waiting.grouped(lambda item: (item.provider_id, item.currency_id)).values():
            batch._create_statements(cutoff, cutoff)
            step()
        for statement in env['stokiva.statement'].search([('state', 'in', ('draft', 'confirmed'))]):
            if statement.state == 'draft':
                statement.action_confirm()
                step()
            if statement.provider_kind == 'in_house':
                statement.action_close()
            else:
                statement.action_create_bill()
            step()
    env['stokiva.statement'].search([('state', '=', 'billed')]).bill_id.filtered(lambda bill: bill.state == 'draft').action_post()
    step()


def bill_in_child(database):
    """Bill in a process of its own, which shares neither connection nor lock with this one."""
    if forked := os.fork():
        return forked
    try:
        from odoo import SUPERUSER_ID, api  # noqa: PLC0415
        from odoo.modules.registry import Registry  # noqa: PLC0415

        with Registry(database).cursor() as cr:
            env = as_manager(api.Environment(cr, SUPERUSER_ID, {}))
            bill_all(env, cr.commit)
    finally:
        os._exit(0)


def test_killed_while_billing_and_begun_again(database, odoo_env, record_property):
    from odoo import sql_db  # noqa: PLC0415

    with odoo_env(database) as env:
        world = make_approved(env, 600 if PROOF else 100, SEED)
    dice, hit = random.Random(SEED), 0
    for _kill in range(KILLS):
        sql_db.close_all()  # a forked process must not share the connections
        child = bill_in_child(database)
        time.sleep(dice.uniform(0.1, 1.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with odoo_env(database) as env:
            Books(env, world).check()
            hit += bool(env['stokiva.settlement'].search_count(
                [('state', '=', 'approved'), '|', ('statement_id', '=', False), ('statement_id.state', 'in', ('draft', 'confirmed'))]))
    with odoo_env(database) as env:
        bill_all(as_manager(env))
        books = Books(env, world)
        books.check()
        assert {row['state'] for row in books.statements.values()} <= {'billed', 'paid'}
        assert all(row['statement_id'] for row in books.settlements.values() if row['state'] != 'rejected')
        assert len(books.bills) == sum(not books._is_in_house(row) for row in books.statements.values())
    assert hit, "no kill came in the middle: this proves nothing"
    record_property('figures', f"{KILLS} kills, {hit} of them in the middle: {books.summary()}")


def test_nothing_is_billed_twice_at_the_same_moment(new_database, odoo_env, record_property):
    from odoo.exceptions import UserError  # noqa: PLC0415
    from odoo.service.model import retrying  # noqa: PLC0415

    told, tries, done = Counter(), Counter(), Counter()

    def attempt(env, name):
        def act():
            tries[name] += 1
            ACTS[name](env, ids)

        retrying(act, env)

    def work(number):
        """One of four people, all of whom approve, gather, confirm and bill the same settlements."""
        dice = random.Random(number)
        for name in dice.sample(list(ACTS) * 2, len(ACTS) * 2):
            barrier.wait(60)
            with odoo_env(source) as env:
                try:
                    attempt(as_manager_again(env), name)
                    done[name] += 1
                except UserError:
                    told[name] += 1
                    env.cr.rollback()

    for round_ in range(ROUNDS):
        source = new_database()
        with odoo_env(source) as env:
            world = World(as_manager(env), 60, round_)
            world.settle(as_manager(env))
            ids = [history.settlement_id for history in world.histories]
        barrier = threading.Barrier(4)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4 * round_, 4 * round_ + 4)))
        with odoo_env(source) as env:
            env = as_manager_again(env)
            env['stokiva.settlement'].browse(ids).filtered(lambda item: item.state == 'pending').action_approve()
            bill_all(env)
            books = Books(env, world)
            books.check()
            assert all(books.settlements[id_]['statement_id'] for id_ in ids)
        forget_environment(source)
    assert sum(tries.values()) > sum(done.values()) + sum(told.values()), "nobody ever met another one: this proves nothing"
    record_property('figures', f"{ROUNDS} rounds: done {sum(done.values())}, refused {sum(told.values())}, tries {sum(tries.values())}")


def as_manager_again(env):
    return env(user=env.ref('base.user_admin').id, context={'tracking_disable': True})


def _statements(env, ids, *states):
    return env['stokiva.settlement'].browse(ids).statement_id.filtered(lambda item: item.state in states)


ACTS = {
    'approve': lambda env, ids: env['stokiva.settlement'].browse(ids).filtered(
        lambda item: item.state == 'pending').action_approve(),
    'gather': lambda env, ids: env['stokiva.settlement'].browse(ids)._create_statements(),
    'confirm': lambda env, ids: _statements(env, ids, 'draft').action_confirm(),
    'bill': lambda env, ids: _statements(env, ids, 'confirmed').filtered(
        lambda item: item.provider_kind != 'in_house').action_create_bill(),
}
