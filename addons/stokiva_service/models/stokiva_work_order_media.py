from odoo import api, fields, models

from .. import audit, media


class WorkOrder(models.Model):
    """Photos, videos and documents of an order, together."""
    _inherit = 'stokiva.work.order'

    missing_photo_kind = fields.Char(compute='_compute_missing_photo_kind')
    similar_media_count = fields.Integer(compute='_compute_similar_media_count')

    @api.depends('media_ids.kind', 'media_ids.media_type', 'service_type_id')
    def _compute_missing_photo_kind(self):
        for order in self:
            order.missing_photo_kind = order._get_missing_photo_kind()

    @api.depends('media_ids.similar_id')
    def _compute_similar_media_count(self):
        counts = dict(self.env['stokiva.media']._read_group(
            [('work_order_id', 'in', self.ids), ('similar_id', '!=', False)], ['work_order_id'], ['__count']))
        for order in self:
            order.similar_media_count = counts.get(order._origin, 0)

    def _get_photos(self):
        """Return the media that are photos."""
        return self.media_ids.filtered(lambda item: item.media_type == media.PHOTO)

    def _get_photo_kinds(self):
        """Return the kinds of the photos, each as often as there are photos of it: only photos are evidence."""
        return self._get_photos().mapped('kind')

    def action_download_media(self):
        """Download all photos, videos and documents as one zip.

        :return: URL action
        """
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'url': f'/stokiva/orders/{self.id}/media.zip', 'target': 'download'}

    def _get_media_archive(self):
        """Return what goes into the order's zip, read with the user's rights and in few queries.

        :return: content of the manifest, list of (file name, function that returns the bytes)
        """
        self.ensure_one()
        items = self.env['stokiva.media'].search([('work_order_id', '=', self.id)])
        attachments = self.env['ir.attachment'].search([
            ('res_model', '=', items._name), ('res_id', 'in', items.ids), ('res_field', 'in', ('image', 'file'))])
        streams = {attachment.res_id: attachment._to_http_stream() for attachment in attachments}
        described, files = [], []
        # Of anonymised customers there are no files left.
        for number, item in enumerate((item for item in items if item.id in streams), start=1):
            name = media.archive.safe_name(number, item.kind, item.name, item.mimetype)
            described.append({
                'file': name,
                'sha256': item.sha256,
                'kind': item.kind,
                'text': item.name or None,
                'mimetype': item.mimetype,
                'taken_at': item.taken_at and audit.iso(item.taken_at) or None,
                'uploaded_at': audit.iso(item.create_date),
                'uploaded_by': item.create_uid.name,
                'channel': item.channel,
            })
            files.append((name, streams[item.id].read))
        return {'work_order': self.name, 'files': described}, files
