from odoo import api, models


class EventWizard(models.TransientModel):
    """Proposes a technician when a visit is planned, and says when he has no time for it."""
    _inherit = 'stokiva.event.wizard'

    def _compute_plan(self):
        res = super()._compute_plan()
        for wizard in self.filtered(
                lambda wizard: wizard.event == 'plan' and wizard.can_choose_personnel and not wizard.personnel_id):
            order = wizard._get_orders()[:1]
            if not order.personnel_id:
                wizard.personnel_id = order._suggest_technicians().get(order)
        return res

    @api.depends('personnel_id', 'window_end')
    def _compute_warning(self):
        res = super()._compute_warning()
        for wizard in self.filtered(lambda wizard: not wizard.warning):
            wizard.warning = wizard._get_overlap_warning()
        return res

    def _get_overlap_warning(self):
        """Return in one sentence why the technician has no time for the visit, or False."""
        self.ensure_one()
        orders, start, end = self._get_orders(), self.window_start, self.window_end
        if self.event != 'plan' or not (self.personnel_id and start and end and start < end):
            return False
        person = self.personnel_id._origin
        if person in person._get_away(start, end):
            return self.env._("%s is away at this time.", person.name)
        other = orders._find_overlap(person, start, end)
        return bool(other) and orders._get_overlap_text(person, other)
