from odoo import fields, models


class Accessory(models.Model):
    _name = 'stokiva.accessory'
    _description = "Device Accessory"
    _order = 'device_type_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    device_type_id = fields.Many2one(
        'stokiva.device.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='device_type_id.company_id', store=True, index='btree_not_null')
