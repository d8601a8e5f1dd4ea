from odoo import api, fields, models


class PersonnelHandoverLine(models.TransientModel):
    _name = 'stokiva.personnel.handover.line'
    _description = "Open Visit of a Person who Leaves"
    _order = 'id'

    wizard_id = fields.Many2one('stokiva.personnel.handover', required=True, index=True, ondelete='cascade')
    work_order_id = fields.Many2one('stokiva.work.order', required=True, readonly=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id', related_sudo=False)
    window_start = fields.Datetime(related='work_order_id.window_start', related_sudo=False)
    state = fields.Selection(related='work_order_id.state', related_sudo=False)
    is_running = fields.Boolean(compute='_compute_is_running')
    personnel_id = fields.Many2one(
        'stokiva.personnel', "Goes To",
        domain="[('provider_id', '=', parent.provider_id), ('id', '!=', parent.personnel_id)]")

    @api.depends('state')
    def _compute_is_running(self):
        for line in self:
            line.is_running = line.state in ('on_the_way', 'in_progress')
