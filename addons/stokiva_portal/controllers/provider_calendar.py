"""The provider's agenda."""
from odoo.http import request, route

from ..presenters import CalendarPresenter, Formats
from .light import parse_id
from .provider import ProviderPortal


class ProviderCalendar(ProviderPortal):
    """A day of visits, and the week around it."""

    @route('/my/jobs/calendar', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_calendar(self, day=None, technician=None, **_query):
        """Show the user's visits of a day; those who lead also see free windows and what is to be planned."""
        people_sudo = self._require_people()
        orders_sudo, domain = self._get_jobs()
        calendar = CalendarPresenter(
            orders_sudo, domain, people_sudo, request.env.user, Formats(request.env, people_sudo.provider_id[:1].tz), day,
            parse_id(technician))
        return self._render('stokiva_portal.portal_calendar', self._prepare_jobs_values(people_sudo, 'stokiva_calendar') | {
            'calendar': calendar.get_page()})
