import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import presets, reports
from .stokiva_sms_gateway import SYSTEM

AT_ONCE = 100
CALLS = 5
# No report comes any more after so many hours.
HOURS = 72
STATUSES = {
    reports.DELIVERED, reports.EXPIRED, reports.NOT_DELIVERED, reports.INVALID, reports.NOT_ALLOWED, reports.REJECTED}


class SmsGateway(models.Model):
    """HTTP gateways that push no delivery reports are asked for them."""
    _inherit = 'stokiva.sms.gateway'

    http_ref_path = fields.Char(
        "Reference in the Answer", compute='_compute_http', store=True, readonly=False, precompute=True,
        help="Where in the JSON of the answer the gateway's id of the message stands. Needed to ask for reports.")
    http_poll = fields.Text(
        "Asking for Reports", groups=SYSTEM, compute='_compute_http', store=True, readonly=False, precompute=True,
        help="JSON: url, body with {refs}, rows (where the list stands), ref and status (in each row), codes (status → "
             "delivered, expired, not_delivered, invalid_destination, not_allowed, rejected). If empty, it is not asked.")

    @api.model
    def _get_http_defaults(self):
        return {**super()._get_http_defaults(), 'http_ref_path': False, 'http_poll': False}

    @api.constrains('http_poll')
    def _check_http_poll(self):
        for gateway in self.filtered('http_poll'):
            try:
                poll = json.loads(gateway.http_poll)
                is_sound = (
                    poll.keys() >= presets.POLL_KEYS and poll['url'].startswith(('http://', 'https://'))
                    and {*poll['codes'].values()} <= STATUSES)
            except (ValueError, AttributeError, TypeError):
                is_sound = False
            if not is_sound:
                raise ValidationError(self.env._("How %s is asked for reports is not complete.", gateway.name))

    def _get_settings(self):
        """Add what is needed to ask for reports."""
        return {
            **super()._get_settings(), 'http_ref_path': self.http_ref_path,
            'poll': json.loads(self.http_poll) if self.http_poll else None}

    @api.model
    def _cron_poll(self):
        """Ask the gateways that push no reports what became of messages, those first that were asked for longest ago."""
        for gateway in self.search([('provider', '=', 'http'), ('http_poll', '!=', False)]):
            for _call in range(CALLS):
                if not gateway._poll():
                    break

    def _poll(self):
        """Ask one gateway once. Nothing is locked meanwhile.

        :return: whether there is more to ask for
        :rtype: bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        logs = self.env['stokiva.sms.log'].search([
            ('gateway_id', '=', self.id), ('state', '=', 'sent'), ('gateway_ref', '!=', False),
            ('date_sent', '>', now - timedelta(hours=HOURS)),
            '|', ('polled_at', '=', False), ('polled_at', '<', now - timedelta(minutes=4))],
            order='polled_at NULLS FIRST, id', limit=AT_ONCE)
        if not logs:
            return False
        logs.polled_at = now
        known = {log.gateway_ref: (log.uuid, log.attempts) for log in logs}
        api_object = self._get_api()
        self.env['ir.cron']._commit_progress(0)
        for ref, status, words in api_object.poll(list(known)):
            if ref in known:
                uuid, attempt = known[ref]
                self.env['stokiva.sms.report']._store(self, uuid, attempt, status, words)
        self.env['ir.cron']._commit_progress(len(known))
        return len(known) == AT_ONCE
