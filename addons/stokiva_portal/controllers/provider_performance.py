"""The provider's page of figures."""
from odoo.http import request, route

from ..presenters import Formats
from ..presenters.performance import PERIODS, PerformancePresenter
from .common import get_people
from .provider_office import ProviderOffice


class ProviderPerformance(ProviderOffice):
    """How well a provider does, for those who lead it."""

    @route('/my/jobs/performance', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_performance(self, days=None, **_query):
        """Show the figures of a period, beside those of the other providers together."""
        leading_sudo = self._get_leading()
        days = int(self._get_choice(days, [str(period) for period in PERIODS]))
        return self._render('stokiva_portal.portal_performance', self._prepare_jobs_values(
            get_people(), 'stokiva_performance') | {
                'days': days, 'periods': sorted(PERIODS),
                'providers': [
                    PerformancePresenter(provider, days, Formats(request.env, provider.tz)).get_page()
                    for provider in leading_sudo.provider_id]})
