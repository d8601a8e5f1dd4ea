"""The provider's list of work orders, on the page and as a table for other programs."""
import csv
import io

from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.stokiva_service.lookup import get_words

from ..presenters import Formats, JobPresenter
from ..presenters.home import GROWING, get_filter_labels, get_filters
from ..presenters.job import WITH_CUSTOMER_DATA
from ..presenters.job_table import get_head, get_row
from .common import MAX_SEARCH, get_people, read_text
from .provider import ProviderPortal

JOBS_PER_PAGE = 20
# Who has more finds them by searching: to count them all would take the longer the older the provider is.
MAX_LISTED = 200
# Beyond it, what was typed tells hardly anything.
MAX_MEANT = 1000
MAX_EXPORTED = 10_000
EXPORTED_AT_ONCE = 500
SORTINGS = {
    'window': 'window_start, id',
    'deadline': 'deadline, id',
    'newest': 'id desc',
    'number': 'name, id',
}
GROUPINGS = {'none': None, 'state': 'state', 'technician': 'personnel_id', 'service': 'service_type_id'}


class ProviderList(ProviderPortal):
    """Work orders of a provider's people, filtered, sorted, grouped and searched."""

    @route(
        ['/my/jobs/list', '/my/jobs/list/page/<int:page>'], type='http', auth='user', website=True, methods=['GET'])
    def stokiva_jobs_list(self, page=1, **query):
        """Show the user's orders."""
        people_sudo = self._require_people()
        orders_sudo, domain, order, asked = self._read_query(people_sudo, query)
        pager = portal_pager(
            url='/my/jobs/list', total=orders_sudo.search_count(domain, limit=MAX_LISTED), page=page, step=JOBS_PER_PAGE,
            url_args=asked)
        found_sudo = orders_sudo.search(domain, order=order, limit=JOBS_PER_PAGE, offset=pager['offset'])
        return self._render(
            'stokiva_portal.portal_jobs_list', self._prepare_jobs_values(people_sudo, 'stokiva_jobs_list')
            | self._prepare_searchbar_values(asked) | {
                'groups': self._get_groups(found_sudo, GROUPINGS[asked['groupby']], people_sudo),
                'pager': pager, 'default_url': '/my/jobs/list', **asked,
            })

    @route('/my/jobs/list.csv', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_jobs_table(self, **query):
        """Send the orders of the list as a table."""
        people_sudo = self._require_people()
        orders_sudo, domain, order, _asked = self._read_query(people_sudo, query)
        ids = orders_sudo.search(domain, order=order, limit=MAX_EXPORTED).ids
        formats = Formats(request.env, people_sudo.provider_id[:1].tz)
        out = io.StringIO()
        writer = csv.writer(out, delimiter=';')
        writer.writerow(get_head(request.env))
        for start in range(0, len(ids), EXPORTED_AT_ONCE):
            for job in orders_sudo.browse(ids[start:start + EXPORTED_AT_ONCE]):
                writer.writerow(get_row(job, formats))
            orders_sudo.env.invalidate_all()
        name = request.env._("Work orders")
        return request.make_response(out.getvalue().encode('utf-8-sig'), [  # the mark by which spreadsheets know UTF-8
            ('Content-Type', 'text/csv; charset=utf-8'), ('Cache-Control', 'no-store'),
            ('X-Content-Type-Options', 'nosniff'), ('Content-Disposition', content_disposition(f'{name}.csv'))])

    def _read_query(self, people_sudo, query):
        """Return what a query asks for; what is not on offer counts as the default.

        :param dict query: ``sortby filterby groupby search``, not trusted
        :return: empty recordset to search in, domain, order, the query as it was understood
        """
        orders_sudo, domain = self._get_jobs()
        filters = get_filters(Formats(request.env, people_sudo.provider_id[:1].tz))
        filterby = self._get_choice(query.get('filterby'), filters)
        is_growing = filterby in GROWING
        asked = {
            'filterby': filterby,
            'sortby': 'newest' if is_growing else self._get_choice(query.get('sortby'), SORTINGS),
            'groupby': 'none' if is_growing else self._get_choice(query.get('groupby'), GROUPINGS),
            'search': read_text(query, 'search', MAX_SEARCH),
        }
        domain &= filters[filterby]
        if asked['search']:
            domain &= self._get_search_domain(asked['search'])
        order = ', '.join(filter(None, [GROUPINGS[asked['groupby']], SORTINGS[asked['sortby']]]))
        return orders_sudo, domain, order, asked

    def _prepare_searchbar_values(self, asked):
        """Return what the list can be sorted, filtered and grouped by."""
        labels = get_filter_labels(request.env)
        return {
            'searchbar_filters': {key: {'label': labels[key]} for key in labels},
            **({} if asked['filterby'] in GROWING else self._get_orderings())}

    def _get_orderings(self):
        return {
            'searchbar_sortings': {
                'window': {'label': request.env._("Visit")}, 'deadline': {'label': request.env._("Deadline")},
                'newest': {'label': request.env._("Newest")}, 'number': {'label': request.env._("Number")}},
            'searchbar_groupby': {
                'none': {'label': request.env._("None")}, 'state': {'label': request.env._("State")},
                'technician': {'label': request.env._("Technician")}, 'service': {'label': request.env._("Service")}},
        }

    def _get_search_domain(self, text):
        """Return the domain of a search; customers are found only while their data may be seen.

        What the words mean is looked up first: only by ids can the database join the indexes of orders.
        """
        # as superuser: the orders found are the user's, by their own domain
        env = request.env(su=True)

        def find(model, domain):
            return env[model].search(domain, limit=MAX_MEANT, order='id desc').ids

        like = [('name', 'ilike', text)]
        customers = find('res.partner', Domain.AND(
            Domain('stokiva_search_text', 'like', word) for word in get_words(text)) if get_words(text) else Domain.FALSE)
        return (
            Domain('name', 'ilike', text)
            | Domain('partner_id', 'in', customers) & Domain('state', 'in', WITH_CUSTOMER_DATA)
            | Domain('device_id', 'in', find('stokiva.device', [('serial', 'ilike', text)]))
            | Domain('device_type_id', 'in', find('stokiva.device.type', like))
            | Domain('city_id', 'in', find('res.city', like))
            | Domain('personnel_id', 'in', find('stokiva.personnel', [
                *like, ('provider_id', 'in', get_people().provider_id.ids)])))

    def _get_groups(self, orders_sudo, field, people_sudo):
        """Return titles and cards of the lists' groups."""
        user = request.env.user
        if not field:
            groups = {None: orders_sudo}
        else:
            groups = orders_sudo.grouped(field)
        labels = dict(orders_sudo._fields['state']._description_selection(request.env))
        titles = {
            key: labels[key] if field == 'state' else (key.display_name or request.env._("None")) if field else None
            for key in groups}
        return [
            {'title': titles[key], 'cards': [
                JobPresenter(order, people_sudo, user).get_card() for order in orders]}
            for key, orders in groups.items() if orders]
