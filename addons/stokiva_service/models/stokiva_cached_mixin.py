from odoo import api, models


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
