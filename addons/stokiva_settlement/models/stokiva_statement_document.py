from odoo import models

from .. import rates
from .stokiva_settlement_line import ADJUSTMENT

COLUMNS = {
    'labour': (rates.LABOUR,),
    'travel': rates.TRIPS,
    'part': (rates.PART,),
    'adjustment': (ADJUSTMENT, *rates.QUALITY),
    'deduction': (rates.DEDUCTION,),
}
WITHOUT_WHY = (rates.LABOUR, *rates.TRIPS)


class Statement(models.Model):
    """The statement as plain values, of which the paper, the workbook and the portal's page are made."""
    _inherit = 'stokiva.statement'

    def _get_document(self):
        """Return what a statement says, in the language of the environment. Amounts are numbers in its currency.

        :return: dict of ``rows`` (a settlement each), ``further`` (adjustments, advances, balances), ``sums``,
            ``taxes`` and ``below`` (pairs of label and amount before, of and after tax), ``subtotal``, ``payable``
        :rtype: dict
        """
        self.ensure_one()
        objections = {}
        for objection in self.objection_ids:
            if objection.state != 'withdrawn':
                # The last one of a row counts.
                objections[objection.settlement_id or objection.line_id] = objection
        sources = dict(self.env['stokiva.settlement.line']._fields['source']._description_selection(self.env))
        return {
            'number': self.name,
            'date_from': self.date_from,
            'date_to': self.date_to,
            'rows': [
                self._prepare_row(settlement, sources, objections.get(settlement))
                for settlement in self.settlement_ids.sorted(lambda settlement: (settlement.date, settlement.id))],
            'further': [
                {
                    'record': line, 'name': line.name, 'why': line.why, 'amount': line.amount,
                    'objection': objections.get(line)}
                for line in self.line_ids],
            'sums': self._get_sums(),
            'subtotal': self.amount_earned,
            'taxes': self._get_tax_rows(),
            'below': self._filter_sums([
                (self.env._("Kept from customers"), self.amount_deduction),
                (self.env._("Advances"), self.amount_advance),
                (self.env._("Carried over"), self.amount_carried)]),
            'payable': self.amount_payable,
        }

    def _prepare_row(self, settlement, sources, objection):
        """Return what the statement says of a settlement; to be extended."""
        amounts = {
            name: sum(line.amount for line in settlement.line_ids if line.source in kinds)
            for name, kinds in COLUMNS.items()}
        order = settlement.work_order_id
        return {
            'record': settlement,
            'number': settlement.name,
            'date': settlement.date,
            'order': order.name,
            'what': " · ".join(filter(None, [order.device_type_id.name, settlement.service_type_id.name])),
            **amounts,
            'total': settlement.amount_total,
            'lines': [
                {'source': sources[line.source], 'name': line.name, 'why': self._get_why(line), 'amount': line.amount}
                for line in settlement.line_ids],
            'reasons': [
                f"{line.name}: {self._get_why(line)}" for line in settlement.line_ids
                if line.source not in WITHOUT_WHY or line.decision_reason],
            'objection': objection,
        }

    def _get_why(self, line):
        """Return why a line amounts to that: the rule, and what was decided otherwise."""
        decisions = dict(line._fields['decision']._description_selection(self.env))
        decided = line.decision_reason and f"{decisions[line.decision]}: {line.decision_reason}"
        return " · ".join(filter(None, [line.why, decided]))

    def _filter_sums(self, sums):
        return [(label, amount) for label, amount in sums if not self.currency_id.is_zero(amount)]

    def _get_sums(self):
        """Return what was earned by kind: pairs of label and amount."""
        return self._filter_sums([
            (self.env._("Labour"), self.amount_labour),
            (self.env._("Travel"), self.amount_travel),
            (self.env._("Own parts"), self.amount_part),
            (self.env._("Bonuses and reductions"), self.amount_adjustment)])

    def _get_tax_rows(self):
        """Return the taxes as they were when the statement was fixed: pairs of label and amount."""
        rows = []
        # What is added comes before what is withheld of it.
        for tax_id, amount in sorted(self.tax_amounts or (), key=lambda pair: pair[1] < 0):
            tax_sudo = self.env['account.tax'].sudo().browse(tax_id).exists()  # sudo: a tax's label is no secret
            label = tax_sudo.invoice_label or tax_sudo.name
            rows.append((
                self.env._("Withholding %s", label) if tax_sudo.amount < 0 else self.env._("VAT %s", label), amount))
        return rows
