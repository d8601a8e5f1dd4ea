from odoo import fields, models
from odoo.exceptions import UserError


class WorkOrder(models.Model):
    """The serial number as part of the job: noted or corrected by an event, a correction with its proof."""
    _inherit = 'stokiva.work.order'

    serial = fields.Char("Serial Number", related='device_id.serial', readonly=False)

    def _on_edit(self, given, actor, channel, occurred):
        before, after = given.get('changes', {}).get('serial') or (None, None)
        if before and 'device_id' not in given['changes'] and not self._has_new_label(given['changes']):
            raise UserError(self.env._(
                "The serial number %(before)s is corrected to %(after)s only with a photo of the label.",
                before=before, after=after or "–"))
        return super()._on_edit(given, actor, channel, occurred)

    def _has_new_label(self, changes):
        """Tell whether a photo of the label is among what an ``edit`` adds.

        :param dict changes: ``{field: [before, after]}``
        :rtype: bool
        """
        before, after = changes.get('media_ids') or ({}, {})
        return any(line.get('kind') == 'label' for key, line in after.items() if key not in before)
