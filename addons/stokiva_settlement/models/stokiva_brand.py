from odoo import fields, models

from .stokiva_work_order import SETTLEMENT_GROUP


class Brand(models.Model):
    _inherit = 'stokiva.brand'

    warranty_share = fields.Float(
        "Paid in Warranty (%)", digits=(5, 2), aggregator=None, groups=SETTLEMENT_GROUP,
        help="How much of the catalogue's price the manufacturer pays for work and parts in warranty. It counts in the "
             "margin of work orders.")

    _warranty_share_range = models.Constraint(
        'CHECK(warranty_share BETWEEN 0 AND 100)', "A share is between 0 and 100 percent.")
