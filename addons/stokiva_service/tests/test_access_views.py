from lxml import etree

from odoo.tests import new_test_user, tagged, users

from .common import StokivaCommon


@tagged('post_install', '-at_install')
class TestAccessViews(StokivaCommon):
    """A form with rows that its reader may not read does not open at all, even when there are none."""

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

    def _find_unreadable(self, node, model):
        for child in node:
            field = model._fields.get(child.get('name')) if child.tag == 'field' else None
            if field is not None and field.type in ('one2many', 'many2many'):
                if not self.env[field.comodel_name].has_access('read'):
                    yield str(field)
            relational = field is not None and field.relational
            yield from self._find_unreadable(child, self.env[field.comodel_name] if relational else model)
