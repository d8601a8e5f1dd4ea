"""Upload and download of an order's photos, videos and documents, for the back office."""
import base64

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .. import media
from ..models.stokiva_work_order_file import MANAGER

MAX_FILES = 30
MAX_UPLOAD = 64 * media.MEGABYTE  # for all files together, as in config/nginx.conf


class MediaController(http.Controller):

    @http.route(
        '/stokiva/orders/<int:order_id>/media', type='http', auth='user', methods=['POST'],
        max_content_length=MAX_UPLOAD)
    def stokiva_media_upload(self, order_id, kind='work', **_post):
        """Add the files to an order, all or none, as one event.

        :return: JSON with the number of files added, or with the error and HTTP status 4xx
        """
        order = self._find_order(order_id)
        if not order:
            return self._answer({'error': request.env._("This work order does not exist.")}, 404)
        try:
            with request.env.cr.savepoint():
                count = self._add_media(order, kind)
        except AccessError as error:
            return self._answer({'error': str(error)}, 403)
        except UserError as error:
            return self._answer({'error': str(error)}, 400)
        return self._answer({'count': count})

    @http.route('/stokiva/orders/<int:order_id>/media.zip', type='http', auth='user', methods=['GET'])
    def stokiva_media_zip(self, order_id):
        """Send all files of an order as one zip, with a manifest of their hashes."""
        order = self._find_order(order_id)
        if not order:
            raise request.not_found()
        return self._send_zip(order.name, *order._get_media_archive())

    @http.route('/stokiva/orders/<int:order_id>/file.zip', type='http', auth='user', methods=['GET'])
    def stokiva_order_file(self, order_id):
        """Send a manager the whole file of an order; that he took it is an event of the order."""
        order = self._find_order(order_id)
        if not order or not request.env.user.has_group(MANAGER):
            raise request.not_found()
        order._note_event('download', {}, actor=request.env.user, channel='office')
        return self._send_zip(order.name, *order._get_file_archive())

    def _send_zip(self, name, manifest, files):
        """Send a zip while it is packed."""
        name = media.archive.safe_name(0, '', name, '').removeprefix('00-').removesuffix('.bin')
        return request.make_response(media.archive.pack(manifest, files), headers=[
            ('Content-Type', 'application/zip'),
            ('Content-Disposition', http.content_disposition(f'{name}.zip')),
            ('X-Content-Type-Options', 'nosniff'),
            ('Cache-Control', 'no-store'),
        ])

    def _find_order(self, order_id):
        """Return the order if the user belongs to the office and may see it, else None."""
        order = request.env['stokiva.work.order'].browse(order_id).exists()
        if not order or not request.env.user._is_internal() or not order.has_access('read'):
            return None
        return order

    def _add_media(self, order, kind):
        """Add the request's files to an order.

        :raise UserError: if one of them is refused, named by its file name
        """
        env = request.env
        files = [file for file in request.httprequest.files.getlist('files') if file.filename]
        if kind not in dict(env['stokiva.media']._fields['kind'].selection):
            raise UserError(env._("Please choose from the list."))
        if not files:
            raise UserError(env._("Choose at least one file."))
        if len(files) > MAX_FILES:
            raise UserError(env._("At most %s files at once.", MAX_FILES))
        order.check_access('write')
        most = max(order.company_id._stokiva_get_media_limits().values())
        with order._recording(['media_ids'], actor=env.user, channel='office'):
            for file in files:
                file.seek(0)  # the request may be carried out again after a conflict
                values = {'kind': kind, 'work_order_id': order.id}
                # One byte more than allowed is enough for the model to refuse it.
                content = base64.b64encode(file.read(most + 1))
                try:
                    env['stokiva.media'].create(dict(values, file=content))
                except UserError as error:
                    raise UserError(env._(
                        "%(file)s: %(problem)s", file=file.filename[:80], problem=error)) from error
        return len(files)

    def _answer(self, values, status=200):
        return request.make_json_response(values, status=status)
