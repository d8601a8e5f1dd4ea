from odoo import fields, models


class SlaEscalation(models.Model):
    """Who else is told when a promise stays broken."""
    _name = 'stokiva.sla.escalation'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Escalation Level"
    _order = 'policy_id, minutes, id'

    policy_id = fields.Many2one('stokiva.sla.policy', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='policy_id.company_id')
    minutes = fields.Integer("Minutes Late", required=True, default=60)
    user_id = fields.Many2one(
        'res.users', "Who Is Told", domain=[('share', '=', False)], help="If empty, a manager of the company.")

    _minutes_positive = models.Constraint(
        'CHECK(minutes > 0)', "An escalation comes at least one minute after the time was missed.")
    _minutes_uniq = models.UniqueIndex('(policy_id, minutes)', "Two levels cannot come at the same minute.")
