from odoo import api, fields, models


class WarrantyCheck(models.TransientModel):
    """Says what the warranty of a device covers on any day, and why."""
    _name = 'stokiva.warranty.check'
    _description = "Warranty on a Day"

    device_id = fields.Many2one('stokiva.device', required=True, readonly=True, ondelete='cascade')
    date = fields.Date("On", required=True, default=fields.Date.context_today)
    state = fields.Selection(
        selection=lambda self: self.env['stokiva.device']._fields['warranty_state']._description_selection(self.env),
        string="Warranty", compute='_compute_answer')
    answer = fields.Char("What It Covers", compute='_compute_answer')
    reason = fields.Char("Why", compute='_compute_answer')

    @api.depends('device_id', 'date')
    @api.depends_context('lang')
    def _compute_answer(self):
        for wizard in self:
            device, day = wizard.device_id, wizard.date
            wizard.state = day and device._get_warranty_state(day)
            wizard.answer = day and device._get_warranty_sentence(day)
            wizard.reason = device._get_warranty_reason()
