from odoo import fields, models
from odoo.tools import SQL


class Coverage(models.Model):
    """Who covers which district, company by company; a district that nobody covers is a row without provider."""
    _name = 'stokiva.coverage'
    _description = "Coverage"
    _auto = False
    _order = 'state_id, city_id, rank, id'
    _rec_name = 'city_id'
    _depends = {
        'res.city': ['state_id', 'country_id', 'zipcode', 'stokiva_latitude', 'stokiva_longitude'],
        'stokiva.provider': ['active', 'company_id'],
        'stokiva.service.area': [
            'provider_id', 'kind', 'country_id', 'state_id', 'city_id', 'zip_prefix', 'radius_km', 'latitude',
            'longitude', 'priority'],
    }

    company_id = fields.Many2one('res.company')
    country_id = fields.Many2one('res.country')
    state_id = fields.Many2one('res.country.state', "Province")
    city_id = fields.Many2one('res.city', "District", aggregator='count_distinct')
    provider_id = fields.Many2one('stokiva.provider', aggregator='count_distinct')
    kind = fields.Selection([
        ('zip', "Postal code"), ('city', "District or radius"), ('state', "Province"), ('country', "Country"),
        ('none', "Nobody")], string="Covered by")
    priority = fields.Integer(aggregator=None)
    rank = fields.Integer(
        "Order of Choice", aggregator=None, help="1 is the first choice: covered most closely, then the lowest priority number.")
    provider_count = fields.Integer("Number of Providers", aggregator=None)

    @property
    def _table_query(self):
        coverage = self.env['stokiva.service.area']._get_coverage_query(SQL("place"))
        # Ids: company, district and provider side by side, within the 53 bits of a browser's numbers.
        return SQL(
            """
            WITH place AS (
                SELECT id, id AS city_id, state_id, country_id, zipcode AS zip,
                       stokiva_latitude AS latitude, stokiva_longitude AS longitude
                  FROM res_city
            )
            SELECT (company.id::bigint << 39) + (w.id::bigint << 20) + COALESCE(c.provider_id, 0) AS id,
                   company.id AS company_id, w.country_id, w.state_id, w.id AS city_id, c.provider_id, c.priority,
                   CASE c.level WHEN 4 THEN 'zip' WHEN 3 THEN 'city' WHEN 2 THEN 'state' WHEN 1 THEN 'country'
                        ELSE 'none' END AS kind,
                   CASE WHEN c.provider_id IS NOT NULL THEN RANK() OVER district END AS rank,
                   COUNT(c.provider_id) OVER (PARTITION BY company.id, w.id) AS provider_count
              FROM res_company company
        CROSS JOIN place w
         LEFT JOIN (
                SELECT v.*, p.company_id
                  FROM (%s) v
                  JOIN stokiva_provider p ON p.id = v.provider_id
                 WHERE p.active
                   ) c ON c.place_id = w.id AND (c.company_id IS NULL OR c.company_id = company.id)
            WINDOW district AS (PARTITION BY company.id, w.id ORDER BY c.level DESC, c.priority)
            """, coverage)
