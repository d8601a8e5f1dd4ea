from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .. import workflow
from ..groups import CALL_CENTRE


class WorkOrder(models.Model):
    """The customer's opinion of the order."""
    _inherit = 'stokiva.work.order'

    customer_rating_ids = fields.One2many('stokiva.rating', 'work_order_id', "Customer's Rating", readonly=True, groups=CALL_CENTRE)

    _completed_idx = models.Index("(completed_at) WHERE state = 'completed'")

    def _post_event(self, events):
        res = super()._post_event(events)
        if events[:1].event == 'approve':
            rated = self.filtered(lambda order: order.state == workflow.COMPLETED).approval_ids.filtered(
                lambda item: item.kind == 'work' and item.state == 'approved' and item.stars)
            if rated:
                self.env['stokiva.rating']._note_approvals(rated)
        return res

    def _can_be_rated(self):
        """Tell whether the customer may give or change his opinion now.

        :rtype: bool
        """
        self.ensure_one()
        if self.customer_rating_ids:
            return self.customer_rating_ids._is_open()
        days = timedelta(days=self.company_id.stokiva_rating_days)
        return self.state == workflow.COMPLETED and self.completed_at + days > fields.Datetime.now()

    def _rate(self, stars, comment, source):
        """Note the customer's opinion; parameters as of ``stokiva.rating._give``. Meant for sudo.

        :raise UserError: if the order cannot be rated now
        """
        self.ensure_one()
        if not self._can_be_rated():
            raise UserError(self.env._("This order cannot be rated any more."))
        (self.customer_rating_ids or self.customer_rating_ids._prepare_for(self))._give(stars, comment, source)

    def _get_anonymous_values(self):
        return super()._get_anonymous_values() + [(self.customer_rating_ids, {'comment': False, 'reply': False, 'hidden_reason': False})]

    def _remove_files(self):
        ratings = self.customer_rating_ids
        self.env['mail.message'].search([('model', '=', ratings._name), ('res_id', 'in', ratings.ids)]).unlink()
        ratings.with_context(active_test=False).activity_ids.unlink()
        return super()._remove_files()
