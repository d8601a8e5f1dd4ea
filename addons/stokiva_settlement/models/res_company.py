from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_approval_limit = fields.Monetary(
        "Officers Approve up to",
        help="Only a manager approves settlements above this amount. Zero: no limit.")

    _stokiva_approval_limit_positive = models.Constraint(
        'CHECK(stokiva_approval_limit >= 0)', "The approval limit cannot be negative.")
