from datetime import timedelta

from odoo import api, fields, models

from ..tools import outcomes

BATCH = 500
# Minutes after which a message that was claimed and not heard of again is taken for one of a server that died.
LOST_AFTER = 5
KEPT_DAYS = 3
KEPT_DAYS_FAILED = 30
UNCONFIRMED_HOURS = 72


class SmsSms(models.Model):
    """The queue: what comes of each message, and what was left behind. See ``sms_sms_run.py`` for the run."""
    _inherit = 'sms.sms'

    stokiva_gateway_id = fields.Many2one(
        'stokiva.sms.gateway', "Gateway", index='btree_not_null', ondelete='set null',
        help="Set beforehand: only this one.")
    stokiva_attempts = fields.Integer("Attempts", readonly=True)
    stokiva_claimed_at = fields.Datetime("Claimed on", readonly=True)
    stokiva_next_try = fields.Datetime("Next try", readonly=True)
    stokiva_valid_until = fields.Datetime("Valid until", readonly=True)
    stokiva_is_commercial = fields.Boolean("Offer", readonly=True, help="Gateways must be told of advertisements.")
    stokiva_is_uncertain = fields.Boolean("Perhaps sent twice", readonly=True)
    stokiva_is_repeated = fields.Boolean("Repeated", readonly=True)

    _stokiva_outgoing_idx = models.Index("(id) WHERE state = 'outgoing'")
    _stokiva_process_idx = models.Index("(stokiva_claimed_at) WHERE state = 'process'")
    _stokiva_pending_idx = models.Index("(write_date) WHERE state = 'pending'")

    # === WHAT CAME OF IT === #

    def _note_result(self, runner, result):
        """Write down what a gateway said.

        :param runner: see ``stokiva.sms.gateway._get_runners``
        :param dict result: of the API
        """
        outcome, reason = outcomes.outcome_of(result['state']), result.get('failure_reason') or ''
        failure = runner.get_failure_type(result['state'])
        log = self.env['stokiva.sms.log']._record(self, runner)
        tracker = self.sms_tracker_id.with_context(sms_skip_msg_notification=True)
        if outcome == outcomes.TAKEN:
            self.write({'state': 'pending', 'failure_type': False})
            log.gateway_ref = result.get('ref')
            if result.get('sms_twilio_sid'):
                tracker.sms_twilio_sid = result['sms_twilio_sid']
            if tracker:
                tracker._action_update_from_sms_state('pending')  # and the journal with it
            else:
                log._set_state('sent')
            runner.note_success(self.env)
        elif outcome == outcomes.FINAL:
            self._fail(failure, reason)
        elif outcome == outcomes.UNCERTAIN:
            self._note_uncertain(reason)
        else:
            if outcome != outcomes.BUSY:
                runner.note_failure(self.env, outcome, reason)
            wait = 0 if outcome != outcomes.BUSY and runner.others_can(self) else outcomes.backoff(self.stokiva_attempts)
            self._wait(wait, failure, reason)

    def _wait(self, minutes, failure, reason):
        """Put the message back, for later."""
        self.write({
            'state': 'outgoing', 'failure_type': failure,
            'stokiva_next_try': minutes and fields.Datetime.now() + timedelta(minutes=minutes)})
        self._get_log().write({'state': 'queued', 'reason': reason})

    def _note_uncertain(self, reason):
        """Try a message of which nobody knows whether it left once more, and only once."""
        if self.stokiva_is_uncertain:
            self._fail('sms_server', reason or self.env._("The gateway did not answer, twice."))
            return
        self.stokiva_is_uncertain = True
        self._get_log().is_uncertain = True
        self._wait(1, 'sms_server', reason)

    def _fail(self, failure, reason):
        """End a message that will not go out."""
        known = dict(self._fields['failure_type']._description_selection(self.env))
        self.write({'state': 'error', 'failure_type': failure if failure in known else 'unknown'})
        if self.sms_tracker_id:
            self.sms_tracker_id._action_update_from_sms_state('error', failure_type=failure, failure_reason=reason)
        self._get_log()._set_state('failed', reason or known.get(failure))

    def _get_log(self):
        """Return the journal's rows of the messages."""
        return self.env['stokiva.sms.log'].search([('uuid', 'in', self.mapped('uuid'))])

    # === WATCH === #

    @api.model
    def _wake_queue(self):
        """Let Odoo's queue run after this transaction's commit."""
        cron_id = self.env['ir.model.data']._xmlid_to_res_id('sms.ir_cron_sms_scheduler_action')
        # sudo: waking the queue is nobody's right and everybody's consequence
        self.env['ir.cron'].sudo().browse(cron_id)._trigger()

    @api.model
    def _cron_watch(self):
        """Wake the queue when something is due, and find what was left behind. Runs each minute."""
        self._recover_lost()
        self._drop_stale()
        self._note_unconfirmed()
        if self.search_count(self._get_due_domain(self.env['stokiva.sms.gateway']._get_runners()), limit=1):
            self._wake_queue()

    @api.model
    def _recover_lost(self):
        """Take back messages of a server that died between claiming and writing down what came of it."""
        before = fields.Datetime.now() - timedelta(minutes=LOST_AFTER)
        lost = self.search([('state', '=', 'process'), ('stokiva_claimed_at', '<', before)])
        for sms in lost.try_lock_for_update().filtered(lambda sms: sms.state == 'process'):
            self.env['stokiva.sms.log']._record(sms)
            sms._note_uncertain(self.env._("The server stopped while sending."))
            sms.filtered(lambda item: item.state == 'outgoing').stokiva_next_try = False

    @api.model
    def _drop_stale(self):
        """Cancel what is too late: told now, it would mislead."""
        stale = self.search([
            ('state', '=', 'outgoing'), ('stokiva_valid_until', '<', fields.Datetime.now())])
        for sms in stale.try_lock_for_update().filtered(lambda sms: sms.state == 'outgoing'):
            log = sms._get_log()
            reason = log.reason
            sms.action_set_canceled()
            log._set_state('canceled', " ".join(filter(None, [self.env._("Too late to be of use."), reason])))

    @api.model
    def _note_unconfirmed(self):
        """Note of which messages no report came; they are never sent again by themselves."""
        before = fields.Datetime.now() - timedelta(hours=UNCONFIRMED_HOURS)
        logs = self.env['stokiva.sms.log'].search([('state', '=', 'sent'), ('date_sent', '<', before)], limit=BATCH)
        logs._set_state('unconfirmed')

    @api.autovacuum
    def _gc_stokiva_done(self):
        """Delete what is done: texts hold links. The journal keeps what matters."""
        now = fields.Datetime.now()
        done = self.search([
            '|', '&', ('state', 'in', ('pending', 'sent', 'canceled')),
            ('write_date', '<', now - timedelta(days=KEPT_DAYS)),
            '&', ('state', '=', 'error'), ('write_date', '<', now - timedelta(days=KEPT_DAYS_FAILED)),
        ], limit=10_000)
        done.unlink()
        return len(done), len(done) == 10_000
