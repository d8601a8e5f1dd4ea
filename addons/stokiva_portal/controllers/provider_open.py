"""A provider opens an order of its own."""
from odoo.exceptions import UserError
from odoo.http import request, route

from ..presenters import Formats
from ..presenters.inputs import Inputs
from ..presenters.own_order import OwnOrderForm
from .common import get_people
from .provider_office import ProviderOffice

URL = '/my/jobs/open'


class ProviderOpen(ProviderOffice):
    """The form, for those who lead a provider that may open orders."""

    def _prepare_jobs_values(self, people_sudo, page_name):
        values = super()._prepare_jobs_values(people_sudo, page_name)
        values['can_open'] = bool(self._get_opening(people_sudo))
        return values

    def _get_opening(self, people_sudo):
        """Return the providers that the user leads and that may open orders, in sudo."""
        return people_sudo.filtered(lambda person: person._is_dispatcher()).provider_id.filtered('can_open')

    @route(URL, type='http', auth='user', website=True, methods=['GET'])
    def stokiva_open(self, **_query):
        """Show the form."""
        return self._render_open()

    def _render_open(self, **values):
        status = values.pop('status', 200)
        providers = self._get_opening(self._require_people())
        if not providers:
            raise request.not_found()
        return self._render('stokiva_portal.portal_open', self._prepare_jobs_values(get_people(), 'stokiva_open') | {
            'providers': [
                {'name': provider.name, 'form': self._get_open_form(provider).get_form()} for provider in providers],
            **values}, status=status)

    def _get_open_form(self, provider_sudo):
        return OwnOrderForm(provider_sudo, provider_sudo.company_id or request.env.company.sudo())  # sudo: its id only

    @route(URL, type='http', auth='user', website=True, methods=['POST'])
    def stokiva_open_send(self, **post):
        """Open the order, give it to the provider and accept it."""
        self._require_people()
        opened = []

        def work():
            provider_sudo = self._get_led_provider(post.get('provider_id'))
            opened.append(request.env['stokiva.work.order']._open_for_provider(
                provider_sudo, self._read_own_order(provider_sudo, post), self._get_key(post)))

        answer = self._act_once(
            work, request.env._("The order is opened and accepted. Plan the visit."), post, '/my/jobs', self._render_open)
        return request.redirect(f'/my/jobs/{opened[0].id}', code=303) if opened and answer.status_code == 303 else answer

    def _read_own_order(self, provider_sudo, post):
        """Return the values of customer, device and order.

        :raise UserError: telling what to fill in or change
        """
        inputs = self._get_open_form(provider_sudo).get_form()['inputs']
        given = Inputs(request.env, Formats(request.env, provider_sudo.tz)).parse(inputs, post)
        if bool(given.get('window_start')) != bool(given.get('window_end')):
            raise UserError(request.env._("Say from when until when, or leave both empty."))
        city = provider_sudo.env['res.city'].browse(given['city_id'])
        return {
            'customer': {
                'name': given['name'], 'phone': self._read_phone(given['phone'], city.country_id), 'street': given['street'],
                'city_id': city.id, 'city': city.name, 'state_id': city.state_id.id, 'country_id': city.country_id.id,
                'lang': request.env.user.lang},
            'device': {'device_type_id': given['device_type_id'], 'serial': given.get('serial')},
            'order': {name: given.get(name) for name in ('service_type_id', 'symptom_note', 'window_start', 'window_end')},
        }
