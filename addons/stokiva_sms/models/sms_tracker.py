from odoo import models

NOTIFICATION_TO_LOG = {
    'ready': 'queued',
    'process': 'queued',
    'pending': 'sent',
    'sent': 'delivered',
    'exception': 'failed',
    'bounce': 'failed',
    'canceled': 'canceled',
}


class SmsTracker(models.Model):
    _inherit = 'sms.tracker'

    def _update_sms_notifications(self, notification_status, failure_type=False, failure_reason=False):
        """Keep the journal in step with what any gateway says, at sending and in later reports.

        A failure reported after the delivery is dropped: reports overtake each other.
        """
        # sudo: the journal has no writers; a report of a gateway comes in without a user
        logs = self.env['stokiva.sms.log'].sudo().search([('uuid', 'in', self.mapped('sms_uuid'))])
        state = NOTIFICATION_TO_LOG[notification_status]
        trackers = self
        if state == 'failed':
            delivered = {log.uuid for log in logs if log.state == 'delivered'}
            trackers = self.filtered(lambda tracker: tracker.sms_uuid not in delivered)
        labels = dict(self.env['mail.notification']._fields['failure_type']._description_selection(self.env))
        logs._set_state(state, failure_reason or labels.get(failure_type))
        return super(SmsTracker, trackers)._update_sms_notifications(
            notification_status, failure_type=failure_type, failure_reason=failure_reason)
