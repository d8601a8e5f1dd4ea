import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import outcomes

_logger = logging.getLogger(__name__)
BATCH = 500
# Minutes after which a message that was claimed and not heard of again is taken for one of a server that died.
LOST_AFTER = 5
WRITES = 5
KEPT_DAYS = 3
KEPT_DAYS_FAILED = 30
UNCONFIRMED_HOURS = 72


class SmsSms(models.Model):
    """The queue: one message at a time, each claimed and committed before the gateway is called.

    A server that is killed leaves at most the one message whose fate it did not write down. Nothing is called
    while something is locked, and no call is ever repeated because of a conflict in the database.
    """
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

    # === THE RUN === #

    @api.model
    def _process_queue(self):
        """Hand over what is due, one message at a time; extends Odoo's cron."""
        self._recover_lost()
        self._drop_stale()
        gateways = self.env['stokiva.sms.gateway']._get_runners()
        domain = self._get_due_domain(gateways)
        ids = self.search(domain, limit=BATCH, order='id').ids
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=self.search_count(domain) if len(ids) == BATCH else len(ids))
        for sms_id in ids:
            if not self.browse(sms_id)._hand_over(gateways):
                break
        else:
            # Of what failed some is due at once, by another gateway; the rest is woken in time.
            domain = self._get_due_domain(gateways)
            progress(remaining=self.search_count(domain, limit=BATCH))

    @api.model
    def _get_due_domain(self, runners):
        """Return the domain of what can be handed over now.

        :param runners: see ``stokiva.sms.gateway._get_runners``
        """
        now = fields.Datetime.now()
        due = (
            Domain('state', '=', 'outgoing') & Domain('to_delete', '!=', True)
            & (Domain('stokiva_next_try', '=', False) | Domain('stokiva_next_try', '<=', now)))
        # One company's dead gateways must not fill the batch.
        if stuck := runners.get_stuck_companies(now):
            due &= Domain('record_company_id', 'not in', stuck) | Domain('stokiva_gateway_id', '!=', False)
        return due

    def _hand_over(self, runners):
        """Claim one message, give it to a gateway, and write down what came of it. Commits twice.

        :param runners: see ``stokiva.sms.gateway._get_runners``
        :return: seconds that are left for the run
        :rtype: float
        """
        self.mail_message_id.fetch(['record_company_id'])  # and not its whole text, for each message anew
        runner = runners.choose(self._get_sms_company(), self)
        attempt = runner and self._claim()
        if not runner:  # those that may send links rest
            self.stokiva_next_try = fields.Datetime.now() + timedelta(minutes=outcomes.backoff(1))
        if not attempt:
            return self.env['ir.cron']._commit_progress(1)
        number = {
            'number': self.number, 'uuid': self.uuid, 'attempt': attempt, 'is_commercial': self.stokiva_is_commercial}
        messages = [{'content': self.body, 'numbers': [number]}]
        self.env['ir.cron']._commit_progress(0)  # durable before anything leaves
        try:
            result = runner.api._send_sms_batch(messages)[0]
        except Exception as error:  # Odoo's own classes raise whatever they like
            _logger.info("SMS %s: %s", self.id, type(error).__name__)
            result = {'state': 'server_error', 'failure_reason': type(error).__name__}
        return self._write_safely(lambda: self._note_result(runner, result))

    def _claim(self):
        """Mark the message as being handed over, unless it is taken, canceled or sent meanwhile.

        :return: the number of this attempt, 0 if it is not ours
        :rtype: int
        """
        self.flush_recordset()
        try:
            self.env.cr.execute(SQL(
                """UPDATE sms_sms SET state = 'process', stokiva_claimed_at = now() AT TIME ZONE 'UTC',
                          stokiva_attempts = COALESCE(stokiva_attempts, 0) + 1
                    WHERE id = (SELECT id FROM sms_sms WHERE id = %s AND state = 'outgoing' FOR UPDATE SKIP LOCKED)
                RETURNING stokiva_attempts""", self.id), log_exceptions=False)
        except SerializationFailure:
            self.env.cr.rollback()
            return 0
        rows = self.env.cr.fetchall()
        self.invalidate_recordset(['state', 'stokiva_claimed_at', 'stokiva_attempts'])
        return rows[0][0] if rows else 0

    def _write_safely(self, write):
        """Write and commit, again after a conflict: what the gateway said is known only here.

        :return: seconds that are left for the run
        """
        for _attempt in range(WRITES - 1):
            try:
                write()
                return self.env['ir.cron']._commit_progress(1)
            except SerializationFailure:
                self.env.cr.rollback()
        write()
        return self.env['ir.cron']._commit_progress(1)

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
