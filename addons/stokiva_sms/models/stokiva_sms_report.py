from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import outcomes, reports

BATCH = 1000
KEPT_DAYS = 30


class SmsReport(models.Model):
    """Delivery reports as they came in. The web request only adds a row; a cron applies it."""
    _name = 'stokiva.sms.report'
    _description = "SMS Delivery Report"
    _order = 'id desc'
    _log_access = False

    uuid = fields.Char("UUID", required=True, readonly=True)
    gateway_id = fields.Many2one('stokiva.sms.gateway', readonly=True, ondelete='cascade', index=True)
    attempt = fields.Integer(readonly=True)
    status = fields.Char(required=True, readonly=True, help="delivered, or why not")
    words = fields.Char(readonly=True, help="As the operator said it.")
    received_at = fields.Datetime(required=True, readonly=True)
    is_applied = fields.Boolean(readonly=True)
    dedupe = fields.Char(required=True, readonly=True)

    _dedupe_uniq = models.UniqueIndex('(dedupe)')
    _waiting_idx = models.Index('(id) WHERE is_applied IS NOT TRUE')
    _age_idx = models.Index('(received_at)')

    @api.model
    def _store(self, gateway, uuid, attempt, status, words):
        """Keep a report, once, and wake what applies it. Adds rows only, so it can conflict with nothing.

        :param gateway: stokiva.sms.gateway record
        :param str uuid: of the message, proved to be the sender's
        :param int attempt: which handing-over is meant
        :param str status: ``delivered`` or a reason of ``tools.reports``
        :param str words: as the operator said it
        """
        added = self.env.execute_query(SQL(
            """INSERT INTO stokiva_sms_report (uuid, gateway_id, attempt, status, words, received_at, dedupe)
               VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (dedupe) DO NOTHING RETURNING id""",
            uuid, gateway.id, attempt, status, words, fields.Datetime.now(), f'{uuid}:{attempt}:{status}'))
        if added:
            cron_id = self.env['ir.model.data']._xmlid_to_res_id('stokiva_sms.ir_cron_sms_report')
            # sudo: a report comes in without a user
            self.env['ir.cron'].sudo().browse(cron_id)._trigger()

    @api.model
    def _cron_apply(self):
        """Apply what came in. Reports of messages that are being handed over wait until that is written down."""
        rows = self.search([('is_applied', '!=', True)], limit=BATCH, order='id')
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=len(rows))
        for start in range(0, len(rows), 50):
            part = rows[start:start + 50]
            messages = self.env['sms.sms'].search([('uuid', 'in', part.mapped('uuid'))]).grouped('uuid')
            for row in part:
                sms = messages.get(row.uuid, self.env['sms.sms'])
                if sms.state != 'process':
                    row._apply(sms)
            if not progress(len(part)):
                return
        progress(remaining=0)

    def _apply(self, sms):
        """Write down what one report says."""
        self.is_applied = True
        log = self.env['stokiva.sms.log'].search([('uuid', '=', self.uuid)])
        tracker = self.env['sms.tracker'].search([('sms_uuid', '=', self.uuid)]).with_context(
            sms_skip_msg_notification=True)
        if self.status == reports.DELIVERED:
            if sms.state == 'outgoing':  # put back because nobody knew whether it had left: it had
                sms.state = 'sent'
            tracker._action_update_from_sms_state('sent')
            log._set_state('delivered')
        elif sms.state == 'pending' and self.attempt == sms.stokiva_attempts:
            if self._is_worth_repeating(sms):
                sms.stokiva_is_repeated = True
                sms._wait(outcomes.REPEAT_AFTER, False, self.words)
                return
            tracker.with_context(sms_known_failure_reason=self.words)._action_update_from_provider_error(self.status)
            log._set_state('failed', self._get_reason())

    def _is_worth_repeating(self, sms):
        """Tell whether the phone may be reached later, and the message still makes sense then."""
        later = fields.Datetime.now() + timedelta(minutes=outcomes.REPEAT_AFTER)
        return (
            self.status in reports.PASSING and not sms.stokiva_is_repeated
            and bool(sms.stokiva_valid_until) and later < sms.stokiva_valid_until)

    def _get_reason(self):
        """Return in words why the message did not arrive."""
        labels = dict(self.env['mail.notification']._fields['failure_type']._description_selection(self.env))
        return ": ".join(filter(None, [labels.get(f'sms_{self.status}', self.status), self.words]))

    @api.autovacuum
    def _gc_applied(self):
        """Delete old reports: the journal keeps what they said."""
        old = self.search([
            ('is_applied', '=', True), ('received_at', '<', fields.Datetime.now() - timedelta(days=KEPT_DAYS))],
            limit=10_000)
        old.unlink()
        return len(old), len(old) == 10_000
