from odoo import models

from ..rows import HELD, insert_held


class Base(models.AbstractModel):
    """Whatever is written may point to what waits to be inserted, see ``rows.holding``. Nothing else may cost anybody time."""
    _inherit = 'base'

    def _create(self, data_list):
        if HELD in self.env.cr.precommit.data:
            insert_held(self.env)
        return super()._create(data_list)

    def _flush(self):
        if HELD in self.env.cr.precommit.data and any(field.model_name == self._name for field in self.env._field_dirty):
            insert_held(self.env)
        return super()._flush()
