from odoo import api, models
from odoo.tools import SQL

from ..rows import get_held
from .stokiva_assignment_engine import WISH


class AssignmentEngine(models.AbstractModel):
    """What the ranking reads of orders."""
    _inherit = 'stokiva.assignment.engine'

    @api.model
    def _flush_for_ranking(self, orders):
        """Write what the ranking reads, and nothing else: a sale in the making has much more to be written."""
        # The stamps stand for the state: where the workload changes, the one is not set without the other.
        workload = ['provider_id', 'started_at', 'submitted_at', 'closed_at', 'is_halted']
        touched = {id_ for name in workload for id_ in self.env._field_dirty.get(orders._fields[name], ())}
        if not (self._are_known(orders) and get_held(orders) >= {*orders.ids} and touched.issubset(orders.ids)):
            orders.flush_recordset([
                'company_id', 'service_type_id', 'device_type_id', 'city_id', 'site_id', 'window_start', 'window_end', 'group_id'])
            orders.flush_model(workload)
            self.env['stokiva.device'].flush_model(['product_id'])
            self.env['product.template'].flush_model(['stokiva_brand_id'])
        self.env['stokiva.provider']._flush_assignable('stokiva.service.area', 'stokiva.assignment')
        self.env['res.partner'].flush_model(['state_id', 'country_id', 'zip', 'partner_latitude', 'partner_longitude'])
        self.env['res.city'].flush_model(['state_id', 'stokiva_latitude', 'stokiva_longitude'])

    @api.model
    def _get_wanted(self, orders):
        """Return what the ranking has to know of orders: their ids, who refused them, and ``WISH``.

        Of those that were just opened, as by a sale, all of it is known; but not how long a group's visit takes.

        :param orders: stokiva.work.order records
        :return: list of tuples
        """
        if self._are_known(orders):
            return [self._describe_new(order) for order in orders]
        return self.env.execute_query(self._get_wanted_query(
            SQL("stokiva_work_order o"), SQL("o.id = ANY(%s)", list(orders.ids)),
            has_window=any(order.window_end for order in orders)))

    @api.model
    def _are_known(self, orders):
        """Tell whether orders were just opened and all that the ranking needs of them is at hand."""
        new = self.env.cr.precommit.data.get('stokiva.work.order.new', ())
        return all(order.id in new and not (order.window_end and order.group_id or order.assignment_ids) for order in orders)

    @api.model
    def _describe_new(self, order):
        """Return the row of ``_get_wanted_query`` for an order without offers."""
        site, town = order.site_id, order.city_id._warm()
        latitude, longitude = (
            site[f'partner_{name}'] or town[f'stokiva_{name}'] or None for name in ('latitude', 'longitude'))
        return (
            order.id, [], order.company_id.id, order.service_type_id.id, order.device_type_id.id or None,
            order.device_id.product_id.product_tmpl_id.stokiva_brand_id.id or None, order.city_id.id or None, site.state_id.id or None,
            site.country_id.id or None, None if site.zip is False else site.zip, latitude, longitude, latitude, longitude,
            'site' if site.partner_latitude else 'district' if latitude else None, order.window_start or None,
            order.window_end or None, self._get_visit_minutes(order) if order.window_end else None)

    @api.model
    def _get_wanted_query(self, orders, condition, *, has_window, brand=None, units=None):
        """Return the query of what the ranking has to know of orders: their ids, who refused them, and ``WISH``.

        :param SQL orders: relation with the alias ``o``
        :param SQL condition: which of them
        :param bool has_window: whether any of them has a window, which may bind
        :param SQL brand: expression of the brand's id, by default that of the device's product
        :param int units: how many appliances are worked on together, by default those of the order's group
        """
        return SQL(
            """SELECT o.id, ARRAY(
                        SELECT s.provider_id
                          FROM stokiva_assignment_work_order_rel r
                          JOIN stokiva_assignment s ON s.id = r.assignment_id
                         WHERE r.work_order_id = o.id AND s.state IN ('rejected', 'expired')),
                      o.company_id, o.service_type_id, o.device_type_id, %(brand)s, o.city_id,
                      CASE WHEN site.id IS NULL THEN town.state_id ELSE site.state_id END,
                      CASE WHEN site.id IS NULL THEN town.country_id ELSE site.country_id END,
                      CASE WHEN site.id IS NULL THEN town.zipcode ELSE site.zip END, near.latitude, near.longitude,
                      near.latitude, near.longitude,
                      CASE WHEN site.partner_latitude <> 0 THEN 'site' WHEN near.latitude <> 0 THEN 'district' END,
                      o.window_start, o.window_end, (%(visit)s)
                 FROM %(orders)s
            LEFT JOIN res_partner site ON site.id = o.site_id
            LEFT JOIN res_city town ON town.id = o.city_id
            LEFT JOIN LATERAL (
                SELECT COALESCE(NULLIF(site.partner_latitude, 0), NULLIF(town.stokiva_latitude, 0))::float AS latitude,
                       COALESCE(NULLIF(site.partner_longitude, 0), NULLIF(town.stokiva_longitude, 0))::float AS longitude
                ) near ON TRUE
            LEFT JOIN stokiva_device device ON device.id = o.device_id
            LEFT JOIN product_product variant ON variant.id = device.product_id
            LEFT JOIN product_template product ON product.id = variant.product_tmpl_id
                WHERE %(condition)s""", orders=orders, condition=condition, brand=brand or SQL("product.stokiva_brand_id"),
            visit=self._get_visit_query(units) if has_window else SQL("NULL::integer"))

    @api.model
    def _locate(self, wanted):
        """Let the distance count from the middle of the province, which Turkish postal codes begin with, where neither
        the address nor its district has a position.

        :param list wanted: rows of ``_get_wanted_query``
        :return: rows like these
        """
        first, last = (2 + list(WISH).index(name) for name in ('state_id', 'from_latitude'))
        lost = {tuple(row[first:first + 3]) for row in wanted if row[last] is None}
        if not lost:
            return wanted
        middles = {tuple(place): (latitude, longitude, 'province') for *place, latitude, longitude in self.env.execute_query(SQL(
            """SELECT place.*, AVG(c.stokiva_latitude)::float, AVG(c.stokiva_longitude)::float
                 FROM unnest(%s::integer[], %s::integer[], %s::text[]) AS place(state_id, country_id, zip)
                 JOIN res_city c ON c.stokiva_latitude <> 0 AND c.state_id = COALESCE(place.state_id, (
                      SELECT s.id FROM res_country_state s
                       WHERE s.country_id = place.country_id AND s.code = left(place.zip, 2)))
             GROUP BY place.state_id, place.country_id, place.zip""", *map(list, zip(*lost, strict=True))))}
        return [
            (*row[:last], *middles.get(tuple(row[first:first + 3]), row[last:last + 3]), *row[last + 3:])
            if row[last] is None else row for row in wanted]
