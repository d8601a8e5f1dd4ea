from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .. import figures
from ..geo import get_box_sql, get_distance_sql

# What covers more closely counts for more; a radius as much as a district.
LEVELS = {'country': 1, 'state': 2, 'city': 3, 'radius': 3, 'zip': 4}


class ServiceArea(models.Model):
    _name = 'stokiva.service.area'
    _inherit = ['stokiva.audited']
    _description = "Service Area"
    _order = 'provider_id, priority, id'

    provider_id = fields.Many2one('stokiva.provider', required=True, index=True, ondelete='cascade')
    kind = fields.Selection(
        [
            ('country', "Country"),
            ('state', "Province"),
            ('city', "District"),
            ('zip', "Postal code"),
            ('radius', "Radius"),
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
    radius_km = fields.Float(
        "Radius (km)", digits=(6, 1), aggregator=None,
        help="As the crow flies, around the provider's position or, if it has none, around the main town of its "
             "district. An address without a position is taken to lie in its district's main town.")
    # Of type float, not numeric, like the provider's: distances are reckoned from them.
    latitude = fields.Float(compute='_compute_position', store=True, precompute=True, aggregator=None)
    longitude = fields.Float(compute='_compute_position', store=True, precompute=True, aggregator=None)
    priority = fields.Integer(
        default=10, aggregator=None, help="Where several providers cover an address, the lower number is preferred.")
    company_id = fields.Many2one(
        related='provider_id.company_id', store=True, index='btree_not_null')

    _uniq = models.UniqueIndex(
        "(provider_id, COALESCE(city_id, 0), COALESCE(state_id, 0), COALESCE(country_id, 0), "
        "COALESCE(zip_prefix, ''), COALESCE(radius_km, 0))",
        "The provider has this service area already.")
    _radius_range = models.Constraint(
        'CHECK(radius_km >= 0 AND radius_km <= 1000)', "The radius goes from 0 to 1000 km.")
    # The areas of one kind are few beside those that merely lie in the province or country.
    _country_idx = models.Index("(country_id) WHERE kind = 'country'")
    _state_idx = models.Index("(state_id) WHERE kind = 'state'")
    _radius_idx = models.Index(
        f"USING gist (({get_box_sql('latitude', 'longitude', 'radius_km')})) WHERE kind = 'radius'")
    _zip_idx = models.Index("(zip_prefix) WHERE kind = 'zip'")

    @api.depends('state_id', 'city_id', 'zip_prefix', 'radius_km')
    def _compute_kind(self):
        for area in self:
            area.kind = (
                'radius' if area.radius_km else 'zip' if area.zip_prefix else 'city' if area.city_id
                else 'state' if area.state_id else 'country')

    @api.depends('city_id')
    def _compute_state_id(self):
        for area in self:
            area.state_id = area.city_id.state_id or area.state_id

    @api.depends('city_id', 'state_id')
    def _compute_country_id(self):
        for area in self:
            area.country_id = area.city_id.country_id or area.state_id.country_id or area.country_id

    @api.depends('radius_km', 'provider_id.map_latitude', 'provider_id.map_longitude')
    def _compute_position(self):
        for area in self:
            area.latitude = area.radius_km and area.provider_id.map_latitude
            area.longitude = area.radius_km and area.provider_id.map_longitude

    @api.depends('country_id', 'state_id', 'city_id', 'zip_prefix', 'radius_km')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for area in self:
            place = area.city_id.name or area.state_id.name or area.country_id.name or ""
            area.display_name = (
                f"{figures.spell(self.env, area.radius_km)} km" if area.radius_km
                else f"{place} {area.zip_prefix}…".strip() if area.zip_prefix else place)

    @api.constrains('country_id', 'state_id', 'city_id', 'zip_prefix', 'radius_km')
    def _check_place(self):
        for area in self:
            if not (area.country_id or area.zip_prefix or area.radius_km):
                raise ValidationError(self.env._(
                    "Say where: choose a country, province or district, a postal code's beginning, or a radius."))
            if area.radius_km and (area.state_id or area.city_id or area.zip_prefix):
                raise ValidationError(self.env._(
                    "A radius stands alone: leave province, district and postal code empty."))
            if area.radius_km and not (area.latitude or area.longitude):
                raise ValidationError(self.env._(
                    "%s has no position to draw a radius around: enter its latitude and longitude, or its district.",
                    area.provider_id.name))
            if area.city_id.state_id and area.city_id.state_id != area.state_id:
                raise ValidationError(self.env._(
                    "%(district)s is not in %(province)s.",
                    district=area.city_id.name, province=area.state_id.name))
            if area.state_id and area.state_id.country_id != area.country_id:
                raise ValidationError(self.env._(
                    "%(province)s is not in %(country)s.",
                    province=area.state_id.name, country=area.country_id.name))

    @api.model
    def _get_coverage_query(self, places):
        """Return the query of who covers which places, each area by an index of its own kind.

        :param SQL places: name of a relation ``(id, city_id, state_id, country_id, zip, latitude, longitude)``;
            a place without position has NULL or 0, 0
        :return: SELECT of ``place_id, provider_id, level, priority``: the closest level (see ``LEVELS``) at which
            the provider covers the place, and the best priority at that level
        :rtype: SQL
        """
        parts = SQL(" UNION ALL ").join(
            SQL(
                """SELECT w.id AS place_id, a.provider_id, %s AS level, a.priority
                     FROM %s w JOIN stokiva_service_area a ON a.kind = %s AND %s""",
                LEVELS[kind], places, kind, condition)
            for kind, condition in (
                ('country', SQL("a.country_id = w.country_id")),
                ('state', SQL("a.state_id = w.state_id")),
                ('city', SQL("a.city_id = w.city_id")),
                # Each beginning by the index: to try all areas would cost a big network more than the rest.
                ('zip', SQL(
                    """a.zip_prefix = ANY(ARRAY(SELECT left(w.zip, length) FROM generate_series(1, length(w.zip)) AS length))
                       AND (a.country_id IS NULL OR a.country_id = w.country_id)""")),
                ('radius', self._get_radius_condition()),
            ))
        return SQL(
            """SELECT DISTINCT ON (place_id, provider_id) place_id, provider_id, level, priority
                 FROM (%s) AS area ORDER BY place_id, provider_id, level DESC, priority""", parts)

    @api.model
    def _get_radius_condition(self):
        """Return when a place ``w`` lies within the radius of an area ``a``: in its box, then by haversine.

        :rtype: SQL
        """
        return SQL(
            """%s @> box(point(w.longitude, w.latitude))
               AND (w.latitude <> 0 OR w.longitude <> 0)
               AND (a.country_id IS NULL OR a.country_id = w.country_id)
               AND %s <= a.radius_km""",
            SQL(get_box_sql('a.latitude', 'a.longitude', 'a.radius_km')),
            get_distance_sql(
                SQL("a.latitude"), SQL("a.longitude"), SQL("w.latitude::float"), SQL("w.longitude::float")))
