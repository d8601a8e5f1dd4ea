"""Requests that wait for their customers, made through the door in a world of the random sequences."""
import itertools
import threading

from sequences.steps import Setup
from sequences.world import World

_numbers = itertools.count(1)


def make_world(env):
    """Return a world whose customer has a telephone and a language, committed."""
    world = World(env)
    env['res.lang']._activate_lang('tr_TR')
    world.env['res.partner'].browse(world.customer).write({'phone': '+90 532 123 45 33', 'lang': 'en_US'})
    env.cr.commit()
    return world


def make_asked(world, env):
    """Return a new order of company A that is submitted, with photos and a line of labour.

    :param World world: of ``make_world``
    :param env: environment of the superuser
    :return: stokiva.work.order record
    """
    order = next(iter(world.make_orders(env, Setup('A', 1, 'on_site', 'photos', False, True))))
    technician = env['stokiva.personnel'].browse(world.person_ids['alfa technician'])
    order._apply_event('open', actor=None, channel='system')
    order._apply_event('assign', {'provider_id': world.provider_ids['alfa']}, actor=env.user, channel='office')
    order._apply_event('accept', actor=env.user, channel='office')
    order._apply_event('plan', {'personnel_id': technician.id}, actor=env.user, channel='office')
    for event in ('depart', 'start'):
        order._apply_event(event, actor=technician, channel='field')
    order._edit({
        'media_ids': [(0, 0, {'kind': kind, 'image': world.photo}) for kind in ('before', 'after')],
        'labour_line_ids': [(0, 0, {'workmanship_id': world.workmanship})], 'diagnosis': f"Number {next(_numbers)}",
    }, actor=technician, channel='field')
    order._apply_event('submit', actor=technician, channel='field')
    return order


def make_client(database):
    """Return a client that calls Odoo's web application in this process, without a server.

    :param str database: name of the only database that it serves
    """
    from werkzeug.test import Client  # noqa: PLC0415

    from odoo.http import root  # noqa: PLC0415
    from odoo.service.server import load_server_wide_modules  # noqa: PLC0415
    from odoo.tools import config  # noqa: PLC0415

    config['dbfilter'], config['db_name'] = '', [database]  # with a filter, each request would ask for all databases
    threading.current_thread().dbname = database  # as for each request; this thread remembers the last one
    load_server_wide_modules()
    return Client(root)
