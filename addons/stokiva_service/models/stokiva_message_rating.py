from odoo import models


class Message(models.Model):
    """The link by which a customer rates, and what became of the rating before he is told of it."""
    _inherit = 'stokiva.message'

    def _get_link(self):
        rating = self.work_order_id.customer_rating_ids if self.event in ('rate', 'rating_reply') else None
        return rating._get_link() if rating else super()._get_link()

    def _get_refusal(self):
        """Ask nobody for what he has given meanwhile, and tell no reply that was taken back."""
        rating = self.work_order_id.customer_rating_ids
        if self.event == 'rate' and rating and all(rating._get_together().mapped('stars')):
            return self.env._("The customer has rated meanwhile.")
        if self.event == 'rating_reply' and (rating.is_hidden or not rating.reply):
            return self.env._("The reply was taken back.")
        return super()._get_refusal()
