from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceArea(models.Model):
    _name = 'stokiva.service.area'
    _description = "Service Area"
    _order = 'provider_id, priority, id'

    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, ondelete='cascade')
    kind = fields.Selection(
        [
            ('country', "Country"),
            ('state', "Province"),
            ('city', "District"),
            ('zip', "Postal code"),
        ],
        compute='_compute_kind', store=True, precompute=True)
    country_id = fields.Many2one(
        'res.country', compute='_compute_country_id', store=True, readonly=False, precompute=True,
        index='btree_not_null')
    state_id = fields.Many2one(
        'res.country.state', "Province", compute='_compute_state_id', store=True, readonly=False,
        precompute=True, index='btree_not_null', domain="[('country_id', '=?', country_id)]")
    city_id = fields.Many2one(
        'res.city', "District", index='btree_not_null',
        domain="[('country_id', '=?', country_id), ('state_id', '=?', state_id)]")
    zip_prefix = fields.Char(
        "Postal Code Begins with", help="34 stands for all postal codes from 34000 to 34999.")
    priority = fields.Integer(
        default=10, aggregator=None, help="Where several providers cover an address, the lower number is preferred.")
    company_id = fields.Many2one(
        related='provider_id.company_id', store=True, index='btree_not_null')

    _uniq = models.UniqueIndex(
        "(provider_id, COALESCE(city_id, 0), COALESCE(state_id, 0), COALESCE(country_id, 0), "
        "COALESCE(zip_prefix, ''))",
        "The provider has this service area already.")

    @api.depends('state_id', 'city_id', 'zip_prefix')
    def _compute_kind(self):
        for area in self:
            area.kind = (
                'zip' if area.zip_prefix else 'city' if area.city_id
                else 'state' if area.state_id else 'country')

    @api.depends('city_id')
    def _compute_state_id(self):
        for area in self:
            area.state_id = area.city_id.state_id or area.state_id

    @api.depends('city_id', 'state_id')
    def _compute_country_id(self):
        for area in self:
            area.country_id = area.city_id.country_id or area.state_id.country_id or area.country_id

    @api.depends('country_id', 'state_id', 'city_id', 'zip_prefix')
    def _compute_display_name(self):
        for area in self:
            place = area.city_id.name or area.state_id.name or area.country_id.name or ""
            area.display_name = f"{place} {area.zip_prefix}…".strip() if area.zip_prefix else place

    @api.constrains('country_id', 'state_id', 'city_id', 'zip_prefix')
    def _check_place(self):
        for area in self:
            if not (area.country_id or area.zip_prefix):
                raise ValidationError(self.env._(
                    "Say where: choose a country, province or district, or a postal code's beginning."))
            if area.city_id.state_id and area.city_id.state_id != area.state_id:
                raise ValidationError(self.env._(
                    "%(district)s is not in %(province)s.",
                    district=area.city_id.name, province=area.state_id.name))
            if area.state_id and area.state_id.country_id != area.country_id:
                raise ValidationError(self.env._(
                    "%(province)s is not in %(country)s.",
                    province=area.state_id.name, country=area.country_id.name))
