from odoo import api, fields, models


class CandidateChoiceMixin(models.AbstractModel):
    """A provider in a dialog, ``wizard_id``, where somebody chooses the one to take, ``provider_id``."""
    _name = 'stokiva.candidate.choice.mixin'
    _inherit = ['stokiva.candidate.mixin']
    _description = "Provider to Choose"

    is_chosen = fields.Boolean(compute='_compute_is_chosen')

    @api.depends('wizard_id.provider_id')
    def _compute_is_chosen(self):
        for candidate in self:
            candidate.is_chosen = candidate.provider_id == candidate.wizard_id.provider_id

    def action_choose(self):
        """Take this provider.

        :return: action that shows the dialog again
        """
        self.ensure_one()
        self.wizard_id.provider_id = self.provider_id
        return self.wizard_id._get_action()
