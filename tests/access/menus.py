"""What a user finds in the menu of the app, and whether it opens."""
from lxml import etree

from odoo.tools.safe_eval import safe_eval

ROOT_MENU = 'stokiva_service.menu_stokiva_root'


def get_menus(env):
    """Return the menu entries of the app with an action that the user sees, in order.

    :param env: environment of the user
    :return: ir.ui.menu records, as the superuser
    """
    menus = env['ir.ui.menu'].load_menus(False)
    root = env.ref(ROOT_MENU).id

    def walk(menu_id):
        entry = menus[menu_id]
        if entry.get('action_id'):
            yield menu_id
        for child in entry['children']:
            yield from walk(child)

    return env['ir.ui.menu'].sudo().browse(walk(root) if root in menus else ())


def open_menu(env, menu):
    """Do what the web client does: open the menu's action, its first view with records, and one in its form.

    :param env: environment of the user
    :param menu: ir.ui.menu record
    :raise AccessError: if the user may not
    """
    action = menu.action
    action = action.with_env(env).run() if action.type == 'ir.actions.server' else action._get_action_dict()
    if action['type'] == 'ir.actions.client':
        return  # a screen of its own, which asks for what it shows
    context, domain = (
        safe_eval(value, {'uid': env.uid}) if isinstance(value, str) else value
        for value in (action.get('context') or {}, action.get('domain') or []))
    model = env[action['res_model']].with_context(**context)
    views = model.get_views([*action['views'], (False, 'search')])['views']
    if model._transient:
        return
    if action.get('res_id'):
        domain = [('id', '=', action['res_id'])]
    specifications = {
        kind: _get_specification(etree.fromstring(view['arch'])) for kind, view in views.items() if kind != 'search'}
    found = model.web_search_read(domain, specifications[action['views'][0][1]], limit=20)['records']
    if 'form' in specifications and found:
        model.browse(found[0]['id']).web_read(specifications['form'])


def _get_specification(node):
    """Return the fields of a view as `web_read` wants them, with those of lists inside."""
    specification = {}
    for child in node:
        if child.tag == 'field':
            fields = _get_specification(child)
            specification[child.get('name')] = {'fields': fields} if fields else {}
        else:
            specification |= _get_specification(child)
    return specification
