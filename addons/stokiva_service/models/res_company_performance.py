from odoo import fields, models


class ResCompany(models.Model):
    """By which rule the work of providers is judged."""
    _inherit = 'res.company'

    stokiva_repeat_days = fields.Integer(
        "Repeat Visit within (days)", default=30, required=True,
        help="Work on the same fault of the same device within so many days is a repeat visit, charged to whoever did the first.",
        prefetch='stokiva')

    _stokiva_repeat_days_positive = models.Constraint(
        'CHECK(stokiva_repeat_days >= 0)', "The days of a repeat visit cannot be negative.")
