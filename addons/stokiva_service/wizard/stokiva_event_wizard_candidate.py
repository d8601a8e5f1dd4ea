from odoo import api, fields, models

from .. import labels


class EventWizardCandidate(models.TransientModel):
    _name = 'stokiva.event.wizard.candidate'
    _description = "Provider to Choose from"
    _order = 'rank, id'

    wizard_id = fields.Many2one('stokiva.event.wizard', required=True, index=True, ondelete='cascade')
    provider_id = fields.Many2one('stokiva.provider', required=True, ondelete='cascade')
    rank = fields.Integer("#")
    coverage_level = fields.Integer()
    coverage = fields.Char("Covers the", compute='_compute_coverage')
    open_orders = fields.Integer()
    failed = fields.Selection(
        lambda self: self.env['stokiva.assignment.candidate']._fields['failed']._description_selection(self.env),
        "Left out because")
    is_chosen = fields.Boolean(compute='_compute_is_chosen')

    @api.depends('coverage_level')
    @api.depends_context('lang')
    def _compute_coverage(self):
        for candidate in self:
            candidate.coverage = labels.label(self.env, labels.COVERAGES, candidate.coverage_level)

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
