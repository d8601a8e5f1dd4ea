from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .. import faults, workflow

# The latest orders with a symptom that are looked at, and what share of them makes a part worth taking along.
LATEST = 2000
WORTH = 0.1
MOST = 3


class WorkOrder(models.Model):
    """Which parts are worth taking along: those that such a symptom needed on such a model before."""
    _inherit = 'stokiva.work.order'

    take_along_text = fields.Char(
        "Take along", compute='_compute_take_along_text', groups='base.group_user',
        help="Parts that completed orders with the same symptom needed, and in what share of them.")

    @api.depends('symptom_ids', 'device_id', 'state')
    @api.depends_context('lang')
    def _compute_take_along_text(self):
        found = self.filtered(lambda order: order.state in workflow.OPEN)._get_take_along()
        for order in self:
            order.take_along_text = " · ".join(
                self.env._(
                    "%(part)s (%(share)s%% of %(count)s)", part=item.key.name, share=f"{item.share * 100:.0f}", count=item.total)
                for item in found.get(order, ())) or False

    def _get_take_along(self):
        """Return the parts that the model needed with such a symptom, else those that the kind of device needed.

        The hit rate is ``share``: completed orders that used the part, of the completed ones with one of the order's
        symptoms. One query, however many orders are asked about.

        :return: ``{order: [faults.Likely]}`` with product.product records as keys, the surest first; the basis
            is ``model`` or ``type``
        :rtype: dict
        """
        asked = defaultdict(self.browse)
        for order in self:
            if order.symptom_ids and order.device_type_id:
                asked[order.company_id.id, order.device_type_id.id, order.product_id.id or 0,
                      tuple(sorted(order.symptom_ids._origin.ids))] |= order
        found = {}
        usage = self._count_take_along(list(asked))
        for key, orders in asked.items():
            ranked = [item for item in faults.rank(*usage[key]) if item.share >= WORTH][:MOST]
            found.update(dict.fromkeys(orders, ranked))
        return found

    @api.model
    def _count_take_along(self, keys):
        """Count in how many completed orders each part was used.

        :param list keys: ``(company id, device type id, product id or 0, symptom ids)``
        :return: ``{key: (orders of the model by part, orders of the model, the same of the kind of device, its orders)}``
        :rtype: dict
        """
        counts = {key: (Counter(), Counter()) for key in keys}
        totals = {key: Counter() for key in keys}
        if keys:
            self.env['stokiva.part.line'].flush_model(['work_order_id', 'product_id'])
            self.flush_model(['state', 'company_id', 'device_type_id', 'product_id', 'symptom_ids'])
            rows = self.env.execute_query(SQL(
                """
                WITH asked (number, company_id, device_type_id, product_id, symptom_ids) AS (VALUES %(asked)s),
                such AS (
                    SELECT DISTINCT asked.number, o.id, COALESCE(o.product_id = asked.product_id, FALSE) AS is_model
                      FROM asked
                CROSS JOIN UNNEST(asked.symptom_ids) AS symptom(id)
                CROSS JOIN LATERAL (
                        SELECT stokiva_work_order_id AS id FROM stokiva_work_order_symptom_rel
                         WHERE stokiva_fault_id = symptom.id ORDER BY stokiva_work_order_id DESC LIMIT %(latest)s) named
                      JOIN stokiva_work_order o ON o.id = named.id AND o.company_id = asked.company_id
                           AND o.device_type_id = asked.device_type_id AND o.state = %(completed)s
                )
                SELECT number, is_model, NULL, COUNT(*) FROM such GROUP BY number, is_model
             UNION ALL
                SELECT number, is_model, line.product_id, COUNT(DISTINCT such.id)
                  FROM such JOIN stokiva_part_line line ON line.work_order_id = such.id
              GROUP BY number, is_model, line.product_id
                """, latest=LATEST, completed=workflow.COMPLETED, asked=SQL(", ").join(
                    SQL("(%s, %s, %s, %s, %s::int[])", number, *key[:3], list(key[3])) for number, key in enumerate(keys))))
            parts = self.env['product.product'].browse
            for number, is_model, part_id, count in rows:
                for own in {0, 1} if is_model else {1}:
                    if part_id:
                        counts[keys[number]][own][parts(part_id)] += count
                    else:
                        totals[keys[number]][own] += count
        return {key: (counts[key][0], totals[key][0], counts[key][1], totals[key][1]) for key in keys}
