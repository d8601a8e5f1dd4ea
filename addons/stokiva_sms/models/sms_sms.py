from odoo import models

from ..tools.sms_api import SmsApiLog

# What our queue sends; nothing is called while a user's transaction is open.
QUEUED_ONLY = ('log', 'gateway')


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    def _split_by_api(self):
        """Give the messages of companies that only record to their gateway, the others to super.

        Those of companies with gateways of their own are left to the queue, which chooses one for each message.
        """
        rest = self.browse()
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            if company.sms_provider == 'log':
                api = SmsApiLog(self.env)
                api._set_company(company)
                yield api, messages
            elif company.sms_provider != 'gateway':
                rest += messages
        if rest:
            yield from super(SmsSms, rest)._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send each company's messages with its own account.

        Odoo's composer may hand over messages of several companies and no gateway. Odoo then takes one company
        for all: with messages of two it raises and sends nothing, with those of another company it uses the
        wrong account.
        """
        if self.env.context.get('sms_api'):
            return super()._send(
                unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            for api, part in messages.with_company(company)._split_by_api():
                part.with_context(sms_api=api)._send(
                    unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Wake the queue for messages of our gateways; the others are sent at once, as Odoo does."""
        queued = self.filtered(lambda sms: sms._get_sms_company().sms_provider in QUEUED_ONLY)
        if queued:
            self._wake_queue()
        return super(SmsSms, self - queued).send(
            unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)

    def resend_failed(self):
        """Put failed messages back into the queue; those of Odoo's own providers as Odoo does."""
        failed = self.filtered(lambda sms: sms.state == 'error' and not sms.to_delete)
        queued = failed.filtered(lambda sms: sms._get_sms_company().sms_provider in QUEUED_ONLY)
        if not queued:
            return super().resend_failed()
        queued._requeue()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'title': self.env._("SMS"), 'type': 'success', 'message': self.env._(
                "%s messages will be sent again.", len(queued))}}

    def _requeue(self):
        """Send again what failed, as if for the first time."""
        self.write({
            'state': 'outgoing', 'failure_type': False, 'stokiva_attempts': 0, 'stokiva_next_try': False,
            'stokiva_valid_until': False, 'stokiva_is_uncertain': False, 'stokiva_is_repeated': False})
        self._get_log().write({'state': 'queued', 'reason': False, 'date_done': False})
        self._wake_queue()
