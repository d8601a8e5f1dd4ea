from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.stokiva_service import workflow

# So many requests of one login a day; more is no household.
REQUESTS_A_DAY = 20


class WorkOrder(models.Model):
    """What a customer asks for by himself, for an appliance of his."""
    _inherit = 'stokiva.work.order'

    @api.model
    def _request_for_user(self, device, service_type, symptoms, note, window, photos, key):
        """Open an order in the current user's name and offer it to the best provider, as far as rules allow.

        :param device: stokiva.device record in sudo, of the user's
        :param service_type: stokiva.service.type record that was on offer
        :param symptoms: stokiva.fault records that were on offer
        :param str note: in his words
        :param tuple window: ``(start, end)`` naive UTC that was on offer, or None
        :param list photos: base64 bytes
        :param str key: of the form, or None; the same form opens one order
        :return: stokiva.work.order record in sudo
        :raise UserError: if the appliance has an open order, is out of service, or there were too many requests
        :raise ValidationError: if a photo is none
        """
        user = self.env.user
        # Two forms sent at the same time: the second one finds the order of the first.
        self.env.cr.execute(SQL("SELECT id FROM stokiva_device WHERE id = %s FOR NO KEY UPDATE", device.id))
        # sudo: customers have no right to create orders; the values are listed here, the device is theirs
        orders_sudo = self.sudo().with_company(device.company_id)
        open_sudo = orders_sudo.search([('device_id', '=', device.id), ('state', 'in', workflow.OPEN)], limit=1)
        if open_sudo and key and open_sudo._find_events(key):
            return open_sudo
        if open_sudo:
            raise UserError(self.env._(
                "%s is open for this appliance already. Write to us there.", open_sudo.name))
        if not self.env['stokiva.throttle']._hit('requests', f'user {user.id}', REQUESTS_A_DAY, 24 * 60):
            raise UserError(self.env._("There were too many requests today. Please call us."))
        start, end = window or (False, False)
        order_sudo = orders_sudo.create({
            'company_id': device.company_id.id, 'partner_id': device.partner_id.id, 'device_id': device.id,
            'service_type_id': service_type.id, 'symptom_ids': [Command.set(symptoms.ids)], 'symptom_note': note or False,
            'window_start': start, 'window_end': end, 'user_id': False,
        })
        order_sudo._apply_event('open', actor=user, channel='portal', key=key)
        self.env['stokiva.media'].sudo().create([  # sudo: as above
            {'work_order_id': order_sudo.id, 'kind': 'fault', 'image': photo, 'channel': 'customer'} for photo in photos])
        order_sudo._assign_automatically()
        return order_sudo
