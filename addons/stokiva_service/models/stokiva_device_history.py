from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .stokiva_work_order_display import REPEAT_DAYS


class Device(models.Model):
    """What happened to a device: its orders, parts and approvals, and whether the same trouble came again."""
    _inherit = 'stokiva.device'

    work_order_ids = fields.One2many(
        'stokiva.work.order', 'device_id', "Work Orders", readonly=True, groups='base.group_user')
    work_order_count = fields.Integer("Number of Orders", compute='_compute_counts', groups='base.group_user')
    part_line_ids = fields.Many2many(
        'stokiva.part.line', compute='_compute_history', string="Parts Fitted", groups='base.group_user')
    approval_ids = fields.Many2many(
        'stokiva.approval', compute='_compute_history', string="Approvals", groups='base.group_user')
    repeat_count = fields.Integer(
        "Repeat Visits", compute='_compute_counts', groups='base.group_user',
        help="Orders opened within 90 days after work on the device had been completed.")
    has_repeat = fields.Boolean(
        "Repeat Visit", compute='_compute_counts', search='_search_has_repeat', groups='base.group_user')
    same_serial_ids = fields.Many2many(
        'stokiva.device', compute='_compute_same_serial_ids', string="Same Serial Number", groups='base.group_user')

    def _compute_counts(self):
        counts = dict(self.env['stokiva.work.order']._read_group(
            [('device_id', 'in', self.ids)], ['device_id'], ['__count']))
        self.env['stokiva.work.order'].flush_model(['device_id', 'state', 'opened_at', 'completed_at'])
        repeats = dict(self.env.execute_query(SQL(
            "%s AND o.device_id = ANY(%s) GROUP BY o.device_id",
            self._get_repeat_query(SQL("o.device_id, COUNT(*)")), list(self.ids))))
        for device in self:
            device.work_order_count = counts.get(device, 0)
            device.repeat_count = repeats.get(device.id, 0)
            device.has_repeat = bool(device.repeat_count)

    @api.model
    def _search_has_repeat(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['stokiva.work.order'].flush_model(['device_id', 'state', 'opened_at', 'completed_at'])
        return Domain('id', 'in', SQL("(%s)", self._get_repeat_query(SQL("o.device_id"))))

    @api.model
    def _get_repeat_query(self, columns):
        """Return the query of orders opened shortly after work on the same device was completed.

        :param SQL columns: what to select; the order is ``o``
        :rtype: SQL
        """
        return SQL(
            """SELECT %s FROM stokiva_work_order o
                WHERE o.state <> 'canceled'
                  AND EXISTS (
                    SELECT 1 FROM stokiva_work_order p
                     WHERE p.device_id = o.device_id AND p.id <> o.id AND p.state = 'completed'
                       AND p.completed_at <= o.opened_at AND p.completed_at > o.opened_at - %s)""",
            columns, timedelta(days=REPEAT_DAYS))

    @api.depends('work_order_ids')
    def _compute_history(self):
        parts = self.env['stokiva.part.line'].search([('work_order_id.device_id', 'in', self.ids)], order='id desc')
        approvals = self.env['stokiva.approval'].search([('work_order_id.device_id', 'in', self.ids)], order='id desc')
        by_device = parts.grouped(lambda line: line.work_order_id.device_id)
        answers = approvals.grouped(lambda approval: approval.work_order_id.device_id)
        for device in self:
            device.part_line_ids = by_device.get(device)
            device.approval_ids = answers.get(device)

    @api.depends('serial')
    def _compute_same_serial_ids(self):
        found = self.search([('serial', 'in', [serial for serial in self.mapped('serial') if serial])])
        by_serial = found.grouped('serial')
        for device in self:
            device.same_serial_ids = by_serial.get(device.serial, self.browse()) - device._origin

    def action_view_work_orders(self):
        """Open the orders of this device.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.work_order_action')
        action['domain'] = [('device_id', 'in', self._get_same().ids)]
        action['context'] = {
            'default_device_id': self.id, 'default_partner_id': self.partner_id.id,
            'default_company_id': self.company_id.id}
        return action
