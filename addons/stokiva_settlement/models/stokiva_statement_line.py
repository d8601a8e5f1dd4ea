from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

ADJUSTMENT, ADVANCE, REPAYMENT, CARRY_OVER = 'adjustment', 'advance', 'repayment', 'carry_over'
# What users add by hand; the rest is gathered.
BY_HAND = (ADJUSTMENT, ADVANCE)
WRITABLE = frozenset({'name', 'amount', 'why', 'sequence'})


class StatementLine(models.Model):
    """A row of a statement that is no settlement: an adjustment, an advance and its repayment, or the amount that the
    provider owes from an earlier statement. The last one only lowers what is paid: it was billed already.
    """
    _name = 'stokiva.statement.line'
    _inherit = ['stokiva.audited']
    _description = "Further Row of a Statement"
    _order = 'statement_id, sequence, id'
    _check_company_auto = True

    statement_id = fields.Many2one('stokiva.statement', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='statement_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='statement_id.currency_id')
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            (ADJUSTMENT, "Adjustment"),
            (ADVANCE, "Advance"),
            (REPAYMENT, "Advance paid back"),
            (CARRY_OVER, "Carried over"),
        ],
        required=True, default=ADJUSTMENT,
        help="Adjustment: taxed as work. Advance: paid without tax, and taken back by the next statements.")
    name = fields.Char("Description", required=True, compute='_compute_name', store=True, readonly=False, precompute=True)
    amount = fields.Monetary(required=True)
    why = fields.Char("Reason", required=True, help="The provider reads it.")
    advance_id = fields.Many2one(
        'stokiva.statement.line', readonly=True, index='btree_not_null', ondelete='restrict')
    repayment_ids = fields.One2many('stokiva.statement.line', 'advance_id', "Paid back")
    origin_id = fields.Many2one(
        'stokiva.statement', "From the statement", readonly=True, index='btree_not_null', ondelete='restrict',
        check_company=True)

    _origin_uniq = models.UniqueIndex(
        "(origin_id) WHERE origin_id IS NOT NULL", "This statement's balance is carried over already.")
    _advance_idx = models.Index("(statement_id) WHERE kind = 'advance'")
    _amount_not_zero = models.Constraint('CHECK(amount <> 0)', "A row of a statement cannot amount to nothing.")

    @api.depends('kind')
    def _compute_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for line in self:
            if not line.name or line.name in labels.values():
                line.name = labels.get(line.kind)

    @api.constrains('amount', 'kind', 'advance_id')
    def _check_amount(self):
        for line in self:
            if line.kind == ADVANCE and line.amount < 0 or line.kind == REPAYMENT and line.amount > 0:
                raise ValidationError(self.env._(
                    "An advance is paid to the provider, and what is paid back is taken from it."))
        for advance in self.advance_id | self.filtered(lambda line: line.kind == ADVANCE):
            if advance._get_open() < 0:
                raise ValidationError(self.env._("More would be paid back than was advanced: %s", advance.why))

    @api.constrains('why')
    def _check_why(self):
        if any(not (line.why or '').strip() for line in self):
            raise ValidationError(self.env._("A row of a statement needs a reason."))

    def _get_open(self):
        """Return how much of an advance no statement has taken back yet, drafts included."""
        self.ensure_one()
        return self.currency_id.round(self.amount + sum(self.repayment_ids.mapped('amount')))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create rows; for a user only adjustments and advances, while the statement is open.

        :raise AccessError: if a user gives anything else
        :raise UserError: if the provider has the statement, or confirmed it
        """
        if not self.env.su:
            for vals in vals_list:
                if vals.get('kind', ADJUSTMENT) not in BY_HAND or not WRITABLE.issuperset(vals.keys() - {'kind', 'statement_id'}):
                    raise AccessError(self.env._("Only adjustments and advances are added by hand."))
            self.env['stokiva.statement'].browse(
                {vals['statement_id'] for vals in vals_list if vals.get('statement_id')})._check_open()
        return super().create(vals_list)

    def write(self, vals):
        """Write rows while the statement is open.

        :raise AccessError: on what is not written by hand
        :raise UserError: if the provider has the statement, or confirmed it
        """
        if not self.env.su:
            if not WRITABLE.issuperset(vals) or 'amount' in vals and CARRY_OVER in self.mapped('kind'):
                raise AccessError(self.env._("Of a row only description, amount and reason are changed by hand."))
            self.statement_id._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if not self.env.su:
            self.statement_id._check_open()
