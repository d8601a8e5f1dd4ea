from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import workflow


class DeviceMerge(models.TransientModel):
    """Makes one of two: what the customer registered himself is the appliance that we sold or know already."""
    _name = 'stokiva.device.merge'
    _description = "Merge of Two Devices"
    _check_company_auto = True

    device_id = fields.Many2one('stokiva.device', "Registration", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='device_id.company_id')
    partner_id = fields.Many2one(related='device_id.partner_id', related_sudo=False)
    commercial_partner_id = fields.Many2one(related='device_id.commercial_partner_id', related_sudo=False)
    target_id = fields.Many2one(
        'stokiva.device', "Is the Same as", check_company=True, compute='_compute_target_id', store=True, readonly=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('state', '=', 'in_service'),"
               " ('id', '!=', device_id)]")
    work_order_ids = fields.Many2many(
        'stokiva.work.order', string="Open Orders That Go along", compute='_compute_work_order_ids')

    @api.depends('device_id')
    def _compute_target_id(self):
        for wizard in self:
            device = wizard.device_id
            device._origin.with_user(self.env.user).check_access('read')  # a client may name any, before it is saved
            fitting = device.search([
                ('commercial_partner_id', '=', device.commercial_partner_id.id), ('state', '=', 'in_service'),
                ('company_id', '=', device.company_id.id), ('id', '!=', device.id)]).filtered(
                    lambda other, device=device: not device._get_merge_problem(other))
            same = fitting.filtered(lambda other, device=device: device.serial and other.serial == device.serial)
            wizard.target_id = same[:1] or (fitting if len(fitting) == 1 else False)

    @api.depends('device_id')
    def _compute_work_order_ids(self):
        for wizard in self:
            wizard.work_order_ids = self.env['stokiva.work.order'].search([
                ('device_id', '=', wizard.device_id.id), ('state', 'in', workflow.OPEN)])

    def action_merge(self):
        """Merge the registration into the device, and open that.

        :return: window action
        :raise UserError: if they cannot be the same
        """
        self.ensure_one()
        if not self.target_id:
            raise UserError(self.env._("Choose the device that it is."))
        self.device_id._merge_into(self.target_id)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'stokiva.device',
            'res_id': self.target_id.id,
            'view_mode': 'form',
        }
