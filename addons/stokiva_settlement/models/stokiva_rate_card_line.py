from odoo import api, fields, models

from .. import rates


class RateCardLine(models.Model):
    _name = 'stokiva.rate.card.line'
    _inherit = ['stokiva.audited']
    _description = "Rate"
    _order = 'card_id, sequence, id'
    _check_company_auto = True

    card_id = fields.Many2one('stokiva.rate.card', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='card_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            (rates.LABOUR, "Labour"),
            (rates.TRAVEL, "Travel"),
            (rates.WASTED_TRIP, "Wasted trip"),
            (rates.PART, "Own part"),
        ],
        required=True, default=rates.LABOUR)
    service_type_id = fields.Many2one(
        'stokiva.service.type', index='btree_not_null', ondelete='restrict', check_company=True)
    device_type_id = fields.Many2one(
        'stokiva.device.type', index='btree_not_null', ondelete='restrict', check_company=True,
        help="Holds for the types below it, too.")
    workmanship_id = fields.Many2one(
        'stokiva.workmanship', index='btree_not_null', ondelete='restrict', check_company=True,
        compute='_compute_what', store=True, readonly=False, precompute=True)
    product_id = fields.Many2one(
        'product.product', "Part", index='btree_not_null', ondelete='restrict', check_company=True,
        domain=[('type', '=', 'consu')], compute='_compute_what', store=True, readonly=False, precompute=True)
    amount = fields.Monetary("Rate", required=True, aggregator=None, help="Per unit, without tax.")
    note = fields.Char()

    _amount_positive = models.Constraint('CHECK(amount >= 0)', "A rate cannot be negative.")
    _workmanship_is_labour = models.Constraint(
        "CHECK(workmanship_id IS NULL OR kind = 'labour')", "Only labour is paid by workmanship.")
    _part_has_product = models.Constraint(
        "CHECK((product_id IS NOT NULL) = (kind = 'part'))",
        "A rate for own parts needs the part; other rates have none. "
        "Own parts without a rate are paid at their cost.")

    @api.depends('kind')
    def _compute_what(self):
        for line in self:
            line.workmanship_id = line.kind == rates.LABOUR and line.workmanship_id
            line.product_id = line.kind == rates.PART and line.product_id

    @api.depends('kind', 'workmanship_id', 'product_id', 'device_type_id', 'service_type_id')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for line in self:
            narrower = [
                record.display_name
                for record in (line.workmanship_id, line.product_id, line.device_type_id, line.service_type_id)
                if record]
            line.display_name = self.env._(
                "%(kind)s: %(what)s", kind=kinds.get(line.kind, ""),
                what=", ".join(narrower) or self.env._("general"))

    @api.model_create_multi
    def create(self, vals_list):
        """Create rates of cards that no settlement was priced by yet.

        :raise UserError: if one of the cards is used
        """
        lines = super().create(vals_list)
        lines.card_id._check_unused()
        return lines

    def write(self, vals):
        """Write rates of cards that no settlement was priced by yet.

        :raise UserError: if one of the cards is used
        """
        self.card_id._check_unused()
        res = super().write(vals)
        if 'card_id' in vals:
            self.card_id._check_unused()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.card_id._check_unused()

    def _to_rule(self, is_own, place):
        """Return the line as ``rates.py`` knows it.

        :param bool is_own: whether the card names the provider
        :param int place: of the card among the others
        :return: rates.Rule
        """
        self.ensure_one()
        return rates.Rule(
            id=self.id,
            kind=self.kind,
            amount=self.amount,
            is_own=is_own,
            service_type_id=self.service_type_id.id or None,
            device_type_id=self.device_type_id.id or None,
            workmanship_id=self.workmanship_id.id or None,
            product_id=self.product_id.id or None,
            sequence=(place, self.sequence),
        )
