from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.stokiva_service.tests.common_orders import WorkOrderCommon


class SmsCommon(WorkOrderCommon, CronMixinCase):
    """A company whose SMS are only recorded, and helpers to drive outbox and queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sms_provider = 'log'
        cls.dispatcher_a.partner_id.phone = '+90 533 111 22 33'
        cls.technician_a.partner_id.phone = '+90 534 111 22 33'

    def setUp(self):
        super().setUp()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf'))

    def _get_messages(self, order, event, audience='customer'):
        """The order's rows of the outbox for SMS."""
        return self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', event), ('audience', '=', audience),
            ('channel', '=', 'sms')])

    def _hand_over(self, order, event, audience='customer'):
        """Run the outbox, and return the order's messages with their journal, newest first."""
        self.env['stokiva.message']._cron_send()
        messages = self._get_messages(order, event, audience)
        return messages, self._get_logs(messages)

    def _get_logs(self, messages):
        """The journal of messages, newest first."""
        return self.env['stokiva.sms.log'].search([('message_id', 'in', messages.ids)])

    def _get_queued(self, log):
        """The row of Odoo's queue that belongs to a row of the journal."""
        return self.env['sms.sms'].search([('uuid', '=', log.uuid)])
