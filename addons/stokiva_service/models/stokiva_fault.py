from odoo import api, fields, models

# Orders that tell which symptoms are likely.
LATEST = 1000


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

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """Offer first what was reported most often of late, if the context names the kind of device."""
        device_type_id = self.env.context.get('stokiva_likely_for')
        if not isinstance(device_type_id, int) or not self.env['stokiva.work.order'].has_access('read'):
            return super().name_search(name, domain, operator, limit)
        ranks = {fault.id: rank for rank, fault in enumerate(self._get_likely(device_type_id))}
        found = super().name_search(name, domain, operator, None)
        return sorted(found, key=lambda item: ranks.get(item[0], len(ranks)))[:limit]

    def _get_likely(self, device_type_id):
        """Return the symptoms of the latest orders for a kind of device, the most frequent first.

        :param int device_type_id: id of a stokiva.device.type
        :rtype: list
        """
        orders = self.env['stokiva.work.order']
        latest = orders._search([('device_type_id', '=', device_type_id)], order='id desc', limit=LATEST)
        return [fault for fault, _count in orders._read_group(
            [('id', 'in', latest), ('symptom_ids', '!=', False)], ['symptom_ids'], ['__count'], order='__count desc')]

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Faults"),
            'template': '/stokiva_service/static/import/stokiva.fault.csv'}]
