from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import workflow


class DeviceExchange(models.TransientModel):
    """Gives the customer another appliance: it takes the warranty over, the old one leaves service."""
    _name = 'stokiva.device.exchange'
    _description = "Exchange of a Device"
    _check_company_auto = True

    device_id = fields.Many2one('stokiva.device', "Old Device", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='device_id.company_id')
    reason = fields.Selection(
        [('exchange', "Exchange"), ('doa', "Dead on arrival")], "Why", required=True, default='exchange',
        help="Dead on arrival: it did not work when it was delivered; the new one is installed from the beginning.")
    product_id = fields.Many2one(
        'product.product', "New Product", compute='_compute_product_id', store=True, readonly=False,
        check_company=True, domain=[('type', '=', 'consu')])
    serial = fields.Char("New Serial Number")
    date = fields.Date("Exchanged on", required=True, default=fields.Date.context_today)
    work_order_ids = fields.Many2many(
        'stokiva.work.order', string="Orders That Go on with the New Device", compute='_compute_work_order_ids')

    @api.depends('device_id')
    def _compute_product_id(self):
        for wizard in self:
            wizard.product_id = wizard.device_id.product_id

    @api.depends('device_id')
    def _compute_work_order_ids(self):
        for wizard in self:
            wizard.work_order_ids = self.env['stokiva.work.order'].search([
                ('device_id', '=', wizard.device_id.id), ('state', 'in', workflow.OPEN), ('started_at', '=', False)])

    def action_exchange(self):
        """Register the new device, end the service of the old one, and open the new one.

        :raise UserError: if the old device is out of service, or the day lies before its sale or ahead
        """
        self.ensure_one()
        old = self.device_id
        old.check_access('write')
        if old.state == 'returned':
            raise UserError(self.env._("%s is out of service already.", old.display_name))
        first = old._get_first_day()
        if (first and self.date < first) or self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The day of the exchange lies between the sale of the device and today."))
        serial = (self.serial or '').strip()
        if serial:
            old._check_serial_free(serial, self.product_id)
        # The old one leaves first: its serial number may come back on the new one's label.
        old.write({'state': 'returned', 'return_reason': self.reason, 'date_returned': self.date})
        new = old.create(self._prepare_device_values(serial))
        for order in self.work_order_ids:
            order._edit({'device_id': new.id}, actor=self.env.user, channel='office')
        new.message_post(body=self.env._("Replaces %s.", old.display_name))
        old.message_post(body=self.env._("Replaced by %s.", new.display_name))
        return {
            'type': 'ir.actions.act_window', 'res_model': 'stokiva.device', 'res_id': new.id, 'view_mode': 'form'}

    def _prepare_device_values(self, serial):
        """Return the values of the new device; to be extended.

        :param str serial: its serial number, or an empty text
        :rtype: dict
        """
        old = self.device_id
        return {
            'product_id': self.product_id.id,
            'device_type_id': (self.product_id._get_stokiva_device_type() or old.device_type_id).id,
            'serial': serial or False,
            'partner_id': old.partner_id.id,
            'site_id': old.site_id.id,
            'company_id': old.company_id.id,
            'origin': 'exchange',
            'replaces_id': old.id,
            'date_sold': old.date_sold,
            'date_delivered': self.date,
            'date_installed': False if self.reason == 'doa' else self.date,
        }
