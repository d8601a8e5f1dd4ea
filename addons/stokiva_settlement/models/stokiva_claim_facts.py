from odoo import api, fields, models
from odoo.tools import SQL

from .. import checks


class ClaimFacts(models.AbstractModel):
    """What the checks of claims look at, read for many settlements at once: a few queries a kind, however many.

    A method ``_get_<kind>_facts`` gives the rows that the check of that kind wants; another addon extends it in one
    place. Meant for sudo.
    """
    _name = 'stokiva.claim.facts'
    _description = "Facts of Claims"

    # The order of each settlement that is checked, and where it was to be done.
    _claims = SQL("""
        SELECT s.id AS settlement_id, s.date AS settled_on, s.currency_id, o.*,
               NULLIF(site.partner_latitude, 0)::float8 AS site_latitude, site.partner_longitude::float8 AS site_longitude
          FROM stokiva_settlement s
          JOIN stokiva_work_order o ON o.id = s.work_order_id
          JOIN res_partner site ON site.id = o.site_id""")

    @api.model
    def _get_facts(self, kind, settlements, rules):
        """Return what the check of a kind looks at.

        :param str kind: key of a check
        :param settlements: stokiva.settlement records
        :param rules: the stokiva.claim.rule records that will judge them
        :return: ``{settlement id: [dict]}``
        """
        return checks.group_facts(getattr(self, f'_get_{kind}_facts')(list(settlements.ids), rules))

    @api.model
    def _fetch(self, query, ids, **params):
        """Run a query that begins with the claims, and return its rows as dicts.

        :param str query: SELECT on ``claim``, see ``_claims``
        :param list ids: ids of settlements
        :param params: named values of the query
        """
        self.env.cr.execute(SQL(
            "WITH claim AS MATERIALIZED (%s WHERE s.id = ANY(%s)) %s", self._claims, ids, SQL(query, **params)))  # pylint: disable=sql-injection
        return self.env.cr.dictfetchall()

    # === PHOTOS === #

    @api.model
    def _get_missing_photos_facts(self, ids, _rules):
        return self._fetch("""
            SELECT claim.settlement_id, t.photos_before AS wanted_before, t.photos_after AS wanted_after,
                   COUNT(*) FILTER (WHERE m.kind = 'before') AS before, COUNT(*) FILTER (WHERE m.kind = 'after') AS after,
                   COUNT(m.id) AS total
              FROM claim
              JOIN stokiva_service_type t ON t.id = claim.service_type_id
         LEFT JOIN stokiva_media m ON m.work_order_id = claim.id AND m.media_type = 'photo'
          GROUP BY claim.settlement_id, t.id""", ids)

    @api.model
    def _get_same_photo_facts(self, ids, _rules):
        """Look once more first: of two photos that were uploaded at the same moment neither saw the other."""
        self.env['stokiva.media'].search([('work_order_id.settlement_ids', 'in', ids)])._find_similar()
        self.env['stokiva.media'].flush_model(['similar_id', 'similar_distance'])
        return self._fetch("""
            SELECT claim.settlement_id, m.id AS media_id, old.id AS old_media_id, o.id AS old_order_id, o.name AS old_order,
                   m.similar_distance AS bits
              FROM claim
              JOIN stokiva_media m ON m.work_order_id = claim.id
              JOIN stokiva_media old ON old.id = m.similar_id
              JOIN stokiva_work_order o ON o.id = old.work_order_id
             WHERE m.media_type = 'photo' AND (claim.group_id IS NULL OR o.group_id IS DISTINCT FROM claim.group_id)
          ORDER BY m.id""", ids)

    @api.model
    def _get_photo_facts_facts(self, ids, _rules):
        """A photo may also be taken in the provider's workshop, if the device was there."""
        return self._fetch("""
            SELECT claim.settlement_id, m.id AS media_id, m.taken_at, claim.site_latitude, claim.site_longitude,
                   COALESCE((SELECT MIN(COALESCE(v.departed_at, v.arrived_at)) FROM stokiva_visit v
                              WHERE v.work_order_id = claim.id), claim.opened_at) AS began_at,
                   NULLIF(m.latitude, 0)::float8 AS photo_latitude, m.longitude::float8 AS photo_longitude,
                   CASE WHEN claim.place <> 'on_site' OR t.id IS NOT NULL THEN NULLIF(p.map_latitude, 0)::float8 END
                        AS shop_latitude, p.map_longitude::float8 AS shop_longitude
              FROM claim
              JOIN stokiva_media m ON m.work_order_id = claim.id
              JOIN stokiva_provider p ON p.id = claim.provider_id
         LEFT JOIN LATERAL (SELECT id FROM stokiva_take_in WHERE work_order_id = claim.id LIMIT 1) t ON true
             WHERE m.media_type = 'photo' AND m.channel <> 'customer' AND m.kind <> 'complaint'
               AND (m.taken_at IS NOT NULL OR m.latitude <> 0)
          ORDER BY m.id""", ids)

    # === WHERE PEOPLE WERE === #

    @api.model
    def _get_check_in_facts(self, ids, _rules):
        return self._fetch("""
            SELECT claim.settlement_id, v.id AS visit_id, v.arrived_at, v.arrived_accuracy AS accuracy,
                   NULLIF(v.arrived_latitude, 0)::float8 AS arrived_latitude, v.arrived_longitude::float8 AS arrived_longitude,
                   claim.site_latitude, claim.site_longitude
              FROM claim JOIN stokiva_visit v ON v.work_order_id = claim.id
             WHERE v.arrived_latitude <> 0 AND claim.place = 'on_site'
          ORDER BY v.id""", ids)

    @api.model
    def _get_travel_facts(self, ids, _rules):
        return self._fetch("""
            SELECT claim.settlement_id, v.id AS visit_id, v.arrived_at, o.id AS old_order_id, o.name AS old_order,
                   old.arrived_at AS old_arrived_at, old.finished_at AS old_finished_at,
                   claim.site_latitude, claim.site_longitude,
                   NULLIF(site.partner_latitude, 0)::float8 AS old_latitude, site.partner_longitude::float8 AS old_longitude
              FROM claim
              JOIN stokiva_visit v ON v.work_order_id = claim.id
              JOIN LATERAL (
                   SELECT work_order_id, arrived_at, finished_at FROM stokiva_visit before
                    WHERE before.personnel_id = v.personnel_id AND before.arrived_at <= v.arrived_at
                      AND (before.arrived_at, before.id) < (v.arrived_at, v.id) AND before.work_order_id <> v.work_order_id
                 ORDER BY before.arrived_at DESC, before.id DESC LIMIT 1) old ON true
              JOIN stokiva_work_order o ON o.id = old.work_order_id AND o.place = 'on_site'
              JOIN res_partner site ON site.id = o.site_id
             WHERE claim.place = 'on_site'
          ORDER BY v.id""", ids)

    @api.model
    def _get_closed_day_facts(self, ids, _rules):
        rows = self._fetch("""
            SELECT claim.settlement_id, v.id AS visit_id, v.provider_id, v.personnel_id, v.arrived_at,
                   (v.arrived_at AT TIME ZONE 'UTC' AT TIME ZONE p.tz)::date AS day
              FROM claim
              JOIN stokiva_visit v ON v.work_order_id = claim.id
              JOIN stokiva_provider p ON p.id = v.provider_id
             WHERE v.arrived_at IS NOT NULL
          ORDER BY v.id""", ids)
        keys = [(row.pop('provider_id'), row.pop('personnel_id'), row['day']) for row in rows]
        open_days = self.env['stokiva.opening']._get_open_days(set(keys))
        for key, row in zip(keys, rows, strict=True):
            row['is_open'] = key in open_days
        return rows

    # === THE DEVICE === #

    @api.model
    def _get_repeat_facts(self, ids, rules):
        return self._fetch("""
            , fault AS MATERIALIZED (
                   SELECT DISTINCT o.id AS order_id, f.kind, COALESCE(NULLIF(f.family, ''), f.id::text) AS family,
                          FIRST_VALUE(f.name) OVER (PARTITION BY o.id, COALESCE(NULLIF(f.family, ''), f.id::text)) AS name
                     FROM stokiva_work_order o
                     JOIN LATERAL (
                          SELECT stokiva_fault_id AS id FROM stokiva_work_order_symptom_rel WHERE stokiva_work_order_id = o.id
                           UNION SELECT o.opened_symptom_id UNION SELECT o.cause_id) own ON own.id IS NOT NULL
                     JOIN stokiva_fault f ON f.id = own.id
                    WHERE o.device_id IN (SELECT device_id FROM claim))
            SELECT DISTINCT ON (claim.settlement_id, old.id)
                   claim.settlement_id, old.id AS old_order_id, old.name AS old_order, claim.opened_at,
                   old.submitted_at AS done_at, COALESCE(mine.name ->> %(lang)s, mine.name ->> 'en_US') AS fault
              FROM claim
              JOIN stokiva_work_order old ON old.device_id = claim.device_id AND old.id <> claim.id
               AND old.provider_id = claim.provider_id AND old.state = 'completed'
               AND old.submitted_at BETWEEN claim.opened_at - %(days)s * INTERVAL '1 day' AND claim.opened_at
              JOIN fault mine ON mine.order_id = claim.id
              JOIN fault theirs ON theirs.order_id = old.id AND theirs.kind = mine.kind AND theirs.family = mine.family
          ORDER BY claim.settlement_id, old.id""", ids, days=max(rules.mapped('days')), lang=self.env.lang or 'en_US')

    @api.model
    def _get_serial_facts(self, ids, _rules):
        """Who had the device before does not count: it was out of service when this job was opened."""
        return self._fetch("""
            SELECT claim.settlement_id, d.serial, other.id AS device_id, o.id AS old_order_id, o.name AS old_order,
                   ABS(o.completed_at::date - COALESCE(claim.completed_at, claim.closed_at)::date) AS days,
                   claim.site_latitude, claim.site_longitude,
                   NULLIF(site.partner_latitude, 0)::float8 AS old_latitude, site.partner_longitude::float8 AS old_longitude
              FROM claim
              JOIN stokiva_device d ON d.id = claim.device_id AND d.serial <> ''
              JOIN stokiva_device other ON other.serial = d.serial AND other.company_id = d.company_id AND other.id <> d.id
               AND other.merged_into_id IS NULL AND other.site_id <> claim.site_id
               AND (other.product_id = d.product_id OR other.device_type_id = d.device_type_id)
               AND (other.date_returned IS NULL OR other.date_returned > claim.opened_at::date)
               AND (d.date_returned IS NULL OR d.date_returned > claim.opened_at::date)
              JOIN LATERAL (
                   SELECT id, name, completed_at, site_id FROM stokiva_work_order
                    WHERE device_id = other.id AND state = 'completed' AND completed_at <= claim.completed_at
                 ORDER BY completed_at DESC LIMIT 1) o ON true
              JOIN res_partner site ON site.id = o.site_id
          ORDER BY other.id""", ids)

    @api.model
    def _get_warranty_facts(self, ids, _rules):
        return self._fetch("""
            SELECT claim.settlement_id, line.what, line.name,
                   CASE line.what WHEN 'labour' THEN d.warranty_labour_until ELSE d.warranty_parts_until END AS until,
                   (claim.opened_at AT TIME ZONE 'UTC' AT TIME ZONE p.tz)::date AS day
              FROM claim
              JOIN stokiva_provider p ON p.id = claim.provider_id
              JOIN stokiva_device d ON d.id = claim.device_id
              JOIN LATERAL (
                   SELECT 'labour' AS what, name FROM stokiva_labour_line
                    WHERE work_order_id = claim.id AND coverage = 'warranty'
                    UNION ALL
                   SELECT 'parts', name FROM stokiva_part_line
                    WHERE work_order_id = claim.id AND coverage = 'warranty') line ON true
             WHERE claim.opened_at IS NOT NULL""", ids)

    @api.model
    def _get_parts_facts(self, ids, _rules):
        return self._fetch("""
            SELECT claim.settlement_id, l.id AS part_line_id, l.name AS part, l.return_state, l.return_due,
                   %(today)s::date AS today, EXISTS (
                       SELECT 1 FROM stock_move move
                        WHERE move.stokiva_part_line_id = l.id AND move.state = 'done') AS is_moved
              FROM claim
              JOIN res_company c ON c.id = claim.company_id AND c.stokiva_parts
              JOIN stokiva_part_line l ON l.work_order_id = claim.id AND l.is_provider_stock IS NOT TRUE
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id AND t.is_storable
             WHERE l.stock_state IS DISTINCT FROM 'own'
          ORDER BY l.id""", ids, today=fields.Date.today())
