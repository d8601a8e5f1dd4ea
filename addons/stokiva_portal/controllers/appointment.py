"""The public page on which visitors choose what, where and when; what they hold is in ``appointment_hold``."""
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.stokiva_service.controllers.approval_render import choose_lang

from ..presenters.appointment import WishPresenter
from . import light

# In the throttle's window of ten minutes: windows held for one address.
HOLDS = 30
ROUTES = ('/appointment', '/appointment/<int:company_id>')


class AppointmentPage(http.Controller):
    """Steps of a wish, each a page of its own: it stands in the query, which holds nothing personal.

    No cookie gives a right here, so the forms need no token of a session, which browsers would not send in
    another site's frame; see ``light.is_own_form``.
    """

    @http.route(ROUTES, type='http', auth='public', methods=['GET'], save_session=False)
    def appointment_page(self, company_id=0, **query):
        """Show the first step that is not done yet; changes nothing."""
        return self._with_company(company_id, query, lambda company: self._show(company, query))

    @http.route(
        ROUTES, type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=light.MAX_BODY)
    def appointment_choose(self, company_id=0, **post):
        """Hold the window that was chosen."""
        return self._with_company(company_id, post, lambda company: self._choose(company, post))

    @http.route(
        '/appointment/<int:company_id>/districts', type='http', auth='public', methods=['GET'], save_session=False)
    def appointment_districts(self, company_id, province=None, lang=None, **_query):
        """Send the districts of a province, for pages that need not load anew to show them."""
        return self._with_company(company_id, {'lang': lang}, lambda company: request.make_json_response(
            WishPresenter(company.env, company).get_districts(light.parse_id(province))))

    def _with_company(self, company_id, values, work):
        """Do what is asked if the company's page is open, and the address has not asked too often."""
        light.become_public()
        choose_lang(None, values.get('lang'))
        # sudo: visitors have no rights; what is shown of the company is the page's business
        companies_sudo = request.env['res.company'].sudo()
        company_sudo = companies_sudo.search([('id', '=', company_id or request.env.company.id)])
        if not company_sudo._stokiva_is_booking():
            return light.render('stokiva_portal.appointment_closed', companies_sudo.browse(request.env.company.id), {}, 404)
        if not light.get_throttle()._hit('appointment', light.get_address(), light.PAGES):
            return light.render_slowed(company_sudo)
        return work(company_sudo.with_company(company_sudo))

    def _show(self, company, values, error=None, status=200):
        """Render the step that is due."""
        appointments = company.env['stokiva.appointment']
        ids = {name: light.parse_id(values.get(name)) for name in ('device_type', 'service_type', 'city', 'symptom')}
        try:
            wish = appointments._make_wish(company, **ids)
        except UserError as problem:
            wish, error, status = appointments._make_wish(company), str(problem), 400
        if values.get('taken'):
            error = error or self._get_taken()
        presenter = WishPresenter(company.env, company, wish)
        page = presenter.get_page(
            step=values.get('step'), province=light.parse_id(values.get('province')), day=values.get('day'))
        return light.render(
            'stokiva_portal.appointment_page', company,
            {**page, 'error': error, 'path': f'/appointment/{company.id}'}, status,
            kept={**page['kept'], 'step': page['step'], 'province': page['province']})

    def _get_taken(self):
        return request.env._("That time was just taken. The nearest free ones are below.")

    def _choose(self, company, post):
        if not light.is_own_form():
            return light.render('stokiva_portal.appointment_closed', company, {}, 403)
        if not light.get_throttle()._hit('appointment_hold', light.get_address(), HOLDS):
            return light.render_slowed(company)
        appointments = company.env['stokiva.appointment']
        window = appointments._parse_window(post.get('window'))
        if not window:
            return self._show(company, post, request.env._("Please choose a time."), 400)
        try:
            wish = appointments._make_wish(
                company, *(light.parse_id(post.get(name)) for name in ('device_type', 'service_type', 'city', 'symptom')))
        except UserError:
            return self._show(company, post)
        appointment = wish.service_type and wish.device_type and wish.city and appointments._choose(wish, *window)
        if not appointment:
            return self._show(
                company, post, self._get_taken(), 409)
        return light.redirect(light.make_url(appointment._get_path()))
