from odoo import api, models
from odoo.tools import SQL

from .stokiva_performance_facts import DIMENSIONS


class Performance(models.Model):
    """From figures back to the orders that they are made of."""
    _inherit = 'stokiva.performance'

    @api.model
    def _find_orders(self, first, last, measures, dimensions):
        """Return the orders that were counted.

        :param date first: first day
        :param date last: last day
        :param measures: names of measures, of which one at least counted the order
        :param dict dimensions: ``{name: id}`` of what the figures were narrowed to
        :return: stokiva.work.order records that the user may see
        """
        self.env.flush_all()
        provider = dimensions.get('provider_id') or self.env['stokiva.personnel'].browse(
            dimensions.get('personnel_id')).provider_id.id
        orders = self._get_orders_of_provider(provider) if provider else self._get_orders_of_days(first, last)
        return self._get_counted(orders, SQL(
            "day BETWEEN %s AND %s AND %s AND (%s)", first, last,
            SQL(" AND ").join([SQL("TRUE"), *(
                SQL("%s = %s", SQL.identifier(name), value) for name, value in dimensions.items())]),
            SQL(" OR ").join(SQL("%s IS NOT NULL", SQL.identifier(measure)) for measure in measures)), measures)

    @api.model
    def _get_counted(self, orders, condition, measures=None):
        """Return the orders of which something was counted under a condition.

        :param list orders: queries of the ids of orders that may be among them
        :param SQL condition: on ``DIMENSIONS`` and measures
        :param measures: names of those in the condition, by default all
        """
        rows = self.env.execute_query(SQL(
            "SET LOCAL jit = off; SELECT DISTINCT work_order_id FROM (%s) fact WHERE company_id = ANY(%s) AND %s",
            self._get_facts_query(SQL(" UNION ").join(orders), measures), self.env.companies.ids, condition))
        return self.env['stokiva.work.order'].browse(id_ for id_, in rows)._filtered_access('read')

    @api.model
    def _get_orders_of_provider(self, provider_id):
        """Return queries of the ids of the orders that a provider had to do with, like ``_get_orders_of_days``.

        :param int provider_id: id of a stokiva.provider
        :rtype: list
        """
        return [
            SQL("SELECT id FROM stokiva_work_order WHERE provider_id = %s", provider_id),
            SQL("""SELECT rel.work_order_id FROM stokiva_assignment offer
                     JOIN stokiva_assignment_work_order_rel rel ON rel.assignment_id = offer.id
                    WHERE offer.provider_id = %s""", provider_id),
            SQL("SELECT work_order_id FROM stokiva_visit WHERE provider_id = %s", provider_id),
        ]

    def action_view_orders(self):
        """Open the orders that the rows count.

        :return: window action
        :rtype: dict
        """
        days = self.mapped('day')
        columns = SQL(", ").join(map(SQL.identifier, DIMENSIONS))
        orders = self._get_counted(
            [query for day in set(days) for query in self._get_orders_of_days(day, day)],
            SQL(
                "EXISTS (SELECT 1 FROM stokiva_performance own WHERE own.id = ANY(%s) AND (%s) IS NOT DISTINCT FROM (%s))",
                list(self.ids), SQL(", ").join(SQL.identifier('own', name) for name in DIMENSIONS), columns))
        return self._get_orders_action(orders, self.env._("Orders Counted"))

    @api.model
    def _get_orders_action(self, orders, name):
        """Return the action that shows orders, closed ones too."""
        action = self.env['ir.actions.act_window']._for_xml_id('stokiva_service.work_order_action')
        return {
            **action, 'name': name, 'path': False, 'domain': [('id', 'in', orders.ids)], 'context': {'create': False}}
