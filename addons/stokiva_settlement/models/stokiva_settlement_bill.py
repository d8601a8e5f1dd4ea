from odoo import api, fields, models

from .. import rates


class Settlement(models.Model):
    """What a settlement is in its statement: what the provider says to it, and its rows of the vendor bill."""
    _inherit = 'stokiva.settlement'

    objection_state = fields.Selection(
        [('open', "Objected"), ('accepted', "Accepted"), ('rejected', "Rejected")], "Objection",
        compute='_compute_objection_state')

    @api.depends('statement_id.objection_ids.state')
    def _compute_objection_state(self):
        last = {
            objection.settlement_id: objection.state
            for objection in self.statement_id.objection_ids.sorted('id') if objection.state != 'withdrawn'}
        for settlement in self:
            settlement.objection_state = last.get(settlement, False)

    def _get_bill_rows(self, find_taxes):
        """Return one row for each set of taxes on what was earned, and one for each deduction; to be extended.

        :param find_taxes: see ``stokiva.statement._get_tax_finder``
        :return: list of dicts, see ``stokiva.statement._get_bill_rows``
        """
        self.ensure_one()
        kept = self.line_ids.filtered(lambda line: line.source == rates.DEDUCTION)
        earned = (self.line_ids - kept).grouped(
            lambda line: find_taxes(self.date, self.service_type_id, line.source))
        labels = dict(self.line_ids._fields['source']._description_selection(self.env))
        product = self.env['stokiva.statement']._get_bill_product()
        rows = []
        for taxes, lines in earned.items():
            what = [self.name, self.work_order_id.name, self.work_order_id.product_id.display_name, self.service_type_id.name]
            if len(earned) > 1:
                what.append(", ".join(dict.fromkeys(labels[line.source] for line in lines)))
            rows.append({
                'name': " · ".join(filter(None, what)), 'amount': self.currency_id.round(sum(lines.mapped('amount'))),
                'taxes': taxes, 'product': product})
        for line in kept:
            rows.append({
                'name': self.env._(
                    "%(settlement)s · %(order)s · kept from the customer: %(what)s", settlement=self.name,
                    order=self.work_order_id.name, what=line.name),
                'amount': line.amount, 'taxes': self.env['account.tax'], 'event': line.event_id})
        return rows
