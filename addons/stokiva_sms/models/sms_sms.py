from odoo import models

from ..tools.sms_api import GATEWAYS


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    def _split_by_api(self):
        """Give the messages of companies with a gateway of ours to it, the others to super."""
        rest = self.browse()
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            if company.sms_provider in GATEWAYS:
                api = company._get_sms_api_class()(self.env)
                api._set_company(company)
                yield api, messages
            else:
                rest += messages
        if rest:
            yield from super(SmsSms, rest)._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send each company's messages with its own gateway and account.

        The queue's cron hands over a whole batch and no gateway. Odoo then takes one company for all: with
        messages of two it raises and sends nothing, with those of another company it uses the wrong account.
        """
        if self.env.context.get('sms_api'):
            return super()._send(
                unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            for api, part in messages.with_company(company)._split_by_api():
                part.with_context(sms_api=api)._send(
                    unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)
