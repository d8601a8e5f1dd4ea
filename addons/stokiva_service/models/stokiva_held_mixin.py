from odoo import api, models

from ..rows import get_held, insert_held


class HeldMixin(models.AbstractModel):
    """Records that may wait to be inserted, see ``rows.holding``."""
    _name = 'stokiva.held.mixin'
    _description = "Inserted with Others"

    @api.private
    def flush_model(self, fnames=None):
        """Flush; rows that are not there yet are missing in every query, whatever it looks at."""
        res = super().flush_model(fnames)
        if get_held(self):
            insert_held(self.env)
        return res

    @api.private
    def exists(self):
        """Return those that exist; what waits does."""
        self.flush_model(())
        return super().exists()

    @api.model
    def _get_further_insert(self):
        """Return what goes in together with rows that waited; to be extended.

        :return: SQL of an INSERT that may read them from the model's table with ``_new`` behind its name, or None
        """
