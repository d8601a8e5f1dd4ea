from odoo import api, fields, models

from ..splitting import BY_ROLE, RULES
from .stokiva_settlement_share import SHARING


class Settlement(models.Model):
    """How a settlement is divided among those who went."""
    _inherit = 'stokiva.settlement'

    share_ids = fields.One2many('stokiva.settlement.share', 'settlement_id', "Shares")
    split_by = fields.Selection(
        RULES, "Split", compute='_compute_split_by', store=True, precompute=True, copy=False)
    amount_earned = fields.Monetary(
        "To be split", compute='_compute_amount_earned', help="Without what the provider has in hand already.")

    @api.depends('line_ids.amount')
    def _compute_amount_earned(self):
        for settlement in self:
            settlement.amount_earned = settlement._get_earned()

    @api.depends('provider_id', 'company_id', 'reversal_of_id', 'adjusts_id')
    def _compute_split_by(self):
        """Begin with the rule of what is corrected, else of the provider, else of the company."""
        for settlement in self:
            former = settlement.reversal_of_id or settlement.adjusts_id
            settlement.split_by = (
                former.split_by or settlement.provider_id.settlement_split or settlement.company_id.stokiva_split)

    @api.model_create_multi
    def create(self, vals_list):
        """Create settlements, and divide each: what corrects another as that one is."""
        settlements = super().create(vals_list)
        settlements._split()
        return settlements

    def action_split(self):
        """Divide pending settlements anew by the rule.

        :raise UserError: if one was decided upon
        """
        self.check_access('write')
        self._check_state('pending')
        settlements = self.sudo()  # sudo: after the checks of rights and state; shares change by hand otherwise
        settlements.share_ids.unlink()
        settlements._compute_split_by()
        settlements._split()

    def _split(self):
        """Give each of the people who went their share."""
        vals_list = []
        for settlement in self:
            company, former = settlement.company_id, settlement.reversal_of_id or settlement.adjusts_id
            people = {
                share.personnel_id: (share.role, share.weight) for share in former.share_ids
            } or {
                person: (role, company[f'stokiva_split_{role}'] if settlement.split_by == BY_ROLE else 100)
                for person, role in settlement.work_order_id._get_workers(settlement.provider_id).items()}
            vals_list += [
                {'settlement_id': settlement.id, 'personnel_id': person.id, 'role': role, 'weight': weight}
                for person, (role, weight) in people.items()]
        self.env['stokiva.settlement.share'].create(vals_list)


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    def _get_workers(self, provider):
        """Return who of a provider's people went, else whose job it is; to be extended.

        :param provider: stokiva.provider record
        :return: ``{stokiva.personnel record: role}``, assistants being those who only went along
        """
        self.ensure_one()
        leads, assistants = self.labour_line_ids.personnel_id, self.env['stokiva.personnel']
        for visit in self.visit_ids:
            if visit.departed_at:
                leads |= visit.personnel_id
                assistants |= visit.assistant_ids
        roles = {
            person: person.role if person.role in SHARING else 'technician'
            for person in (leads if leads or assistants else self.personnel_id)}
        roles |= dict.fromkeys(assistants - leads, 'assistant')
        return {person: role for person, role in roles.items() if person.provider_id == provider}
