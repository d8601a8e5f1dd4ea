import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..tools import outcomes

_logger = logging.getLogger(__name__)
BATCH = 500
READ_AT_ONCE = 100
WRITES = 5


class Waiting(NamedTuple):
    """A message of the queue in plain values: the ORM forgets all at each commit."""
    id: int
    uuid: str
    number: str
    text: str
    company_id: int
    gateway_id: int
    is_commercial: bool


class SmsSms(models.Model):
    """The run of the queue: one message at a time, each claimed and committed before the gateway is called.

    What came of a message is committed together with the claim of the next: one commit a message. A server that is
    killed leaves at most the one message whose fate it did not write down. Nothing is called while something is
    locked, and no call is ever repeated because of a conflict in the database.
    """
    _inherit = 'sms.sms'

    @api.model
    def _process_queue(self):
        """Hand over what is due, one message at a time; extends Odoo's cron."""
        self._recover_lost()
        self._drop_stale()
        runners = self.env['stokiva.sms.gateway']._get_runners()
        domain = self._get_due_domain(runners)
        ids = self.search(domain, limit=BATCH, order='id').ids
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=self.search_count(domain) if len(ids) == BATCH else len(ids))
        result, left = None, True
        for waiting in self._read_waiting(ids):
            (runner, attempt), left = self._commit_safely(
                lambda result=result, waiting=waiting: self._note_and_claim(result, waiting, runners))
            result = attempt and (waiting, runner, attempt, self._call(waiting, runner, attempt))
            if not left:
                break
        self._commit_safely(lambda: self._note_and_claim(result, None, runners))
        if not ids or left:
            # Of what failed some is due at once, by another gateway; the rest is woken in time.
            progress(remaining=self.search_count(self._get_due_domain(runners), limit=BATCH))

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

    @api.model
    def _read_waiting(self, ids):
        """Yield messages in plain values, read many at a time."""
        for part in split_every(READ_AT_ONCE, ids):
            messages = self.browse(part).exists()
            messages.mail_message_id.fetch(['record_company_id'])  # and not their whole texts
            yield from [
                Waiting(
                    sms.id, sms.uuid, sms.number, sms.body, sms._get_sms_company().id, sms.stokiva_gateway_id.id,
                    sms.stokiva_is_commercial)
                for sms in messages]

    @api.model
    def _call(self, waiting, runner, attempt):
        """Hand one message to a gateway.

        :return: the API's result
        :rtype: dict
        """
        number = {
            'number': waiting.number, 'uuid': waiting.uuid, 'attempt': attempt, 'is_commercial': waiting.is_commercial}
        try:
            return runner.api._send_sms_batch([{'content': waiting.text, 'numbers': [number]}])[0]
        except Exception as error:  # Odoo's own classes raise whatever they like
            _logger.info("SMS %s: %s", waiting.id, type(error).__name__)
            return {'state': 'server_error', 'failure_reason': type(error).__name__}

    @api.model
    def _note_and_claim(self, result, waiting, runners):
        """Write down what came of one message, and claim the next.

        :param result: ``(Waiting, Runner, attempt, result of the API)``, or something false
        :param waiting: ``Waiting``, None when there is no next one
        :param runners: see ``stokiva.sms.gateway._get_runners``
        :return: ``(Runner, number of the attempt)``; zero if the next is not ours
        :rtype: tuple
        """
        if result:
            last, used, attempt, answer = result
            if not self._note_taken(last, used, attempt, answer):
                self.browse(last.id)._note_result(used, answer)
        if not waiting:
            return None, 0
        runner = runners.choose(waiting)
        if not runner:  # those that may send links rest
            self.browse(waiting.id).stokiva_next_try = fields.Datetime.now() + timedelta(minutes=outcomes.backoff(1))
            return None, 0
        return runner, self.browse(waiting.id)._claim()

    def _claim(self):
        """Mark the message as being handed over, unless it is taken, canceled or sent meanwhile.

        :return: the number of this attempt, 0 if it is not ours
        :rtype: int
        """
        self.ensure_one()
        self.flush_recordset()
        rows = self._execute_safely(SQL(
            """UPDATE sms_sms SET state = 'process', stokiva_claimed_at = now() AT TIME ZONE 'UTC',
                      stokiva_attempts = COALESCE(stokiva_attempts, 0) + 1
                WHERE id = (SELECT id FROM sms_sms WHERE id = %s AND state = 'outgoing' FOR UPDATE SKIP LOCKED)
            RETURNING stokiva_attempts""", self.id))
        self.invalidate_recordset(['state', 'stokiva_claimed_at', 'stokiva_attempts'], flush=False)
        return rows[0][0] if rows else 0

    @api.model
    def _execute_safely(self, query):
        """Return the rows of a query that may meet a conflict, which is no news for the server's log."""
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    @api.model
    def _note_taken(self, waiting, runner, attempt, answer):
        """Write down in one statement that a gateway took a message of ours: what happens all the time.

        Queue, journal, outbox and notification say afterwards what ``_note_result`` would make them say.

        :return: False if it did not, or the message has no journal yet
        :rtype: bool
        """
        if outcomes.outcome_of(answer['state']) != outcomes.TAKEN or answer.get('sms_twilio_sid'):
            return False
        self.env.flush_all()
        rows = self._execute_safely(SQL(
            """WITH log AS (
                   UPDATE stokiva_sms_log
                      SET state = CASE WHEN state = 'delivered' THEN state ELSE 'sent' END, reason = NULL,
                          date_sent = CASE WHEN state IN ('sent', 'delivered') THEN date_sent
                                           ELSE now() AT TIME ZONE 'UTC' END, attempts = %(attempt)s,
                          gateway = %(provider)s, gateway_id = %(gateway)s, gateway_ref = %(ref)s,
                          polled_at = NULL, write_date = now() AT TIME ZONE 'UTC'
                    WHERE uuid = %(uuid)s
                RETURNING message_id
               ), sms AS (
                   UPDATE sms_sms SET state = 'pending', failure_type = NULL, write_date = now() AT TIME ZONE 'UTC'
                    WHERE id = %(id)s AND EXISTS (SELECT FROM log)
               ), notification AS (
                   UPDATE mail_notification SET notification_status = 'pending', failure_type = NULL, failure_reason = NULL
                    WHERE id IN (SELECT mail_notification_id FROM sms_tracker WHERE sms_uuid = %(uuid)s)
                      AND notification_status NOT IN ('pending', 'sent') AND EXISTS (SELECT FROM log)
               ), message AS (
                   UPDATE stokiva_message SET state = 'sent', date_sent = now() AT TIME ZONE 'UTC', error = NULL
                    WHERE id IN (SELECT message_id FROM log) AND state <> 'sent'
               )
               SELECT 1 FROM log""",
            attempt=attempt, ref=answer.get('ref'), provider=runner.provider, gateway=runner.gateway_id or None, uuid=waiting.uuid, id=waiting.id))
        for model in ('sms.sms', 'stokiva.sms.log', 'mail.notification', 'stokiva.message'):
            self.env[model].invalidate_model(flush=False)
        if rows:
            runner.note_success(self.env)
        return bool(rows)

    @api.model
    def _commit_safely(self, work):
        """Do something and commit it, again after a conflict: what the gateway said is known only here.

        :param work: function without arguments that writes
        :return: what it returned, and the seconds that are left for the run
        :rtype: tuple
        """
        for _attempt in range(WRITES - 1):
            try:
                return work(), self.env['ir.cron']._commit_progress(1)
            except SerializationFailure:
                self.env.cr.rollback()
        return work(), self.env['ir.cron']._commit_progress(1)
