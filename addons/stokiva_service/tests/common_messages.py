from .common_orders import WorkOrderCommon


class MessageCommon(WorkOrderCommon):
    """Helpers that drive the outbox."""

    def setUp(self):
        super().setUp()
        self.patch(type(self.env['ir.cron']), '_commit_progress', lambda *args, **kwargs: float('inf'))

    def _get_rule(self, event, audience='customer'):
        """The e-mail rule that came with the addon."""
        return self.env.ref(f'stokiva_service.message_rule_{event}_{audience}_email')

    def _get_messages(self, order, event, audience='customer'):
        """The order's e-mails in the outbox."""
        return self.env['stokiva.message'].search([
            ('work_order_id', '=', order.id), ('event', '=', event), ('audience', '=', audience),
            ('channel', '=', 'email')], order='id')

    def _send(self, order, event, audience='customer'):
        """Run the outbox, and return the order's e-mails."""
        self.env['stokiva.message']._cron_send()
        return self._get_messages(order, event, audience)
