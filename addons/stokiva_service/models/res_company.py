from odoo import fields, models

from .. import media


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_offer_attempts = fields.Integer(
        "Offers Before a Dispatcher Decides", default=5,
        help="A work order is offered to this many providers, one after the other; then a "
             "dispatcher is asked.")
    stokiva_photo_mb = fields.Integer(
        "Photo at Most (MB)", default=15,
        help="Larger photos are refused. Those that are taken are scaled down and stored without hidden data.")
    stokiva_video_mb = fields.Integer(
        "Video at Most (MB)", default=50, help="Larger videos are refused. Zero: no videos.")
    stokiva_document_mb = fields.Integer(
        "Document at Most (MB)", default=10, help="Larger PDF documents are refused. Zero: no documents.")
    stokiva_media_count = fields.Integer(
        "Files per Work Order", default=60,
        help="So many photos, videos and documents a work order may have at most.")

    stokiva_auditor_email = fields.Char(
        "Auditor's E-mail", help="The nightly seal of the event log goes to this address, best of somebody outside.")

    _stokiva_offer_attempts_positive = models.Constraint(
        'CHECK(stokiva_offer_attempts > 0)', "A work order has to be offered at least once.")
    _stokiva_media_size_sensible = models.Constraint(
        'CHECK(stokiva_photo_mb BETWEEN 1 AND 60 AND stokiva_video_mb BETWEEN 0 AND 60'
        ' AND stokiva_document_mb BETWEEN 0 AND 60)',
        "Photos may have 1 to 60 MB, videos and documents 0 to 60 MB: more does not fit through the web server.")
    _stokiva_media_count_sensible = models.Constraint(
        'CHECK(stokiva_media_count BETWEEN 1 AND 1000)', "A work order may have 1 to 1000 files.")

    def _stokiva_get_dispatcher(self):
        """Return the office user who is asked when nobody in particular is responsible.

        :return: res.users record
        """
        self.ensure_one()
        group = self.env.ref('stokiva_service.group_stokiva_dispatcher')
        users = group.all_user_ids.filtered(lambda user: not user.share and self in user.company_ids)
        return users[:1] or self.env.ref('base.user_admin')

    def _stokiva_get_media_limits(self):
        """Return the most bytes that a file may have; types that are not welcome are left out.

        :return: type of media → bytes
        :rtype: dict
        """
        self.ensure_one()
        megabytes = {
            media.PHOTO: self.stokiva_photo_mb,
            media.VIDEO: self.stokiva_video_mb,
            media.DOCUMENT: self.stokiva_document_mb,
        }
        return {media_type: size * media.MEGABYTE for media_type, size in megabytes.items() if size}
