from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command

from odoo.addons.base.models.ir_model import IrModelAccess
from odoo.addons.base.models.ir_rule import IrRule


@contextmanager
def kept_caches(registry):
    """Keep what the registry cached from test to test, as a server keeps it from request to request.

    Odoo forgets everything after each test: compiled pages, routes, bundles of assets, rights, all of which
    hardly any test changes; to make them anew took a third of the time. What depends on records is forgotten
    still, and so is whatever was invalidated in this block, which a rolled back test may have filled again.

    :param registry: the database's `Registry`
    """
    invalidated = {'default'}
    clear_cache = registry.clear_cache

    def note(*names):
        invalidated.update(names)
        clear_cache(*names)

    with patch.object(registry, 'clear_cache', note), \
            patch.object(registry, 'clear_all_caches', lambda: clear_cache(*invalidated)):
        yield


@contextmanager
def plain_refusals():
    """Save the queries that make a refusal polite, where thousands of them are tried and only that counts."""
    def refuse(*_args):
        return AccessError("refused")

    with patch.object(IrModelAccess, '_make_access_error', refuse), patch.object(IrRule, '_make_access_error', refuse):
        yield


def create_users(env, *rows):
    """Create users as `new_test_user` does, at once: creating them one by one took most of the set-up.

    :param tuple rows: login, groups as comma-separated xml ids, and further values of each user
    :return: the users, in this order
    """
    return env['res.users'].create([{
        'login': login,
        'password': login.ljust(8, 'x'),
        'name': f"{login} ({groups})",
        'email': f'{login}@example.com',
        'tz': 'Europe/Istanbul',
        'group_ids': [Command.set([env.ref(group).id for group in groups.split(',')])],
        **values,
    } for login, groups, values in rows])
