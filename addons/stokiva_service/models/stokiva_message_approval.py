from odoo import models
from odoo.exceptions import UserError

from .. import messages

CODE = '{code}'


class Message(models.Model):
    """Messages about requests to the customer: the code for the technician's phone, and whom not to write to."""
    _inherit = 'stokiva.message'

    def _get_refusal(self):
        """Write no more to whoever said that the job is not his, and ask nobody for what he has answered meanwhile."""
        if self.audience == 'customer':
            if self.work_order_id._is_muted(self.channel):
                return self.env._("Whoever has this address said that the job is not his.")
            if messages.kind(self.event).is_question and not self._get_waiting_approval():
                return self.env._("Nothing waits for the customer's answer any more.")
        return super()._get_refusal()

    def _prepare_render_context(self, lang):
        """Add ``code``, and ``number``: which reminder it is."""
        number = self.event_id._get_payload().get('attempt') if self.event_id else None
        return super()._prepare_render_context(lang) | {'code': CODE, 'number': number}

    def _replace_link(self, text):
        """Put the real code in place of ``{code}``, too.

        :raise UserError: if the code is not the last one any more
        """
        text = super()._replace_link(text)
        return text.replace(CODE, self._get_code()) if CODE in (text or '') else text

    def _get_code(self):
        """Return the code that the message brings to the customer.

        :raise UserError: if it does not hold any more
        """
        payload = self.event_id._get_payload()
        approval = self.env['stokiva.approval'].browse(payload.get('approval_id') or [])
        if not approval._is_answerable() or approval.code_of_id or approval.code_number != payload.get('attempt'):
            raise UserError(self.env._("The code does not hold any more."))
        return approval._get_code()
