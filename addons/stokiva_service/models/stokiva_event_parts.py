import json

from odoo import models

from .. import workflow

USING = ('submit', 'cancel', 'return')


class Event(models.Model):
    _inherit = 'stokiva.event'

    def _moves_parts(self):
        """Tell whether stock has to follow the event: the work is said to be done, is not, or its lines changed."""
        self.ensure_one()
        if self.event == 'edit':
            return self.state_after == workflow.AWAITING_APPROVAL and 'part_line_ids' in json.loads(
                self.payload).get('changes', {})
        return self.event in USING or (
            self.state_after in (workflow.CANCELED, workflow.RETURNED) and self.state_before != self.state_after)
