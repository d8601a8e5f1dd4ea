from odoo import models

from ..rows import insert_held, is_holding


class Base(models.AbstractModel):
    """Whatever is written may point to what waits to be inserted, see ``rows.holding``."""
    _inherit = 'base'

    def _create(self, data_list):
        insert_held(self.env)
        return super()._create(data_list)

    def _flush(self):
        if is_holding(self.env) and any(field.model_name == self._name for field in self.env._field_dirty):
            insert_held(self.env)
        return super()._flush()
