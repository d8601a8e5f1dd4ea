"""Who may what: every cell of access/matrix.csv, tried as a real user, and every menu opened.

The page docs/access.md is made of the table.
"""
from unittest.mock import patch

import pytest
from access.menus import get_menus, open_menu
from access.table import format_row, read_matrix, render
from access.trial import Trial
from access.values import Values
from access.world import EMPLOYEES, ROLES, World
from helpers import ROOT

# Models of the core whose rights our groups touch.
CORE = {'res.partner'}


@pytest.fixture(scope='module')
def world(new_database, odoo_env):
    """Return the world in an environment of its own; nothing of it is kept."""
    with odoo_env(new_database()) as env:
        made = World(env)
        env.flush_all()
        env.cr.precommit.run()  # opening hours are written at the end of a transaction
        yield made
        env.cr.rollback()


@pytest.fixture(scope='module')
def values(world):
    return Values(world)


@pytest.fixture(autouse=True, scope='module')
def plain_refusals():
    """Save the queries that make a refusal polite: only that it is one matters here."""
    from odoo.exceptions import AccessError  # noqa: PLC0415

    from odoo.addons.base.models import ir_model, ir_rule  # noqa: PLC0415

    def refuse(*_args):
        return AccessError("refused")

    with patch.object(ir_model.IrModelAccess, '_make_access_error', refuse), \
            patch.object(ir_rule.IrRule, '_make_access_error', refuse):
        yield


def get_models(env):
    return sorted(CORE | {
        name for name, model in env.registry.items() if name.startswith('stokiva.') and not model._abstract})


def test_every_model_and_role_is_in_the_table(world):
    assert {*read_matrix()} == {(model, role) for model in get_models(world.env) for role in ROLES}


@pytest.mark.parametrize('role', ROLES)
def test_what_the_role_may(world, values, role):
    matrix, trial, wrong = read_matrix(), Trial(world, values, role), []
    for model in get_models(world.env):
        found = format_row(model, role, trial.try_all(model))
        expected = format_row(model, role, matrix.get((model, role), {}))
        if found != expected:
            wrong.append(f'{found}    not {expected}')
    assert not wrong, "found is:\n" + '\n'.join(wrong)


@pytest.mark.parametrize('role', EMPLOYEES)
def test_every_menu_opens(world, role):
    env = world.env(user=world.users[role].id, context={'allowed_company_ids': world.company.ids})
    menus = get_menus(env)
    assert bool(menus) == (role not in ('salesperson', 'other employee', 'integration user'))
    for menu in menus:
        with world.env.cr.savepoint() as savepoint:
            open_menu(env, menu)
            savepoint.rollback()


def test_dialogs_tell_nothing_of_another_company(world, values):
    from odoo.exceptions import AccessError  # noqa: PLC0415

    env = world.env(user=world.users['manager'].id, context={'allowed_company_ids': world.company.ids})
    customer, tried = world.places['other'].customer.name, 0
    for model in (name for name in get_models(world.env) if world.env[name]._transient):
        given = values.of_dialog(model, 'manager', 'other')
        world.env.flush_all()
        shown = {
            name: {'fields': {'display_name': {}}} if field.relational else {}
            for name, field in env[model]._fields.items()}
        try:
            answer = env[model].onchange(given, [], shown)
        except AccessError:
            answer = {}
        tried += 1
        world.env.cr.clear()
        assert customer not in str(answer), model
    assert tried > 15


def test_a_shared_provider_is_everybodys(world):
    provider = world.places['foreign'].provider
    with world.env.cr.savepoint() as savepoint:
        provider.company_id = False
        for company in world.company | world.other_company:
            found = world.env['stokiva.provider'].with_user(world.boss).with_context(
                allowed_company_ids=company.ids).search([('id', '=', provider.id)])
            assert found == provider, company.name
        savepoint.rollback()


def test_the_page_is_fresh():
    page = ROOT / 'docs/access.md'
    assert page.read_text() == render(), "run scripts/access"
