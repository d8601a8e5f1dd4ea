"""An appliance as its owner sees it."""
from odoo import fields

from .formats import Formats

STATES = {
    'to_verify': ('warn', 'fa-hourglass-half'),
    'in_service': ('ok', 'fa-check-circle'),
    'returned': ('muted', 'fa-undo'),
}


class AppliancePresenter:
    """Explicit values of one device for its owner.

    :param device: stokiva.device record in sudo that belongs to the user
    :param user: res.users record who looks
    """

    def __init__(self, device, user):
        self.device = device
        self.env = device.env
        self.formats = Formats(self.env, user.tz)

    def get_card(self):
        """Return what the list shows.

        :rtype: dict
        """
        device = self.device
        tone, icon = STATES[device.state]
        return {
            'name': device.product_id.name or device.registered_model or device.device_type_id.name,
            'kind': device.device_type_id.name,
            'serial': device.serial or None,
            'warranty': self.get_warranty(),
            'state': {'tone': tone, 'icon': icon, 'text': self.get_state_text()},
            'badges': [],
        }

    def get_state_text(self):
        """Say in the owner's words how far the registration is."""
        return {
            'to_verify': self.env._("We are looking at it"),
            'in_service': self.env._("Registered"),
            'returned': self.env._("Returned"),
        }[self.device.state]

    def get_warranty(self):
        """Say what the warranty covers, nothing before the office has looked at the appliance."""
        if self.device.state != 'in_service':
            return None
        return self.device._get_warranty_sentence(fields.Date.context_today(self.device))
