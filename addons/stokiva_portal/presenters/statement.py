"""A settlement statement as the provider sees it."""
from .words import get_selection

STATES = {
    'draft': ('muted', 'fa-file-o'),
    'confirmed': ('info', 'fa-check'),
    'billed': ('info', 'fa-file-text-o'),
    'paid': ('ok', 'fa-money'),
}


class StatementPresenter:
    """Explicit values of one statement.

    :param statement: stokiva.statement record in sudo that the user may see
    :param formats: Formats of the reader
    """

    def __init__(self, statement, formats):
        self.statement = statement
        self.formats = formats

    def get_card(self):
        """Return what the list shows.

        :rtype: dict
        """
        statement = self.statement
        tone, icon = STATES.get(statement.state, STATES['draft'])
        return {
            'url': f'/my/jobs/statements/{statement.id}',
            'number': statement.name,
            'period': f"{self.formats.date(statement.date_from)} – {self.formats.date(statement.date_to)}",
            'count': statement.settlement_count,
            'amount': self.formats.money(statement.amount_total, statement.currency_id),
            'state': {'tone': tone, 'icon': icon, 'text': get_selection(statement, 'state')[statement.state]},
        }

    def get_page(self):
        """Return what the statement's page shows: each order's lines with why they amount to that.

        :rtype: dict
        """
        statement = self.statement
        sums = [
            (statement.env._("Labour"), statement.amount_labour), (statement.env._("Travel"), statement.amount_travel),
            (statement.env._("Own parts"), statement.amount_part),
            (statement.env._("Kept from customers"), statement.amount_deduction),
            (statement.env._("Adjustments"), statement.amount_adjustment)]
        return self.get_card() | {
            'sums': [(label, self.formats.money(amount, statement.currency_id)) for label, amount in sums if amount],
            'settlements': self._get_settlements(),
        }

    def _get_settlements(self):
        sources = get_selection(self.statement.settlement_ids.line_ids, 'source')
        return [
            {
                'title': " · ".join(filter(None, [
                    settlement.work_order_id.device_type_id.name, settlement.service_type_id.name])),
                'number': settlement.work_order_id.name,
                'date': self.formats.date(settlement.date),
                'amount': self.formats.money(settlement.amount_total, settlement.currency_id),
                'lines': [
                    {
                        'name': f"{sources[line.source]} · {line.name}", 'why': line.why or "",
                        'amount': self.formats.money(line.amount, settlement.currency_id)}
                    for line in settlement.line_ids],
            }
            for settlement in self.statement.settlement_ids]
