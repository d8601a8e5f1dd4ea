import base64
import binascii
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate

from .. import audit, media

_lt = LazyTranslate(__name__)

REFUSALS = {
    'empty': _lt("The file is empty."),
    'too_many_pixels': _lt("A photo may have at most 50 megapixels."),
    'not_a_photo': _lt("This file is not a photo (JPEG, PNG or WebP)."),
    'not_a_video': _lt("This file is not a whole video (MP4 or WebM)."),
    'not_a_document': _lt("This file is not a whole PDF document."),
    'active_document': _lt("This PDF holds scripts or other files. Print it to a plain PDF first."),
    'locked_document': _lt("This PDF is locked or cannot be checked. Print it to a plain PDF first."),
    'unknown': _lt("This file is not a photo (JPEG, PNG or WebP), a video (MP4 or WebM) or a PDF document."),
}
TOO_LARGE = {
    media.PHOTO: _lt("A photo may have at most %s MB."),
    media.VIDEO: _lt("A video may have at most %s MB."),
    media.DOCUMENT: _lt("A document may have at most %s MB."),
}
# Found in the content or known by the server: never taken from a user.
READ_FIELDS = frozenset({
    'media_type', 'mimetype', 'duration', 'sha256', 'fingerprint', 'perceptual_hash', 'latitude', 'longitude',
    'similar_id', 'similar_distance',
    'channel', 'image_256',
})
# A camera's clock may be a little ahead.
MAX_AHEAD = timedelta(days=1)
MAX_TEXT = 200


class Media(models.Model):
    _name = 'stokiva.media'
    _inherit = ['stokiva.order.line']
    _description = "Photo, Video or Document of a Work Order"
    _order = 'work_order_id, taken_at, id'
    _check_company_auto = True
    _order_field = 'media_ids'

    kind = fields.Selection(
        [
            ('before', "Before"),
            ('after', "After"),
            ('fault', "Fault"),
            ('work', "Work"),
            ('label', "Label"),
            ('accessory', "Accessory"),
            ('document', "Document"),
            ('complaint', "Complaint"),
        ],
        required=True, default='work')
    name = fields.Char("What It Shows")
    image = fields.Image("Photo", attachment=True, max_width=0, max_height=0)
    image_256 = fields.Image("Thumbnail", related='image', max_width=256, max_height=256, store=True)
    file = fields.Binary("Video or document", attachment=True)
    media_type = fields.Selection(
        [('photo', "Photo"), ('video', "Video"), ('document', "Document")], "Type", required=True, readonly=True,
        default='photo')
    mimetype = fields.Char(readonly=True)
    duration = fields.Float("Length (seconds)", readonly=True, digits=(10, 1))
    sha256 = fields.Char("SHA-256", readonly=True, index=True)
    fingerprint = fields.Text(readonly=True, prefetch=False, help="The hashes by which similar photos are looked for.")
    perceptual_hash = fields.Char(readonly=True, help="Nearly the same for photos that look the same.")
    similar_id = fields.Many2one(
        'stokiva.media', "Looks Like", readonly=True, index='btree_not_null', ondelete='set null',
        help="The oldest photo of another order that shows the same picture.")
    similar_distance = fields.Integer(
        "Bits that differ", readonly=True, aggregator=None, help="Of 256; 0 for the same file.")
    similar_order_id = fields.Many2one(related='similar_id.work_order_id', string="Also in")
    taken_at = fields.Datetime("Taken on", help="As the camera noted it; empty when it did not.")
    latitude = fields.Float(readonly=True, digits=(10, 7))
    longitude = fields.Float(readonly=True, digits=(10, 7))
    personnel_id = fields.Many2one('stokiva.personnel', "Taken by", index='btree_not_null', check_company=True)
    create_uid = fields.Many2one('res.users', "Uploaded by", readonly=True)
    create_date = fields.Datetime("Uploaded on", readonly=True)
    channel = fields.Selection(
        [
            ('office', "Office"),
            ('portal', "Provider's portal"),
            ('field', "Field app"),
            ('api', "Interface"),
            ('customer', "Customer"),
            ('system', "System"),
        ],
        string="Came by", required=True, readonly=True,
        default=lambda self: self.env['stokiva.work.order']._get_user_channel())

    _band_0_idx = models.Index("(company_id, substr(perceptual_hash, 1, 4)) WHERE perceptual_hash <> ''")
    _band_1_idx = models.Index("(company_id, substr(perceptual_hash, 5, 4)) WHERE perceptual_hash <> ''")
    _band_2_idx = models.Index("(company_id, substr(perceptual_hash, 9, 4)) WHERE perceptual_hash <> ''")
    _band_3_idx = models.Index("(company_id, substr(perceptual_hash, 13, 4)) WHERE perceptual_hash <> ''")
    _order_idx = models.Index("(work_order_id, kind, id)")

    @api.depends('name', 'kind', 'work_order_id.name')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for item in self:
            item.display_name = item.name or " · ".join(filter(None, [item.work_order_id.name, kinds.get(item.kind)]))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Create media from checked content; photos are encoded anew.

        ``image`` takes a photo, ``file`` anything that is welcome; what it is, is found in the content.

        :raise ValidationError: if content is refused or an order would have too many files
        """
        orders = [
            self.env['stokiva.work.order'].browse(
                vals.get('work_order_id') or self.env.context.get('default_work_order_id') or [])
            for vals in vals_list]
        self._check_count(orders)
        created = super(Media, self._storing_as_is()).create([
            self._drop_read_fields(vals) | self._prepare_content(vals, order.company_id)
            for vals, order in zip(vals_list, orders, strict=True)])
        created._find_similar()
        return created.with_env(self.env)

    def write(self, vals):
        """Write media; new content is checked as in ``create``.

        :raise ValidationError: if content is refused
        """
        vals = self._drop_read_fields(vals)
        if not vals.get('image') and not vals.get('file'):
            if {'image', 'file'} & vals.keys():
                raise ValidationError(self._describe_refusal(media.BadMedia('empty'), {}, vals))
            return super().write(vals)
        res = super(Media, self._storing_as_is()).write(vals | self._prepare_content(vals, self.company_id[:1]))
        self._find_similar()
        return res

    @api.model
    def _drop_read_fields(self, vals):
        """Return values without those that users may not give."""
        if self.env.su:
            return dict(vals)
        return {name: value for name, value in vals.items() if name not in READ_FIELDS} | (
            {'name': vals['name'][:MAX_TEXT]} if vals.get('name') else {})

    def _storing_as_is(self):
        """Return these in a context where attachments keep their bytes, of which the hash is taken."""
        return self.with_context(image_no_postprocess=True)

    # === CONTENT === #

    @api.model
    def _prepare_content(self, vals, company):
        """Return what create or write stores for content and what was found in it.

        :param dict vals: ``image`` or ``file`` as base64 text or bytes
        :param company: res.company whose limits count
        :raise ValidationError: if the content is refused
        """
        limits = (company or self.env.company)._stokiva_get_media_limits()
        given = vals.get('image') or vals.get('file') or b''
        try:
            accepted = media.take_in(base64.b64decode(given, validate=False), limits)
            if vals.get('image') and accepted.media_type != media.PHOTO:
                raise media.BadMedia('not_a_photo')
        except media.BadMedia as error:
            raise ValidationError(self._describe_refusal(error, limits, vals)) from error
        except (binascii.Error, ValueError) as error:
            raise ValidationError(self._describe_refusal(media.BadMedia('unknown'), limits, vals)) from error
        content = base64.b64encode(accepted.content)
        is_photo = accepted.media_type == media.PHOTO
        values = {
            'image': content if is_photo else False,
            'file': False if is_photo else content,
            'media_type': accepted.media_type,
            'mimetype': accepted.mimetype,
            'duration': accepted.duration,
            'sha256': audit.sha256(accepted.content),
            'fingerprint': accepted.fingerprint,
            'perceptual_hash': accepted.fingerprint[:media.similarity.DIGITS],
            'latitude': 0.0,
            'longitude': 0.0,
        }
        if accepted.facts.position:
            values['latitude'], values['longitude'] = accepted.facts.position
        if taken_at := self._get_taken_at(accepted.facts.taken_at):
            values['taken_at'] = taken_at
        return values

    @api.model
    def _describe_refusal(self, error, limits, vals):
        """Return in the user's language why content is refused."""
        if error.code == 'too_large':
            media_type = error.args[1]
            return self.env._(TOO_LARGE[media_type]) % (  # pylint: disable=gettext-variable
                limits[media_type] // media.MEGABYTE)
        code = 'not_a_photo' if vals.get('image') and error.code == 'unknown' else error.code
        return self.env._(REFUSALS[code])  # pylint: disable=gettext-variable

    @api.model
    def _get_taken_at(self, moment):
        """Return a camera's time as naive UTC; None if it cannot be.

        :param moment: datetime; a naive one is in the time zone of whoever uploads
        """
        if not moment:
            return None
        if not moment.tzinfo:
            moment = pytz.timezone(self.env.user.tz or 'UTC').localize(moment)
        moment = moment.astimezone(pytz.UTC).replace(tzinfo=None)
        return moment if moment.year > 2000 and moment < fields.Datetime.now() + MAX_AHEAD else None

    @api.model
    def _check_count(self, orders):
        """Raise if an order would have more files than its company allows.

        :param list orders: the order of each new one
        """
        counts = dict(self.sudo()._read_group(  # sudo: the limit counts what the user may not see, too
            [('work_order_id', 'in', [order.id for order in orders])], ['work_order_id'], ['__count']))
        for order in filter(None, orders):
            counts[order] = counts.get(order, 0) + 1
            if counts[order] > order.company_id.stokiva_media_count:
                raise ValidationError(self.env._(
                    "A work order may have at most %s photos, videos and documents.",
                    order.company_id.stokiva_media_count))

    def _get_log_values(self):
        """Return kind and hash: the log proves the photo without holding it."""
        return {'kind': self.kind, 'sha256': self.sha256, 'taken_at': self.taken_at and audit.iso(self.taken_at)}
