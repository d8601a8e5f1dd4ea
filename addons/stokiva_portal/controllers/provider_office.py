"""The provider's pages for those who lead: people and money."""
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..presenters import Formats, StatementPresenter
from ..presenters.words import get_selection
from .common import get_people
from .provider import ProviderPortal

STATEMENTS_PER_PAGE = 20


class ProviderOffice(ProviderPortal):
    """Team and statements of a provider."""

    def _get_leading(self):
        """Return the user's memberships as master or dispatcher; without any there is no such page."""
        leading_sudo = self._require_people().filtered(lambda person: person._is_dispatcher())
        if not leading_sudo:
            raise request.not_found()
        return leading_sudo

    @route('/my/jobs/team', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_team(self, **_query):
        """Show the provider's people."""
        leading_sudo = self._get_leading()
        roles = get_selection(leading_sudo, 'role')
        return self._render('stokiva_portal.portal_team', self._prepare_jobs_values(
            get_people(), 'stokiva_team') | {
                'teams': [
                    {'name': provider.name, 'people': [
                        {
                            'name': person.name, 'role': roles[person.role], 'phone': person.phone or "",
                            'has_login': bool(person.user_id)}
                        for person in provider.personnel_ids if person.active]}
                    for provider in leading_sudo.provider_id]})

    # === STATEMENTS === #

    def _get_statement_domain(self):
        """Return the domain of the statements that the user may see, in sudo only."""
        providers = self._get_leading().provider_id.filtered('can_see_settlements')
        return [('provider_id', 'in', providers.ids), ('state', '!=', 'draft')]

    def _get_statements(self):
        """Return the empty recordset to search statements in."""
        # sudo: portal users have no right on settlements; the domain and the presenter say what is shown
        return request.env['stokiva.statement'].sudo()

    def _get_statement_counts(self, people_sudo):
        if not any(person._is_dispatcher() and person.provider_id.can_see_settlements for person in people_sudo):
            return super()._get_statement_counts(people_sudo)
        number = self._get_statements().search_count(
            [*self._get_statement_domain(), ('state', 'in', ('confirmed', 'billed'))])
        return [{
            'number': number, 'label': request.env._("Unpaid statements"), 'icon': 'fa-money', 'tone': None,
            'url': '/my/jobs/statements'}]

    @route(
        ['/my/jobs/statements', '/my/jobs/statements/page/<int:page>'], type='http', auth='user', website=True,
        methods=['GET'])
    def stokiva_statements(self, page=1, **_query):
        """Show the provider's statements, latest first."""
        domain = self._get_statement_domain()
        statements_sudo = self._get_statements()
        if not any(self._get_leading().provider_id.mapped('can_see_settlements')):
            raise request.not_found()
        pager = portal_pager(
            url='/my/jobs/statements', total=statements_sudo.search_count(domain), page=page,
            step=STATEMENTS_PER_PAGE)
        found_sudo = statements_sudo.search(
            domain, order='date_to desc, id desc', limit=STATEMENTS_PER_PAGE, offset=pager['offset'])
        return self._render('stokiva_portal.portal_statements', self._prepare_jobs_values(
            get_people(), 'stokiva_statements') | {
                'statements': [self._present_statement(statement).get_card() for statement in found_sudo],
                'pager': pager})

    @route('/my/jobs/statements/<int:statement_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_statement(self, statement_id, **_query):
        """Show one statement with its lines and why each amount."""
        statement_sudo = self._get_statements().search(
            [*self._get_statement_domain(), ('id', '=', statement_id)])
        if not statement_sudo:
            raise request.not_found()
        return self._render('stokiva_portal.portal_statement', self._prepare_jobs_values(
            get_people(), 'stokiva_statement') | {'statement': self._present_statement(statement_sudo).get_page()})

    def _present_statement(self, statement_sudo):
        return StatementPresenter(statement_sudo, Formats(request.env, statement_sudo.provider_id.tz))
