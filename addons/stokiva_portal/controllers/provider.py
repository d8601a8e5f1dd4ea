"""The provider's pages: what they show."""
from odoo import fields
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.stokiva_service import workflow

from ..presenters import Formats, HomePresenter, JobPresenter
from ..presenters.home import get_filter_labels, get_filters
from ..presenters.job import WITH_CUSTOMER_DATA
from .common import MAX_SEARCH, StokivaPortal, get_people

JOBS_PER_PAGE = 20
SORTINGS = {
    'window': 'window_start, id',
    'deadline': 'deadline, id',
    'newest': 'id desc',
    'number': 'name, id',
}
GROUPINGS = {'none': None, 'state': 'state', 'technician': 'personnel_id', 'service': 'service_type_id'}


class ProviderPortal(StokivaPortal):
    """Home, list and order of a provider's people."""

    # === WHO SEES WHAT === #

    def _require_people(self):
        """Return the user's memberships; somebody without any finds no such page."""
        people_sudo = get_people()
        if not people_sudo:
            raise request.not_found()
        return people_sudo

    def _get_jobs(self):
        """Return the empty recordset to search in, and the domain of what is the user's business."""
        orders = request.env['stokiva.work.order']
        # sudo: filters and pages need fields that portal users cannot read; the domain holds their rules
        return orders.sudo(), orders._get_job_domain()

    def _find_job(self, order_id):
        """Return the presenter of an order that is the user's business now, else None.

        :param int order_id: from the path, not trusted
        """
        people_sudo = self._require_people()
        orders_sudo, domain = self._get_jobs()
        order_sudo = orders_sudo.search(domain & Domain('id', '=', order_id))
        if not order_sudo:
            return None
        return JobPresenter(order_sudo, people_sudo, request.env.user)

    def _prepare_jobs_values(self, people_sudo, page_name):
        """Return what every page of the provider needs."""
        leading_sudo = people_sudo.filtered(lambda person: person._is_dispatcher())
        return {
            'page_name': page_name,
            'stokiva_nav': {
                'team': bool(leading_sudo),
                'statements': any(leading_sudo.provider_id.mapped('can_see_settlements')),
            },
            'provider_name': ", ".join(people_sudo.provider_id.mapped('name')),
        }

    # === PAGES === #

    @route('/my/jobs', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_jobs_home(self, **_query):
        """Show what waits for the user."""
        people_sudo = self._require_people()
        orders_sudo, domain = self._get_jobs()
        formats = Formats(request.env, people_sudo.provider_id[:1].tz)
        home = HomePresenter(orders_sudo, domain, people_sudo, request.env.user, formats)
        values = self._prepare_jobs_values(people_sudo, 'stokiva_jobs')
        return self._render('stokiva_portal.portal_jobs_home', values | {
            'today': formats.day_name(formats.now),
            'counts': home.get_counts() + self._get_statement_counts(people_sudo),
            'offers': home.get_offers() if home.is_leading else None,
            'jobs': home.get_today(),
        })

    def _get_statement_counts(self, people_sudo):
        """Return the counts that concern money; see the pages of statements."""
        return []

    @route(
        ['/my/jobs/list', '/my/jobs/list/page/<int:page>'], type='http', auth='user', website=True, methods=['GET'])
    def stokiva_jobs_list(self, page=1, sortby=None, filterby=None, groupby=None, search=None, **_query):
        """Show the user's orders, filtered, sorted, grouped and searched."""
        people_sudo = self._require_people()
        orders_sudo, domain = self._get_jobs()
        formats = Formats(request.env, people_sudo.provider_id[:1].tz)
        filters = get_filters(formats)
        filterby = self._get_choice(filterby, filters)
        sortby = self._get_choice(sortby, SORTINGS)
        groupby = self._get_choice(groupby, GROUPINGS)
        search = (search or '').strip()[:MAX_SEARCH]
        domain &= filters[filterby]
        if search:
            domain &= self._get_search_domain(search)
        pager = portal_pager(
            url='/my/jobs/list', total=orders_sudo.search_count(domain), page=page, step=JOBS_PER_PAGE,
            url_args={'sortby': sortby, 'filterby': filterby, 'groupby': groupby, 'search': search})
        field = GROUPINGS[groupby]
        found_sudo = orders_sudo.search(
            domain, order=f'{field}, {SORTINGS[sortby]}' if field else SORTINGS[sortby],
            limit=JOBS_PER_PAGE, offset=pager['offset'])
        return self._render(
            'stokiva_portal.portal_jobs_list', self._prepare_jobs_values(people_sudo, 'stokiva_jobs_list')
            | self._prepare_searchbar_values(filters) | {
                'groups': self._get_groups(found_sudo, field, people_sudo),
                'pager': pager, 'sortby': sortby, 'filterby': filterby, 'groupby': groupby, 'search': search,
                'default_url': '/my/jobs/list',
            })

    def _prepare_searchbar_values(self, filters):
        """Return what the list can be sorted, filtered and grouped by."""
        labels = get_filter_labels(request.env)
        return {
            'searchbar_filters': {key: {'label': labels[key]} for key in filters},
            'searchbar_sortings': {
                'window': {'label': request.env._("Visit")}, 'deadline': {'label': request.env._("Deadline")},
                'newest': {'label': request.env._("Newest")}, 'number': {'label': request.env._("Number")}},
            'searchbar_groupby': {
                'none': {'label': request.env._("None")}, 'state': {'label': request.env._("State")},
                'technician': {'label': request.env._("Technician")}, 'service': {'label': request.env._("Service")}},
        }

    def _get_search_domain(self, text):
        """Return the domain of a search; customers are found only while their data may be seen."""
        customer = Domain('partner_id.name', 'ilike', text) & Domain(
            'state', 'in', WITH_CUSTOMER_DATA)
        return customer | Domain.OR(
            Domain(name, 'ilike', text) for name in (
                'name', 'device_id.serial', 'device_type_id.name', 'city_id.name', 'personnel_id.name'))

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

    @route('/my/jobs/<int:order_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_job(self, order_id, part=None, **_query):
        """Show one order: as an offer while it is one."""
        job = self._find_job(order_id)
        return self._render_job(job, part=part) if job else self._render_gone(order_id)

    @route('/my/jobs/<int:order_id>/photos/<int:media_id>', type='http', auth='user', methods=['GET'])
    def stokiva_job_photo(self, order_id, media_id, size=None, **_query):
        """Send a photo of an order, once it is accepted."""
        job = self._find_job(order_id)
        if not job or job.order.state == workflow.ASSIGNED:
            raise request.not_found()
        return self._stream_media(job.order.media_ids.filtered(lambda item: item.id == media_id), size)

    def _render_job(self, job, part=None, **values):
        """Render an order's page.

        :param job: JobPresenter
        :param str part: what is searched among the parts
        :param values: ``error``, ``post`` and ``status`` when a form was refused
        """
        status = values.pop('status', 200)
        is_offer = job.order.state == workflow.ASSIGNED
        return self._render(
            'stokiva_portal.portal_job_offer' if is_offer else 'stokiva_portal.portal_job',
            self._prepare_jobs_values(job.people, 'stokiva_job') | {
                'job': job.get_page(),
                'part': part,
                'found_parts': job.find_parts(part) if part and not is_offer else [],
                'post': {}, **values,
            }, status=status)

    def _render_gone(self, order_id):
        """Say what became of an offer that the user's provider had; otherwise there is no such page."""
        people_sudo = self._require_people()
        leading_sudo = people_sudo.filtered(lambda person: person._is_dispatcher())
        offer_sudo = leading_sudo.env['stokiva.assignment'].search([
            ('work_order_ids', '=', order_id), ('provider_id', 'in', leading_sudo.provider_id.ids),
            ('state', 'in', ('expired', 'rejected', 'withdrawn')),
        ], order='id desc', limit=1)
        if not offer_sudo:
            raise request.not_found()
        moment = Formats(request.env, offer_sudo.provider_id.tz).moment(
            offer_sudo.answered_at or fields.Datetime.now())
        text = {
            'expired': request.env._("This offer expired at %s and went to another provider.", moment),
            'rejected': request.env._("You rejected this offer at %s.", moment),
            'withdrawn': request.env._("The office took this job back at %s.", moment),
        }[offer_sudo.state]
        return self._render(
            'stokiva_portal.portal_job_gone',
            self._prepare_jobs_values(people_sudo, 'stokiva_job') | {'text': text}, status=410)
