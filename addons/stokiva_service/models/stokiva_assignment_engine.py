from odoo import api, fields, models
from odoo.tools import SQL

from .. import scoring
from ..geo import get_distance_sql


class AssignmentEngine(models.AbstractModel):
    """Ranks providers for orders. Another addon adds a filter or criterion by extending one method here."""
    _name = 'stokiva.assignment.engine'
    _description = "Assignment Engine"

    @api.model
    def _rank(self, orders, rules=None):
        """Rank the active providers that cover the address of each order, in one query for all.

        :param orders: stokiva.work.order records
        :param dict rules: ``{order: snapshot of a rule}`` to try, by default those that apply
        :return: ``{order: scoring.Ranking}``; a row's ``failed`` is the first hard filter that it does not pass
        """
        self._flush_for_ranking(orders)
        rules = rules or self.env['stokiva.assignment.rule']._get_applying(orders)
        rows = self.env.execute_query(self._get_ranking_query(self._get_wanted_query(
            SQL("stokiva_work_order o"), SQL("o.id = ANY(%s)", list(orders.ids)))))
        return self._get_rankings({order.id: order for order in orders}, rules, rows)

    @api.model
    def _rank_wish(self, company, site, city, service_type, device_type, brand, window=(None, None), units=1):
        """Rank the providers for an order that nobody has opened yet.

        :param company: res.company record
        :param site: res.partner record, the address
        :param city: its res.city, or none
        :param service_type: stokiva.service.type record
        :param device_type: stokiva.device.type record, or none
        :param brand: stokiva.brand record, or none
        :param tuple window: ``(start, end)`` of the visit, naive UTC, if it is wished
        :param int units: how many appliances are worked on together
        :return: scoring.Ranking
        """
        values = {
            'company_id': company.id, 'site_id': site.id, 'city_id': city.id, 'service_type_id': service_type.id,
            'device_type_id': device_type.id}
        wish = self.env['stokiva.work.order'].new(values)
        self._flush_for_ranking(self.env['stokiva.work.order'])
        columns = SQL(", ").join(
            SQL("%s::integer AS %s", value or None, SQL.identifier(name)) for name, value in values.items())
        rows = self.env.execute_query(self._get_ranking_query(self._get_wanted_query(
            SQL("(SELECT 0 AS id, NULL::integer AS device_id, %s::timestamp AS window_start,"
                " %s::timestamp AS window_end, %s) o", window[0] or None, window[1] or None, columns),
            SQL("TRUE"), units=units, brand=SQL("%s::integer", brand.id or None))))
        return self._get_rankings({0: wish}, self.env['stokiva.assignment.rule']._get_applying(wish), rows)[wish]

    @api.model
    def _get_rankings(self, orders, rules, rows):
        """Return ``{order: scoring.Ranking}``.

        :param dict orders: ``{id in the query: order}``
        :param dict rules: ``{order: snapshot of its rule}``
        :param list rows: what ``_get_ranking_query`` gives
        """
        rankings = {order: scoring.Ranking(rules[order]) for order in orders.values()}
        names = list(self._get_criteria())
        for order_id, provider_id, failed, *values in rows:
            rankings[orders[order_id]].rows.append({
                'provider_id': provider_id, 'failed': failed, 'values': dict(zip(names, values, strict=True))})
        self._judge_parts(rankings)
        self._add_costs({order: ranking for order, ranking in rankings.items() if ranking.rule['weights'].get('cost')})
        self._add_capacity({
            order: ranking for order, ranking in rankings.items() if ranking.rule['weights'].get('capacity')})
        for ranking in rankings.values():
            ranking.sort()
        return rankings

    @api.model
    def _add_costs(self, rankings):
        """Give the rows ``cost_excess`` among their values: by which share the provider would be dearer than the
        cheapest. Here nobody knows what providers cost; to be extended.

        :param dict rankings: ``{order: scoring.Ranking}`` of the orders whose rule weighs the cost
        """

    @api.model
    def _flush_for_ranking(self, orders):
        """Write what the ranking reads, and nothing else: a sale in the making has much more to be written."""
        orders.flush_recordset([
            'company_id', 'service_type_id', 'device_type_id', 'city_id', 'site_id', 'window_start', 'window_end', 'group_id'])
        # The stamps stand for the state: where the workload changes, the one is not set without the other.
        orders.flush_model(['provider_id', 'started_at', 'submitted_at', 'closed_at', 'is_halted'])
        for model in (
            'stokiva.provider', 'stokiva.service.area', 'stokiva.device.type', 'stokiva.assignment',
        ):
            self.env[model].flush_model()
        self.env['stokiva.provider']._flush_assignable()
        self.env['res.partner'].flush_model(['state_id', 'country_id', 'zip', 'partner_latitude', 'partner_longitude'])
        self.env['res.city'].flush_model(['state_id', 'stokiva_latitude', 'stokiva_longitude'])

    @api.model
    def _get_wanted_query(self, orders, condition, brand=None, units=None):
        """Return what ``_get_ranking_query`` has to know of orders.

        Where neither the address nor its district has a position, the distance counts from the middle of the
        province, which Turkish postal codes begin with.

        :param SQL orders: relation with the alias ``o``
        :param SQL condition: which of them
        :param SQL brand: expression of the brand's id, by default that of the device's product
        :param int units: how many appliances are worked on together, by default those of the order's group
        """
        return SQL(
            """SELECT o.id, %(now)s AS now, o.company_id, o.service_type_id, o.device_type_id, o.city_id, site.state_id,
                      site.country_id, site.zip, near.latitude, near.longitude, %(brand)s AS brand_id,
                      COALESCE(near.latitude, far.latitude) AS from_latitude,
                      COALESCE(near.longitude, far.longitude) AS from_longitude,
                      CASE WHEN site.partner_latitude <> 0 THEN 'site' WHEN near.latitude <> 0 THEN 'district'
                           WHEN far.latitude <> 0 THEN 'province' END AS position,
                      o.window_start, o.window_end, visit.minutes AS visit_minutes
                 FROM %(orders)s
                 JOIN res_partner site ON site.id = o.site_id
            LEFT JOIN res_city town ON town.id = o.city_id
            LEFT JOIN LATERAL (
                SELECT COALESCE(NULLIF(site.partner_latitude, 0), NULLIF(town.stokiva_latitude, 0)) AS latitude,
                       COALESCE(NULLIF(site.partner_longitude, 0), NULLIF(town.stokiva_longitude, 0)) AS longitude
                ) near ON TRUE
            LEFT JOIN LATERAL (
                SELECT AVG(c.stokiva_latitude) AS latitude, AVG(c.stokiva_longitude) AS longitude
                  FROM res_city c
                 WHERE near.latitude IS NULL AND c.stokiva_latitude <> 0 AND c.state_id = COALESCE(site.state_id, (
                     SELECT s.id FROM res_country_state s
                      WHERE s.country_id = site.country_id AND s.code = left(site.zip, 2)))
                ) far ON TRUE
            LEFT JOIN stokiva_device device ON device.id = o.device_id
            LEFT JOIN product_product variant ON variant.id = device.product_id
            LEFT JOIN product_template product ON product.id = variant.product_tmpl_id
            LEFT JOIN LATERAL (%(visit)s) visit ON TRUE
                WHERE %(condition)s""", orders=orders, condition=condition, visit=self._get_visit_query(units),
            brand=brand or SQL("product.stokiva_brand_id"), now=fields.Datetime.now())

    @api.model
    def _get_ranking_query(self, wanted):
        """Return the query of candidates; its parts are ``_get_filters`` and ``_get_criteria``.

        :param SQL wanted: SELECT of the orders' ``id now company_id service_type_id device_type_id city_id state_id
            country_id zip latitude longitude brand_id from_latitude from_longitude position window_start window_end
            visit_minutes`` (NULL where windows do not bind)
        """
        filters = SQL(" ").join(
            SQL("WHEN NOT (%s) THEN %s", condition, name) for name, condition in self._get_filters().items())
        criteria = SQL(", ").join(
            SQL("%s AS %s", expression, SQL.identifier(name)) for name, expression in self._get_criteria().items())
        # For a batch, compiling would cost more than what it saves.
        return SQL(
            """
            SET LOCAL jit = off;
            WITH wanted AS (
                %(wanted)s
            ), covering AS (
                SELECT place_id AS order_id, provider_id, level, priority FROM (%(coverage)s) AS area
            ), workload AS MATERIALIZED (
                SELECT v.provider_id, (
                         SELECT COUNT(*) FROM stokiva_work_order o
                          WHERE o.provider_id = v.provider_id
                            AND o.state IN ('assigned', 'accepted', 'on_the_way', 'in_progress')) AS open_orders,
                       (SELECT MAX(a.offered_at) FROM stokiva_assignment a WHERE a.provider_id = v.provider_id) AS offered_at
                  FROM (SELECT DISTINCT provider_id FROM covering) v
            )
            SELECT w.id AS order_id, p.id AS provider_id,
                   CASE %(filters)s END AS failed, %(criteria)s
              FROM covering c
              JOIN wanted w ON w.id = c.order_id
              JOIN stokiva_provider p ON p.id = c.provider_id
              JOIN workload l ON l.provider_id = p.id
                   %(authorised)s
             WHERE p.active AND (p.company_id IS NULL OR p.company_id = w.company_id)
            """,
            wanted=wanted, filters=filters, criteria=criteria,
            authorised=self.env['stokiva.provider']._get_assignable_join(),
            coverage=self.env['stokiva.service.area']._get_coverage_query(SQL("wanted")))

    @api.model
    def _get_filters(self):
        """Return the hard filters in order, ``{name: SQL condition that must hold}``.

        Conditions may use the aliases ``p`` (provider), ``w`` (order, with ``now``), ``c`` (coverage) and
        ``authorised``.
        """
        return {
            'refused': SQL("""NOT EXISTS (
                SELECT 1 FROM stokiva_assignment_work_order_rel r
                  JOIN stokiva_assignment s ON s.id = r.assignment_id
                 WHERE r.work_order_id = w.id AND s.provider_id = p.id AND s.state IN ('rejected', 'expired'))"""),
            **self.env['stokiva.provider']._get_assignable_sql(),
            'no_slot': SQL("""w.visit_minutes IS NULL OR p.resource_calendar_id IS NULL OR EXISTS (
                SELECT 1 FROM stokiva_slot t
                 WHERE t.provider_id = p.id AND t.start_at < w.window_end AND t.end_at > w.window_start
                   AND t.longest_gap >= w.visit_minutes)"""),
        }

    @api.model
    def _get_criteria(self):
        """Return the raw values of a candidate, ``{name: SQL expression}``; ``scoring.CRITERIA`` tells what they weigh.

        Expressions may use the aliases of ``_get_filters``, and ``l`` (workload and last offer of the provider).
        """
        # Nobody is at 0, 0 in the Gulf of Guinea.
        distance = get_distance_sql(
            SQL("NULLIF(p.map_latitude, 0)"), SQL("NULLIF(p.map_longitude, 0)"), SQL("w.from_latitude"),
            SQL("w.from_longitude"))
        return {
            'coverage': SQL("c.level"),
            'priority': SQL("c.priority"),
            'open_orders': SQL("l.open_orders"),
            'kind': SQL("p.kind"),
            'distance_km': SQL("ROUND((%s)::numeric, 2)", distance),
            'position': SQL("w.position"),
            'rating': SQL("NULLIF(p.rating_score, 0)"),
            'on_time': SQL("NULLIF(p.on_time_rate, 0)"),
            'acceptance': SQL("NULLIF(p.acceptance_rate, 0)"),
            'idle_hours': SQL(
                "ROUND(EXTRACT(EPOCH FROM w.now - l.offered_at) / 3600, 1)"),
        }

    @api.model
    def _allocate(self, rankings):
        """Choose a provider for each order, load growing inside the batch; a group goes to one provider.

        :param dict rankings: as ``_rank`` returns them; afterwards those from which was chosen, one per group
        :return: ``{order: provider id}`` for those orders that somebody fits
        """
        groups = {}
        for order in rankings:
            groups.setdefault(order.group_id or order, []).append(order)
        # The oldest first, as the time of providers is booked.
        groups = [self.env['stokiva.work.order'].union(*groups[lead]) for lead in sorted(groups, key=lambda lead: lead.id)]
        merged = [scoring.merge([rankings[order] for order in group]) for group in groups]
        choices = {}
        for group, ranking, provider in zip(groups, merged, scoring.allocate(
                [(ranking, len(group)) for ranking, group in zip(merged, groups, strict=True)],
                self._get_fitting(groups, merged)), strict=True):
            rankings.update(dict.fromkeys(group, ranking))
            if provider:
                choices.update(dict.fromkeys(group, provider))
        return choices
