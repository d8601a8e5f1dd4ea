import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import workflow

OFFICE = 'base.group_user'


class Device(models.Model):
    _name = 'stokiva.device'
    _inherit = ['stokiva.audited', 'stokiva.sold.mixin', 'stokiva.thread', 'mail.activity.mixin']
    _description = "Device"
    _order = 'id desc'
    _rec_names_search = ['serial']

    name = fields.Char(compute='_compute_name', compute_sudo=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [
            ('to_verify', "To verify"),
            ('in_service', "In service"),
            ('returned', "Out of service"),
        ],
        required=True, default='in_service', tracking=True,
        help="To verify: registered by the customer, not looked at yet. Out of service: taken back from the "
             "customer or exchanged.")
    origin = fields.Selection(
        [
            ('sale', "Our sale"),
            ('office', "Office"),
            ('customer', "Customer"),
            ('exchange', "Exchange"),
        ],
        "Registered by", required=True, default='office', readonly=True)

    product_id = fields.Many2one(
        'product.product', index='btree_not_null', ondelete='restrict', check_company=True, tracking=True,
        domain=[('type', '=', 'consu')])
    device_type_id = fields.Many2one(
        'stokiva.device.type', compute='_compute_device_type_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', ondelete='restrict', check_company=True)
    lot_id = fields.Many2one(
        'stock.lot', "Lot/Serial in Stock", index='btree_not_null', check_company=True, copy=False,
        domain="[('product_id', '=', product_id)]")
    serial = fields.Char(
        "Serial Number", compute='_compute_serial', store=True, readonly=False, precompute=True,
        index='trigram', copy=False, tracking=True)
    registered_model = fields.Char(
        "Model as Registered", help="What the customer wrote when he registered the appliance.")
    receipt = fields.Image(attachment=True, copy=False, groups=OFFICE)
    label_photo = fields.Image(
        "Photo of the Label", attachment=True, copy=False, groups=OFFICE,
        help="Where the customer could not read the serial number, the office takes it from here.")

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='restrict', check_company=True,
        tracking=True)
    commercial_partner_id = fields.Many2one(related='partner_id.commercial_partner_id')
    site_id = fields.Many2one(
        'res.partner', "Address", compute='_compute_site_id', store=True, readonly=False, precompute=True,
        index='btree_not_null', ondelete='restrict', check_company=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="Where the device stands.")
    phone = fields.Char(related='partner_id.phone')

    sale_line_id = fields.Many2one(
        'sale.order.line', "Sold by", index='btree_not_null', check_company=True, copy=False)
    date_sold = fields.Date("Sold on")
    date_delivered = fields.Date("Delivered on")
    date_installed = fields.Date("Installed on")
    date_returned = fields.Date("Out of Service since", readonly=True, copy=False)
    return_reason = fields.Selection(
        [
            ('sale_return', "Sale returned"),
            ('exchange', "Exchanged"),
            ('doa', "Dead on arrival"),
            ('other', "Other"),
        ],
        "Why Out of Service", readonly=True, copy=False)
    replaces_id = fields.Many2one(
        'stokiva.device', index='btree_not_null', ondelete='restrict', check_company=True,
        readonly=True, copy=False)
    replaced_by_ids = fields.One2many('stokiva.device', 'replaces_id', "Replaced by", readonly=True, groups=OFFICE)

    _serial_uniq = models.UniqueIndex(
        "(serial, product_id, company_id) WHERE serial <> '' AND active AND state = 'in_service'",
        "A device of this product with this serial number is in service already.")
    _kind_known = models.Constraint(
        'CHECK(product_id IS NOT NULL OR device_type_id IS NOT NULL)',
        "Choose the product, or at least the device type.")

    @api.depends('product_id.display_name', 'device_type_id.name', 'serial')
    @api.depends_context('lang')
    def _compute_name(self):
        for device in self:
            # Customers read it too: our internal reference tells them nothing.
            product = device.product_id.with_context(display_default_code=False)
            kind = product.display_name or device.device_type_id.name or ""
            device.name = f"{kind} · {device.serial}" if device.serial else kind

    @api.depends('product_id')
    def _compute_device_type_id(self):
        for device in self:
            device.device_type_id = device.product_id._get_stokiva_device_type(device.company_id) or device.device_type_id

    @api.depends('lot_id')
    def _compute_serial(self):
        for device in self:
            device.serial = device.lot_id.name or device.serial

    @api.depends('partner_id')
    def _compute_site_id(self):
        for device in self:
            if device.site_id.commercial_partner_id != device.partner_id.commercial_partner_id:
                device.site_id = device.partner_id

    @api.constrains('date_sold', 'date_delivered', 'date_installed', 'warranty_labour_until', 'warranty_parts_until')
    def _check_dates(self):
        for device in self:
            begin = device._get_first_day()
            if device.date_sold and device.date_installed and device.date_installed < device.date_sold:
                raise ValidationError(self.env._("The device cannot be installed before it is sold."))
            if begin and any(
                    end and end < begin
                    for end in (device.warranty_labour_until, device.warranty_parts_until)):
                raise ValidationError(self.env._("The warranty cannot end before it begins."))

    @api.constrains('lot_id', 'product_id')
    def _check_lot_id(self):
        for device_sudo in self.sudo():  # sudo: lots are for stock users only
            lot_sudo = device_sudo.lot_id
            if lot_sudo and lot_sudo.product_id != device_sudo.product_id:
                raise ValidationError(self.env._(
                    "The serial number %(serial)s in stock belongs to another product.",
                    serial=lot_sudo.name))

    @api.model
    def _derive_values(self, vals_list):
        """Say it of devices that are just sold: nobody knows their serial numbers."""
        derived = super()._derive_values(vals_list)
        for values, vals in zip(derived, vals_list, strict=True):
            if vals.get('product_id') and vals.get('company_id') and not vals.get('lot_id'):
                device_type = self.env['product.product'].browse(vals['product_id'])._get_stokiva_device_type(
                    self.env['res.company'].browse(vals['company_id']))
                values.update(device_type_id=device_type.id, serial=False)
        return derived

    def _get_logged_creations(self):
        """A device that a sale makes is in the log by the sale's work order: a sale costs nothing more."""
        return self.filtered(lambda device: device.origin != 'sale')

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_serial(vals) for vals in vals_list])

    def write(self, vals):
        """Write devices; a serial number that is known is not overwritten, it is corrected.

        :raise UserError: if a person changes a serial number without the photo of the label
        """
        vals = self._clean_serial(vals)
        if 'serial' in vals and not self.env.su and any(
                device.serial and device.serial != vals['serial'] and device.state != 'to_verify' for device in self):
            raise UserError(self.env._(
                "The serial number is known already. Choose “Correct serial number…” and add a photo of the label."))
        res = super().write(vals)
        if vals.get('serial') and 'lot_id' not in vals:
            self._follow_serial()
        return res

    def _follow_serial(self):
        """Let devices from stock point at the lot that their corrected serial number names, if there is one."""
        for device_sudo in self.sudo():  # sudo: lots are for stock users only
            if device_sudo.lot_id and device_sudo.lot_id.name != device_sudo.serial:
                device_sudo.lot_id = device_sudo.lot_id.search([
                    ('name', '=', device_sudo.serial), ('product_id', '=', device_sudo.product_id.id),
                    ('company_id', 'in', (device_sudo.company_id.id, False))], limit=1)

    @api.model
    def _clean_serial(self, vals):
        """Take off the blanks that scanners and pasting leave around a serial number.

        :param dict vals: field values
        :return: the same values with a clean serial number
        :rtype: dict
        """
        if not vals.get('serial'):
            return vals
        return {**vals, 'serial': vals['serial'].strip() or False}

    def _check_serial_free(self, serial, product=None):
        """Raise if another device in service has a serial number.

        :param str serial: the number that this device is to get
        :param product: product.product record, this device's by default
        :raise UserError: naming the other device
        """
        self.ensure_one()
        other_sudo = self.sudo().search([  # sudo: only that it is taken is told, by what is written on the device
            ('serial', '=', serial), ('product_id', '=', (product or self.product_id).id), ('state', '=', 'in_service'),
            ('company_id', '=', self.company_id.id), ('id', '!=', self.id)], limit=1)
        if other_sudo:
            raise UserError(self.env._("%s is in service already, with this serial number.", other_sudo.display_name))

    def _correct_serial(self, serial, label):
        """Write another serial number where no order is open, and keep the photo of the label with the note.

        :param str serial: as on the label
        :param bytes label: photo, base64
        """
        self.ensure_one()
        before = self.serial
        photo = self.env['stokiva.media']._prepare_content({'image': label}, self.company_id)['image']
        self.sudo().serial = serial  # sudo: a person may not overwrite the number, but here is the proof
        self.message_post(
            body=self.env._("Serial number corrected from %(before)s to %(after)s.", before=before or "–", after=serial),
            attachments=[(self.env._("Label.jpg"), base64.b64decode(photo))])

    def action_verify(self):
        """Accept what customers registered: the devices are in service from now on.

        :raise UserError: if none of them waits for it, or one has no serial number
        """
        self.check_access('write')
        waiting = self.filtered(lambda device: device.state == 'to_verify')
        if not waiting:
            raise UserError(self.env._("None of these devices waits to be verified."))
        for device in waiting:
            if not device.serial:
                raise UserError(self.env._("%s has no serial number yet.", device.display_name))
        waiting.state = 'in_service'

    def action_refuse_registration(self):
        """Archive what customers registered without a right to it.

        :raise UserError: if one of them does not wait to be verified
        """
        if any(device.state != 'to_verify' for device in self):
            raise UserError(self.env._("Only registrations that wait to be verified can be refused."))
        self.action_archive()

    def _pick_for_delivery(self, lot):
        """Return the one of a sale line's devices that a unit delivered is.

        Somebody may have noted the serial number before; otherwise any without a serial number.

        :param lot: stock.lot record of the unit, or none
        """
        return self.filtered(lambda device: lot and device.serial == lot.name)[:1] or (
            self.filtered(lambda device: not (lot and device.serial))[:1])

    def _pick_for_return(self, lot):
        """Return the one of a sale line's devices that a unit given back is.

        Without a serial number nobody knows which one: then one that is not installed, the last one first.

        :param lot: stock.lot record of the unit, or none
        """
        return self.filtered(lambda device: lot and lot.name in (device.lot_id.name, device.serial))[:1] or (
            self.filtered(lambda device: not (lot and device.lot_id)).sorted(
                lambda device: (bool(device.date_installed), -device.id))[:1])

    def _take_out_of_service(self, reason, day):
        """End the service of devices: they are returned, and their open orders are ended.

        See ``stokiva.work.order._close_for_device``. Meant for sudo.

        :param str reason: key of ``return_reason``
        :param day: `datetime.date` since when
        """
        self.write({'state': 'returned', 'return_reason': reason, 'date_returned': day})
        reasons = dict(self._fields['return_reason']._description_selection(self.env))
        self.env['stokiva.work.order'].search([
            ('device_id', 'in', self.ids), ('state', 'in', workflow.OPEN)])._close_for_device(reasons[reason])

    def _put_away(self):
        """Archive devices that never came to their customer and have no order left. Meant for sudo."""
        kept = self.env['stokiva.work.order'].search([
            ('device_id', 'in', self.ids), ('state', 'not in', ('canceled', 'returned'))]).device_id
        (self - kept).filtered(lambda device: not device.date_delivered and not device.serial).action_archive()

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Devices"),
            'template': '/stokiva_service/static/import/stokiva.device.csv'}]
