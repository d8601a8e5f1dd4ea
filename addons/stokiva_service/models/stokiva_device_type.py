from odoo import api, fields, models

from .res_partner import STOKIVA_READERS


class DeviceType(models.Model):
    _name = 'stokiva.device.type'
    _description = "Device Type"
    _parent_store = True
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code', 'parent_id.name']
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name", compute='_compute_complete_name', recursive=True)
    code = fields.Char(help="Short key for imports and reports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', help="If empty, all companies use it.")
    parent_id = fields.Many2one(
        'stokiva.device.type', "Part of", index=True, ondelete='restrict', check_company=True,
        domain="['!', ('id', 'child_of', id)]",
        help="Accessories, faults and workmanship of the type above are offered here too.")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('stokiva.device.type', 'parent_id', "Types Below")
    accessory_ids = fields.One2many('stokiva.accessory', 'device_type_id', "Accessories")
    fault_ids = fields.One2many('stokiva.fault', 'device_type_id', "Faults")
    workmanship_ids = fields.One2many('stokiva.workmanship', 'device_type_id')
    device_count = fields.Integer(
        "Number of Devices", compute='_compute_device_count', groups=STOKIVA_READERS)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code <> ''",
        "Another device type has this code already.")

    @api.depends('name', 'parent_id.complete_name')
    @api.depends_context('lang')
    def _compute_complete_name(self):
        for device_type in self:
            above = device_type.parent_id.complete_name
            device_type.complete_name = f"{above} / {device_type.name}" if above else device_type.name

    @api.depends('complete_name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for device_type in self:
            device_type.display_name = device_type.complete_name

    def _compute_device_count(self):
        counts = dict(self.env['stokiva.device']._read_group(
            [('device_type_id', 'in', self.ids)], ['device_type_id'], ['__count']))
        for device_type in self:
            device_type.device_count = counts.get(device_type, 0)
