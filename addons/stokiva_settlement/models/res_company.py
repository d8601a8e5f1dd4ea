from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_approval_limit = fields.Monetary(
        "Officers Approve up to",
        help="Only a manager approves settlements above this amount. Zero: no limit.")
    stokiva_repeat_days = fields.Integer(
        "Repeat Visit within (days)", default=30, required=True,
        help="Work on the same fault of the same device within so many days counts as a repeat of the first.")

    _stokiva_repeat_days_positive = models.Constraint(
        'CHECK(stokiva_repeat_days >= 0)', "The days of a repeat visit cannot be negative.")
    _stokiva_approval_limit_positive = models.Constraint(
        'CHECK(stokiva_approval_limit >= 0)', "The approval limit cannot be negative.")
