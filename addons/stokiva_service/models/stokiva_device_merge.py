from odoo import fields, models
from odoo.exceptions import UserError

from .. import workflow

# What a registration may add to a device that is known without it.
FILLED = ('date_sold', 'date_delivered', 'date_installed', 'registered_model', 'receipt', 'label_photo')


class Device(models.Model):
    """Two records of one appliance: what the customer registered joins what we sold."""
    _inherit = 'stokiva.device'

    merged_into_id = fields.Many2one(
        'stokiva.device', index='btree_not_null', ondelete='restrict', check_company=True,
        readonly=True, copy=False)
    merged_ids = fields.One2many(
        'stokiva.device', 'merged_into_id', readonly=True, context={'active_test': False},
        groups='base.group_user')

    def _get_same(self):
        """Return the devices with what was merged into them: their history is one."""
        return self | self.merged_ids

    def _get_merge_problem(self, target):
        """Say why this device cannot be the same as another.

        :param target: stokiva.device record
        :return: a sentence, or None
        """
        self.ensure_one()
        names = {'device': self.display_name, 'other': target.display_name}
        if self == target or target.merged_into_id:
            return self.env._("%(other)s cannot be merged with itself.", **names)
        if self.merged_into_id or not self.active:
            return self.env._("%(device)s is archived already.", **names)
        if self.sale_line_id or self.state == 'returned':
            return self.env._("%(device)s was sold by us or is out of service: only a registration is merged.", **names)
        if target.state != 'in_service' or not target.active:
            return self.env._("%(other)s is not in service.", **names)
        if self.commercial_partner_id != target.commercial_partner_id:
            return self.env._("%(device)s and %(other)s belong to different customers.", **names)
        if self.company_id != target.company_id:
            return self.env._("%(device)s and %(other)s belong to different companies.", **names)
        if self.product_id and self.product_id != target.product_id:
            return self.env._("%(device)s and %(other)s are different products.", **names)
        if self.serial and target.serial and self.serial != target.serial:
            return self.env._("%(device)s and %(other)s have different serial numbers.", **names)
        return None

    def _merge_into(self, target):
        """Join this registration to a device that is known: its open orders, evidence of the warranty and serial number
        go there, closed orders stay as they were shown to the customer and are listed with it.

        :param target: stokiva.device record
        :raise AccessError: if the user may not write devices
        :raise UserError: if they cannot be the same, or an open order cannot be changed now
        """
        self.ensure_one()
        (self | target).check_access('write')
        problem = self._get_merge_problem(target)
        if problem:
            raise UserError(problem)
        orders = self.env['stokiva.work.order'].search([
            ('device_id', '=', self.id), ('state', 'in', workflow.OPEN)])
        # It leaves first: both must not be in service with one serial number.
        serial = self.serial
        self.write({'active': False, 'merged_into_id': target.id})
        self.flush_recordset()
        values = {name: self[name] for name in FILLED if self[name] and not target[name]}
        if serial and not target.serial:
            values['serial'] = serial
        target.write(values)
        for order in orders:
            order._edit({'device_id': target.id}, actor=self.env.user, channel='office')
        extensions = self.extension_ids
        extensions.sudo().device_id = target  # sudo: after the check of the right to write both devices
        self.message_post(body=self.env._("Merged into %s.", target.display_name))
        target.message_post(body=self.env._(
            "%(device)s, registered by the customer, was merged into it. Orders that came along: %(orders)s.",
            device=self.display_name, orders=", ".join(orders.mapped('name')) or "–"))
