"""What a visitor holds: who he is, the code that proves it, and the way on to his order."""
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize

from odoo.addons.stokiva_service.controllers.approval_render import choose_lang, render_dead

from ..presenters.appointment import HoldPresenter, WishPresenter
from . import light

WRONG_TOKENS = 30
REQUESTS = 60
# In ten minutes, to one address: codes, whoever they go to.
CODES = 20
LIMITS = {'name': 100, 'phone': 40, 'email': 120, 'street': 200, 'note': 1000}


class AppointmentHold(http.Controller):
    """The page behind the link that a visitor got for the window he holds. The token is the only authority."""

    @http.route('/appointment/h/<string:token>', type='http', auth='public', methods=['GET'], save_session=False)
    def appointment_hold(self, token, lang=None, **_query):
        """Show what is to be done next; changes nothing."""
        appointment, refusal = self._open(token, lang)
        return refusal or self._show(appointment, token)

    @http.route(
        '/appointment/h/<string:token>', type='http', auth='public', methods=['POST'], csrf=False, save_session=False,
        max_content_length=light.MAX_BODY)
    def appointment_go_on(self, token, lang=None, **post):
        """Do what one of the buttons says."""
        appointment, refusal = self._open(token, lang)
        if refusal or not light.is_own_form():
            return refusal or render_dead()
        if post.get('action') == 'code':
            appointment.env['stokiva.slot']._begin_turn(appointment.provider_id.ids)
        appointment._lock()
        if not appointment._is_held():
            return light.redirect(light.make_url(f'/appointment/h/{token}'))
        action = {
            'contact': self._take_contact, 'code': self._take_code, 'again': self._send_again,
            'edit': self._edit_contact, 'release': self._release}.get(post.get('action'))
        return action(appointment, token, post) if action else self._show(appointment, token)

    def _open(self, token, lang):
        """Return what a token opens, in sudo and for its company, and what is answered instead if that is nothing."""
        light.become_public()
        appointment_sudo = request.env['stokiva.appointment']._find_by_token(token)
        choose_lang(None, lang)
        throttle = light.get_throttle()
        if not appointment_sudo:
            return None, render_dead(not throttle._hit('appointment_wrong', light.get_address(), WRONG_TOKENS))
        company = appointment_sudo.company_id
        appointment_sudo = appointment_sudo.with_company(company).with_context(lang=request.env.lang)
        if not company._stokiva_is_booking() and appointment_sudo.state == 'held':
            return None, light.render('stokiva_portal.appointment_closed', company, {}, 404)
        if not throttle._hit('appointment_link', appointment_sudo.token_hash, REQUESTS):
            return None, light.render_slowed(company)
        return appointment_sudo, None

    def _show(self, appointment, token, values=None, errors=None, status=200):
        if appointment.state == 'booked':
            link_sudo = appointment.env['stokiva.tracking']._get_for(appointment.work_order_id)
            return light.redirect(light.make_url(link_sudo._get_path()))
        return light.render(
            'stokiva_portal.appointment_hold', appointment.company_id,
            HoldPresenter(appointment).get_page(values, errors or {}) | {'url_hold': f'/appointment/h/{token}'}, status)

    def _take_contact(self, appointment, token, post):
        """Note who the visitor is, and send him a code."""
        values = {name: light.read_text(post, name, limit) for name, limit in LIMITS.items()}
        errors = self._check_contact(appointment, values, post)
        if errors:
            return self._show(appointment, token, values, errors, 400)
        return self._send(appointment, token, values)

    def _check_contact(self, appointment, values, post):
        """Bring what was typed into its form, and return ``{field: what is wrong with it}``."""
        env, company = appointment.env, appointment.company_id
        values['confirm_by'] = 'phone' if company._stokiva_can_text() and post.get('confirm_by') != 'email' else 'email'
        errors = {
            name: env._("Please fill in this field.") for name in ('name', 'phone', 'street') if not values[name]}
        if values['phone']:
            try:
                values['phone'] = env['res.partner']._stokiva_parse_phone(values['phone'], company.country_id)
            except UserError as error:
                errors['phone'] = str(error)
        if values['email'] and not email_normalize(values['email']):
            errors['email'] = env._("This is not an e-mail address.")
        elif values['confirm_by'] == 'email' and not values['email']:
            errors['email'] = env._("We send the code there.")
        if not post.get('consent'):
            errors['consent'] = env._("Without your data we cannot come to you.")
        return errors

    def _send(self, appointment, token, values):
        """Write what the visitor gave and send a code; nothing is written if that cannot be."""
        if not light.get_throttle()._hit('appointment_codes', light.get_address(), CODES):
            return light.render_slowed(appointment.company_id)
        try:
            with request.env.cr.savepoint():
                appointment.write(values)
                appointment._send_code()
        except UserError as error:
            return self._show(appointment, token, values, {'form': str(error)}, 400)
        return light.redirect(light.make_url(f'/appointment/h/{token}'))

    def _send_again(self, appointment, token, _post):
        return self._send(appointment, token, {}) if appointment.code_number else self._show(appointment, token)

    def _edit_contact(self, appointment, token, _post):
        """Ask for the contact once more; the code that was sent holds no longer."""
        appointment.code_until = False
        return light.redirect(light.make_url(f'/appointment/h/{token}'))

    def _release(self, appointment, _token, _post):
        """Give the window free, and show the others."""
        appointment._give_up()
        return self._choose_again(appointment)

    def _choose_again(self, appointment, **query):
        query |= WishPresenter(appointment.env, appointment.company_id, appointment._get_wish()).get_query()
        return light.redirect(light.make_url(f'/appointment/{appointment.company_id.id}', **query))

    def _take_code(self, appointment, token, post):
        """Book, if the code is right."""
        try:
            is_right = appointment._check_code(light.read_text(post, 'code', 20))
        except UserError as error:
            return self._show(appointment, token, None, {'code': str(error)}, 400)
        if not is_right:
            return self._show(appointment, token, None, {'code': request.env._("This is not the code.")}, 400)
        try:
            with request.env.cr.savepoint():
                appointment._book()
        except UserError:
            appointment._give_up()
            return self._choose_again(appointment, taken=1)
        return light.redirect(light.make_url(f'/appointment/h/{token}'))
