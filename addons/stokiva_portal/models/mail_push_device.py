import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.stokiva_service.given import is_text


class MailPushDevice(models.Model):
    _inherit = 'mail.push.device'

    stokiva_field = fields.Boolean("Technicians' App", readonly=True, help="It is rung when its technician gets a job.")

    @api.model
    def _stokiva_register(self, subscription, key):
        """Note that a phone wants to be rung for the current user.

        :param dict subscription: ``endpoint`` and ``keys``, as the browser gives them; not trusted
        :param str key: the server's public key for which it was made
        :raise UserError: if it is none
        """
        is_one = isinstance(subscription, dict) and isinstance(subscription.get('keys'), dict)
        endpoint, keys = (subscription.get('endpoint'), subscription['keys']) if is_one else (None, {})
        if not (
            is_text(endpoint) and endpoint.startswith('https://') and {*keys} == {'p256dh', 'auth'}
            and all(map(is_text, keys.values())) and self._verify_vapid_public_key(key)
        ):
            raise UserError(self.env._("This phone cannot be rung."))
        self.register_devices(endpoint=endpoint, keys=keys, vapid_public_key=key)
        # sudo: the row that was just written
        self.sudo().search([('endpoint', '=', endpoint)]).stokiva_field = True

    @api.model
    def _stokiva_ring(self, user, order, text):
        """Ring the phones of a technician, after the commit. A bell only: what happened, the phone asks by itself.

        :param user: res.users record
        :param order: stokiva.work.order record in sudo
        :param str text: what is shown, in his language; nothing of the customer
        """
        # sudo: whoever plans a job may ring
        devices = self.sudo().search([('stokiva_field', '=', True), ('partner_id', '=', user.partner_id.id)])
        if devices:
            data = {'model': order._name, 'res_id': order.id}
            payload = json.dumps({'title': order.name, 'options': {'body': text, 'tag': order.name, 'data': data}})
            self.env['mail.push'].sudo().create([  # sudo: as above
                {'mail_push_device_id': device.id, 'payload': payload} for device in devices])
            self.env.ref('mail.ir_cron_web_push_notification').sudo()._trigger()  # sudo: as above
