from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# So many registrations of one customer may wait; more is no household.
MAX_WAITING = 20


class Device(models.Model):
    _name = 'stokiva.device'
    _inherit = ['stokiva.portal.readable', 'stokiva.device']

    _portal_fields = frozenset({
        'id', 'display_name', 'name', 'company_id', 'active', 'state', 'product_id', 'device_type_id', 'serial',
        'registered_model', 'date_sold', 'date_delivered', 'date_installed', 'warranty_labour_until',
        'warranty_parts_until',
    })

    @api.model
    def _get_owned_domain(self):
        """Return the appliances of the current user and of his company: for a search in sudo.

        :rtype: odoo.fields.Domain
        """
        return Domain('id', 'in', self._search([])) & Domain(
            'partner_id', 'child_of', self.env.user.commercial_partner_id.ids)

    @api.model
    def _register_for_user(self, device_type, model, serial, date_sold, receipt, label_photo):
        """Register an appliance of the current user, to be verified by the office.

        :param device_type: stokiva.device.type record that was on offer
        :param str model: what stands on the appliance, may be empty
        :param str serial: its serial number, may be empty where there is a photo of the label
        :param date_sold: `datetime.date` or False
        :param receipt: photo as base64 bytes, or False
        :param label_photo: photo as base64 bytes, or False
        :return: the new stokiva.device record, in sudo
        :raise UserError: if it is registered already, or too many wait
        :raise ValidationError: if a file is no photo
        """
        user, company = self.env.user, self.env.company
        owned_sudo = self.sudo()  # sudo: customers have no right to write devices; the values are listed here
        family = Domain('partner_id', 'child_of', user.commercial_partner_id.ids)
        if serial and owned_sudo.search_count(family & Domain('serial', '=', serial) & Domain('state', '!=', 'returned'), limit=1):
            raise UserError(self.env._("You have registered this appliance already."))
        if owned_sudo.search_count(family & Domain('state', '=', 'to_verify'), limit=MAX_WAITING) >= MAX_WAITING:
            raise UserError(self.env._("We have not looked at your last registrations yet. Please try again later."))
        photos = {'receipt': receipt, 'label_photo': label_photo}
        for name, photo in photos.items():
            photos[name] = photo and self.env['stokiva.media'].sudo()._prepare_content(  # sudo: only the limits are read
                {'image': photo}, company)['image']
        product = owned_sudo._find_registered_product(device_type, model)
        return owned_sudo.create({
            'state': 'to_verify', 'origin': 'customer', 'company_id': company.id, 'partner_id': user.partner_id.id,
            'product_id': product.id, 'device_type_id': device_type.id, 'registered_model': model or False,
            'serial': serial or False, 'date_sold': date_sold, **photos,
        })

    @api.model
    def _find_registered_product(self, device_type, model):
        """Return the one product of a device type that a customer means by its name, reference or barcode.

        :param device_type: stokiva.device.type record
        :param str model: what he typed
        :return: product.product record, or none
        """
        products = self.env['product.product']
        if not model:
            return products
        found = products.search(
            Domain('company_id', 'in', (self.env.company.id, False))
            & Domain.OR(Domain(name, '=ilike', model) for name in ('default_code', 'barcode', 'name')), limit=5)
        found = found.filtered(lambda product: product._get_stokiva_device_type() == device_type)
        return found if len(found) == 1 else products
