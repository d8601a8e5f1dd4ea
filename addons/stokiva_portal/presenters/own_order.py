"""The form by which a provider opens an order of its own."""
from odoo.fields import Domain

from .inputs import MAX_TEXT

MAX_DISTRICTS = 400


class OwnOrderForm:
    """What is asked, and what can be chosen.

    :param provider: stokiva.provider record in sudo, which may open orders and which the user leads
    :param company: res.company record in sudo for which it works
    """

    def __init__(self, provider, company):
        self.provider, self.company, self.env = provider, company, provider.env

    def get_form(self):
        """Return the form as the template ``stokiva_portal.page_form`` wants it."""
        return {
            'event': f'open_{self.provider.id}', 'url': '/my/jobs/open', 'icon': 'fa-plus', 'button': 'btn-primary btn-lg',
            'label': self.env._("Open and accept the order"), 'hidden': {'provider_id': self.provider.id},
            'inputs': [
                {'name': 'name', 'type': 'text', 'label': self.env._("Customer's name"), 'required': True, 'maximum': 120},
                {'name': 'phone', 'type': 'tel', 'label': self.env._("Customer's phone"), 'required': True, 'maximum': 32},
                {'name': 'street', 'type': 'text', 'label': self.env._("Street, number, flat"), 'required': True, 'maximum': 200},
                {'name': 'city_id', 'type': 'select', 'label': self.env._("District"), 'required': True, 'empty': self.env._("Choose"),
                 'options': [(city.id, f"{city.name}, {city.state_id.name}") for city in self._get_districts()]},
                {'name': 'device_type_id', 'type': 'select', 'label': self.env._("Device"), 'required': True, 'empty': self.env._("Choose"),
                 'options': self._get_options('stokiva.device.type', 'complete_name')},
                {'name': 'serial', 'type': 'text', 'label': self.env._("Serial number"), 'maximum': 60},
                {'name': 'service_type_id', 'type': 'select', 'label': self.env._("What is to be done"), 'required': True,
                 'empty': self.env._("Choose"), 'options': self._get_options('stokiva.service.type', 'name')},
                {'name': 'symptom_note', 'type': 'textarea', 'label': self.env._("What the customer says"), 'required': True,
                 'maximum': MAX_TEXT},
                {'name': 'window_start', 'type': 'datetime-local', 'label': self.env._("Visit from"),
                 'hint': self.env._("If you have agreed on a time.")},
                {'name': 'window_end', 'type': 'datetime-local', 'label': self.env._("Visit until")},
            ]}

    def _get_districts(self):
        """Return the districts where the provider works and those of its own province: res.city records."""
        areas = self.provider.area_ids
        states = areas.filtered(lambda area: area.kind == 'state').state_id | self.provider.state_id
        return self.env['res.city'].search(
            Domain('id', 'in', areas.city_id.ids) | Domain('state_id', 'in', states.ids), order='name, id',
            limit=MAX_DISTRICTS)

    def _get_options(self, model, name):
        records = self.env[model].search([('company_id', 'in', (self.company.id, False))])
        return sorted(((record.id, record[name]) for record in records), key=lambda option: option[1])
