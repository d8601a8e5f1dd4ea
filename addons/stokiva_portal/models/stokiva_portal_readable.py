from odoo import api, models
from odoo.fields import Domain


class PortalReadable(models.AbstractModel):
    """A model of which portal users read listed fields only, by whatever way they ask.

    What is not listed is hidden, fields of addons to come included. The pages show more than this list,
    from explicit values, while the order is the reader's business. Models name this one first in ``_inherit``: what
    they compute in ways of their own is then asked for here before.
    """
    _name = 'stokiva.portal.readable'
    _description = "Readable in Part by Portal Users"

    # Names of the fields that portal users may read; set by each model.
    _portal_fields = frozenset()

    @api.model
    def _has_field_access(self, field, operation):
        if not self.env.su and self.env.user.share and (
                operation != 'read' or field.name not in self._portal_fields):
            return False
        return super()._has_field_access(field, operation)

    # Odoo asks for the right to read stored fields, where it reads. What is searched, sorted or grouped by a related or
    # computed field it looks up as the superuser: the customer's telephone number could be had by grouping.

    @api.model
    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain)
        for condition in domain.iter_conditions():
            self._check_listed(condition.field_expr)
        return super()._search(domain, *args, **kwargs)

    def _field_to_sql(self, alias, field_expr, query=None):
        self._check_listed(field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def _check_listed(self, field_expr):
        """Raise unless the user may read the field that an expression begins with.

        :param str field_expr: ``name``, or a path ``name.other``
        :raise AccessError: if not
        """
        field = self._fields.get(field_expr.partition('.')[0])
        if field and not self.env.su and self.env.user.share:
            self._check_field_access(field, 'read')
