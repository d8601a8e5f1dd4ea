from odoo import api, fields, models


class EventWizardCandidate(models.TransientModel):
    _name = 'stokiva.event.wizard.candidate'
    _inherit = ['stokiva.candidate.mixin']
    _description = "Provider to Choose from"

    wizard_id = fields.Many2one('stokiva.event.wizard', required=True, index=True, ondelete='cascade')
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
