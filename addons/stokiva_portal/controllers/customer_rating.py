"""The customer's opinion of a completed order, in the portal."""
from odoo.http import request, route

from odoo.addons.stokiva_service.models.stokiva_rating_give import STARS

from .customer import CustomerService


class CustomerRating(CustomerService):
    """Takes the stars and words of the order's page."""

    @route('/my/service/<int:order_id>/rate', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_request_rate(self, order_id, **post):
        """Note the customer's opinion, or another one while it can be changed."""

        def work(presenter):
            comment = (post.get('comment') or '').replace('\0', '')
            presenter.order._rate(STARS.get(post.get('stars'), 0), comment, 'portal')

        return self._act_on_request(
            order_id, work, request.env._("Thank you, we have your rating. You can still change it."), post, '#rating')
