from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .res_partner import STOKIVA_READERS

# What a device type has of its own and from the types above: by the middle of the names of counts and actions.
OFFERED = {
    'accessory': 'stokiva.accessory', 'fault': 'stokiva.fault', 'workmanship': 'stokiva.workmanship',
    'checklist': 'stokiva.checklist',
}


class DeviceType(models.Model):
    _name = 'stokiva.device.type'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Device Type"
    _parent_store = True
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code', 'parent_id.name']
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name", compute='_compute_complete_name', recursive=True)
    code = fields.Char(copy=False, help="Short key for imports and reports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', help="If empty, all companies use it.")
    parent_id = fields.Many2one(
        'stokiva.device.type', "Part of", index=True, ondelete='restrict', check_company=True,
        domain="['!', ('id', 'child_of', id)]",
        help="Accessories, faults, workmanship and checklists of the type above count here too.")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('stokiva.device.type', 'parent_id', "Types Below")
    accessory_ids = fields.One2many('stokiva.accessory', 'device_type_id', "Accessories", copy=True)
    fault_ids = fields.One2many('stokiva.fault', 'device_type_id', "Faults", copy=True)
    workmanship_ids = fields.One2many('stokiva.workmanship', 'device_type_id', copy=True)
    checklist_ids = fields.One2many('stokiva.checklist', 'device_type_id', "Checklists", copy=True)
    offered_accessory_count = fields.Integer("Accessories Offered", compute='_compute_offered_counts')
    offered_fault_count = fields.Integer("Faults Offered", compute='_compute_offered_counts')
    offered_workmanship_count = fields.Integer("Workmanship Offered", compute='_compute_offered_counts')
    offered_checklist_count = fields.Integer("Checklists Used", compute='_compute_offered_counts')
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

    @api.depends('parent_path')
    def _compute_offered_counts(self):
        above = {device_type: [int(id_) for id_ in (device_type.parent_path or '').split('/') if id_]
                 for device_type in self}
        ids = [id_ for path in above.values() for id_ in path]
        for name, model in OFFERED.items():
            counts = {device_type.id: count for device_type, count in self.env[model]._read_group(
                [('device_type_id', 'in', ids)], ['device_type_id'], ['__count'])}
            for device_type in self:
                device_type[f'offered_{name}_count'] = sum(counts.get(id_, 0) for id_ in above[device_type])

    @api.constrains('company_id')
    def _check_users_of_company(self):
        for device_type in self.filtered('company_id'):
            theirs = Domain('company_id', '!=', device_type.company_id.id)
            archived_too = self.with_context(active_test=False)
            if (
                archived_too.search_count(theirs & Domain('parent_id', '=', device_type.id), limit=1)
                or archived_too.env['stokiva.device'].search_count(
                    theirs & Domain('device_type_id', '=', device_type.id), limit=1)
            ):
                raise ValidationError(self.env._(
                    "%(type)s has types below it or devices of other companies: it has to stay open to them.",
                    type=device_type.display_name))

    @api.model
    def _search_display_name(self, operator, value):
        """Understand the full name, too ("White Goods / Dishwasher"), as lists show and exports write it."""
        if operator != 'in':
            found = super()._search_display_name(operator, value)
            names = str(value or '').split(' / ')
            return found | self._get_path_domain(operator, names) if len(names) > 1 and 'like' in operator else found
        # An exact name is the type's own: those below it, which are found by it too, are not meant.
        return Domain.OR(
            Domain('code', '=', text) | self._get_path_domain('=', str(text or '').split(' / ')) for text in value)

    @api.model
    def _get_path_domain(self, operator, names):
        """Return the domain of the types with these names of their own, of the one above, and so on.

        :param str operator: of a comparison with text
        :param list names: from the uppermost to the type's own
        """
        domain, field = Domain.TRUE, 'name'
        for name in reversed(names):
            domain &= Domain(field, operator, name)
            field = f'parent_id.{field}'
        return domain

    def copy_data(self, default=None):
        """Copy a type under a name of its own."""
        return [
            {**vals, 'name': (default or {}).get('name') or self.env._("%s (copy)", device_type.name)}
            for device_type, vals in zip(self, super().copy_data(default), strict=True)]

    def action_view_offered(self):
        """Open what is offered for devices of this type: its own entries and those of the types above.

        The button's context says of what kind, as ``stokiva_offered``: a key of ``OFFERED``.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        name = self.env.context.get('stokiva_offered')
        if name not in OFFERED:
            return False
        action = self.env['ir.actions.act_window']._for_xml_id(f'stokiva_service.{name}_action')
        action['domain'] = [('device_type_id', 'parent_of', self.id)]
        action['context'] = {'default_device_type_id': self.id, 'search_default_group_by_device_type': 1}
        return action

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Device Types"),
            'template': '/stokiva_service/static/import/stokiva.device.type.csv'}]
