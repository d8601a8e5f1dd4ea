"""The technicians' app itself: a page without anything personal in it, its worker, and how one signs in."""
import json

from markupsafe import Markup

from odoo.exceptions import AccessDenied
from odoo.http import Controller, request, route

from ..models.stokiva_field_app import ICONS

SHELL = '/field/app'
SCOPE = '/field/'
COLOUR = '#0b4a5e'


class FieldApp(Controller):
    """What is served before anybody is known. Nothing of it is personal, so that a phone may keep it."""

    @route(SHELL, type='http', auth='public', save_session=False, readonly=True)
    def stokiva_field_app(self, **_query):
        """Show the page that starts the app."""
        app = request.env['stokiva.field.app']
        response = request.render('stokiva_portal.field_app', {
            'version': app._get_version(), 'icons': ICONS, 'colour': COLOUR,
            'style': Markup(app._get_style()), 'first': Markup(app._get_first()),
            'terms': Markup(app._get_terms().replace('<', r'\u003c'))})
        response.headers['Cache-Control'] = 'no-cache'
        return response

    @route('/field/manifest.webmanifest', type='http', auth='public', save_session=False, readonly=True)
    def stokiva_field_manifest(self, **_query):
        """Say how the app is installed."""
        return request.make_json_response({
            'id': SHELL, 'name': "Stokiva", 'short_name': "Stokiva", 'scope': SCOPE, 'start_url': SHELL,
            'display': 'standalone', 'orientation': 'portrait', 'background_color': COLOUR, 'theme_color': COLOUR,
            'icons': [
                *({'src': f'{ICONS}field-{size}.png', 'sizes': f'{size}x{size}', 'type': 'image/png'} for size in (192, 512)),
                {'src': f'{ICONS}field-maskable-512.png', 'sizes': '512x512', 'type': 'image/png', 'purpose': 'maskable'}],
        }, [('Content-Type', 'application/manifest+json'), ('Cache-Control', 'no-cache')])

    @route('/field/service-worker.js', type='http', auth='public', save_session=False, readonly=True)
    def stokiva_field_worker(self, **_query):
        """Send the worker, which differs whenever the app does: by that the browser finds an update."""
        app = request.env['stokiva.field.app']
        config = {'version': app._get_version(), 'shell': SHELL, 'precache': app._get_links()}
        return request.make_response(f'const CONFIG = {json.dumps(config)};\n{app._get_worker()}', [
            ('Content-Type', 'text/javascript; charset=utf-8'), ('Cache-Control', 'no-cache'),
            ('Service-Worker-Allowed', SCOPE)])

    @route('/field/login', type='jsonrpc', auth='public')
    def stokiva_field_login(self, login, password, **_params):
        """Sign in without leaving the app; Odoo counts wrong tries.

        :return: ``{'uid'}``, ``{'redirect'}`` where a second factor is asked, or ``{'error'}``
        :rtype: dict
        """
        try:
            auth = request.session.authenticate(
                request.env, {'login': f'{login}', 'password': f'{password}', 'type': 'password'})
        except AccessDenied as error:
            return {'error': f'{error}' if error.args else request.env._("Wrong login/password")}
        if request.session.uid != auth['uid']:
            return {'redirect': f'/web/login/totp?redirect={SHELL}'}
        return {'uid': request.session.uid}

    @route('/field/logout', type='jsonrpc', auth='public')
    def stokiva_field_logout(self):
        """Sign out."""
        request.session.logout(keep_db=True)
        return {}
