from odoo import api, fields, models


class Fault(models.Model):
    _name = 'stokiva.fault'
    _inherit = ['stokiva.audited']
    _description = "Fault"
    _order = 'device_type_id, sequence, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short key for imports and reports.")
    family = fields.Char(help="Faults of one family count as the same when work is repeated, e.g. water.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ('symptom', "Symptom"),
            ('cause', "Cause"),
            ('resolution', "Resolution"),
        ],
        required=True, default='symptom',
        help="Symptom: as the customer reports it. Cause: as the technician finds it. "
             "Resolution: what was done about it.")
    device_type_id = fields.Many2one(
        'stokiva.device.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='device_type_id.company_id', store=True, index='btree_not_null')

    _code_uniq = models.UniqueIndex(
        "(device_type_id, kind, code) WHERE code <> ''",
        "Another fault of this device type and kind has this code already.")

    @api.depends('name', 'device_type_id.name')
    @api.depends_context('stokiva_fault_of_type')
    def _compute_display_name(self):
        """Reports over all appliances say of which kind it is: many have a “Does not start”."""
        res = super()._compute_display_name()
        if self.env.context.get('stokiva_fault_of_type'):
            for fault in self:
                fault.display_name = f"{fault.name} · {fault.device_type_id.name}"
        return res

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Faults"),
            'template': '/stokiva_service/static/import/stokiva.fault.csv'}]
