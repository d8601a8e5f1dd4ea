from odoo import api, models, tools


class CachedMixin(models.AbstractModel):
    """Rows that are read from ``ormcache``: any change of them forgets what is cached, once it is made."""
    _name = 'stokiva.cached.mixin'
    _description = "Cached Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        """Create rows and forget the cached ones."""
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    @api.model
    @tools.ormcache('row_id')
    def _get_row(self, row_id):
        """Return what a row holds but for texts in several languages.

        :param int row_id: of a row that exists
        :return: ``{name of the field: value as the record cache has it}``
        """
        row = self.sudo().browse(row_id)  # sudo: whose order needs the row is decided where that is written
        names = [name for name, field in self._fields.items() if field.column_type and field.prefetch is True
                 and not field.translate and not field.company_dependent and name != 'id']
        row.fetch(names)
        return {name: self._fields[name]._get_cache(self.env)[row_id] for name in names}

    def _warm(self):
        """Give the records their values without a query, as they were at the last change of any row."""
        for record in self:
            for name, value in self._get_row(record.id).items():
                self._fields[name]._insert_cache(record, [value])
        return self

    def write(self, vals):
        """Write rows and forget the cached ones."""
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        """Delete rows and forget the cached ones."""
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
