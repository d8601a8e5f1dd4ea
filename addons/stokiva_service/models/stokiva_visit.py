from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..groups import STAFF


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
    # Salespeople, too, read visits, but not the providers' people.
    assistant_ids = fields.Many2many(
        'stokiva.personnel', 'stokiva_visit_assistant_rel', string="Assistants", check_company=True,
        groups=STAFF)
    window_start = fields.Datetime("From", index=True)
    window_end = fields.Datetime("Until")
    departed_at = fields.Datetime("Departed")
    arrived_at = fields.Datetime("Arrived")
    arrived_latitude = fields.Float(
        "Latitude at Arrival", digits=(10, 7), aggregator=None, groups='base.group_user',
        help="Where the technician's phone was when the work began; 0, 0: not known.")
    arrived_longitude = fields.Float("Longitude at Arrival", digits=(10, 7), aggregator=None, groups='base.group_user')
    arrived_accuracy = fields.Integer("Accuracy (m)", aggregator=None, groups='base.group_user')
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
    signed_by = fields.Char(readonly=True, copy=False)
    signature = fields.Binary(
        "Customer's Signature", attachment=True, readonly=True, copy=False,
        help="Under the work, on the technician's phone. It shows that the customer saw it; his approval is asked apart.")
    travel_minutes = fields.Integer(
        "Travel (minutes)", compute='_compute_minutes', store=True, precompute=True, aggregator='avg')
    work_minutes = fields.Integer(
        "On site (minutes)", compute='_compute_minutes', store=True, precompute=True, aggregator='avg')

    @api.depends('departed_at', 'arrived_at', 'finished_at')
    def _compute_minutes(self):
        for visit in self:
            visit.travel_minutes = visit._get_minutes(visit.departed_at, visit.arrived_at)
            visit.work_minutes = visit._get_minutes(visit.arrived_at, visit.finished_at)

    @api.constrains('provider_id', 'personnel_id', 'assistant_ids')
    def _check_crew(self):
        for visit in self:
            strangers = (visit.personnel_id | visit.assistant_ids).filtered(
                lambda person, visit=visit: person.provider_id != visit.provider_id)
            if strangers:
                raise ValidationError(self.env._(
                    "%(person)s does not work for %(provider)s.", person=strangers[0].name, provider=visit.provider_id.name))
            if visit.personnel_id & visit.assistant_ids:
                raise ValidationError(self.env._("%s cannot be an assistant and the technician.", visit.personnel_id.name))

    @api.model
    def _get_minutes(self, start, end):
        """Return the whole minutes between two moments, 0 where one is not known."""
        return max(0, int((end - start).total_seconds() // 60)) if start and end else 0

    @api.depends('work_order_id.name', 'sequence')
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.work_order_id.name} · {visit.sequence}"
