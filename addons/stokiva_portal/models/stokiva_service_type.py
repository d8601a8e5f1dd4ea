from odoo import fields, models


class ServiceType(models.Model):
    _inherit = 'stokiva.service.type'

    is_bookable = fields.Boolean(
        "Bookable Online", default=True, help="Offered to visitors who make an appointment by themselves.")
