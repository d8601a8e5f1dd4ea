"""What must hold of all statements and bills, read from the tables and computed with decimals: not by the addon."""
from collections import defaultdict
from decimal import Decimal

from histories.world import to_cents

ZERO = Decimal(0)


class Books:
    """The tables as they are now.

    :param env: environment on the database
    :param World world: the plan
    """

    def __init__(self, env, world):
        env.flush_all()
        self.world, self.cr = world, env.cr
        self.settlements = self._read("""
            SELECT s.id, s.name, s.amount_total, s.state, s.statement_id, s.reversal_of_id, p.kind,
                   (SELECT sum(l.amount) FROM stokiva_settlement_line l WHERE l.settlement_id = s.id) AS of_lines
              FROM stokiva_settlement s JOIN stokiva_provider p ON p.id = s.provider_id""")
        self.statements = self._read("""
            SELECT id, name, state, provider_id, currency_id, bill_id, amount_total, amount_billed, amount_carried,
                   amount_payable, tax_amounts FROM stokiva_statement""")
        self.rows = self._read("SELECT id, statement_id, kind, amount, origin_id, advance_id FROM stokiva_statement_line")
        self.bills = self._read("""
            SELECT m.id, m.state, m.stokiva_statement_id AS statement_id, m.currency_id, m.payment_state
              FROM account_move m WHERE m.stokiva_statement_id IS NOT NULL AND m.state <> 'cancel'""")
        self.entries = self._read("""
            SELECT l.id, l.move_id, l.name, l.amount_currency, l.balance, l.display_type, l.tax_line_id,
                   l.amount_residual_currency
              FROM account_move_line l JOIN account_move m ON m.id = l.move_id
             WHERE m.stokiva_statement_id IS NOT NULL AND m.state <> 'cancel'""")

    def _read(self, query):
        self.cr.execute(query)
        return {row['id']: row for row in self.cr.dictfetchall()}

    def check(self):
        """Raise AssertionError where something does not agree to the smallest unit."""
        self._check_settlements()
        self._check_billed_once()
        self._check_statements()
        self._check_balances()

    def _check_settlements(self):
        for history in self.world.histories:
            found = self.settlements[history.settlement_id]
            assert to_cents(found['amount_total']) == to_cents(found['of_lines'] or 0) == history.get_total(), found
        for row in self.settlements.values():
            if row['reversal_of_id']:
                assert row['amount_total'] == -self.settlements[row['reversal_of_id']]['amount_total'], row

    def _check_billed_once(self):
        """Each settlement of a statement with a bill is on that bill, and on no other."""
        numbers = {row['name']: row['id'] for row in self.settlements.values()}
        billed, where = defaultdict(lambda: ZERO), defaultdict(set)
        for line in self.entries.values():
            if line['display_type'] == 'product' and (id_ := numbers.get((line['name'] or '').split(' · ')[0])):
                billed[id_] += to_cents(line['amount_currency'])
                where[id_].add(line['move_id'])
        for id_, row in self.settlements.items():
            statement = self.statements.get(row['statement_id'], {})
            bill = statement.get('bill_id') if statement.get('bill_id') in self.bills else None
            assert where[id_] == ({bill} if bill else set()), (row, statement)
            assert not bill or billed[id_] == to_cents(row['amount_total']), row
            assert row['state'] != 'rejected' or not statement, row

    def _check_statements(self):
        members, further = defaultdict(list), defaultdict(list)
        for row in self.settlements.values():
            members[row['statement_id']].append(row)
        for row in self.rows.values():
            further[row['statement_id']].append(row)
        of_bill = defaultdict(list)
        for line in self.entries.values():
            of_bill[line['move_id']].append(line)
        for id_, statement in self.statements.items():
            untaxed = sum(to_cents(row['amount_total']) for row in members[id_]) + sum(
                to_cents(row['amount']) for row in further[id_] if row['kind'] != 'carry_over')
            taxes = self._get_taxes(statement, members[id_], further[id_])
            billed = untaxed + sum(taxes.values())
            carried = sum((to_cents(row['amount']) for row in further[id_] if row['kind'] == 'carry_over'), ZERO)
            found = tuple(to_cents(statement[f'amount_{name}']) for name in ('total', 'billed', 'carried', 'payable'))
            assert found == (untaxed, billed, carried, billed + carried), statement
            if statement['bill_id'] in self.bills:
                self._check_bill(of_bill[statement['bill_id']], untaxed, taxes, billed)
            else:
                assert statement['state'] not in ('billed', 'paid') or self._is_in_house(statement), statement

    def _is_in_house(self, statement):
        return statement['provider_id'] == self.world.providers[4]

    def _get_taxes(self, statement, members, further):
        """Return what each rate amounts to: each base by itself, halves away from zero."""
        taxes = defaultdict(lambda: ZERO)
        if self._is_in_house(statement):
            return taxes
        of_settlement = {history.settlement_id: history for history in self.world.histories}
        bases = [((20,), to_cents(row['amount'])) for row in further if row['kind'] == 'adjustment']
        for row in members:
            history = of_settlement[row['reversal_of_id'] or row['id']]
            sign = -1 if row['reversal_of_id'] else 1
            # A reversal is of the day on which it is made: the law of that day.
            withheld = history.provider == self.world.withheld_provider if sign < 0 else self.world.is_withheld(history)
            bases += [(rates, sign * amount) for rates, amount in history.get_bases(withheld).items()]
        for rates, base in bases:
            for rate in rates:
                taxes[rate] += to_cents(base * rate / 100)
        assert {rate: amount for rate, amount in taxes.items() if amount} == {
            self.world.rates[tax_id]: to_cents(amount) for tax_id, amount in statement['tax_amounts'] or () if to_cents(amount)}
        return taxes

    def _check_bill(self, lines, untaxed, taxes, billed):
        sums = defaultdict(lambda: ZERO)
        for line in lines:
            sums[line['display_type']] += to_cents(line['amount_currency'])
            if line['tax_line_id']:
                sums[self.world.rates[line['tax_line_id']]] += to_cents(line['amount_currency'])
        assert sums['product'] == untaxed and sums['payment_term'] == -billed, lines
        assert all(sums[rate] == amount for rate, amount in taxes.items()), lines
        assert sum(to_cents(line['balance']) for line in lines) == 0, lines

    def _check_balances(self):
        """Each balance is carried over once; advances are paid back at most once; the ledger owes what statements say."""
        origins = [row['origin_id'] for row in self.rows.values() if row['origin_id']]
        assert len(origins) == len(set(origins))
        for row in self.rows.values():
            if row['origin_id']:
                assert row['amount'] == self.statements[row['origin_id']]['amount_payable'] < 0, row
        repaid = defaultdict(lambda: ZERO)
        for row in self.rows.values():
            if row['advance_id']:
                repaid[row['advance_id']] -= to_cents(row['amount'])
        assert all(0 <= amount <= to_cents(self.rows[id_]['amount']) for id_, amount in repaid.items())
        owed = defaultdict(lambda: ZERO)
        for statement in self.statements.values():
            bill = self.bills.get(statement['bill_id'])
            if bill and bill['state'] == 'posted' and statement['id'] not in origins and bill['payment_state'] == 'not_paid':
                owed[statement['id']] = to_cents(statement['amount_payable'])
        residual = defaultdict(lambda: ZERO)
        for line in self.entries.values():
            if line['display_type'] == 'payment_term':
                residual[self.bills[line['move_id']]['statement_id']] -= to_cents(line['amount_residual_currency'])
        assert all(residual[id_] == amount for id_, amount in owed.items() if amount >= 0), owed

    def summary(self):
        """Return a few numbers for the reader."""
        return (
            f"{len(self.settlements)} settlements, {sum(bool(row['reversal_of_id']) for row in self.settlements.values())} reversals, "
            f"{len(self.statements)} statements, {len(self.bills)} bills, "
            f"{sum(row['kind'] == 'carry_over' for row in self.rows.values())} balances carried over, "
            f"{sum(row['kind'] == 'repayment' for row in self.rows.values())} repayments")
