from odoo import models


class Message(models.Model):
    """The link by which a customer rates."""
    _inherit = 'stokiva.message'

    def _get_link(self):
        rating = self.work_order_id.customer_rating_ids if self.event == 'rate' else None
        return rating._get_link() if rating else super()._get_link()

    def _get_refusal(self):
        """Ask nobody for what he has given meanwhile."""
        if self.event == 'rate' and self.work_order_id.customer_rating_ids.stars:
            return self.env._("The customer has rated meanwhile.")
        return super()._get_refusal()
