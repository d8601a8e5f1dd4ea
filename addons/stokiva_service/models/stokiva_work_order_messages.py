from odoo import fields, models
from odoo.tools import format_datetime


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    outbox_count = fields.Integer(
        "Outbox", compute='_compute_outbox_count', groups='stokiva_service.group_stokiva_dispatcher')
    outbox_failed_count = fields.Integer(
        "Failed Messages", compute='_compute_outbox_count', groups='stokiva_service.group_stokiva_dispatcher')

    def _compute_outbox_count(self):
        counts = {
            (order, state): count for order, state, count in self.env['stokiva.message']._read_group(
                [('work_order_id', 'in', self.ids)], ['work_order_id', 'state'], ['__count'])}
        for order in self:
            order.outbox_count = sum(count for (found, _state), count in counts.items() if found == order)
            order.outbox_failed_count = counts.get((order, 'failed'), 0)

    def action_view_outbox(self):
        """Open the messages about this order, with what became of them.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.message_action')
        return {**action, 'domain': [('work_order_id', '=', self.id)], 'context': {}}

    def _get_window_text(self):
        """Return the agreed window as the customer's clock shows it, in the language of the context: ``Friday 27 November,
        13:00–15:00``.

        :return: an empty text where none is agreed
        :rtype: str
        """
        self.ensure_one()
        if not self.window_start:
            return ""
        start, end = (
            format_datetime(self.env, moment, tz=self.provider_id.tz, dt_format=form)
            for moment, form in ((self.window_start, 'EEEE d MMMM, HH:mm'), (self.window_end, 'HH:mm')))
        return f"{start}–{end}"
