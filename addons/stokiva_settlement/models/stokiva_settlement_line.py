from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.misc import clean_context

from .. import rates

ADJUSTMENT = 'adjustment'
# What users may write, and of adjustments only.
ADJUSTABLE_FIELDS = frozenset({'name', 'quantity', 'rate', 'why', 'sequence'})


class SettlementLine(models.Model):
    _name = 'stokiva.settlement.line'
    _inherit = ['stokiva.audited']
    _description = "Settlement Line"
    _order = 'settlement_id, sequence, id'
    _check_company_auto = True

    settlement_id = fields.Many2one('stokiva.settlement', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='settlement_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='settlement_id.currency_id')
    sequence = fields.Integer(default=10)
    source = fields.Selection(
        [
            (rates.LABOUR, "Labour"),
            (rates.TRAVEL, "Travel"),
            (rates.DISTANCE, "Kilometres"),
            (rates.WASTED_TRIP, "Wasted trip"),
            (rates.PART, "Own part"),
            (rates.BONUS, "Bonus"),
            (rates.PENALTY, "Penalty"),
            (rates.DEDUCTION, "Kept from the customer"),
            (ADJUSTMENT, "Adjustment"),
        ],
        required=True, readonly=True, default=ADJUSTMENT)
    name = fields.Char("Description", required=True, default=lambda self: self.env._("Adjustment"))
    quantity = fields.Float(default=1.0, digits='Product Unit', required=True)
    rate = fields.Float(digits='Product Price', required=True, aggregator=None)
    claimed_amount = fields.Monetary(
        "Claimed", compute='_compute_claimed_amount', store=True, precompute=True, help="Quantity × rate.")
    amount = fields.Monetary("To pay", compute='_compute_amount', store=True, help="What of the claim is paid.")
    why = fields.Text(
        "Why this amount", required=True, help="Card, version and rule that decided; of an adjustment the reason.")
    rate_line_id = fields.Many2one(
        'stokiva.rate.card.line', "Rule", readonly=True, index='btree_not_null', ondelete='restrict')
    card_id = fields.Many2one(
        related='rate_line_id.card_id', store=True, index='btree_not_null', string="Rate card", precompute=True)
    labour_line_id = fields.Many2one('stokiva.labour.line', readonly=True, index='btree_not_null')
    part_line_id = fields.Many2one('stokiva.part.line', readonly=True, index='btree_not_null')
    visit_id = fields.Many2one('stokiva.visit', readonly=True, index='btree_not_null')
    event_id = fields.Many2one(
        'stokiva.event', "Noted by", readonly=True, copy=False, ondelete='restrict')
    is_unpriced = fields.Boolean(compute='_compute_is_unpriced', store=True, precompute=True)

    _event_uniq = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL", "This payment of the customer is deducted already.")

    @api.depends('quantity', 'rate', 'currency_id')
    def _compute_claimed_amount(self):
        for line in self:
            amount = line.quantity * line.rate
            line.claimed_amount = line.currency_id.round(amount) if line.currency_id else amount

    @api.depends('claimed_amount')
    def _compute_amount(self):
        for line in self:
            line.amount = line.claimed_amount

    @api.depends('source', 'rate', 'quantity', 'rate_line_id')
    def _compute_is_unpriced(self):
        for line in self:
            line.is_unpriced = (
                line.source in (rates.LABOUR, rates.PART) and not line.rate_line_id and not line.rate
                # The distance was not known.
                or line.source == rates.DISTANCE and not line.quantity)

    @api.constrains('source', 'why')
    def _check_why(self):
        if any(not line.why.strip() for line in self):
            raise ValidationError(self.env._("An adjustment needs a reason."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create lines; for a user only adjustments, while the settlement is pending.

        :raise AccessError: if a user gives anything else
        :raise UserError: if the settlement was decided upon
        """
        clean = self.with_env(self.env(context=clean_context(self.env.context)))
        if self.env.su:
            return super(SettlementLine, clean).create(vals_list)
        for vals in vals_list:
            if vals.get('source', ADJUSTMENT) != ADJUSTMENT:
                raise AccessError(self.env._("Only adjustments are added by hand."))
            self._check_adjustable(vals.keys() - {'settlement_id', 'source'})
        self.env['stokiva.settlement'].browse(
            {vals['settlement_id'] for vals in vals_list if vals.get('settlement_id')})._check_state('pending')
        return super(SettlementLine, clean).create(vals_list)

    def write(self, vals):
        """Write lines; for a user only adjustments, while the settlement is pending.

        :raise AccessError: on another line or field
        :raise UserError: if the settlement was decided upon
        """
        if not self.env.su:
            self._check_adjustable(vals)
            self.settlement_id._check_state('pending')
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if not self.env.su:
            self._check_adjustable()
            self.settlement_id._check_state('pending')

    def action_remove(self):
        """Remove adjustments, as the bin in their row does.

        :raise AccessError: on a computed line
        """
        self.unlink()

    def _check_adjustable(self, names=()):
        """Raise unless the lines are adjustments, and the fields those of an adjustment."""
        if any(line.source != ADJUSTMENT for line in self) or not ADJUSTABLE_FIELDS.issuperset(names):
            raise AccessError(self.env._("Computed lines are not changed by hand. Add an adjustment instead."))

    def _prepare_reversal_values(self):
        """Return the values of the line that takes this one back."""
        self.ensure_one()
        return {
            'sequence': self.sequence,
            'source': self.source,
            'name': self.name,
            'quantity': -self.quantity,
            'rate': self.rate,
            'why': self.env._("Reverses %(settlement)s: %(why)s", settlement=self.settlement_id.name, why=self.why),
            'rate_line_id': self.rate_line_id.id,
            'labour_line_id': self.labour_line_id.id,
            'part_line_id': self.part_line_id.id,
            'visit_id': self.visit_id.id,
        }
