import hashlib
import json

from odoo import api, models, tools
from odoo.tools import file_open
from odoo.tools.translate import code_translations

from ..field import protocol

BUNDLE = 'stokiva_portal.assets_field_app'
ICONS = '/stokiva_portal/static/icons/'


class FieldApp(models.AbstractModel):
    """What the technicians' app consists of. Each phone asks for its version each time, so it is kept in memory."""
    _name = 'stokiva.field.app'
    _description = "Technicians' App"

    @api.model
    def _get_links(self):
        """Return the addresses of the app's bundle, and of what else it needs without a connection.

        :rtype: list
        """
        return [*self.env['ir.qweb']._get_asset_links(BUNDLE), f'{ICONS}field-192.png']

    @api.model
    @tools.ormcache(cache='templates.cached_values')
    def _get_terms(self):
        """Return the app's words in every language that is installed, English apart.

        :return: JSON of ``{code: {English: translation}}``
        :rtype: str
        """
        return json.dumps({
            code: {
                message['id']: message['string']
                for message in code_translations.get_web_translations('stokiva_portal', code)['messages']}
            for code, _name in self.env['res.lang'].sudo().get_installed()  # sudo: names of languages
            if not code.startswith('en')}, ensure_ascii=False, sort_keys=True)

    @api.model
    def _get_worker(self):
        """Return the source of the app's worker, to which its configuration is added."""
        return _read('field_app_sw.js')

    @api.model
    def _get_style(self):
        """Return the app's style sheet. It stands in the page: one more request would come before anything is seen."""
        return _read('field_app.css')

    @api.model
    def _get_first(self):
        """Return the script that stands in the page, too."""
        return f'const PROTOCOL = {protocol.VERSION};\n{_read("field_app_first.js")}'

    @api.model
    @tools.ormcache(cache='templates.cached_values')
    def _get_version(self):
        """Return what changes when anything of the app changes; the browser compares it.

        :rtype: str
        """
        view = self.env.ref('stokiva_portal.field_app').sudo()  # sudo: the page's own template
        content = [*self._get_links(), view.arch_db, self._get_terms(), self._get_worker(), self._get_style(), self._get_first()]
        return hashlib.sha256('\0'.join(content).encode()).hexdigest()[:16]


def _read(name):
    with file_open(f'stokiva_portal/static/{name}') as file:
        return file.read()
