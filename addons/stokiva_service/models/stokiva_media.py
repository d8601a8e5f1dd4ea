import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import audit, images


class Media(models.Model):
    _name = 'stokiva.media'
    _inherit = ['stokiva.order.line']
    _description = "Photo of a Work Order"
    _order = 'work_order_id, kind, id'
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
        ],
        required=True, default='work')
    name = fields.Char()
    image = fields.Image("Photo", required=True, attachment=True, max_width=0, max_height=0)
    image_256 = fields.Image("Thumbnail", related='image', max_width=256, max_height=256, store=True)
    mimetype = fields.Char(readonly=True, default='image/jpeg')
    sha256 = fields.Char("SHA-256", readonly=True, index=True)
    taken_at = fields.Datetime(default=fields.Datetime.now)
    personnel_id = fields.Many2one('stokiva.personnel', "Taken by", index='btree_not_null', check_company=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Create photos from checked and re-encoded content.

        :raise ValidationError: if the content is too large or not a photo
        """
        return super().create([dict(vals, **self._prepare_content(vals)) for vals in vals_list])

    def write(self, vals):
        """Write photos; new content is checked and re-encoded.

        :raise ValidationError: if the content is too large or not a photo
        """
        if 'image' in vals:
            vals = dict(vals, **self._prepare_content(vals))
        return super().write(vals)

    @api.model
    def _prepare_content(self, vals):
        """Return image, hash and type for create or write.

        :param dict vals: ``image`` as base64 text or bytes
        """
        try:
            content = images.normalise(base64.b64decode(vals.get('image') or b'', validate=False))
        except images.BadImage as error:
            if error.args[0] == 'too_large':
                raise ValidationError(self.env._("A photo may have at most 15 MB.")) from error
            raise ValidationError(self.env._("This file is not a photo (JPEG, PNG or WebP).")) from error
        except (binascii.Error, ValueError) as error:
            raise ValidationError(self.env._("This file is not a photo (JPEG, PNG or WebP).")) from error
        return {
            'image': base64.b64encode(content), 'sha256': audit.sha256(content), 'mimetype': 'image/jpeg'}

    def _get_log_values(self):
        """Return kind and hash: the log proves the photo without holding it."""
        return {'kind': self.kind, 'sha256': self.sha256, 'taken_at': self.taken_at and audit.iso(self.taken_at)}
