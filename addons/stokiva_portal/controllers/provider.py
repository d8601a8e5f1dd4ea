"""The provider's pages: what they show."""
from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.stokiva_service import workflow

from ..presenters import Formats, HomePresenter, JobPresenter
from ..presenters.inputs import parse_id
from .common import StokivaPortal, get_people


class ProviderPortal(StokivaPortal):
    """Home and order of a provider's people."""

    # === WHO SEES WHAT === #

    def _require_people(self):
        """Return the user's memberships; somebody without any finds no such page."""
        people_sudo = get_people()
        if not people_sudo:
            raise request.not_found()
        return people_sudo

    def _get_led_provider(self, text):
        """Return the provider that the user leads, in sudo.

        :param str text: its id, not trusted
        :raise AccessError: if it is not one of his
        """
        leading_sudo = get_people().filtered(lambda person: person._is_dispatcher())
        provider_sudo = leading_sudo.provider_id.filtered(lambda item: item.id == parse_id(request.env, text))
        if not provider_sudo:
            raise AccessError(request.env._("This is for the provider's dispatcher."))
        return provider_sudo

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
            'counts': home.get_counts() + self._get_further_counts(people_sudo),
            'offers': home.get_offers() if home.is_leading else None,
            'jobs': home.get_today(),
        })

    def _get_further_counts(self, people_sudo):
        """Return the counts of what is no order; see the pages of parts, statements and questions."""
        return []

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
