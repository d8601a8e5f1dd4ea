from odoo import api, fields, models


class SaleChoiceCandidate(models.TransientModel):
    _name = 'stokiva.sale.choice.candidate'
    _inherit = ['stokiva.candidate.mixin']
    _description = "Provider to Choose from on a Sale"

    choice_id = fields.Many2one('stokiva.sale.choice', required=True, index=True, ondelete='cascade')
    is_chosen = fields.Boolean(compute='_compute_is_chosen')

    @api.depends('choice_id.provider_id')
    def _compute_is_chosen(self):
        for candidate in self:
            candidate.is_chosen = candidate.provider_id == candidate.choice_id.provider_id

    def action_choose(self):
        """Take this provider.

        :return: action that shows the dialog again
        """
        self.ensure_one()
        self.choice_id.provider_id = self.provider_id
        return self.choice_id._get_action()
