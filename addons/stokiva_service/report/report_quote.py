import json

from odoo import api, models
from odoo.exceptions import UserError


class ReportQuote(models.AbstractModel):
    """The price that the customer is asked to accept."""
    _name = 'report.stokiva_service.report_quote'
    _inherit = ['stokiva.paper']
    _description = "Quote"

    @api.model
    def _prepare_paper(self, order):
        """Add the last quote.

        :raise UserError: if none was made
        """
        quote = order.approval_ids.filtered(lambda item: item.kind == 'quote' and item.state != 'void').sorted('id')[-1:]
        if not quote:
            raise UserError(self.env._("No quote was made for %s.", order.name))
        shown = json.loads(quote.shown)
        return super()._prepare_paper(order) | self._prepare_content(order, shown) | {
            'made_on': self._format_moment(order, quote.create_date),
            'valid_until': self._format_moment(order, quote.expires_at),
            'text': shown.get('text'),
            'answer': self._prepare_answer(order, quote),
        }
