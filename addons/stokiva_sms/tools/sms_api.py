from odoo.addons.sms.tools.sms_api import SmsApiBase


class SmsApiLog(SmsApiBase):
    """Gateway that sends nothing: the journal is where its messages end, for demos and tests."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Take every message.

        :param list messages: ``[{'content': str, 'numbers': [{'number': E.164, 'uuid': str}]}]``
        :param delivery_reports_url: unused, reports are simulated from the journal
        :return: ``[{'uuid': str, 'state': str}]``, one per uuid: one that is left out would be sent for ever
        """
        # sudo: the journal is written by the gateways only
        self.env['stokiva.sms.log'].sudo()._record_taken(messages, self.company, 'log')
        return [
            {'uuid': number['uuid'], 'state': 'sent' if number['number'] else 'sms_number_missing'}
            for message in messages for number in message['numbers']]


# Gateways of this addon by key of `res.company.sms_provider`.
GATEWAYS = {'log': SmsApiLog}
