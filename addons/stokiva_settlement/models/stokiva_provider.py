from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import cutoffs
from ..splitting import RULES

SETTLEMENT_GROUP = 'stokiva_service.group_stokiva_settlement'


class Provider(models.Model):
    _inherit = 'stokiva.provider'

    settlement_split = fields.Selection(
        RULES, "Split among Personnel", groups=SETTLEMENT_GROUP, help="If empty, as the company's settings say.")
    cutoff_days = fields.Char(
        "Statements Are Cut off on", groups=SETTLEMENT_GROUP, tracking=True,
        help="Days of the month, as 15, 31. Empty: as the company.")
    settlement_count = fields.Integer(compute='_compute_settlement_count', groups=SETTLEMENT_GROUP)

    @api.constrains('cutoff_days')
    def _check_cutoff_days(self):
        for provider in self.sudo():  # sudo: whoever writes it is asked for the right by the field
            try:
                cutoffs.parse_days(provider.cutoff_days)
            except ValueError as error:
                raise ValidationError(self.env._(
                    "Write days of the month as 15, 31, not “%s”.", provider.cutoff_days)) from error

    def _compute_settlement_count(self):
        counts = dict(self.env['stokiva.settlement']._read_group(
            [('provider_id', 'in', self.ids)], ['provider_id'], ['__count']))
        for provider in self:
            provider.settlement_count = counts.get(provider, 0)

    def action_view_settlements(self):
        """Open the providers' settlements.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.settlement_action')
        return {**action, 'domain': [('provider_id', 'in', self.ids)], 'context': {}}

    def _get_closing_notes(self):
        """Name the settlements that are still to be paid: closing a provider does not settle them."""
        notes = super()._get_closing_notes()
        # sudo: dispatchers see no settlements; how many are open is all that is told
        settlements = self.env['stokiva.settlement'].sudo()
        number = settlements.search_count([('provider_id', '=', self.id), ('state', 'in', ('pending', 'approved'))])
        if number:
            notes.append(self.env._("Settlements still to be paid: %s.", number))
        return notes
