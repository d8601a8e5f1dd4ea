from odoo import api, fields, models

from .. import workflow


class ProviderCloseLine(models.TransientModel):
    _name = 'stokiva.provider.close.line'
    _description = "Open Order of a Provider that is Closed"
    _order = 'id'

    wizard_id = fields.Many2one('stokiva.provider.close', required=True, index=True, ondelete='cascade')
    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id', related_sudo=False)
    state = fields.Selection(related='work_order_id.state', related_sudo=False)
    personnel_id = fields.Many2one(related='work_order_id.personnel_id', related_sudo=False)
    is_begun = fields.Boolean(compute='_compute_is_begun')
    has_device = fields.Boolean("Device is with the provider", compute='_compute_is_begun')
    provider_id = fields.Many2one(
        'stokiva.provider', "Goes To", domain="[('id', '!=', parent.provider_id), ('company_id', 'in', (company_id, False))]")
    company_id = fields.Many2one(related='work_order_id.company_id', related_sudo=False)
    device_is_back = fields.Boolean("Device Fetched")
    follow_up = fields.Boolean("Open Follow-up", default=True)

    @api.depends('work_order_id')
    def _compute_is_begun(self):
        for line in self:
            order = line.work_order_id
            # Before the first start an order changes its provider, afterwards it ends and another follows.
            line.is_begun = bool(order.started_at) or order.state == workflow.IN_PROGRESS
            line.has_device = order.custody != 'customer'
