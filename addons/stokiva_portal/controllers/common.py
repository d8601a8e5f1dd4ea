"""What the portal's pages share: who the user is, one-time messages, forms that are answered once."""
import base64
import re
import uuid

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import Controller, request

from odoo.addons.stokiva_service import media
from odoo.addons.stokiva_service.controllers.theme import get_company_style

from ..presenters.inputs import clean

NOTICE = 'stokiva_notice'
LAST_KEY = 'stokiva_last_key'
KEY_PATTERN = re.compile(r'[0-9a-f-]{8,40}')
MAX_SEARCH = 60
# Names and addresses are on these pages: not kept, not in another site's frame, not told where a link leads.
SECURITY_HEADERS = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "frame-ancestors 'none'",
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
}


def get_people():
    """Return whom the user is with providers, active ones only: stokiva.personnel records in sudo."""
    return request.env['stokiva.personnel']._get_of_user()


def read_text(post, name, maximum=200):
    """Return a text of a form, see ``clean``."""
    return clean(post.get(name), maximum)


class StokivaPortal(Controller):
    """Helpers for our pages; no routes of its own.

    Odoo makes one class of all that inherit from it, so names in them must differ. For the same reason
    none of them is a ``CustomerPortal``, whose extensions are other addons' too.
    """

    def _render(self, template, values, status=200):
        """Render a page with the waiting message and keys for its forms."""
        values = {
            'notice': request.session.pop(NOTICE, None),
            'new_key': lambda: str(uuid.uuid4()),
            'company_style': get_company_style(request.env.company),
            'error': None,
            'post': {},
            **values,
        }
        response = request.render(template, values)
        response.status_code = status
        response.headers.update(SECURITY_HEADERS)
        return response

    def _find_own(self, records_sudo, domain, record_id):
        """Return a record that is the user's own; anybody else's does not exist for him.

        :param records_sudo: empty recordset to search in
        :param domain: of what is the user's
        :param int record_id: from the path, not trusted
        """
        record_sudo = records_sudo.search(Domain.AND([domain, [('id', '=', record_id)]]))
        if not record_sudo:
            raise request.not_found()
        return record_sudo

    def _redirect(self, url, notice=None):
        """Answer a form: show a page by GET, with a message that is shown once."""
        if notice:
            request.session[NOTICE] = notice
        return request.redirect(url, code=303)

    def _attempt(self, work):
        """Do what a form asks for, all or nothing.

        :param work: function without parameters
        :return: None when it was done, else the message for the user and the HTTP status
        """
        try:
            with request.env.cr.savepoint():
                work()
        except AccessError as error:
            return str(error), 403
        except UserError as error:
            return str(error), 400
        except IntegrityError as error:
            return self._get_constraint_text(error), 400
        return None

    def _get_constraint_text(self, error):
        """Return what a constraint of the database says to people."""
        table = error.diag.table_name
        name = next((name for name, model in request.env.registry.items() if model._table == table), 'base')
        return request.env[name]._sql_error_to_message(error)

    def _act_once(self, work, notice, post, url, show):
        """Do what a form asks for, once however often it is sent, and show a page.

        :param work: function without parameters
        :param str notice: shown when it was done
        :param dict post: what was sent
        :param str url: of the page that is shown afterwards
        :param show: function that shows the form again, with ``error``, ``post`` and ``status``
        """
        key = self._get_key(post)
        if key and request.session.get(LAST_KEY) == key:
            return self._redirect(url)
        refusal = self._attempt(work)
        if refusal:
            error, status = refusal
            return show(error=error, post=post, status=status)
        request.session[LAST_KEY] = key
        return self._redirect(url, notice)

    def _get_key(self, post):
        """Return the form's own id, so that sending it twice does it once; None without a usable one."""
        key = post.get('key') or ''
        return key if KEY_PATTERN.fullmatch(key) else None

    def _get_choice(self, value, choices):
        """Return a value of the query if it is one of the choices, else the first of them."""
        return value if value in choices else next(iter(choices))

    def _read_images(self, name, limit):
        """Return the files of a field as base64; models check what is in them.

        :param str name: of the field
        :param int limit: how many are read
        :rtype: list
        """
        files = [file for file in request.httprequest.files.getlist(name) if file.filename]
        for file in files:
            file.seek(0)  # the request may be carried out again after a conflict
        return [base64.b64encode(file.read()) for file in files[:limit]]

    def _stream_media(self, media_sudo, size):
        """Send a photo, video or document that the user may see; nothing in it can be carried out.

        :param media_sudo: stokiva.media record in sudo, or none
        :param str size: ``256`` for the thumbnail of a photo
        """
        if not media_sudo:
            raise request.not_found()
        is_photo = media_sudo.media_type == media.PHOTO
        field = ('image_256' if size == '256' else 'image') if is_photo else 'file'
        extension = media.archive.EXTENSIONS[media_sudo.mimetype]
        stream = request.env['ir.binary']._get_stream_from(
            media_sudo, field, filename=f'{media_sudo.work_order_id.id}-{media_sudo.id}.{extension}',
            mimetype=media_sudo.mimetype)
        return stream.get_response(
            as_attachment=media_sudo.media_type == media.DOCUMENT, max_age=3600,
            content_security_policy="default-src 'none'")
