from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    stokiva_field_hours = fields.Integer(
        "Phones not heard of for (hours)", default=4,
        help="Technicians' phones with open jobs that have not been heard of for so long are listed.")
    stokiva_field_position = fields.Boolean(
        "Positions from phones", default=True,
        help="Where work is started and photos are taken, from technicians who have agreed to it. Never the way there.")
