from odoo import models

from .. import messages


class Message(models.Model):
    """Work that is offered or given to somebody, and is no longer his when he is to be told."""
    _inherit = 'stokiva.message'

    def _get_refusal(self):
        """Offer nobody what he cannot have any more: the text would tell of somebody else's offer."""
        kind = messages.kind(self.event)
        if self.personnel_id and kind.topic == messages.JOB:
            orders = self.work_order_id._get_group()
            if kind.is_offer and 'offered' not in orders.assignment_id.mapped('state'):
                return self.env._("The offer was answered or taken back meanwhile.")
            people = self._get_recipients(self.audience, orders).values()
            if not any(self.personnel_id == person for recipients in people for _partner, person in recipients):
                return self.env._("It is no longer the job of %s.", self.partner_id.name)
        return super()._get_refusal()
