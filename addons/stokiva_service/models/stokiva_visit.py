from odoo import api, fields, models


class Visit(models.Model):
    _name = 'stokiva.visit'
    _description = "Visit"
    _order = 'work_order_id, sequence'
    _check_company_auto = True

    work_order_id = fields.Many2one('stokiva.work.order', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='work_order_id.company_id', store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related='work_order_id.partner_id')
    city_id = fields.Many2one(related='work_order_id.city_id')
    sequence = fields.Integer("Visit", default=1)
    provider_id = fields.Many2one('stokiva.provider', required=True, index=True)
    personnel_id = fields.Many2one('stokiva.personnel', "Technician", index='btree_not_null', check_company=True)
    assistant_ids = fields.Many2many(
        'stokiva.personnel', 'stokiva_visit_assistant_rel', string="Assistants", check_company=True)
    window_start = fields.Datetime("From", index=True)
    window_end = fields.Datetime("Until")
    departed_at = fields.Datetime("Departed")
    arrived_at = fields.Datetime("Arrived")
    finished_at = fields.Datetime("Finished")
    outcome = fields.Selection([
        ('done', "Done"),
        ('absent', "Customer absent"),
        ('no_access', "No access"),
        ('wrong_address', "Wrong address"),
        ('part_missing', "Part missing"),
        ('workshop', "To the workshop"),
        ('refused', "Refused or called off"),
    ])
    note = fields.Char()

    @api.depends('work_order_id.name', 'sequence')
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.work_order_id.name} · {visit.sequence}"
