from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .. import basis, rates
from .stokiva_settlement_line_decision import NOT_CLAIMED, REJECTED


class Settlement(models.Model):
    """What people do with a settlement. Each action checks who may and when, then writes."""
    _inherit = 'stokiva.settlement'

    def action_approve(self):
        """Approve the settlements in the user's name.

        :raise UserError: if one is not pending, on hold, or above the limit and the user no manager
        """
        self._check_state('pending')
        self._check_approvable()
        if above := self - self._get_approvable():
            raise UserError(self.env._(
                "Above the approval limit, for a manager to decide: %s", ", ".join(above.mapped('name'))))
        self._write_protected({'approved_at': fields.Datetime.now(), 'approved_by_id': self.env.uid})

    def _check_approvable(self):
        """Raise if nobody may approve one of these pending settlements now; to be extended."""

    def _get_approvable(self):
        """Return those settlements that the user may approve now; to be extended."""
        pending = self.filtered(lambda settlement: settlement.state == 'pending')
        if self.env.user.has_group('stokiva_service.group_stokiva_manager'):
            return pending
        return pending.filtered(lambda settlement: not settlement.is_above_limit)

    def action_approve_selected(self):
        """Say what approving the selected settlements means, and ask.

        :return: an action that opens the question
        :rtype: dict
        """
        return self._open_wizard('stokiva.settlement.approve', self.env._("Approve settlements"))

    def action_reject(self):
        """Ask for the reason and reject.

        :return: an action that opens the question
        :rtype: dict
        """
        self._check_state('pending')
        return self._open_wizard('stokiva.settlement.reason', self.env._("Reject settlement"), default_kind='reject')

    def action_reverse(self):
        """Ask for the reason and reverse.

        :return: an action that opens the question
        :rtype: dict
        """
        return self._open_wizard('stokiva.settlement.reason', self.env._("Reverse settlement"), default_kind='reverse')

    def _open_wizard(self, model, name, **context):
        """Return the action that opens a wizard on the settlements."""
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_settlement_ids': [Command.set(self.ids)], **context},
        }

    def _reject(self, reason):
        """Reject pending settlements.

        :param str reason: said to whoever asks why
        :raise UserError: if one is not pending
        """
        self._check_state('pending')
        self._write_protected({'rejected_at': fields.Datetime.now(), 'reject_reason': reason})

    def action_reset(self):
        """Take an approval or a rejection back.

        :raise UserError: if one is in a statement, or its order has another settlement by now
        """
        for settlement in self:
            if settlement.statement_id:
                raise UserError(self.env._(
                    "%(settlement)s is in the statement %(statement)s. Take it out first.",
                    settlement=settlement.name, statement=settlement.statement_id.name))
        if rivals := self.filtered(
                lambda settlement: settlement.rejected_at and not settlement.adjusts_id)._find_live() - self:
            raise UserError(self.env._(
                "The work order has another settlement by now: %s", ", ".join(rivals.mapped('name'))))
        self._write_protected({
            'approved_at': False, 'approved_by_id': False, 'rejected_at': False, 'reject_reason': False})

    def action_recompute(self):
        """Compute the lines anew from the order and the rate cards of its day; adjustments stay.

        What the provider keeps of the customer's money stays, too, and what was decided on claims that are the same
        as before. Decisions on others are dropped, which the settlement's messages say.

        :raise UserError: if one is not pending, a reversal or an adjusting one, or its work was not completed
        """
        self.check_access('write')
        self._check_state('pending')
        if self.reversal_of_id:
            raise UserError(self.env._("A reversal follows the settlement that it reverses."))
        if others := self.filtered(lambda settlement: not settlement.can_recompute):
            raise UserError(self.env._("Nothing is computed by rate cards here: %s", ", ".join(others.mapped('name'))))
        settlements = self.sudo()  # sudo: after the check of rights and state; users only write adjustments
        former = settlements.line_ids.filtered(lambda line: line.source not in NOT_CLAIMED)
        decided = {
            (line.settlement_id.id, *line._get_claim()): (line.name, line._prepare_decision_values())
            for line in former if line.decided_by_id}
        former.unlink()
        priced = settlements.work_order_id._prepare_settlement_lines()
        for settlement in settlements:
            currency, _lines, described = priced[settlement.work_order_id]
            settlement.write({'currency_id': currency.id, 'basis': basis.keep([described])})
        vals_list = [
            {**vals, 'settlement_id': settlement.id}
            for settlement in settlements for vals in priced[settlement.work_order_id].lines]
        for vals in vals_list:
            _name, decision = decided.pop((vals['settlement_id'], *former._get_claim_of(vals)), (None, {}))
            vals.update(decision)
        settlements.line_ids.create(vals_list)
        settlements._log_dropped(decided)

    def _log_dropped(self, decided):
        """Say on settlements which decisions were dropped because something else is claimed now.

        :param dict decided: key beginning with the settlement's id → name of the line, and more
        """
        dropped = {}
        for (settlement_id, *_claim), (name, _decision) in decided.items():
            dropped.setdefault(settlement_id, []).append(name)
        self.browse(dropped)._message_log_batch(bodies={
            settlement_id: self.env._("Computed anew, so these decisions no longer hold: %s", ", ".join(names))
            for settlement_id, names in dropped.items()})

    def _reverse(self, reason):
        """Create a pending counter-entry for each settlement that is billed already.

        :param str reason: why
        :return: the reversals
        :raise AccessError: if the user is no manager
        :raise UserError: if one is not billed or paid yet, or reversed already
        """
        self.check_access('write')
        if not self.env.user.has_group('stokiva_service.group_stokiva_manager'):
            raise AccessError(self.env._("Only a manager reverses settlements."))
        for settlement in self:
            if settlement.statement_id.state not in ('billed', 'paid'):
                raise UserError(self.env._("%s is not billed yet: take it back and reject it.", settlement.name))
            if settlement.reversal_of_id or settlement._has_live_reversal():
                raise UserError(self.env._("%s is a reversal, or was reversed already.", settlement.name))
        return self.sudo().create([  # sudo: after the check of rights; users do not create settlements
            settlement._prepare_reversal_values(reason) for settlement in self])

    def _has_live_reversal(self):
        """Tell whether one of the settlements has a counter-entry."""
        return any(not reversal.rejected_at for reversal in self.reversal_ids)

    def _prepare_reversal_values(self, reason):
        """Return the values of the counter-entry."""
        self.ensure_one()
        return {
            'work_order_id': self.work_order_id.id,
            'provider_id': self.provider_id.id,
            'company_id': self.company_id.id,
            'currency_id': self.currency_id.id,
            'date': fields.Date.context_today(self),
            'reverse_reason': reason,
            'reversal_of_id': self.id,
            # What the provider has in hand is a fact: only noting on the order that it was given back changes it.
            # Of what was rejected, nothing was paid.
            'line_ids': [
                Command.create(line._prepare_reversal_values())
                for line in self.line_ids if line.source != rates.DEDUCTION and line.decision != REJECTED],
        }

    def action_create_statements(self):
        """Gather the approved settlements that are in no statement, one statement per provider.

        :return: an action that opens the statements
        :rtype: dict
        :raise UserError: if there are none
        """
        statements = self._create_statements()
        return statements._get_action()

    def _create_statements(self, date_from=None, date_to=None):
        """Gather the approved unbilled ones into draft statements per company, provider and currency.

        :param date date_from: first day of the period, default the earliest settlement's
        :param date date_to: last day of the period, default the latest settlement's
        :return: stokiva.statement records
        :raise UserError: if no settlement waits for a statement
        """
        self.check_access('write')
        billable = self.filtered_domain(self._get_billable_domain())
        if not billable:
            raise UserError(self.env._("No approved settlement waits for a statement here."))
        batches = billable.grouped(
            lambda settlement: (settlement.company_id, settlement.provider_id, settlement.currency_id))
        statements = self.env['stokiva.statement'].sudo().create([  # sudo: after the check of rights; users do not create them
            {
                'company_id': company.id,
                'provider_id': provider.id,
                'currency_id': currency.id,
                'date_from': date_from or min(batch.mapped('date')),
                'date_to': date_to or max(batch.mapped('date')),
            } for (company, provider, currency), batch in batches.items()])
        for statement, batch in zip(statements, batches.values(), strict=True):
            batch._write_protected({'statement_id': statement.id})
        statements = statements.with_env(self.env)
        statements._gather_lines()
        return statements

    def action_leave_statement(self):
        """Take the settlements out of their open statement.

        :raise UserError: if the provider has the statement or it was confirmed, or a settlement was reversed
        """
        self.statement_id._check_open()
        if self._has_live_reversal():
            raise UserError(self.env._("What was reversed stays in its statement. Reject the reversal first."))
        self._write_protected({'statement_id': False})

    def action_view_work_order(self):
        """Open the work order.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self._open_record(self.work_order_id)

    def action_view_statement(self):
        """Open the statement.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return self._open_record(self.statement_id)

    def _open_record(self, record):
        """Return the action that opens a record's form."""
        return {
            'type': 'ir.actions.act_window',
            'res_model': record._name,
            'res_id': record.id,
            'view_mode': 'form',
        }

    def action_view_bill(self):
        """Open the vendor bill.

        :return: an action
        :rtype: dict
        """
        return self.statement_id.action_view_bill()
