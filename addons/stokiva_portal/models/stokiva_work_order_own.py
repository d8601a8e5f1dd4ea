from odoo import api, models
from odoo.exceptions import AccessError, UserError

# More a day is no service point but a mistake of a program.
OWN_ORDERS_A_DAY = 200


class WorkOrder(models.Model):
    """What a provider opens by itself, for a customer who came to it."""
    _inherit = 'stokiva.work.order'

    @api.model
    def _open_for_provider(self, provider, values, key):
        """Open an order in the current user's name, give it to his provider and accept it, all or nothing.

        Customer and device are made anew: whether somebody is known to the company is not told.

        :param provider: stokiva.provider record in sudo, which the user leads
        :param dict values: ``customer`` (of a contact), ``device`` (of a device) and ``order`` (of an order), each checked
        :param str key: of the form, or None
        :return: stokiva.work.order record in sudo
        :raise AccessError: if the provider may not open orders
        :raise UserError: if it may not do this work, or has no time for it
        """
        if not provider.can_open:
            raise AccessError(self.env._("Your company may not open work orders. Please call the office."))
        if not self.env['stokiva.throttle']._hit('own_orders', f'provider {provider.id}', OWN_ORDERS_A_DAY, 24 * 60):
            raise UserError(self.env._("There were too many orders today. Please call the office."))
        company = provider.company_id or self.env.company
        # sudo: portal users have no right to create these; the values are checked, the event is in the user's name
        orders_sudo = self.sudo().with_company(company)
        customer_sudo = orders_sudo.env['res.partner'].create({**values['customer'], 'company_id': False})
        device_sudo = orders_sudo.env['stokiva.device'].create({
            **values['device'], 'partner_id': customer_sudo.id, 'company_id': company.id})
        order_sudo = orders_sudo.create({
            **values['order'], 'company_id': company.id, 'partner_id': customer_sudo.id, 'device_id': device_sudo.id,
            'user_id': False})
        user, door = self.env.user, {'channel': 'portal'}
        order_sudo._apply_event('open', actor=user, key=key, **door)
        order_sudo._apply_event('assign', {
            'provider_id': provider.id, 'reason': self.env._("Opened by the provider")}, actor=None, **door)
        order_sudo._apply_event('accept', actor=user, **door)
        return order_sudo
