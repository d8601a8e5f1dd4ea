from odoo import api, fields, models

from odoo.addons.stokiva_service import figures

from .. import rates


class RateCardLine(models.Model):
    _name = 'stokiva.rate.card.line'
    _inherit = ['stokiva.audited']
    _description = "Rate"
    _order = 'card_id, sequence, id'
    _check_company_auto = True

    card_id = fields.Many2one('stokiva.rate.card', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='card_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='card_id.currency_id')
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            (rates.LABOUR, "Labour"),
            (rates.TRAVEL, "Travel"),
            (rates.DISTANCE, "Kilometres"),
            (rates.WASTED_TRIP, "Wasted trip"),
            (rates.PART, "Own part"),
            (rates.BONUS, "Bonus"),
            (rates.PENALTY, "Penalty"),
        ],
        required=True, default=rates.LABOUR)
    unit = fields.Selection(
        [
            (rates.EACH, "Each"),
            (rates.HOUR, "An hour"),
            (rates.PERCENT, "Percent"),
        ],
        required=True, default=rates.EACH, compute='_compute_what', store=True, readonly=False, precompute=True,
        help="Each piece of labour, trip, kilometre or part; an hour of planned labour; percent on top of a part's cost, "
             "or of what the order earns by labour.")
    trigger = fields.Selection(
        [
            (rates.ON_TIME, "Done in time"),
            (rates.LATE, "Done late"),
            (rates.STARS, "Stars"),
            (rates.FIRST_TIME_FIX, "Done in one visit"),
            (rates.REPEAT_VISIT, "Same fault again"),
            (rates.MISSING_EVIDENCE, "Evidence missing"),
        ],
        "For", compute='_compute_what', store=True, readonly=False, precompute=True)
    threshold = fields.Float(
        "Stars", digits=(2, 1), aggregator=None, compute='_compute_limits', store=True, readonly=False, precompute=True,
        help="A bonus is paid from, a penalty taken up to so many.")
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
    state_id = fields.Many2one(
        'res.country.state', "Province", index='btree_not_null', ondelete='restrict', help="Where the work is done.")
    city_id = fields.Many2one(
        'res.city', "District", index='btree_not_null', ondelete='restrict', help="Where the work is done.")
    from_km = fields.Float(
        "From km", digits=(8, 1), aggregator=None, compute='_compute_what', store=True, readonly=False, precompute=True,
        help="For trips of this distance or more, one way.")
    to_km = fields.Float(
        "Below km", digits=(8, 1), aggregator=None, compute='_compute_what', store=True, readonly=False, precompute=True,
        help="For trips of less than this distance, one way. 0: however far.")
    free_km = fields.Float(
        "Free km", digits=(8, 1), aggregator=None, compute='_compute_what', store=True, readonly=False, precompute=True,
        help="So many kilometres of the distance are not paid.")
    amount = fields.Monetary("Rate", required=True, aggregator=None, help="Per unit, without tax; or percent.")
    cap = fields.Monetary(
        "At Most", aggregator=None, compute='_compute_limits', store=True, readonly=False, precompute=True,
        help="Of a part's mark-up in percent: at most so much per piece. 0: any.")
    note = fields.Char()

    _amount_range = models.Constraint(
        'CHECK(amount >= 0 AND amount < 1000000000)', "A rate cannot be negative, and has to be less than 1,000,000,000.")
    _workmanship_is_labour = models.Constraint(
        "CHECK(workmanship_id IS NULL OR kind = 'labour')", "Only labour is paid by workmanship.")
    _product_is_part = models.Constraint(
        "CHECK(product_id IS NULL OR kind = 'part')", "Only own parts are paid by product.")
    _part_has_product = models.Constraint(
        "CHECK(kind <> 'part' OR product_id IS NOT NULL OR unit = 'percent')",
        "A price for own parts needs the part; without one only a mark-up in percent is possible. "
        "Own parts without a rate are paid at their cost.")
    _quality_has_trigger = models.Constraint(
        "CHECK((trigger IS NOT NULL) = (kind IN ('bonus', 'penalty')))", "Say what the bonus or penalty is for.")
    _unit_of_kind = models.Constraint(
        "CHECK(unit = 'each' OR (unit = 'hour' AND kind = 'labour')"
        " OR (unit = 'percent' AND kind IN ('part', 'bonus', 'penalty')))",
        "Only labour is paid by the hour, and only parts, bonuses and penalties in percent.")
    _zone_of_trip = models.Constraint(
        "CHECK((from_km = 0 AND to_km = 0) OR kind IN ('travel', 'distance', 'wasted_trip'))",
        "Only trips are paid by zones.")
    _distances_order = models.Constraint(
        'CHECK(from_km >= 0 AND free_km >= 0 AND cap >= 0 AND (to_km = 0 OR to_km > from_km))',
        "Distances cannot be negative, and a zone has to end farther than it begins.")
    _stars_range = models.Constraint('CHECK(threshold BETWEEN 0 AND 5)', "There are up to five stars.")

    @api.depends('kind')
    def _compute_what(self):
        """Keep what means something for this kind of rate."""
        for line in self:
            is_trip, is_quality = line.kind in rates.TRIPS, line.kind in rates.QUALITY
            line.workmanship_id = line.kind == rates.LABOUR and line.workmanship_id
            line.product_id = line.kind == rates.PART and line.product_id
            line.unit = line.unit if line.unit in rates.UNITS.get(line.kind, ()) else rates.EACH
            line.trigger = is_quality and line.trigger
            line.from_km, line.to_km = (line.from_km, line.to_km) if is_trip else (0, 0)
            line.free_km = line.free_km if line.kind == rates.DISTANCE else 0

    @api.depends('kind', 'trigger', 'unit')
    def _compute_limits(self):
        for line in self:
            line.threshold = line.threshold if line.trigger == rates.STARS else 0
            line.cap = line.cap if (line.kind, line.unit) == (rates.PART, rates.PERCENT) else 0

    @api.depends(
        'kind', 'trigger', 'threshold', 'workmanship_id', 'product_id', 'device_type_id', 'service_type_id', 'city_id',
        'state_id', 'from_km', 'to_km')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for line in self:
            line.display_name = self.env._(
                "%(kind)s: %(what)s", kind=kinds.get(line.kind, ""),
                what=", ".join(line._get_narrower()) or self.env._("general"))

    def _get_narrower(self):
        """Return in words what the rate is limited to, the most decisive first."""
        self.ensure_one()
        words = [
            record.display_name for record in (
                self.workmanship_id, self.product_id, self.device_type_id, self.service_type_id,
                self.city_id or self.state_id)
            if record]
        if self.trigger:
            triggers = dict(self._fields['trigger']._description_selection(self.env))
            words.insert(0, triggers[self.trigger] + (f" {figures.spell(self.env, self.threshold)}" if self.trigger == rates.STARS else ""))
        if self.to_km:
            words.append(self.env._("%(from)s to %(to)s km", **{
                'from': figures.spell(self.env, self.from_km), 'to': figures.spell(self.env, self.to_km)}))
        elif self.from_km:
            words.append(self.env._("from %s km", figures.spell(self.env, self.from_km)))
        return words

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

    def _to_rule(self, scope, place):
        """Return the line as ``rates.py`` knows it.

        :param int scope: see ``rates.Rule``
        :param int place: of the card among the others
        :return: rates.Rule
        """
        self.ensure_one()
        return rates.Rule(
            id=self.id,
            kind=self.kind,
            amount=self.amount,
            unit=self.unit,
            scope=scope,
            service_type_id=self.service_type_id.id or None,
            device_type_id=self.device_type_id.id or None,
            workmanship_id=self.workmanship_id.id or None,
            product_id=self.product_id.id or None,
            city_id=self.city_id.id or None,
            state_id=self.state_id.id or None,
            free_km=self.free_km,
            cap=self.cap or None,
            from_km=self.from_km or None,
            to_km=self.to_km or None,
            trigger=self.trigger or None,
            threshold=self.threshold,
            sequence=(place, self.sequence),
        )
