from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# An archived type limits as before: hidden, it would read as “all”.
ALL = {'active_test': False}


class ProviderAuthorisation(models.Model):
    """What a provider may be given, and how long. One that has none may be given everything."""
    _name = 'stokiva.provider.authorisation'
    _inherit = ['stokiva.expiring', 'stokiva.audited']
    _description = "Authorisation of a Provider"
    _order = 'provider_id, date_to, id'

    number = fields.Char("Certificate Number")
    service_type_ids = fields.Many2many(
        'stokiva.service.type', 'stokiva_authorisation_service_type_rel', 'authorisation_id', 'service_type_id',
        "Service Types", check_company=True, context=ALL, help="If empty, all service types.")
    device_type_ids = fields.Many2many(
        'stokiva.device.type', 'stokiva_authorisation_device_type_rel', 'authorisation_id', 'device_type_id',
        "Device Types", check_company=True, context=ALL,
        help="With the types below them. If empty, all device types.")
    brand_ids = fields.Many2many(
        'stokiva.brand', 'stokiva_authorisation_brand_rel', 'authorisation_id', 'brand_id',
        "Brands", check_company=True, context=ALL, help="If empty, all brands.")

    @api.depends('number', 'service_type_ids.name', 'device_type_ids.name', 'brand_ids.name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for row in self:
            parts = [
                ", ".join(records.mapped('name'))
                for records in (row.service_type_ids, row.device_type_ids, row.brand_ids) if records]
            row.display_name = " · ".join(parts) or row.number or row.env._("All work")

    @api.constrains('service_type_ids', 'device_type_ids', 'brand_ids')
    def _check_active(self):
        for row in self:
            for records in (row.service_type_ids, row.device_type_ids, row.brand_ids):
                if archived := records.filtered(lambda record: not record.active)[:1]:
                    raise ValidationError(self.env._("“%s” is archived.", archived.display_name))

    def _get_warning(self):
        return self.env._(
            "The authorisation of %(provider)s for %(what)s ends on %(date)s. Afterwards it gets no offers for it.",
            provider=self.provider_id.name, what=self.display_name, date=format_date(self.env, self.date_to))
