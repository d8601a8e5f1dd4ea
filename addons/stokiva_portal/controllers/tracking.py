"""The page on which a customer follows his order without a login, moves it and cancels it."""
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.stokiva_service.controllers.approval_render import choose_lang, render_dead

from ..presenters.tracking import TrackingPresenter
from . import light

# In the throttle's window of ten minutes: wrong links from one address; requests by one right link.
WRONG_TOKENS = 30
REQUESTS = 120
MAX_REASON = 500


class TrackingPage(http.Controller):
    """The token in the path is the only authority; the link dies with the job."""

    @http.route('/t/<string:token>', type='http', auth='public', methods=['GET'], save_session=False)
    def tracking_page(self, token, lang=None, done=None, **_query):
        """Show what happens; changes nothing."""
        order, refusal = self._open(token, lang)
        return refusal or self._show(order, token, done=done)

    @http.route('/t/<string:token>/time', type='http', auth='public', methods=['GET'], save_session=False)
    def tracking_times(self, token, lang=None, day=None, **_query):
        """Show the windows to move to; changes nothing."""
        order, refusal = self._open(token, lang)
        return refusal or self._show_times(order, token, day)

    @http.route(
        '/t/<string:token>/time', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=light.MAX_BODY)
    def tracking_move(self, token, lang=None, window=None, **_post):
        """Move the appointment."""
        order, refusal = self._open_to_change(token, lang)
        if refusal:
            return refusal
        chosen = order.env['stokiva.appointment']._parse_window(window)
        if not chosen:
            return self._show_times(order, token, None, request.env._("Please choose a time."), 400)
        try:
            with request.env.cr.savepoint():
                is_moved = order._move_by_customer(*chosen)
        except UserError:
            is_moved = False
        if not is_moved:
            return self._show_times(
                order, token, None, request.env._("That time was just taken. The nearest free ones are below."), 409)
        return light.redirect(light.make_url(f'/t/{token}', done='moved'))

    @http.route(
        '/t/<string:token>/cancel', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=light.MAX_BODY)
    def tracking_cancel(self, token, lang=None, **post):
        """Cancel the appointment."""
        order, refusal = self._open_to_change(token, lang)
        if refusal:
            return refusal
        reason = light.read_text(post, 'reason', MAX_REASON)
        if not reason:
            return self._show(order, token, request.env._("Please say why you cancel."), 400)
        try:
            with request.env.cr.savepoint():
                order._cancel_by_customer(reason)
        except UserError as error:
            return self._show(order, token, str(error), 400)
        return light.redirect(light.make_url(f'/t/{token}'))

    def _open(self, token, lang):
        """Return the order that a token opens, in sudo, and what is answered instead if there is none."""
        light.become_public()
        link_sudo = request.env['stokiva.tracking']._find_by_token(token)
        throttle = light.get_throttle()
        order_sudo = link_sudo.work_order_id if link_sudo and link_sudo._is_alive() else None
        choose_lang(order_sudo, lang)
        if not order_sudo:
            return None, render_dead(not throttle._hit('tracking_wrong', light.get_address(), WRONG_TOKENS))
        if not throttle._hit('tracking', link_sudo.token_hash, REQUESTS):
            return None, light.render_slowed(order_sudo.company_id)
        return order_sudo.with_company(order_sudo.company_id).with_context(lang=request.env.lang), None

    def _open_to_change(self, token, lang):
        """Return the order as ``_open`` does, if its customer may still change it by himself."""
        order, refusal = self._open(token, lang)
        if not refusal and not light.is_own_form():
            return None, render_dead()
        if not refusal and not order._can_be_changed():
            return None, self._show(
                order, token, request.env._("This can no longer be changed here. Please call us."), 409)
        return order, refusal

    def _show(self, order, token, error=None, status=200, done=None):
        return light.render('stokiva_portal.tracking_page', order.company_id, {
            'order': TrackingPresenter(order).get_page(), 'error': error, 'is_moved': done == 'moved',
            'path': f'/t/{token}'}, status)

    def _show_times(self, order, token, day, error=None, status=200):
        if not order._can_be_changed():
            return self._show(order, token, request.env._("This can no longer be changed here. Please call us."), 409)
        presenter = TrackingPresenter(order)
        return light.render('stokiva_portal.tracking_times', order.company_id, {
            'order': presenter.get_page(), 'days': presenter.get_days(day), 'day_query': {}, 'error': error,
            'path': f'/t/{token}/time', 'back': f'/t/{token}'}, status, kept={'day': day})
