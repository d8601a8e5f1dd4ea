"""The provider's page of parts: what is there, what is wanted, what has come."""
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..presenters import Formats
from ..presenters.inputs import clean, parse_amount, parse_id
from ..presenters.parts import PartsPresenter
from .common import MAX_SEARCH, get_people
from .provider import ProviderPortal

MAX_QUANTITY = 1000
MAX_FOUND = 10


class ProviderParts(ProviderPortal):
    """Parts of the company that lie with a provider."""

    def _prepare_jobs_values(self, people_sudo, page_name):
        values = super()._prepare_jobs_values(people_sudo, page_name)
        values['stokiva_nav']['parts'] = any(
            self._get_parts_company(provider).stokiva_parts for provider in people_sudo.provider_id)
        return values

    def _get_parts_company(self, provider_sudo):
        """Return the company whose parts lie with a provider; of a shared one the user's own."""
        return provider_sudo.company_id or request.env.company.sudo()  # sudo: one setting only

    def _get_further_counts(self, people_sudo):
        counts = super()._get_further_counts(people_sudo)
        leading_sudo = people_sudo.filtered(lambda person: person._is_dispatcher())
        providers = [
            provider for provider in leading_sudo.provider_id if self._get_parts_company(provider).stokiva_parts]
        if not providers:
            return counts
        number = leading_sudo.env['stokiva.part.line'].search_count(Domain.OR(
            provider._get_defective_domain(self._get_parts_company(provider)) for provider in providers))
        return [{
            'number': number, 'label': request.env._("Parts to send back"), 'icon': 'fa-reply',
            'tone': 'warn' if number else None, 'url': '/my/jobs/parts#defective'}, *counts]

    @route('/my/jobs/parts', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_parts(self, part=None, **_query):
        """Show the parts of the user's providers, and what can be asked for."""
        return self._render_parts(part=part)

    def _render_parts(self, part=None, error=None, post=None, status=200):
        people_sudo = self._require_people()
        pages = [
            PartsPresenter(
                provider, self._get_parts_company(provider),
                people_sudo.filtered(lambda person: person.provider_id == provider),  # noqa: B023
                Formats(request.env, provider.tz)).get_page()
            for provider in people_sudo.provider_id if self._get_parts_company(provider).stokiva_parts]
        if not pages:
            raise request.not_found()
        part = clean(part, MAX_SEARCH)
        return self._render('stokiva_portal.portal_parts', self._prepare_jobs_values(people_sudo, 'stokiva_parts') | {
            'providers': pages, 'part': part, 'found_parts': self._find_stock_parts(part) if len(part) > 1 else [],
            'error': error, 'post': post or {}}, status=status)

    def _get_stock_part_domain(self):
        """Return the domain of what can be asked for: parts that are tracked in inventory."""
        companies = get_people().provider_id.mapped(self._get_parts_company)
        return [
            ('is_storable', '=', True), ('stokiva_policy', '=', 'none'), ('stokiva_device_type_id', '=', False),
            ('company_id', 'in', [*{company.id for company in companies}, False])]

    def _find_stock_parts(self, text):
        # sudo: portal users read no products; names only
        products = request.env['product.product'].sudo().search(
            [*self._get_stock_part_domain(), '|', ('name', 'ilike', text), ('default_code', 'ilike', text)],
            limit=MAX_FOUND)
        return [{'id': product.id, 'name': product.display_name} for product in products]

    def _act_on_parts(self, work, notice, post):
        """Do what a form asks for, once, and show the page again."""
        self._require_people()
        return self._act_once(work, notice, post, '/my/jobs/parts', self._render_parts)

    @route('/my/jobs/parts/request', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_parts_request(self, **post):
        """Ask the office for a part."""

        def work():
            provider_sudo = self._get_led_provider(post.get('provider_id'))
            # sudo: portal users read no products; the domain says which
            product_sudo = request.env['product.product'].sudo().search(
                [*self._get_stock_part_domain(), ('id', '=', parse_id(request.env, post.get('product_id')))])
            if not product_sudo:
                raise UserError(request.env._("Please choose from the list."))
            provider_sudo.sudo(False)._ask_for_part(
                self._get_parts_company(provider_sudo), product_sudo,
                parse_amount(request.env, post.get('quantity') or '1', MAX_QUANTITY))

        return self._act_on_parts(work, request.env._("The part is requested."), post)

    @route('/my/jobs/parts/<int:picking_id>/receive', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_parts_receive(self, picking_id, **post):
        """Confirm that parts have arrived."""

        def work():
            self._get_led_provider(post.get('provider_id'))._receive_parts(picking_id, request.env.user)

        return self._act_on_parts(work, request.env._("Thank you. The parts are in your stock now."), post)

    @route('/my/jobs/parts/send-defective', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_parts_send_defective(self, **post):
        """Send all defective parts back that are wanted."""

        def work():
            provider_sudo = self._get_led_provider(post.get('provider_id'))
            lines = request.env['stokiva.part.line'].sudo().search(  # sudo: the provider's own, by the domain
                provider_sudo._get_defective_domain(self._get_parts_company(provider_sudo)))
            provider_sudo._send_defective(lines)

        return self._act_on_parts(
            work, request.env._("Noted. Please put the list into the parcel with the defective parts."), post)
