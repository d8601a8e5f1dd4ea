from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.stokiva_work_order_late import EXPLAINING


class EventWizard(models.TransientModel):
    """Why it was late is asked when a late order ends."""
    _inherit = 'stokiva.event.wizard'

    is_late = fields.Boolean(compute='_compute_is_late')
    late_reason_id = fields.Many2one(
        'stokiva.late.reason', "Why late", domain="[('company_id', 'in', (company_id, False))]")

    @api.depends('event', 'work_order_ids')
    def _compute_is_late(self):
        for wizard in self:
            wizard.is_late = wizard.event in EXPLAINING and wizard._get_orders()._has_unexplained_lateness()

    @api.model
    def _get_asked_names(self):
        """Add the reason of a lateness."""
        names = super()._get_asked_names()
        return names | {event: (*names.get(event, ()), 'late_reason_id') for event in EXPLAINING}

    @api.model
    def _get_title(self, event):
        """Add the step that asks nothing else."""
        return self.env._("Submit for approval") if event == 'submit' else super()._get_title(event)

    def _check_given(self):  # pylint: disable=missing-return
        """Want a reason where there are any to choose from."""
        super()._check_given()
        if self.is_late and not self.late_reason_id and self.env['stokiva.late.reason'].search_count(
                [('company_id', 'in', (self.company_id.id, False))], limit=1):
            raise UserError(self.env._("Say why it is late."))
