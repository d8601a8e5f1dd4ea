"""What a manager opens to see how things go, asked for as the web client does: dashboards and the menus of reports."""
from functools import partial

from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

MENUS = ('stokiva_service.menu_stokiva_reporting', 'stokiva_settlement.menu_stokiva_settlement_reports')
DAYS = 365
PAGE = 80


def get_reports(env):
    """Return what is opened, ``{name: function}``.

    :param env: environment of a manager
    """
    boards = env['stokiva.dashboard']
    found = {'wall view': boards.get_wall}
    for key in boards._get_boards():
        found[f'dashboard {key}: figures'] = partial(boards.get_board, key, DAYS)
        for chart in boards.get_board(key, DAYS)['charts']:
            context = chart['context']
            found[f"dashboard {key}: {chart['title']}"] = partial(
                _read_groups, env[chart['model']], chart['domain'], context['graph_groupbys'], [context['graph_measure']])
    roots = [env.ref(name).id for name in MENUS]
    # sudo: an action is read by nobody but the web client's controller
    for menu in env['ir.ui.menu'].search([('id', 'child_of', roots), ('action', '!=', False)]).sudo():
        if menu.action._name == 'ir.actions.act_window' and not env[menu.action.res_model]._transient:
            found[f'report {menu.complete_name}'] = partial(_open, env, menu.action)
    return found


def _open(env, action):
    """Read what the first view of a window action shows at once."""
    context, domain = (safe_eval(value or empty, {'uid': env.uid}) for value, empty in (
        (action.context, '{}'), (action.domain, '[]')))
    model = env[action.res_model].with_context(**context)
    views = [*action.views, (action.search_view_id.id, 'search')]
    arches = {
        kind: etree.fromstring(view['arch']) for kind, view in model.get_views(views)['views'].items()}
    chosen, groups = _read_filters(arches['search'], context)
    domain = Domain(domain) & chosen
    kind = action.views[0][1]
    arch = arches[kind]
    if kind == 'pivot':
        rows, columns = (
            groups or context.get(f'pivot_{name}_groupby') or _get_fields(arch, kind_of) for name, kind_of in (
                ('row', 'row'), ('column', 'col')))
        sets = [[], rows[:1], columns[:1], [*rows[:1], *columns[:1]]]
        measures = context.get('pivot_measures') or _get_fields(arch, 'measure')
        model.formatted_read_grouping_sets(domain, sets, _get_aggregates(model, measures))
    elif kind == 'graph':
        by = groups or context.get('graph_groupbys') or _get_fields(arch, None)
        _read_groups(model, domain, by, _get_fields(arch, 'measure')[:1])
    elif groups or arch.get('default_group_by'):
        model.web_read_group(domain, (groups or [arch.get('default_group_by')])[:1], ['__count'], limit=PAGE)
    else:
        names = {node.get('name') for node in arch.iter('field')}
        model.web_search_read(domain, {
            name: {'fields': {'display_name': {}}} if model._fields[name].type == 'many2one' else {}
            for name in names & model._fields.keys()}, limit=PAGE, order=arch.get('default_order'), count_limit=10001)


def _read_filters(arch, context):
    """Return the domain and the groups of the filters that an action chooses: of one group of filters, any may hold."""
    domain, groups = Domain.TRUE, []
    sections = [[]]
    for node in arch:
        if node.tag == 'filter' and context.get(f"search_default_{node.get('name')}"):
            sections[-1].append(Domain(safe_eval(node.get('domain') or '[]', {'uid': 0})))
        elif node.tag in ('separator', 'group'):
            sections.append([])
    for section in filter(None, sections):
        domain &= Domain.OR(section)
    for node in arch.iter('filter'):
        group = safe_eval(node.get('context') or '{}').get('group_by')
        if group and context.get(f"search_default_{node.get('name')}"):
            groups.append(group)
    return domain, groups


def _get_fields(arch, kind):
    """Return the fields of a view that stand for rows, columns or measures."""
    return [
        f"{node.get('name')}:{node.get('interval')}" if node.get('interval') else node.get('name')
        for node in arch.iter('field') if node.get('type') == kind and not node.get('invisible')]


def _get_aggregates(model, measures):
    """Return measures as the client asks for them."""
    return ['__count', *(
        f'{name}:{model._fields[name].aggregator}' for name in measures if name != '__count')]


def _read_groups(model, domain, groups, measures):
    """Read what a graph draws."""
    return model.formatted_read_group(domain, groups, _get_aggregates(model, measures))
