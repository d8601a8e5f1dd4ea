from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_field_hours = fields.Integer(
        "Phones not heard of for (hours)", default=4, prefetch='stokiva',
        help="Technicians' phones with open jobs that have not been heard of for so long are listed. Whose jobs had begun "
             "by then is worth an alert. 0: neither.")
    stokiva_field_position = fields.Boolean(
        "Positions from phones", default=True, prefetch='stokiva',
        help="Where work is started and photos are taken, from technicians who have agreed to it. Never the way there.")

    _stokiva_field_hours_positive = models.Constraint('CHECK(stokiva_field_hours >= 0)', "Hours cannot be negative.")
