import phonenumbers

from odoo import fields, models

from ..tools.sms_api import SmsApiLog
from .sms_sms import QUEUED_ONLY


class ResCompany(models.Model):
    _inherit = 'res.company'
    _audited_fields = frozenset({'sms_provider'})

    sms_provider = fields.Selection(
        selection_add=[('gateway', "Own gateways"), ('log', "Only record")],
        ondelete={'gateway': 'set default', 'log': 'set default'})
    stokiva_sms_gateway_ids = fields.One2many('stokiva.sms.gateway', 'company_id', "SMS gateways")
    stokiva_sms_code_limit = fields.Float(
        "Reply without code up to", default=0.0,
        help="Amount in the company's currency up to which a customer's clear reply counts without the code, when "
             "nothing else waits for his answer. 0: what costs nothing.", prefetch='stokiva')

    def _get_sms_api_class(self):
        self.ensure_one()
        return SmsApiLog if self.sms_provider == 'log' else super()._get_sms_api_class()

    def _stokiva_can_text(self):
        self.ensure_one()
        return self.sms_provider in QUEUED_ONLY

    def _stokiva_text(self, number, text, masked, valid_until):
        number_type = phonenumbers.number_type(phonenumbers.parse(number))
        if not self._stokiva_can_text() or number_type not in self.env['stokiva.message']._get_mobile_types():
            return self.env._("%s is not a mobile number.", number)
        if self.env['phone.blacklist'].search_count([('number', '=', number)], limit=1):
            return self.env._("%s is on the blacklist.", number)
        log = self.env['stokiva.sms.log']
        log.create({
            'company_id': self.id, 'number': number, 'gateway': self.sms_provider, 'valid_until': valid_until,
            **log._prepare_text_values(text, number), 'body': masked,
        })._queue_plain(text)
        self.env['sms.sms']._wake_queue()
        return False

    def _stokiva_can_reply(self):
        """Tell whether people can answer the company's SMS; replies to recorded ones are simulated."""
        self.ensure_one()
        return self.sms_provider == 'log' or bool(self._stokiva_get_reply_gateway())

    def _stokiva_get_reply_gateway(self):
        """Return the first gateway whose messages can be answered, else an empty record."""
        self.ensure_one()
        gateways = self.stokiva_sms_gateway_ids if self.sms_provider == 'gateway' else self.env['stokiva.sms.gateway']
        return gateways.filtered(lambda gateway: gateway._is_two_way())[:1]

    def _stokiva_get_reply_to(self):
        """Return the number that people have to write to, False if they can simply answer."""
        gateway = self._stokiva_get_reply_gateway()
        return gateway.reply_to if gateway.reply_to != gateway.sender else False

    def _stokiva_allows_links(self):
        """Tell whether links in the company's SMS arrive."""
        self.ensure_one()
        if self.sms_provider != 'gateway':
            return self.sms_provider == 'log'
        return bool(self.stokiva_sms_gateway_ids.filtered('allows_links'))
