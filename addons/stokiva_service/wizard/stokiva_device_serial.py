from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import workflow


class DeviceSerial(models.TransientModel):
    """Corrects a wrong serial number with a photo of the label, on the device's open order if there is one."""
    _name = 'stokiva.device.serial'
    _description = "Correct a Serial Number"

    device_id = fields.Many2one('stokiva.device', required=True, readonly=True, ondelete='cascade')
    serial_before = fields.Char("Serial Number now", related='device_id.serial', related_sudo=False)
    serial = fields.Char("Correct Serial Number", required=True)
    label_image = fields.Image("Photo of the Label", required=True)
    work_order_id = fields.Many2one('stokiva.work.order', "Logged on", compute='_compute_work_order_id')

    @api.depends('device_id')
    def _compute_work_order_id(self):
        for wizard in self:
            wizard.work_order_id = self.env['stokiva.work.order'].search([
                ('device_id', '=', wizard.device_id.id), ('state', 'in', workflow.OPEN)], order='id desc', limit=1)

    def action_apply(self):
        """Write the serial number: as an event of the open order, else on the device, with the photo.

        :raise UserError: if nothing would change, or the number is that of another device in service
        """
        self.ensure_one()
        device, serial = self.device_id, (self.serial or '').strip()
        device.check_access('read')
        if not serial or serial == device.serial:
            raise UserError(self.env._("This is the serial number that is known already."))
        device._check_serial_free(serial)
        if self.work_order_id:
            self.work_order_id._edit({
                'serial': serial,
                'media_ids': [Command.create({'kind': 'label', 'image': self.label_image})],
            }, actor=self.env.user, channel='office')
        else:
            device.check_access('write')
            device._correct_serial(serial, self.label_image)
        return {'type': 'ir.actions.act_window_close'}
