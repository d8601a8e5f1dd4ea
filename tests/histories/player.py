"""Takes settlements through random decisions, statements, answers, bills and payments, many at a time."""
from datetime import date, timedelta

from histories.world import PERIODS, to_cents


class Player:
    """Plays all histories of a world, period by period.

    :param World world: with its settlements
    :param env: environment of a manager
    """

    def __init__(self, world, env):
        self.world, self.env, self.dice = world, env, world.dice
        self.by_id = {history.settlement_id: history for history in world.histories}

    def browse(self, histories):
        return self.env['stokiva.settlement'].browse([history.settlement_id for history in histories])

    def choose(self, records, share):
        """Return some of the records, at least one."""
        ids = records.ids
        return records.browse(self.dice.sample(ids, max(1, int(len(ids) * share)))) if ids else records

    def decide(self):
        """Reduce and reject lines, add adjustments, reject some settlements, approve the others."""
        settlements = self.browse(self.world.histories)
        lines = settlements.line_ids.grouped('settlement_id')
        refused = self.env['stokiva.settlement.line']
        for history in self.dice.sample(self.world.histories, len(self.world.histories) // 20):
            place = self.dice.randrange(len(history.lines))
            line = lines[self.browse([history])].sorted('id')[place]
            amount = history.amounts[place][1]
            if abs(amount) > 1 and self.dice.random() < 0.6:
                less = to_cents(amount * self.dice.randint(1, 99) / 100)
                line._decide('reduced', "Too much", amount=float(less))
                history.amounts[place][1] = less
            else:
                refused |= line
                history.amounts[place][1] = to_cents(0)
        refused._decide('rejected', "Not done")
        adjusted = self.dice.sample(self.world.histories, len(self.world.histories) // 20)
        amounts = [self.dice.randrange(-5000, 9000) / 100 or 1 for _history in adjusted]
        self.env['stokiva.settlement.line'].create([
            {'settlement_id': history.settlement_id, 'rate': amount, 'why': "Agreed"}
            for history, amount in zip(adjusted, amounts, strict=True)])
        for history, amount in zip(adjusted, amounts, strict=True):
            history.amounts.append(['adjustment', to_cents(amount)])
        wrong = self.choose(settlements, 0.02)
        wrong._reject("Not ours")
        (settlements - wrong).action_approve()

    def run_period(self, cutoff):
        """Make, send, answer and bill the statements of a period.

        :param date cutoff: its last day
        """
        settlements = self.env['stokiva.settlement']
        settlements.search([('state', '=', 'pending'), ('rejected_at', '=', False)]).action_approve()
        waiting = settlements.search([*settlements._get_billable_domain(), ('date', '<=', cutoff)])
        if not waiting:
            return
        statements = waiting._create_statements(cutoff - timedelta(days=30), cutoff)
        for statement in statements:
            self._add_rows(statement)
        outside = statements.filtered(lambda statement: statement.provider_kind != 'in_house')
        (statements - outside).action_confirm()
        (statements - outside).action_close()
        outside.action_send()
        for statement in outside:
            self._answer(statement)
        self._bill(outside)

    def _add_rows(self, statement):
        statement.line_ids = [
            (0, 0, {'kind': kind, 'amount': amount, 'why': "Agreed"}) for kind, share, amount in (
                ('adjustment', 0.5, self.dice.randrange(-90_000, 60_000) / 100 or 1), ('advance', 0.3, self.dice.randrange(1, 500_000) / 100),
                # So much that the provider owes something in the end.
                ('adjustment', 0.15, -float(abs(statement.amount_total)) * 2 - 1)) if self.dice.random() < share]

    def _answer(self, statement):
        """Confirm, or object to some rows first, which the office takes out, adjusts or leaves."""
        if self.dice.random() < 0.5:
            rows = self.choose(statement.settlement_ids, 0.02)
            statement.sudo()._answer(statement.revision, [(row, "No") for row in rows])
            for objection in statement.objection_ids:
                decision = self.dice.choice(('remove', 'adjust', 'reject'))
                if decision == 'remove' and len(statement.settlement_ids) < 2:
                    decision = 'reject'
                objection._answer(decision, "So be it", self.dice.randrange(1, 5000) / 100)
            statement.action_send()
        statement.sudo()._answer(statement.revision, [])

    def _bill(self, statements):
        statements.action_create_bill()
        again = self.choose(statements, 0.3)
        for statement in again:
            if self.dice.random() < 0.5:
                statement.bill_id.button_cancel()
            else:
                statement.bill_id.unlink()
        again.action_create_bill()
        statements.bill_id.action_post()
        due = self.choose(statements, 0.4).filtered(lambda statement: statement.bill_id.payment_state == 'not_paid')
        for bill in due.filtered(lambda statement: statement.amount_payable > 0).bill_id:
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=bill.ids).create({})._create_payments()

    def reverse(self):
        """Take back some of what was billed."""
        billed = self.env['stokiva.settlement'].search([
            ('statement_id.state', 'in', ('billed', 'paid')), ('reversal_of_id', '=', False), ('reversal_ids', '=', False),
            ('amount_total', '!=', 0)])
        self.choose(billed, 0.03)._reverse("Never done")

    def play(self, after=lambda: None):
        """Play everything.

        :param after: called after each period
        """
        self.decide()
        for cutoff in (*PERIODS, date.today() + timedelta(days=2)):
            self.run_period(cutoff)
            self.reverse()
            after()
