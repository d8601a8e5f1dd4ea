from odoo.fields import Datetime
from odoo.tests import tagged

from odoo.addons.stokiva_service.tests.common_anonymous import find_personal

from .common import SmsCommon

ERASED = {
    'stokiva.sms.log.number', 'stokiva.sms.log.body', 'stokiva.sms.inbound.number', 'stokiva.sms.inbound.number_raw',
    'stokiva.sms.inbound.text', 'stokiva.sms.inbound.note', 'stokiva.sms.inbound.source_ip',
    'stokiva.sms.question.number', 'stokiva.sms.question.code', 'stokiva.sms.question.lang'}
HARMLESS = {
    'stokiva.sms.log.uuid', 'stokiva.sms.log.event', 'stokiva.sms.log.audience', 'stokiva.sms.log.lang',
    'stokiva.sms.log.reason', 'stokiva.sms.log.gateway_ref', 'stokiva.sms.inbound.message_ref', 'stokiva.sms.inbound.number_to',
    'stokiva.sms.inbound.dedupe'}


@tagged('post_install', '-at_install')
class TestAnonymise(SmsCommon):
    """Of a customer who wants to be forgotten no number and no text stays."""

    def test_every_field_is_erased_or_harmless(self):
        self.assertEqual(find_personal(self.env, 'stokiva_sms'), ERASED | HARMLESS)

    def test_numbers_and_texts_go(self):
        self.customer.phone = '+90 532 123 45 67'
        order = self._submitted()
        self._hand_over(order, 'submit')
        self._answer(order)
        self.env['stokiva.sms.inbound'].create([
            {'company_id': self.company.id, 'received_at': Datetime.now(), 'dedupe': name, 'text': "Here is Ayşe",
             'number': '+905321234567', 'number_raw': '05321234567', **link}
            for name, link in (('a', {'partner_id': self.customer.id}), ('b', {'work_order_id': order.id}))])
        self.customer.with_user(self.user_manager)._stokiva_anonymise()
        logs = self.env['stokiva.sms.log'].search([('work_order_id', '=', order.id)])
        self.assertTrue(logs)
        self.assertFalse(any(logs.mapped('body')))
        self.assertFalse(logs.filtered(lambda log: log.partner_id == self.customer and log.number))
        self.assertFalse(any(self.env['stokiva.sms.inbound'].search([]).mapped('text')))
        self.assertFalse(self.env['stokiva.sms.question'].search([('work_order_id', '=', order.id)]))
