from odoo import fields, models


class WorkOrder(models.Model):
    """Events that leave an order as it is: what was done with it, also after it was closed."""
    _inherit = 'stokiva.work.order'

    def _note_event(self, event, payload, *, actor, channel):
        """Append an event to the orders' log without changing them; the caller has checked who may.

        :param str event: key of ``labels.EVENTS`` that is not in ``workflow.TABLE``
        :param dict payload: JSON-like values
        :param actor: as in ``_apply_event``
        :param str channel: as in ``_apply_event``
        :return: stokiva.event records, one per order
        """
        orders = self.sudo().sorted('id')._lock_rows()  # sudo: chain and its end are written by the log only
        log = self.env['stokiva.event']
        events = log._append([
            {
                'work_order_id': order,
                'event': event,
                'state_before': order.state,
                'state_after': order.state,
                'actor': actor,
                'role': log._get_actor_role(actor),
                'channel': channel,
                'key': None,
                'occurred_at': fields.Datetime.now(),
                'payload': payload,
            } for order in orders])
        for order, row in zip(orders, events, strict=True):
            order.write({'event_seq': row.seq, 'event_hash': row.hash})
        return events
