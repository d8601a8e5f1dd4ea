from odoo import fields, models


class LateReason(models.Model):
    """Why a promised time was not kept, and whose fault it was."""
    _name = 'stokiva.late.reason'
    _inherit = ['stokiva.audited']
    _description = "Reason for Lateness"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="If empty, all companies use it.")
    party = fields.Selection(
        [
            ('provider', "Provider"),
            ('customer', "Customer"),
            ('office', "Office"),
            ('supplier', "Parts supply"),
            ('outside', "Nobody's fault"),
        ],
        "Due To", required=True, default='provider')
