from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceType(models.Model):
    _name = 'stokiva.service.type'
    _inherit = ['stokiva.audited', 'stokiva.cached.mixin']
    _description = "Service Type"
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code']
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, help="Short key for imports and reports.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', help="If empty, all companies use it.")
    duration_minutes = fields.Integer(
        "Duration (minutes)", required=True, default=60,
        help="Expected time at the customer's, for planning.")
    sla_hours = fields.Integer(
        "To Be Done Within (hours)", required=True, default=48,
        help="Counted from the opening of the work order.")
    is_automatic = fields.Boolean(
        "Assign Automatically", default=True,
        help="Otherwise new orders wait for a dispatcher, who sees the ranking.")
    is_charged = fields.Boolean(
        "Charged", help="The customer pays even while the warranty lasts: new lines of work orders begin as charged.")
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    diagnosis_fee = fields.Monetary(
        aggregator=None, groups='base.group_user',
        help="What the customer pays if he declines a quote, without tax. If zero, as in the settings.")
    needs_serial = fields.Boolean(
        "Serial Number Required", help="Work cannot be submitted without the device's serial number.")
    photos_before = fields.Integer(
        help="At least so many photos from before the work have to be there to submit it.")
    photos_after = fields.Integer(
        help="At least so many photos from after the work have to be there to submit it.")
    needs_checklist = fields.Boolean(
        "Checklist Required",
        help="Work cannot be submitted while mandatory items of the checklist are not ticked.")
    needs_signature = fields.Boolean(
        "Signature Required", help="The customer signs when he approves by link or on the phone of the technician.")
    needs_approval = fields.Boolean(
        "Customer Approves", default=True,
        help="The customer is asked to approve the work; otherwise submitting completes it.")
    approval_days = fields.Integer(
        "Approval Link Valid (days)", required=True, default=7)
    # Shared types of service are for providers of every company; each order meets only its own company's.
    provider_ids = fields.Many2many(
        'stokiva.provider', 'stokiva_service_type_only_provider_rel', 'service_type_id', 'provider_id',
        "Only These Providers", groups='base.group_user',
        help="The group of providers that may get such work. If empty, all that are authorised for it.")
    checklist_ids = fields.One2many('stokiva.checklist', 'service_type_id', "Checklists")
    checklist_count = fields.Integer("Number of Checklists", compute='_compute_checklist_count')

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code <> ''",
        "Another service type has this code already.")
    _duration_positive = models.Constraint(
        'CHECK(duration_minutes > 0)', "The duration must be at least one minute.")
    _sla_positive = models.Constraint(
        'CHECK(sla_hours > 0)', "The time to do the work must be at least one hour.")
    _photos_positive = models.Constraint(
        'CHECK(photos_before >= 0 AND photos_after >= 0)',
        "The number of photos cannot be negative.")
    _diagnosis_fee_positive = models.Constraint(
        'CHECK(diagnosis_fee >= 0)', "The diagnosis fee cannot be negative.")
    _approval_positive = models.Constraint(
        'CHECK(approval_days > 0)', "An approval link must be valid for at least one day.")

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_currency_id(self):
        for service_type in self:
            service_type.currency_id = (service_type.company_id or self.env.company).currency_id

    @api.depends('checklist_ids')
    def _compute_checklist_count(self):
        counts = dict(self.env['stokiva.checklist']._read_group(
            [('service_type_id', 'in', [*self.ids, False])], ['service_type_id'], ['__count']))
        general = counts.get(self.browse(), 0)
        for service_type in self:
            service_type.checklist_count = counts.get(service_type, 0) + general

    def _prepare_earliest_values(self, moment):
        """Return what an order gets that cannot begin before its device is delivered; the time to do it runs from then.

        :param moment: naive UTC datetime, None where nothing is delivered
        :return: values of stokiva.work.order
        :rtype: dict
        """
        self.ensure_one()
        return {'earliest_start': moment, 'deadline': moment + timedelta(hours=self.sla_hours)} if moment else {}

    @api.constrains('provider_ids', 'company_id')
    def _check_provider_ids(self):
        for service_type in self.filtered('company_id'):
            foreign = service_type.provider_ids.company_id - service_type.company_id
            if foreign:
                raise ValidationError(self.env._(
                    "“%(type)s” belongs to %(company)s: choose providers of that company.",
                    type=service_type.name, company=service_type.company_id.name))

    def action_view_checklists(self):
        """Open the checklists of this type of service, those for all types included.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.checklist_action')
        action['domain'] = [('service_type_id', 'in', (self.id, False))]
        action['context'] = {'default_service_type_id': self.id, 'search_default_group_by_device_type': 1}
        return action

    @api.model
    def get_import_templates(self):
        """Offer an example file in the import dialog.

        :return: list of dicts with ``label`` and ``template``, the address of the file
        """
        return [{
            'label': self.env._("Import Template for Service Types"),
            'template': '/stokiva_service/static/import/stokiva.service.type.csv'}]
