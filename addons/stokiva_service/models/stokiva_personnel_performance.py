from odoo import models


class Personnel(models.Model):
    """How a technician performs."""
    _inherit = 'stokiva.personnel'

    def action_view_performance(self):
        """Open the person's figures of the last 90 days.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        return self.env['stokiva.performance.sheet'].create({
            'provider_id': self.provider_id.id, 'personnel_id': self.id})._get_action()
