"""A settlement statement as the provider sees it."""
from .words import get_selection

STATES = {
    'draft': ('muted', 'fa-file-o'),
    'sent': ('warn', 'fa-pencil-square-o'),
    'objected': ('warn', 'fa-comments-o'),
    'confirmed': ('ok', 'fa-check'),
    'billed': ('info', 'fa-file-text-o'),
    'paid': ('ok', 'fa-money'),
}
OBJECTION_TONES = {'open': 'warn', 'accepted': 'ok', 'rejected': 'bad'}
# Prefixes of the form's fields, by the model of the row.
FIELDS = {'stokiva.settlement': 'settlement_', 'stokiva.statement.line': 'line_'}


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
        return {
            'url': f'/my/jobs/statements/{statement.id}',
            'number': statement.name,
            'period': f"{self.formats.date(statement.date_from)} – {self.formats.date(statement.date_to)}",
            'count': statement.settlement_count,
            'amount': self._money(statement.amount_payable),
            'state': self._get_state(),
        }

    def _get_state(self):
        """Return the badge: what the provider has to do comes before what the office calls it."""
        statement = self.statement
        tone, icon = STATES[statement.state]
        text = {
            'sent': statement.env._("Waits for your answer"), 'objected': statement.env._("Your objection is with us"),
        }.get(statement.state) or get_selection(statement, 'state')[statement.state]
        return {'tone': tone, 'icon': icon, 'text': text}

    def get_page(self):
        """Return what the statement's page shows: each order's lines with why they amount to that.

        :rtype: dict
        """
        statement, document = self.statement, self.statement._get_document()
        return self.get_card() | {
            'rows': [self._get_row(row) for row in document['rows']],
            'further': [self._get_further(row) for row in document['further']],
            'sums': [self._get_sum(*pair) for pair in document['sums']],
            'subtotal': self._money(document['subtotal']),
            'below': [self._get_sum(*pair) for pair in document['taxes'] + document['below']],
            'payable': self._money(document['payable']),
            'is_owed': document['payable'] < 0,
            'can_answer': statement.state == 'sent',
            'revision': statement.revision,
            'deadline': self.formats.date(statement.answer_by),
            'is_late': statement.is_overdue,
            'confirmed': statement.confirmed_at and statement.env._(
                "Confirmed: %(who)s, %(moment)s", who=statement.confirmed_by_id.name,
                moment=self.formats.moment(statement.confirmed_at)),
        }

    def _get_row(self, row):
        figures = [
            (statement_label, row[name]) for name, statement_label in (
                ('labour', self.statement.env._("Labour")), ('travel', self.statement.env._("Travel")),
                ('part', self.statement.env._("Parts")), ('adjustment', self.statement.env._("Bonus / reduction")))]
        return {
            'title': row['what'],
            'number': row['order'],
            'date': self.formats.date(row['date']),
            'figures': [self._get_figure(*pair) for pair in figures],
            'amount': self._figure(row['total'] - row['deduction']),
            'kept': self._money(row['deduction']) if row['deduction'] else None,
            'reasons': row['reasons'],
            'lines': [
                {'name': f"{line['source']} · {line['name']}", 'why': line['why'] or "", 'amount': self._money(line['amount'])}
                for line in row['lines']],
            **self._get_objection(row),
        }

    def _get_further(self, row):
        return {
            'title': row['name'], 'why': row['why'], 'amount': self._figure(row['amount']), **self._get_objection(row)}

    def _get_objection(self, row):
        """Return the name of the row's field in the form, and what was said about the row so far."""
        record, objection = row['record'], row['objection']
        return {
            'field': f"{FIELDS[record._name]}{record.id}",
            'objection': objection and {
                'reason': objection.reason,
                'answer': objection.answer or None,
                'state': {
                    'tone': OBJECTION_TONES[objection.state], 'icon': 'fa-comment-o',
                    'text': get_selection(objection, 'state')[objection.state]},
            },
        }

    def _get_sum(self, label, amount):
        return {'label': label, 'amount': self._money(amount), 'is_negative': amount < 0}

    def _get_figure(self, label, amount):
        """Return a cell: nothing is a dash."""
        is_zero = self.statement.currency_id.is_zero(amount)
        return {'label': label, 'text': "–" if is_zero else self._figure(amount), 'is_zero': is_zero, 'is_negative': amount < 0}

    def _figure(self, amount):
        return self.formats.amount(amount, self.statement.currency_id)

    def _money(self, amount):
        return self.formats.money(amount, self.statement.currency_id)
