from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import checks

BATCH = 500


class Settlement(models.Model):
    """What a settlement claims is checked before anybody approves it; what looks wrong is put on hold."""
    _inherit = 'stokiva.settlement'

    claim_result_ids = fields.One2many(
        'stokiva.claim.result', 'settlement_id', "Checks", readonly=True, domain=[('is_current', '=', True)])
    # Notes of the machine, written past the change log.
    checked_at = fields.Datetime("Checked on", readonly=True, copy=False)
    check_due = fields.Date("Check again on", readonly=True, copy=False)
    check_state = fields.Selection(
        [(checks.PASS, "Nothing found"), (checks.WARN, "Warning"), (checks.HOLD, "Hold")], "Checks say", readonly=True,
        copy=False, help="The worst of what the checks found; empty until they ran.")

    _unchecked_idx = models.Index("(id) WHERE state = 'pending' AND checked_at IS NULL")
    _check_due_idx = models.Index("(check_due) WHERE state = 'pending' AND check_due IS NOT NULL")
    _check_state_idx = models.Index("(check_state, date DESC, id DESC) WHERE check_state IN ('warn', 'hold')")

    @api.model_create_multi
    def create(self, vals_list):
        """Create settlements; the checks follow soon after the commit."""
        settlements = super().create(vals_list)
        self.env.ref('stokiva_settlement.ir_cron_settlement_check')._trigger()
        return settlements

    def action_approve(self):
        """Approve the settlements in the user's name; what was not checked yet, is first, and may go on hold instead.

        :return: a message about those that went on hold, None without
        """
        self._check_state('pending')
        self.check_access('write')
        # sudo: after the check of rights and state; users write no results
        unchecked = self.filtered(
            lambda settlement: settlement._is_claim() and not settlement.checked_at and not settlement.held_at).sudo()
        unchecked._check_claims()
        held = unchecked.filtered('held_at').with_env(self.env)
        if rest := self - held:
            super(Settlement, rest).action_approve()
        return held._notify_held() if held else None

    def action_check(self):
        """Run the checks again.

        :raise UserError: if one is not pending
        """
        self._check_state('pending')
        self.check_access('write')
        self.filtered(lambda settlement: settlement._is_claim()).sudo()._check_claims()  # sudo: after the check of rights and state; users write no results

    def action_recompute(self):
        """Compute the lines anew; they are checked anew, too."""
        res = super().action_recompute()
        self._note_checks(dict.fromkeys(self.ids), None, {})
        self.env.ref('stokiva_settlement.ir_cron_settlement_check').sudo()._trigger()  # sudo: a job of the system
        return res

    def action_view_results(self):
        """Open all results of the checks, former ones, too.

        :return: an action
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_settlement.claim_result_action')
        return {**action, 'domain': [('settlement_id', 'in', self.ids)], 'context': {}}

    def _notify_held(self):
        """Return the message that the checks put settlements on hold."""
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning',
                'message': self.env._("Put on hold by the checks: %s", ", ".join(
                    f"{settlement.name} ({settlement.hold_reason})" for settlement in self)),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    # === CHECKING === #

    def _is_claim(self):
        """Tell whether the settlement claims the pay of an order: one that follows from another is not checked again."""
        self.ensure_one()
        return not self.reversal_of_id and not self.adjusts_id

    def _check_claims(self):
        """Run all checks that are on, keep what they say, and put on hold what was not before. Meant for sudo."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # compiling the queries takes longer than running them
        rows, due, now = [], {}, fields.Datetime.now()
        states = dict.fromkeys(self.ids, checks.PASS)
        for kind, chosen in self.env['stokiva.claim.rule']._get_rules(self.company_id).items():
            checked = self.filtered(lambda settlement: settlement.company_id in chosen)  # noqa: B023
            if not checked:
                continue
            facts = self.env['stokiva.claim.facts']._get_facts(
                kind, checked, self.env['stokiva.claim.rule'].union(*chosen.values()))
            if kind == checks.PARTS:
                due = checked._get_check_due(facts, chosen)
            for settlement in checked:
                rule = chosen[settlement.company_id]
                parameters = rule._get_parameters()
                result, findings = checks.judge(kind, facts[settlement.id], parameters, rule.action)
                states[settlement.id] = checks.get_worst((states[settlement.id], result))
                rows.append({
                    'settlement_id': settlement.id, 'kind': kind, 'result': result, 'evidence': findings, 'rule': rule,
                    'parameters': parameters})
        held = self.env['stokiva.claim.result']._store(self, rows, now)
        self._note_checks(states, now, due)
        self.filtered(lambda settlement: settlement.id in held)._hold_claims(held)

    def _get_check_due(self, facts, chosen):
        """Return when a defective part that is still out will be overdue.

        :return: ``{settlement id: date}``
        """
        due = {}
        for settlement in self:
            grace = timedelta(days=chosen[settlement.company_id].days + 1)
            days = [
                row['return_due'] + grace for row in facts[settlement.id]
                if row['return_state'] in ('due', 'sent') and row['return_due'] and row['return_due'] + grace > row['today']]
            if days:
                due[settlement.id] = min(days)
        return due

    def _note_checks(self, states, moment, due):
        """Write what the checks found and when, past the change log: the results themselves are kept.

        :param dict states: settlement id → key of ``check_state``
        :param moment: datetime, None to have them checked by the next job
        :param dict due: settlement id → date on which to check again
        """
        self.env.cr.execute(SQL(
            """UPDATE stokiva_settlement s SET check_state = row.state, checked_at = %s, check_due = row.due::date
                 FROM unnest(%s::int[], %s::varchar[], %s::varchar[]) row (id, state, due) WHERE s.id = row.id""",
            moment, list(states), list(states.values()),
            [due.get(id_) and fields.Date.to_string(due[id_]) for id_ in states]))
        self.invalidate_recordset(['check_state', 'checked_at', 'check_due', 'claim_result_ids'], flush=False)

    def _hold_claims(self, kinds):
        """Put pending settlements on hold, for the reasons that the checks gave, in the company's language.

        :param dict kinds: settlement id → keys of checks
        """
        pending = self.filtered(lambda settlement: settlement.state == 'pending')
        for (company, found), settlements in pending.grouped(
                lambda settlement: (settlement.company_id, tuple(kinds[settlement.id]))).items():
            words = self.env['stokiva.claim.words'].with_context(lang=company.partner_id.lang)
            settlements._hold(words._get_reason(found))

    @api.model
    def _get_unchecked_domain(self):
        """Return which settlements wait for the checks.

        :rtype: odoo.fields.Domain
        """
        return Domain('state', '=', 'pending') & Domain('reversal_of_id', '=', False) & Domain('adjusts_id', '=', False) & (
            Domain('checked_at', '=', False) | Domain('check_due', '<=', fields.Date.today()))

    @api.model
    def _cron_check_claims(self, batch_size=BATCH):
        """Check the settlements that arose, and those whose defective parts are overdue by now."""
        domain = self._get_unchecked_domain()
        cron = self.env['ir.cron']
        batch = self.search(domain, order='id', limit=batch_size).try_lock_for_update()
        batch._check_claims()
        cron._commit_progress(len(batch), remaining=self.search_count(domain) if batch else 0)
