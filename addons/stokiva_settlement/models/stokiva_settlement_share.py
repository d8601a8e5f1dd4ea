from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import splitting

# Roles that have a share of their own; a dispatcher who goes along counts as a technician.
SHARING = ('master', 'technician', 'assistant')


class SettlementShare(models.Model):
    """What of a settlement each of the provider's people earned. For reports: the provider is paid as a whole."""
    _name = 'stokiva.settlement.share'
    _inherit = ['stokiva.audited']
    _description = "Share of a Settlement"
    _order = 'date desc, settlement_id desc, id'
    _check_company_auto = True

    settlement_id = fields.Many2one(
        'stokiva.settlement', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='settlement_id.company_id', store=True, index=True, precompute=True)
    provider_id = fields.Many2one(related='settlement_id.provider_id', store=True, index=True, precompute=True)
    date = fields.Date(related='settlement_id.date', store=True, precompute=True)
    currency_id = fields.Many2one(related='settlement_id.currency_id', store=True, precompute=True)
    work_order_id = fields.Many2one(related='settlement_id.work_order_id')
    service_type_id = fields.Many2one(related='settlement_id.service_type_id', store=True, precompute=True)
    state = fields.Selection(related='settlement_id.state')
    personnel_id = fields.Many2one(
        'stokiva.personnel', required=True, index=True, ondelete='restrict', check_company=True,
        domain="[('provider_id', '=', provider_id)]")
    role = fields.Selection(
        [('master', "Master"), ('technician', "Technician"), ('assistant', "Assistant")], required=True,
        default='technician', help="In this job.")
    weight = fields.Float(
        "Share", digits=(6, 2), required=True, default=100, aggregator=None,
        help="Relative to the others: 100 and 50 make two thirds and one third.")
    amount = fields.Monetary("Earned", compute='_compute_amount', store=True)

    _person_uniq = models.Constraint(
        'UNIQUE(settlement_id, personnel_id)', "Each person has one share of a settlement.")
    _weight_positive = models.Constraint('CHECK(weight >= 0)', "A share cannot be negative.")
    _order_idx = models.Index("(company_id, date DESC, settlement_id DESC, id)")

    @api.depends('weight', 'settlement_id.share_ids.weight', 'settlement_id.line_ids.amount')
    def _compute_amount(self):
        for settlement in self.settlement_id:
            shares = settlement.share_ids
            unit = settlement.currency_id.rounding
            parts = splitting.split(round(settlement._get_earned() / unit), shares.mapped('weight'))
            for share, units in zip(shares, parts, strict=True):
                share.amount = settlement.currency_id.round(units * unit)

    @api.constrains('personnel_id', 'settlement_id')
    def _check_provider(self):
        for share in self:
            if share.personnel_id.provider_id != share.provider_id:
                raise ValidationError(self.env._(
                    "%(person)s does not work for %(provider)s.", person=share.personnel_id.name,
                    provider=share.provider_id.name))

    @api.depends('personnel_id.name', 'settlement_id.name')
    def _compute_display_name(self):
        for share in self:
            share.display_name = f"{share.settlement_id.name} · {share.personnel_id.name}"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create shares, for a user while the settlement is pending.

        :raise UserError: if it was decided upon
        """
        shares = super().create(vals_list)
        shares._mark_by_hand()
        return shares

    def write(self, vals):
        """Write shares, for a user while the settlement is pending.

        :raise UserError: if it was decided upon
        """
        self._mark_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._mark_by_hand()

    def _mark_by_hand(self):
        """Note on the settlements that a user divides them.

        :raise UserError: if one was decided upon
        """
        if not self.env.su:
            self.settlement_id._check_state('pending')
            self.settlement_id.filtered(
                lambda settlement: settlement.split_by != splitting.BY_HAND)._write_protected({'split_by': splitting.BY_HAND})

    def _get_logged_creations(self):
        """Log what users make; what a rule makes follows from the order."""
        return super()._get_logged_creations() if not self.env.su else self.browse()
