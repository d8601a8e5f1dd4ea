from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ProviderClose(models.TransientModel):
    """Ends the work with a provider: what is open goes to others, its people and logins go with it."""
    _name = 'stokiva.provider.close'
    _description = "Close a Provider"

    provider_id = fields.Many2one('stokiva.provider', required=True, readonly=True)
    reason = fields.Char(help="Written on every order that changes hands.")
    line_ids = fields.One2many('stokiva.provider.close.line', 'wizard_id', "Open Orders")
    notes = fields.Text("What Stays Open", compute='_compute_notes')
    login_count = fields.Integer("Logins", compute='_compute_notes')
    part_text = fields.Char("Parts with the Provider", compute='_compute_notes')
    return_parts = fields.Boolean(
        "Return the parts", default=True,
        help="Makes a transfer back to the warehouse for everything that lies with the provider; defective parts apart.")
    archive_logins = fields.Boolean(
        "Archive their logins",
        help="Portal logins of people who work for no other provider. With a login left, a person still sees "
             "what he sees as a customer, and nothing of the provider.")

    @api.depends('provider_id')
    def _compute_notes(self):
        for wizard in self:
            wizard.notes = "\n".join(wizard.provider_id._get_closing_notes())
            wizard.part_text = wizard.provider_id._describe_parts()
            wizard.login_count = len(wizard.provider_id.personnel_ids.user_id)

    def _fill(self):
        """List the open orders, each with the provider that the engine would choose instead."""
        for wizard in self:
            orders = wizard._get_open_orders()
            best = wizard._get_best_providers(orders)
            wizard.line_ids = [
                Command.create({'work_order_id': order.id, 'provider_id': best.get(order)}) for order in orders]

    def _get_open_orders(self):
        """Return the orders with which something must happen, as far as the user may see them."""
        return self.env['stokiva.work.order'].search(
            self.provider_id._get_open_orders_domain(), order='state, window_start, id')

    def _get_best_providers(self, orders):
        """Return whom the engine would choose instead.

        :param orders: stokiva.work.order records
        :return: ``{order: provider id}`` for those that somebody else fits
        """
        if not orders:
            return {}
        # sudo: the ranking reads areas and workload of all providers
        engine = self.env['stokiva.assignment.engine'].sudo()
        rankings = engine._rank(orders)
        for ranking in rankings.values():
            ranking.rows = [row for row in ranking.rows if row.provider_id != self.provider_id.id]
        return engine._allocate(rankings)

    def action_close(self):
        """Give every open order its new place, then archive the provider with its people.

        :return: action that closes the dialog
        :raise UserError: if an order has no new place yet, or is none of the user's
        """
        self.ensure_one()
        provider = self.provider_id
        provider.check_access('write')
        if not (self.reason or '').strip():
            raise UserError(self.env._("Say why the provider is closed."))
        if self.line_ids.work_order_id != self._get_open_orders():
            raise UserError(self.env._("The open orders have changed meanwhile. Please open this dialog again."))
        self._check_lines()
        # From now on nobody's choice falls on it, neither here nor for what follows from the steps below.
        provider.write({
            'suspended_from': provider._get_today(), 'suspended_until': False, 'suspend_reason': 'closing',
            'suspend_note': self.reason})
        begun = self.line_ids.filtered('is_begun')
        self._hand_over(self.line_ids - begun)
        self._end_and_follow_up(begun)
        notes = provider._get_closing_notes()
        if self.return_parts and self.part_text and (transfers := provider._return_all_parts()):
            notes.append(self.env._("Returned by %s.", ", ".join(transfers.mapped('name'))))
        logins = provider.personnel_ids.user_id
        provider.active = False
        if self.archive_logins:
            provider._archive_logins(logins)
        provider.message_post(body=self.env._(
            "Closed: %(reason)s. %(notes)s", reason=self.reason, notes=" ".join(notes)))
        return {'type': 'ir.actions.act_window_close'}

    def _check_lines(self):
        """Raise if something is left to be chosen.

        :raise UserError: naming the orders
        """
        # An offer may go back to the engine; who accepted must be replaced by somebody.
        homeless = self.line_ids.filtered(
            lambda line: not line.is_begun and not line.provider_id and line.state != 'assigned')
        if homeless:
            raise UserError(self.env._(
                "Choose another provider for %s.", ", ".join(homeless.work_order_id.mapped('name'))))
        unfetched = self.line_ids.filtered(lambda line: line.has_device and not line.device_is_back)
        if unfetched:
            raise UserError(self.env._(
                "The provider still has devices of customers. Fetch them first: %s.", ", ".join(
                    f"{order.device_id.display_name} ({order.name})" for order in unfetched.work_order_id)))

    def _hand_over(self, lines):
        """Offer to others what the provider has not begun."""
        door = {'actor': self.env.user, 'channel': 'office'}
        fetched = lines.filtered('has_device').work_order_id
        fetched._hand_back_all(**door)
        for new_provider, batch in lines.grouped('provider_id').items():
            if new_provider:
                batch.work_order_id._apply_event(
                    'reassign', {'reason': self.reason, 'provider_id': new_provider.id}, **door)
            else:
                batch.work_order_id._apply_event('reject', {'reason': self.reason}, **door)

    def _end_and_follow_up(self, lines):
        """Return what the provider has begun, and open orders that go on with it."""
        orders = lines.work_order_id
        if not orders:
            return
        door = {'actor': self.env.user, 'channel': 'office'}
        fetched = lines.filtered('has_device').work_order_id
        fetched._hand_back_all(**door)
        orders._apply_event('return', {'reason': self.reason}, **door)
        follow_ups = self.env['stokiva.work.order'].create([
            order._prepare_follow_up_values() for order in lines.filtered('follow_up').work_order_id])
        if follow_ups:
            follow_ups._assign_automatically(actor=self.env.user, channel='office')
