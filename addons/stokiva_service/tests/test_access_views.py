from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools.safe_eval import safe_eval

from .common import StokivaCommon


@tagged('post_install', '-at_install')
class TestAccessViews(StokivaCommon):
    """A form with rows that its reader may not read does not open at all, even when there are none; a button that leads to what
    he may not open is a dead end."""

    # By type of the field; any text for the others.
    SOUGHT = {'integer': 1, 'float': 1, 'monetary': 1, 'boolean': True, 'date': '2026-01-01', 'datetime': '2026-01-01'}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(cls.env, 'stokiva_employee', groups='base.group_user')

    @users('stokiva_employee', 'stokiva_sales', 'stokiva_technician', 'stokiva_call_centre', 'stokiva_settlement')
    def test_views_show_only_rows_that_the_role_may_read(self):
        found = set()
        for view in self.env['ir.ui.view'].sudo().search([
                ('model', '=like', 'stokiva.%'), ('type', 'in', ('form', 'list', 'kanban')), ('mode', '=', 'primary')]):
            model = self.env[view.model]
            if model.has_access('read'):
                arch = model.get_view(view.id, view.type)['arch']
                found |= set(self._find_unreadable(etree.fromstring(arch), model))
        self.assertFalse(found)

    @users(
        'stokiva_employee', 'stokiva_sales', 'stokiva_technician', 'stokiva_call_centre', 'stokiva_settlement', 'stokiva_dispatcher',
        'stokiva_manager')
    def test_buttons_lead_only_where_the_role_may_go(self):
        views = self.env['ir.ui.view'].sudo()
        models = {
            *views.browse(self.env['ir.model.data'].sudo().search([
                ('model', '=', 'ir.ui.view'), ('module', '=like', 'stokiva%')]).mapped('res_id')).mapped('model')} - {False}
        closed = {
            (view.model, view.type, button)
            for view in views.search([
                ('model', 'in', [*models]), ('type', 'in', ('form', 'list', 'kanban')), ('mode', '=', 'primary')])
            if self.env[view.model].has_access('read') for button in self._find_closed(view)}
        self.assertFalse(closed)

    @users(
        'stokiva_employee', 'stokiva_sales', 'stokiva_technician', 'stokiva_call_centre', 'stokiva_settlement', 'stokiva_dispatcher',
        'stokiva_manager')
    def test_who_may_read_may_search(self):
        self.assertFalse({
            (view.model, node) for view in self.env['ir.ui.view'].sudo().search([
                ('model', '=like', 'stokiva.%'), ('type', '=', 'search'), ('mode', '=', 'primary')])
            if self.env[view.model].has_access('read') for node in self._find_blind(view)})

    def _find_blind(self, view):
        """Return the fields and filters of a search view by which the user may not search."""
        model = self.env[view.model]
        for node in etree.fromstring(model.get_view(view.id, 'search')['arch']).iter('field', 'filter'):
            domain = node.get('filter_domain') or node.get('domain')
            if node.tag == 'field' and not domain:
                domain = repr([(node.get('name'), node.get('operator') or (
                    'ilike' if model._fields[node.get('name')].type in ('char', 'text', 'many2one', 'many2many', 'one2many')
                    else '='), self.SOUGHT.get(model._fields[node.get('name')].type, 'x'))])
            try:
                model.search(safe_eval(domain or '[]', {'self': 'x', 'uid': self.env.uid}), limit=1)
            except AccessError:
                yield node.get('name')

    def _find_closed(self, view):
        """Return the buttons of ours in a view that lead to what the user may not open, or of which he sees only the icon."""
        arch = etree.fromstring(self.env[view.model].get_view(view.id, view.type)['arch'])
        for node in arch.iter('button', 'a'):
            name = node.get('name') or ''
            if 'oe_stat_button' in (node.get('class') or '') and not (node.get('string') or len(node)):
                yield f"{name}: says nothing"
            if node.get('type') == 'action' and name.isdigit():
                action = self.env['ir.actions.act_window'].sudo().browse(int(name)).exists()
                if action and not self._may_open(action.res_model):
                    yield action.xml_id
            elif node.get('type') == 'object' and name.startswith('action_view_') and not [*node.iterancestors('field')]:
                method = getattr(type(self.env[view.model]), name)
                if method.__module__.startswith('odoo.addons.stokiva') and not self._may_press(view.model, method):
                    yield name

    def _may_open(self, model):
        return not model.startswith('stokiva.') or self.env[model].has_access(
            'create' if self.env[model]._transient else 'read')

    def _may_press(self, model, method):
        record = self.env[model].search([], limit=1)
        try:
            action = record and method(record)
        except AccessError:
            return False
        except UserError:  # there is nothing to be seen, says the button
            return True
        return not action or self._may_open(action.get('res_model') or '')

    def _find_unreadable(self, node, model):
        for child in node:
            field = model._fields.get(child.get('name')) if child.tag == 'field' else None
            if field is not None and field.type in ('one2many', 'many2many'):
                if not self.env[field.comodel_name].has_access('read'):
                    yield str(field)
            relational = field is not None and field.relational
            yield from self._find_unreadable(child, self.env[field.comodel_name] if relational else model)
