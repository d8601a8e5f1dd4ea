import base64
import io

import qrcode

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime
from odoo.tools.image import image_data_uri

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .. import phones
from ..controllers.approval_content import DATE, TIME, prepare_content

MAX_PHOTOS = 8


class Paper(models.AbstractModel):
    """A paper for the customer, in his language. It holds listed values only: no costs, no internal notes."""
    _name = 'stokiva.paper'
    _description = "Paper for the Customer"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template wants: ``papers``, one dict per order.

        :param list docids: ids of work orders
        :raise AccessError: if the user does not belong to the office or may not see an order
        """
        orders = self.env['stokiva.work.order'].browse(docids)
        if not self.env.su:
            # Portal pages print in sudo, after their own check: nobody from outside prints by a report's name.
            if not self.env.user._is_internal():
                raise AccessError(self.env._("This is for the office."))
            orders.check_access('read')
        papers = []
        for order in orders:
            lang = order.sudo().partner_id.lang or order.sudo().company_id.partner_id.lang  # sudo: after the check above
            papers.append(self._prepare_paper(order.sudo().with_context(lang=lang)))  # sudo: as above; only listed values
        return {
            'doc_ids': docids, 'doc_model': orders._name, 'docs': orders, 'papers': papers,
            # Debian's wkhtmltopdf leaves headers out: the company then stands in the body.
            'has_header': data and data.get('report_type') != 'pdf' or _wkhtml().is_patched_qt,
        }

    @api.model
    def _prepare_paper(self, order):
        """Return the values of one order's paper; to be extended by each.

        :param order: stokiva.work.order record in sudo, in the customer's language
        :rtype: dict
        """
        site = order.site_id
        return {
            'order': order,
            'lang': order.env.lang,
            'number': order.name,
            'customer': order.partner_id.name,
            'phone': phones.spell(order.partner_id.phone),
            'address': ", ".join(filter(None, [
                site.street, site.street2, f"{site.zip or ''} {site.city_id.name or site.city or ''}".strip(),
                site.state_id.name])),
            'device': order.device_id.product_id.name or order.device_id.display_name,
            'serial': order.device_id.serial or None,
            'service': order.service_type_id.name,
            'provider': order.provider_id.name or None,
            'provider_phone': phones.spell(order.provider_id.phone),
            'qr': self._get_qr(order),
        }

    @api.model
    def _get_tz(self, order):
        """Return the name of the time zone of an order's times."""
        return order.provider_id.tz or order.company_id.partner_id.tz or self.env.user.tz or 'UTC'

    @api.model
    def _format_moment(self, order, moment):
        """Return a naive UTC datetime as day and time in the customer's language; an empty text without one."""
        return moment and format_datetime(
            order.env, moment, tz=self._get_tz(order), dt_format=f'{DATE}, {TIME}', lang_code=order.env.lang) or ""

    @api.model
    def _get_qr(self, order):
        """Return the data URI of a QR code that leads to the customer's page, None when there is no page."""
        url = order._get_customer_url()
        if not url:
            return None
        # Not by core's barcode(): it needs a renderer that reportlab no longer brings along.
        out = io.BytesIO()
        qrcode.make(url, border=1, box_size=4).save(out, 'PNG')
        return image_data_uri(base64.b64encode(out.getvalue()))

    @api.model
    def _prepare_photos(self, order, photos):
        """Return ``src`` and ``caption`` of small photos, in the order of their kinds.

        :param photos: stokiva.media records
        """
        kinds = dict(photos._fields['kind']._description_selection(order.env))
        chosen = photos.sorted(lambda photo: (list(kinds).index(photo.kind), photo.id))
        return [
            {'src': image_data_uri(photo.image_256), 'caption': kinds[photo.kind]}
            for photo in self._choose(chosen) if photo.image_256]

    @api.model
    def _choose(self, photos):
        """Return at most so many photos as fit in a row, of every kind some."""
        chosen, by_kind = photos.browse(), list(photos.grouped('kind').values())
        for rank in range(MAX_PHOTOS):
            for same in by_kind:
                if len(chosen) < MAX_PHOTOS:
                    chosen |= same[rank:rank + 1]
        return photos & chosen

    @api.model
    def _prepare_content(self, order, shown):
        """Return what the customer was shown, formatted for print."""
        return {'shown': shown, **prepare_content(order.env, shown, self._get_tz(order))}

    @api.model
    def _prepare_answer(self, order, approval):
        """Return the record of the customer's answer, None when he has not answered."""
        if not approval.answered_at:
            return None
        return {
            'moment': self._format_moment(order, approval.answered_at),
            'channel': dict(approval._fields['channel']._description_selection(order.env)).get(approval.channel),
            'name': approval.signed_by or None,
            'comment': approval.comment or None,
            'signature': approval.signature and image_data_uri(approval.signature) or None,
            'hash': approval.shown_hash,
            'is_approved': approval.state == 'approved',
        }
