"""The customer's pages."""
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.stokiva_service import workflow

from ..presenters import RequestPresenter, Thread
from ..presenters.customer import PAPERS
from ..presenters.words import get_done_notices
from .common import StokivaPortal, read_text

REQUESTS_PER_PAGE = 20
MAX_REASON = 500


class CustomerService(StokivaPortal):
    """List and order of the customer's service."""

    def _get_requests(self):
        """Return the empty recordset to search in, and the domain of the customer's orders."""
        orders = request.env['stokiva.work.order']
        # sudo: the pages show values that portal users cannot read; the domain holds their rules
        return orders.sudo(), orders._get_request_domain()

    def _get_request(self, order_id):
        """Return the presenter of the customer's own order; anybody else's does not exist for him.

        :param int order_id: from the path, not trusted
        """
        return RequestPresenter(self._find_own(*self._get_requests(), order_id), request.env.user)

    @route(
        ['/my/service', '/my/service/page/<int:page>'], type='http', auth='user', website=True, methods=['GET'])
    def stokiva_requests(self, page=1, **_query):
        """Show the customer's orders: first what waits for his answer, then what else is open."""
        orders_sudo, domain = self._get_requests()
        pager = portal_pager(
            url='/my/service', total=orders_sudo.search_count(domain), page=page, step=REQUESTS_PER_PAGE)
        found_sudo = self._find_page(orders_sudo, domain, pager['offset'])
        return self._render('stokiva_portal.portal_requests', {
            'page_name': 'stokiva_requests',
            'cards': [RequestPresenter(order, request.env.user).get_card() for order in found_sudo],
            'pager': pager,
        })

    def _find_page(self, orders_sudo, domain, offset):
        """Return a page of the list: what waits for an answer, what else is open, what is closed; newest first."""
        is_open = domain & Domain('state', 'in', workflow.OPEN)
        is_asked = Domain('approval_ids', 'any', request.env['stokiva.approval']._get_answerable_domain())
        first_sudo = (
            orders_sudo.search(is_open & is_asked, order='id desc') | orders_sudo.search(is_open, order='id desc'))
        found_sudo = first_sudo[offset:offset + REQUESTS_PER_PAGE]
        if room := REQUESTS_PER_PAGE - len(found_sudo):
            found_sudo += orders_sudo.search(
                domain & Domain('state', 'in', workflow.CLOSED), order='id desc', limit=room,
                offset=max(0, offset - len(first_sudo)))
        return found_sudo

    @route('/my/service/<int:order_id>', type='http', auth='user', website=True, methods=['GET'])
    def stokiva_request(self, order_id, **_query):
        """Show one order of the customer's."""
        return self._render_request(self._get_request(order_id))

    def _render_request(self, presenter, status=200, **values):
        return self._render('stokiva_portal.portal_request', {
            'page_name': 'stokiva_request', 'order': presenter.get_page(), **values}, status=status)

    @route('/my/service/<int:order_id>/photos/<int:media_id>', type='http', auth='user', methods=['GET'])
    def stokiva_request_photo(self, order_id, media_id, size=None, **_query):
        """Send a photo that the customer may see."""
        photos_sudo = self._get_request(order_id).find_photos()
        return self._stream_media(photos_sudo.filtered(lambda item: item.id == media_id), size)

    @route('/my/service/<int:order_id>/<any(form, quote, report):paper>', type='http', auth='user', methods=['GET'])
    def stokiva_request_paper(self, order_id, paper, **_query):
        """Send the service form, the quote or the work report as a PDF."""
        presenter = self._get_request(order_id)
        names = {item['key']: item['name'] for item in presenter.get_papers()}
        if paper not in names:
            raise request.not_found()
        order_sudo = presenter.order
        report_sudo = request.env['ir.actions.report'].sudo()  # sudo: after the check that the order is the customer's
        content, _kind = report_sudo._render_qweb_pdf(PAPERS[paper], order_sudo.ids)
        name = f"{order_sudo.name.replace('/', '-')} {names[paper]}.pdf"
        return request.make_response(content, headers=[
            ('Content-Type', 'application/pdf'),
            ('Content-Disposition', content_disposition(name)),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
        ])

    @route('/my/service/<int:order_id>/cancel', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_request_cancel(self, order_id, **post):
        """Cancel the order in the customer's name."""

        def work(presenter):
            reason = read_text(post, 'reason', MAX_REASON)
            if not reason:
                raise UserError(request.env._("Please say why you cancel."))
            presenter.order._apply_event(
                'cancel', {'reason': reason}, actor=request.env.user, channel='portal', key=self._get_key(post))

        return self._act_on_request(order_id, work, get_done_notices(request.env)['cancel'], post)

    @route('/my/service/<int:order_id>/message', type='http', auth='user', website=True, methods=['POST'])
    def stokiva_request_message(self, order_id, **post):
        """Write to the office, on the order's thread."""

        def work(presenter):
            Thread(presenter.order, presenter.formats).post(
                post.get('message'), request.env.user, presenter.order._get_dispatcher(), self._get_key(post))

        return self._act_on_request(order_id, work, request.env._("Your message is sent."), post, '#messages')

    def _act_on_request(self, order_id, work, notice, post, anchor=''):
        """Do what a form asks for and show the order again, with the message of success or refusal."""
        presenter = self._get_request(order_id)
        refusal = self._attempt(lambda: work(presenter))
        if refusal:
            error, status = refusal
            return self._render_request(self._get_request(order_id), status, error=error, post=post)
        return self._redirect(f'/my/service/{order_id}{anchor}', notice)
