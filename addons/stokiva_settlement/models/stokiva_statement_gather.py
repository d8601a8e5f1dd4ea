from odoo import api, fields, models
from odoo.fields import Domain

from .. import cutoffs
from .stokiva_statement import OPEN_STATES
from .stokiva_statement_line import ADVANCE, CARRY_OVER, REPAYMENT

# Fixed, and the money has not flown yet.
OWED_STATES = ('confirmed', 'billed')


class Statement(models.Model):
    """What goes into a statement, and the run that makes them after each cut-off."""
    _inherit = 'stokiva.statement'

    # Across companies and currencies by one index: how far a provider's statements have come.
    _period_idx = models.Index("(provider_id, date_to)")

    def _get_key(self):
        """Return what statements, settlements and balances have in common to belong together."""
        self.ensure_one()
        return self.company_id, self.provider_id, self.currency_id

    def _check_open(self):
        """Raise unless the content of all statements may change now.

        :raise UserError: naming those that the provider has, or confirmed
        """
        self._check_state(*OPEN_STATES)

    def action_gather(self):
        """Add the approved settlements until the cut-off that are in no statement yet, what the provider owes from
        earlier statements, and what of its advances is to be paid back.

        :raise UserError: if one is not open
        """
        self.check_access('write')
        self._lock()
        self._check_open()
        waiting = self.env['stokiva.settlement'].search(
            Domain.OR(statement._get_gather_domain() for statement in self))
        for statement in self:
            mine = waiting.filtered_domain(statement._get_gather_domain())
            mine._write_protected({'statement_id': statement.id})
        self._gather_lines()

    def _get_gather_domain(self):
        """Return which settlements wait for this statement: late ones of earlier periods, too.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        return (
            Domain('provider_id', '=', self.provider_id.id) & Domain('company_id', '=', self.company_id.id)
            & Domain('currency_id', '=', self.currency_id.id) & self.env['stokiva.settlement']._get_billable_domain()
            & Domain('date', '<=', self.date_to))

    def _gather_lines(self):
        """Add the balances and the advances that the statements' providers owe."""
        statements = self.sudo()  # sudo: after the check of rights; users add adjustments and advances only
        owed = statements.search([
            ('provider_id', 'in', statements.provider_id.ids), ('state', 'in', OWED_STATES), ('amount_payable', '<', 0),
            ('id', 'not in', statements.ids), ('carried_line_ids', '=', False)]).grouped(Statement._get_key)
        advances = statements.line_ids.search([
            ('statement_id.provider_id', 'in', statements.provider_id.ids), ('kind', '=', ADVANCE),
            ('statement_id.state', 'in', (*OWED_STATES, 'paid'))]).grouped(lambda line: line.statement_id._get_key())
        for statement in statements:
            key = statement._get_key()
            rows = statement._prepare_balances(owed.pop(key, ())) + statement._prepare_repayments(advances.get(key, ()))
            statement.line_ids.create([{'statement_id': statement.id, **values} for values in rows])

    def _prepare_balances(self, owed):
        """Return the values of the opening rows: what the provider owes from earlier statements.

        :param owed: stokiva.statement records
        :rtype: list
        """
        speaker = self._for_provider()
        return [
            {
                'sequence': 0, 'kind': CARRY_OVER, 'origin_id': earlier.id, 'amount': earlier.amount_payable,
                'name': speaker.env._("Carried over from %s", earlier.name),
                'why': speaker.env._("What you owed by that statement"),
            }
            for earlier in owed]

    def _prepare_repayments(self, advances):
        """Return the values of rows that take advances back, as far as the statement reaches, the oldest first.

        :param advances: stokiva.statement.line records
        :rtype: list
        """
        speaker = self._for_provider()
        left, rows = max(self.amount_total + self.amount_carried, 0.0), []
        for advance in advances:
            share = min(advance._get_open(), left)
            if advance.statement_id != self and share > 0:
                left -= share
                rows.append({
                    'sequence': 20, 'kind': REPAYMENT, 'advance_id': advance.id, 'amount': -share,
                    'name': speaker.env._("Advance paid back"),
                    'why': f"{advance.statement_id.name}: {advance.why}"})
        return rows

    def _for_provider(self):
        """Return the statement in the language in which the provider reads."""
        return self.with_context(lang=self.provider_id.partner_id.lang or self.company_id.partner_id.lang)

    # === CUT-OFF === #

    @api.model
    def _get_cutoff(self, company, provider):
        """Return the last day of a provider's last period that is over, and the first one of that period.

        :param company: res.company record
        :param provider: stokiva.provider record
        :return: tuple of two dates, or None where nobody set cut-off days
        """
        days = cutoffs.parse_days(provider.cutoff_days or company.stokiva_cutoff_days)
        if not days:
            return None
        today = fields.Date.context_today(self.with_context(tz=provider.tz))
        cutoff = cutoffs.get_last_cutoff(days, today)
        return cutoff, cutoffs.get_period_start(days, cutoff)

    @api.model
    def _get_due_groups(self):
        """Return for whom a period is over that has no statement yet, though approved settlements wait.

        What is approved after the statement was made waits for the next one.

        :return: list of (company, provider, currency, cut-off, first day), in the order of ids
        """
        waiting = self.env['stokiva.settlement']._read_group(
            self.env['stokiva.settlement']._get_billable_domain(),
            ['company_id', 'provider_id', 'currency_id'], ['date:min'])
        latest = {
            tuple(key): date for *key, date in self._read_group(
                [('provider_id', 'in', [row[1].id for row in waiting])],
                ['company_id', 'provider_id', 'currency_id'], ['date_to:max'])}
        due = []
        for company, provider, currency, first in waiting:
            period = self._get_cutoff(company, provider)
            if period and first <= period[0] and not (
                    (known := latest.get((company, provider, currency))) and known >= period[0]):
                due.append((company, provider, currency, *period))
        return sorted(due, key=lambda row: tuple(record.id for record in row[:3]))

    @api.model
    def _cron_make_statements(self):
        """Draft the statements of the periods that are over, a provider at a time: what is done stays done."""
        due = self._get_due_groups()
        self.env['ir.cron']._commit_progress(remaining=len(due))
        for company, provider, currency, cutoff, first in due:
            statement = self.with_company(company).create({
                'company_id': company.id, 'provider_id': provider.id, 'currency_id': currency.id,
                'date_from': first, 'date_to': cutoff})
            statement.action_gather()
            if not self.env['ir.cron']._commit_progress(1):
                break
