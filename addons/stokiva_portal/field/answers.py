"""What the customer answers on the technician's phone."""
from odoo.exceptions import ValidationError

from odoo.addons.stokiva_service import media
from odoo.addons.stokiva_service.given import MOST_FILES

from .refused import Refused

MAX_COMMENT = 2000


class Answers:
    """The customer's own answers; part of ``Handler``."""

    def approve(self):
        """Carry out the customer's approval: his signature on this phone, and the code from his own."""
        self._answer('approve', {
            'shown_hash': self._get_text('shown_hash'), 'code': self._get_text('code'),
            'signature': self._get_text('signature'), 'name': self._get_text('name')})
        return {}

    def dispute(self):
        """Carry out that the customer does not approve: his words, and the photos that came before."""
        photos = self._get_own_op_photos()
        self._answer('dispute', {
            'shown_hash': self._get_text('shown_hash'), 'comment': self._get_text('comment').strip()[:MAX_COMMENT],
            'photos': [photo.datas.decode() for photo in photos]})
        photos.unlink()
        return {}

    def _answer(self, event, given):
        asked = self.job.get_asked()
        if not asked:
            raise Refused('answered', self.env._("This request was answered or replaced already."))
        self.order._apply_event(
            event, {'approval_id': asked.id, 'personnel_id': self.job.people[:1].id, **given},
            actor=self.order.partner_id, channel='on_site', key=self.op.uuid, occurred=self.occurred)

    def _keep_complaint(self):
        """Keep a photo of what the customer finds wrong until his answer comes; it becomes evidence only with that.

        :raise ValidationError: if it is no photo
        """
        limits = self.order.company_id._stokiva_get_media_limits()
        try:
            if media.take_in(self.op.content, limits).media_type != media.PHOTO:
                raise media.BadMedia('not_a_photo')
        except media.BadMedia as error:
            raise ValidationError(self.env['stokiva.media']._describe_refusal(error, limits, {'image': True})) from error
        self.env['ir.attachment'].create({
            'name': self.op.uuid, 'raw': self.op.content, 'res_model': 'stokiva.field.op',
            'res_id': self.env['stokiva.field.op'].search([('uuid', '=', self.op.uuid)]).id})
        return {}

    def _get_own_op_photos(self):
        """Return the attachments of the photos that the operation waited for.

        :return: ir.attachment records in sudo
        """
        ops = self.env['stokiva.field.op'].search([
            ('uuid', 'in', self.op.requires), ('user_id', '=', self.job.user.id), ('type', '=', 'media')])
        return self.env['ir.attachment'].search(
            [('res_model', '=', 'stokiva.field.op'), ('res_id', 'in', ops.ids)], order='id', limit=MOST_FILES)
