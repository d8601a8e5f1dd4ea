from odoo import models


class MailMail(models.Model):
    _inherit = 'mail.mail'

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Tell the outbox of e-mails that could not be sent."""
        if failure_type:
            # sudo: nobody writes to the outbox but its methods
            failed = self.env['stokiva.message'].sudo().search([('mail_id', 'in', self.ids), ('state', '=', 'sent')])
            labels = dict(self._fields['failure_type']._description_selection(self.env))
            failed._set_failed(failure_reason or labels.get(failure_type, failure_type))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type)
