from odoo import fields, models


class Brand(models.Model):
    _name = 'stokiva.brand'
    _inherit = ['stokiva.audited']
    _description = "Brand"
    _order = 'name, id'

    name = fields.Char(required=True, index='trigram')
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', help="If empty, all companies use it.")

    _name_uniq = models.UniqueIndex(
        "(LOWER(name), COALESCE(company_id, 0))", "This brand exists already, perhaps archived.")
