from odoo import api, fields, models

from .. import media


class ResCompany(models.Model):
    _name = 'res.company'
    _inherit = ['res.company', 'stokiva.audited']
    _audited_prefix = 'stokiva_'

    # Whoever reads a company, as each sale does, does without most settings: they come together, when one is asked for.
    stokiva_offer_attempts = fields.Integer(
        "Offers Before a Dispatcher Decides", default=5,
        help="A work order is offered to this many providers, one after the other; then a "
             "dispatcher is asked.")
    stokiva_delivery_buffer_hours = fields.Float(
        "Service after Delivery (hours)", default=2,
        help="So long after the planned delivery of a sale its work may begin at the earliest.")
    stokiva_photo_mb = fields.Integer(
        "Photo at Most (MB)", default=15,
        help="Larger photos are refused. Those that are taken are scaled down and stored without hidden data.",
        prefetch='stokiva')
    stokiva_video_mb = fields.Integer(
        "Video at Most (MB)", default=50, help="Larger videos are refused. Zero: no videos.", prefetch='stokiva')
    stokiva_document_mb = fields.Integer(
        "Document at Most (MB)", default=10, help="Larger PDF documents are refused. Zero: no documents.",
        prefetch='stokiva')
    stokiva_media_count = fields.Integer(
        "Files per Work Order", default=60,
        help="So many photos, videos and documents a work order may have at most.", prefetch='stokiva')

    stokiva_labour_product_id = fields.Many2one(
        'product.product', "Labour Is Invoiced as", check_company=True, domain=[('type', '=', 'service')],
        help="Gives labour its taxes and account, where the workmanship names no product. If empty, “Labour”.",
        prefetch='stokiva')
    stokiva_diagnosis_product_id = fields.Many2one(
        'product.product', "Diagnosis Is Invoiced as", check_company=True, domain=[('type', '=', 'service')],
        help="Gives the diagnosis fee its name, taxes and account. If empty, “Diagnosis”.", prefetch='stokiva')
    stokiva_diagnosis_fee = fields.Monetary(
        "Diagnosis Fee",
        help="What the customer pays if he declines a quote, where the service type says nothing else. Zero: nothing.",
        prefetch='stokiva')
    stokiva_goodwill_dispatcher = fields.Monetary(
        "Goodwill by a Dispatcher", default=1000,
        help="So much work and parts of one order a dispatcher may do without charge, without tax. Zero: none.",
        prefetch='stokiva')
    stokiva_goodwill_manager = fields.Monetary(
        "Goodwill by a Manager", default=10000,
        help="So much work and parts of one order a manager may do without charge, without tax. Zero: none.",
        prefetch='stokiva')

    stokiva_auditor_email = fields.Char(
        "Auditor's E-mail", help="The nightly seal of the event log goes to this address, best of somebody outside.",
        prefetch='stokiva')

    stokiva_quiet_from = fields.Float(
        "Quiet from", default=21, help="From this hour on, in the customer's time zone, messages that would disturb wait.",
        prefetch='stokiva')
    stokiva_quiet_to = fields.Float(
        "Quiet until", default=8, help="At this hour they go out. The same hour as the beginning: there are no quiet hours.",
        prefetch='stokiva')

    _stokiva_quiet_sensible = models.Constraint(
        'CHECK(stokiva_quiet_from BETWEEN 0 AND 24 AND stokiva_quiet_to BETWEEN 0 AND 24)',
        "Quiet hours begin and end between 00:00 and 24:00.")
    _stokiva_offer_attempts_positive = models.Constraint(
        'CHECK(stokiva_offer_attempts > 0)', "A work order has to be offered at least once.")
    _stokiva_delivery_buffer_sensible = models.Constraint(
        'CHECK(stokiva_delivery_buffer_hours BETWEEN 0 AND 720)',
        "The time between delivery and service goes from 0 to 720 hours.")
    _stokiva_media_size_sensible = models.Constraint(
        'CHECK(stokiva_photo_mb BETWEEN 1 AND 60 AND stokiva_video_mb BETWEEN 0 AND 60'
        ' AND stokiva_document_mb BETWEEN 0 AND 60)',
        "Photos may have 1 to 60 MB, videos and documents 0 to 60 MB: more does not fit through the web server.")
    _stokiva_media_count_sensible = models.Constraint(
        'CHECK(stokiva_media_count BETWEEN 1 AND 1000)', "A work order may have 1 to 1000 files.")

    _stokiva_charges_sensible = models.Constraint(
        'CHECK(stokiva_diagnosis_fee >= 0 AND stokiva_goodwill_dispatcher >= 0 AND stokiva_goodwill_manager >= 0)',
        "The diagnosis fee and the limits of goodwill cannot be negative.")

    def _stokiva_get_labour_product(self):
        """Return the product that labour is invoiced as.

        :return: product.product record; empty if none is set and the default was deleted
        """
        self.ensure_one()
        return self.stokiva_labour_product_id or self._stokiva_get_default_product('product_labour')

    def _stokiva_get_diagnosis_product(self):
        """Return the product that the diagnosis fee is invoiced as.

        :return: product.product record; empty if none is set and the default was deleted
        """
        self.ensure_one()
        return self.stokiva_diagnosis_product_id or self._stokiva_get_default_product('product_diagnosis')

    def _stokiva_get_default_product(self, name):
        """Return a product of our data, as long as it is there and of use to the company."""
        product = self.env.ref(f'stokiva_service.{name}', raise_if_not_found=False) or self.env['product.product']
        return product.filtered(lambda item: item.active and item.company_id in (self, self.env['res.company']))

    def _stokiva_get_dispatcher(self):
        """Return the office user who is asked when nobody in particular is responsible.

        :return: res.users record
        """
        self.ensure_one()
        return self._stokiva_get_users('group_stokiva_dispatcher')[:1] or self.env.ref('base.user_admin')

    def _stokiva_get_users(self, group):
        """Return the office users of a group who work in the company.

        :param str group: end of the XML id
        :return: res.users records
        """
        self.ensure_one()
        # Without asking the database each time whether the group is still there.
        group_id = self.env['ir.model.data']._xmlid_to_res_id(f'stokiva_service.{group}')
        return self.env['res.groups'].browse(group_id).all_user_ids.filtered(
            lambda user: not user.share and self in user.company_ids)

    def _stokiva_get_media_limits(self):
        """Return the most bytes that a file may have; types that are not welcome are left out.

        :return: type of media → bytes
        :rtype: dict
        """
        self.ensure_one()
        company_sudo = self.sudo()  # sudo: customers, too, send files, and read no settings
        megabytes = {
            media.PHOTO: company_sudo.stokiva_photo_mb,
            media.VIDEO: company_sudo.stokiva_video_mb,
            media.DOCUMENT: company_sudo.stokiva_document_mb,
        }
        return {media_type: size * media.MEGABYTE for media_type, size in megabytes.items() if size}

    @api.model
    def _has_field_access(self, field, operation):
        if self.env.su:  # asked for each field at every sale
            return True
        # Customers and providers read their company; our settings in it, limits of pay and checks, are the office's.
        if field.name.startswith(self._audited_prefix) and self.env.user.share:
            return False
        return super()._has_field_access(field, operation)

    def _get_audited_company(self):
        return self
