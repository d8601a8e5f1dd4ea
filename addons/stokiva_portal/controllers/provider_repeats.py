"""Repeat visits that are charged to a provider, and its objections."""
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..presenters import Formats
from ..presenters.repeats import RepeatPresenter
from .common import get_people, read_text
from .provider_office import MAX_REASON, ProviderOffice

REPEATS_PER_PAGE = 20
URL = '/my/jobs/repeats'


class ProviderRepeats(ProviderOffice):
    """Repeat visits, for those who lead a provider."""

    def _get_repeats(self):
        """Return the empty recordset to search in, and the domain of what is charged to the user's providers."""
        # sudo: portal users have no right on repeat visits; the domain and the presenter say what is shown
        return request.env['stokiva.repeat.visit'].sudo(), [('provider_id', 'in', self._get_leading().provider_id.ids)]

    def _get_further_counts(self, people_sudo):
        counts = super()._get_further_counts(people_sudo)
        leading_sudo = people_sudo.filtered(lambda person: person._is_dispatcher())
        if not leading_sudo:
            return counts
        repeats_sudo, domain = self._get_repeats()
        number = repeats_sudo.search_count([*domain, ('state', '=', 'charged')])
        return [*counts, {
            'number': number, 'label': request.env._("Repeat visits"), 'icon': 'fa-repeat', 'tone': None,
            'url': URL}] if number else counts

    @route([URL, f'{URL}/page/<int:page>'], type='http', auth='user', website=True, methods=['GET'])
    def stokiva_repeats(self, page=1, **_query):
        """Show what is charged to the provider, latest first."""
        return self._render_repeats(page)

    def _render_repeats(self, page=1, error=None, post=None, status=200):
        repeats_sudo, domain = self._get_repeats()
        pager = portal_pager(url=URL, total=repeats_sudo.search_count(domain), page=page, step=REPEATS_PER_PAGE)
        found_sudo = repeats_sudo.search(domain, limit=REPEATS_PER_PAGE, offset=pager['offset'])
        return self._render('stokiva_portal.portal_repeats', self._prepare_jobs_values(
            get_people(), 'stokiva_performance') | {
                'repeats': [
                    RepeatPresenter(repeat, Formats(request.env, repeat.provider_id.tz)).get_card() for repeat in found_sudo],
                'pager': pager, 'page': page, 'error': error, 'post': post or {}}, status=status)

    @route(f'{URL}/<int:repeat_id>', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_repeat_object(self, repeat_id, page='1', **post):
        """Object to a charge; a manager decides."""
        repeats_sudo, domain = self._get_repeats()
        repeat_sudo = repeats_sudo.search([*domain, ('id', '=', repeat_id)])
        if not repeat_sudo:
            raise request.not_found()
        page = int(page) if page.isdecimal() and len(page) < 6 else 1
        return self._act_once(
            lambda: repeat_sudo._object(read_text(post, 'reason', MAX_REASON), request.env.user),
            request.env._("Your objection is sent. A manager decides."), dict(post, repeat_id=repeat_id),
            f'{URL}/page/{page}', lambda **values: self._render_repeats(page, **values))
