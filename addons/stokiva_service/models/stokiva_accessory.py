from odoo import api, fields, models


class Accessory(models.Model):
    _name = 'stokiva.accessory'
    _inherit = ['stokiva.audited']
    _description = "Device Accessory"
    _order = 'device_type_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    device_type_id = fields.Many2one(
        'stokiva.device.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='device_type_id.company_id', store=True, index='btree_not_null')

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Accessories"),
            'template': '/stokiva_service/static/import/stokiva.accessory.csv'}]
