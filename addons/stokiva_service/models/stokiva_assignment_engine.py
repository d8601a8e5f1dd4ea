from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class AssignmentEngine(models.AbstractModel):
    """Ranks providers for orders. Another addon adds a filter or criterion by extending one method here."""
    _name = 'stokiva.assignment.engine'
    _description = "Assignment Engine"

    VERSION = 'coverage-2'

    @api.model
    def _rank(self, orders):
        """Rank the active providers that cover the address of each order, in one query for all.

        :param orders: stokiva.work.order records
        :return: ``{order: [{'provider_id', 'points', 'values': {criterion: raw value}, 'failed'}]}``, those
            that fit first, best first; ``failed`` is the first hard filter that a provider does not pass
        """
        self._flush_for_ranking(orders)
        ranking = {order: [] for order in orders}
        for order_id, rows in self._get_ranked_rows(self._get_wanted_query(orders)).items():
            ranking[orders.browse(order_id)] = rows
        return ranking

    @api.model
    def _rank_wish(self, company, site, city, service_type, device_type, brand):
        """Rank the providers for an order that nobody has opened yet.

        :param company: res.company record
        :param site: res.partner record, the address
        :param city: its res.city, or none
        :param service_type: stokiva.service.type record
        :param device_type: stokiva.device.type record, or none
        :param brand: stokiva.brand record, or none
        :return: list of dicts, as ``_rank`` gives for an order
        """
        self._flush_for_ranking(self.env['stokiva.work.order'])
        wanted = SQL(
            """SELECT 0 AS id, %s AS company_id, %s AS service_type_id, %s::integer AS device_type_id,
                      %s::integer AS city_id, site.state_id, site.country_id, site.zip,
                      COALESCE(NULLIF(site.partner_latitude, 0), town.stokiva_latitude) AS latitude,
                      COALESCE(NULLIF(site.partner_longitude, 0), town.stokiva_longitude) AS longitude,
                      %s::integer AS brand_id
                 FROM res_partner site LEFT JOIN res_city town ON town.id = %s WHERE site.id = %s""",
            company.id, service_type.id, device_type.id or None, city.id or None, brand.id or None, city.id or None,
            site.id)
        return self._get_ranked_rows(wanted).get(0, [])

    @api.model
    def _get_ranked_rows(self, wanted):
        """Return ``{order id: rows with points}``, those that fit first, best first.

        :param SQL wanted: see ``_get_ranking_query``
        """
        ranking = defaultdict(list)
        for row in self.env.execute_query_dict(self._get_ranking_query(wanted)):
            row['points'] = self._get_points(row['values'])
            ranking[row.pop('order_id')].append(row)
        for rows in ranking.values():
            rows.sort(key=lambda row: (bool(row['failed']), -row['points'], row['provider_id']))
        return ranking

    @api.model
    def _flush_for_ranking(self, orders):
        """Write what the ranking reads, and nothing else: a sale in the making has much more to be written."""
        orders.flush_recordset(['company_id', 'service_type_id', 'device_type_id', 'city_id', 'site_id'])
        # The stamps stand for the state: where the workload changes, the one is not set without the other.
        orders.flush_model(['provider_id', 'started_at', 'submitted_at', 'closed_at', 'is_halted'])
        for model in (
            'stokiva.provider', 'stokiva.service.area', 'stokiva.device.type', 'stokiva.assignment',
        ):
            self.env[model].flush_model()
        self.env['stokiva.provider']._flush_assignable()
        self.env['res.partner'].flush_model(['state_id', 'country_id', 'zip', 'partner_latitude', 'partner_longitude'])
        self.env['res.city'].flush_model(['stokiva_latitude', 'stokiva_longitude'])

    @api.model
    def _get_points(self, values):
        """Return a candidate's points, more is better: a nearer kind of coverage first, then priority and open work,
        an order weighing as much as one step of priority.

        :param dict values: ``coverage`` 1 (country) to 4 (postal prefix), ``priority``, ``open_orders``
        """
        return 100.0 * values['coverage'] - values['priority'] - values['open_orders']

    @api.model
    def _get_wanted_query(self, orders):
        """Return what ``_get_ranking_query`` has to know of orders.

        :param orders: stokiva.work.order records
        """
        return SQL(
            """SELECT o.id, o.company_id, o.service_type_id, o.device_type_id, o.city_id, site.state_id,
                      site.country_id, site.zip,
                      COALESCE(NULLIF(site.partner_latitude, 0), town.stokiva_latitude) AS latitude,
                      COALESCE(NULLIF(site.partner_longitude, 0), town.stokiva_longitude) AS longitude,
                      product.stokiva_brand_id AS brand_id
                 FROM stokiva_work_order o
                 JOIN res_partner site ON site.id = o.site_id
            LEFT JOIN res_city town ON town.id = o.city_id
            LEFT JOIN stokiva_device device ON device.id = o.device_id
            LEFT JOIN product_product variant ON variant.id = device.product_id
            LEFT JOIN product_template product ON product.id = variant.product_tmpl_id
                WHERE o.id = ANY(%s)""", list(orders.ids))

    @api.model
    def _get_ranking_query(self, wanted):
        """Return the query of candidates; its parts are ``_get_filters`` and ``_get_criteria``.

        :param SQL wanted: SELECT of the orders' ``id company_id service_type_id device_type_id city_id state_id
            country_id zip latitude longitude brand_id``
        """
        filters = SQL(" ").join(
            SQL("WHEN NOT (%s) THEN %s", condition, name) for name, condition in self._get_filters().items())
        criteria = SQL(", ").join(
            SQL("%s, %s", name, expression) for name, expression in self._get_criteria().items())
        return SQL(
            """
            WITH wanted AS (
                %(wanted)s
            ), covering AS (
                SELECT place_id AS order_id, provider_id, level, priority FROM (%(coverage)s) AS area
            ), workload AS (
                SELECT provider_id, COUNT(*) AS open_orders
                  FROM stokiva_work_order
                 WHERE state IN ('assigned', 'accepted', 'on_the_way', 'in_progress')
                   AND provider_id IN (SELECT provider_id FROM covering)
              GROUP BY provider_id
            )
            SELECT w.id AS order_id, p.id AS provider_id,
                   CASE %(filters)s END AS failed,
                   jsonb_build_object(%(criteria)s) AS values
              FROM covering c
              JOIN wanted w ON w.id = c.order_id
              JOIN stokiva_provider p ON p.id = c.provider_id
                   %(authorised)s
         LEFT JOIN workload l ON l.provider_id = p.id
             WHERE p.active AND (p.company_id IS NULL OR p.company_id = w.company_id)
            """,
            wanted=wanted, filters=filters, criteria=criteria,
            authorised=self.env['stokiva.provider']._get_assignable_join(),
            coverage=self.env['stokiva.service.area']._get_coverage_query(SQL("wanted")))

    @api.model
    def _get_filters(self):
        """Return the hard filters in order, ``{name: SQL condition that must hold}``.

        Conditions may use the aliases ``p`` (provider), ``w`` (order), ``c`` (coverage) and ``authorised``.
        """
        return {
            'refused': SQL("""NOT EXISTS (
                SELECT 1 FROM stokiva_assignment_work_order_rel r
                  JOIN stokiva_assignment s ON s.id = r.assignment_id
                 WHERE r.work_order_id = w.id AND s.provider_id = p.id AND s.state IN ('rejected', 'expired'))"""),
            **self.env['stokiva.provider']._get_assignable_sql(),
        }

    @api.model
    def _get_criteria(self):
        """Return the criteria, ``{name: SQL expression of the raw value}``; see ``_get_points``."""
        return {
            'coverage': SQL("c.level"),
            'priority': SQL("c.priority"),
            'open_orders': SQL("COALESCE(l.open_orders, 0)"),
        }

    @api.model
    def _allocate(self, ranking):
        """Choose a provider for each order, load growing inside the batch; a group goes to one provider.

        :param dict ranking: as ``_rank`` returns it
        :return: ``{order: provider id}`` for those orders that somebody fits
        """
        extra = defaultdict(int)
        choices = {}
        groups = {}
        for order in ranking:
            groups.setdefault(order.group_id or order, []).append(order)
        for orders in groups.values():
            fitting = [
                {row['provider_id']: row for row in ranking[order] if not row['failed']} for order in orders]
            common = set(fitting[0]).intersection(*fitting[1:])
            if not common:
                continue
            best = max(common, key=lambda provider: (
                sum(rows[provider]['points'] for rows in fitting) - extra[provider] * len(orders), -provider))
            extra[best] += len(orders)
            choices |= dict.fromkeys(orders, best)
        return choices
