"""What the customer answers on the technician's phone."""
from odoo.exceptions import ValidationError

from odoo.addons.stokiva_service import media
from odoo.addons.stokiva_service.given import MOST_FILES

from .refused import Refused

MAX_COMMENT = 2000


class Answers:
    """The customer's own answers; part of ``Handler``."""

    def approve(self):
        """Carry out the customer's approval: his signature on this phone, and the code from his own.

        It holds for all that he was shown of the trip: ``others`` has the hash of each further job's request.
        """
        given = {name: self._get_text(name) for name in ('code', 'signature', 'name')}
        for asked, shown_hash in sorted(self._get_shown().items(), key=lambda item: item[0].work_order_id.id):
            self._answer('approve', asked, {**given, 'shown_hash': shown_hash})
        return {}

    def _get_shown(self):
        """Return the requests that the customer was shown, each with the hash of what stood there.

        :return: ``{stokiva.approval record: hash}``
        :rtype: dict
        :raise Refused: if one of them is not asked of him on this phone
        """
        others = self.op.payload.get('others') or {}
        asked = self._get_asked()
        together = {f'{item.work_order_id.id}': item for item in self.job.get_asked_together() - asked}
        if not isinstance(others, dict) or not others.keys() <= together.keys():
            raise Refused('answered', self.env._("This request was answered or replaced already."))
        shown = {asked: self._get_text('shown_hash')} | {together[id_]: others[id_] for id_ in others}
        if not all(isinstance(shown_hash, str) and shown_hash for shown_hash in shown.values()):
            raise Refused('refused', self.env._("The order has changed. Please look at it again."))
        return shown

    def dispute(self):
        """Carry out that the customer does not approve: his words, and the photos that came before."""
        photos = self._get_own_op_photos()
        self._answer('dispute', self._get_asked(), {
            'shown_hash': self._get_text('shown_hash'), 'comment': self._get_text('comment').strip()[:MAX_COMMENT],
            'photos': [photo.datas.decode() for photo in photos]})
        photos.unlink()
        return {}

    def _get_asked(self):
        """Return the request that the customer is asked on this job.

        :raise Refused: if there is none any more
        """
        asked = self.job.get_asked()
        if not asked:
            raise Refused('answered', self.env._("This request was answered or replaced already."))
        return asked

    def _answer(self, event, asked, given):
        order = asked.work_order_id
        order._apply_event(
            event, {'approval_id': asked.id, 'personnel_id': self.job.people[:1].id, **given},
            actor=order.partner_id, channel='on_site', key=self.op.uuid, occurred=self.occurred)

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
