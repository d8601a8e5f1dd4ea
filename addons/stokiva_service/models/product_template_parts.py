from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    stokiva_returns_defective = fields.Boolean(
        "Defective Part Comes Back", help="When it is fitted, the part taken out is sent back to us.")
