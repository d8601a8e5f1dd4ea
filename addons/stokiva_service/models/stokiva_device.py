from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Device(models.Model):
    _name = 'stokiva.device'
    _inherit = ['stokiva.company.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Device"
    _order = 'id desc'
    _rec_names_search = ['serial', 'product_id', 'partner_id.name']

    name = fields.Char(compute='_compute_name', compute_sudo=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [
            ('in_service', "In service"),
            ('returned', "Returned"),
        ],
        required=True, default='in_service', tracking=True,
        help="Returned: taken back from the customer, no service any more.")

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
    date_installed = fields.Date("Installed on")
    warranty_labour_until = fields.Date(
        "Labour Warranty Until", compute='_compute_warranty', store=True, readonly=False,
        precompute=True, tracking=True)
    warranty_parts_until = fields.Date(
        "Parts Warranty Until", compute='_compute_warranty', store=True, readonly=False,
        precompute=True, tracking=True)

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
            device.device_type_id = device.product_id._get_stokiva_device_type() or device.device_type_id

    @api.depends('lot_id')
    def _compute_serial(self):
        for device in self:
            device.serial = device.lot_id.name or device.serial

    @api.depends('partner_id')
    def _compute_site_id(self):
        for device in self:
            if device.site_id.commercial_partner_id != device.partner_id.commercial_partner_id:
                device.site_id = device.partner_id

    @api.depends('product_id', 'date_sold', 'date_installed')
    def _compute_warranty(self):
        for device in self:
            begin = device.date_installed or device.date_sold
            end = begin and begin + relativedelta(months=device.product_id.stokiva_warranty_months)
            device.warranty_labour_until = device.warranty_parts_until = end

    @api.constrains('date_sold', 'date_installed', 'warranty_labour_until', 'warranty_parts_until')
    def _check_dates(self):
        for device in self:
            begin = device.date_sold or device.date_installed
            if begin and device.date_installed and device.date_installed < begin:
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

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_serial(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_serial(vals))

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

    def _get_warranty(self, date):
        """Tell what the warranty covers on a day.

        :param date: `datetime.date`
        :return: ``{'labour': bool, 'parts': bool}``
        :rtype: dict
        """
        self.ensure_one()
        return {
            'labour': bool(self.warranty_labour_until and date <= self.warranty_labour_until),
            'parts': bool(self.warranty_parts_until and date <= self.warranty_parts_until),
        }
