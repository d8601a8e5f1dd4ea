from odoo import api, fields, models


class Checklist(models.Model):
    _name = 'stokiva.checklist'
    _inherit = ['stokiva.audited']
    _description = "Checklist"
    _order = 'device_type_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    device_type_id = fields.Many2one(
        'stokiva.device.type', required=True, index=True, ondelete='cascade',
        help="Used for devices of this type and of the types below it.")
    service_type_id = fields.Many2one(
        'stokiva.service.type', index='btree_not_null', ondelete='restrict', check_company=True,
        help="If empty, used for every type of service.")
    company_id = fields.Many2one(related='device_type_id.company_id', store=True, index='btree_not_null')
    item_ids = fields.One2many('stokiva.checklist.item', 'checklist_id', "Items", copy=True)
    item_count = fields.Integer("Number of Items", compute='_compute_item_count')

    @api.depends('item_ids')
    def _compute_item_count(self):
        counts = dict(self.env['stokiva.checklist.item']._read_group(
            [('checklist_id', 'in', self.ids)], ['checklist_id'], ['__count']))
        for checklist in self:
            checklist.item_count = counts.get(checklist, 0)

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Checklists"),
            'template': '/stokiva_service/static/import/stokiva.checklist.csv'}]
