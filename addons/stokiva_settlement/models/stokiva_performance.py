from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.stokiva_service.models.stokiva_performance_facts import Source
from odoo.addons.stokiva_service.performance import SUM, Figure

# Changes of these move earnings without an event of the order.
EARNING = {
    'stokiva_settlement': SQL("changed.id"), 'stokiva_settlement_line': SQL("changed.settlement_id"),
    'stokiva_settlement_share': SQL("changed.settlement_id")}


class Performance(models.Model):
    """What providers and their people earned on a day."""
    _inherit = 'stokiva.performance'

    earned_amount = fields.Float(
        "Earned", digits=(16, 2), readonly=True, aggregator='sum', groups='stokiva_service.group_stokiva_settlement',
        help="Approved and paid settlements of work completed on the day, in the company's currency: without deductions, a"
             " person's share of what the provider earned.")

    @api.model
    def _get_measures(self):
        return [*super()._get_measures(), 'earned_amount']

    @api.model
    def _get_figures(self):
        return {**super()._get_figures(), 'earned_amount': Figure(SUM, ('earned_amount',))}

    @api.model
    def _get_sources(self):
        """Count settlements, line by line and person by person, as the report of earnings does."""
        return {
            **super()._get_sources(),
            'settlements': Source(
                SQL("""JOIN stokiva_settlement s ON s.work_order_id = o.id AND s.state IN ('approved', 'paid')
                       JOIN stokiva_settlement_line l ON l.settlement_id = s.id AND l.source <> 'deduction'
                  LEFT JOIN stokiva_settlement_share share ON share.settlement_id = s.id AND share.part > 0"""),
                SQL("NULL::timestamp"), {'earned_amount': SQL("l.amount * COALESCE(share.part, 1) * s.company_rate")},
                SQL("s.provider_id"), SQL("share.personnel_id"), SQL("s.date")),
        }

    @api.model
    def _get_orders_of_days(self, first, last):
        return [
            *super()._get_orders_of_days(first, last),
            SQL("SELECT work_order_id FROM stokiva_settlement WHERE date BETWEEN %s AND %s", first, last)]

    @api.model
    def _get_orders_of_provider(self, provider_id):
        return [
            *super()._get_orders_of_provider(provider_id),
            SQL("SELECT work_order_id FROM stokiva_settlement WHERE provider_id = %s", provider_id)]


class PerformanceDay(models.Model):
    _inherit = 'stokiva.performance.day'

    @api.model
    def _get_touched_query(self, since):
        """Add the orders whose settlements changed, or their lines and shares."""
        return SQL(" UNION ").join([super()._get_touched_query(since), *(
            SQL("SELECT s.work_order_id FROM %s changed JOIN stokiva_settlement s ON s.id = %s WHERE changed.write_date >= %s",
                SQL.identifier(table), settlement, since)
            for table, settlement in EARNING.items())])

    @api.model
    def _add_days(self, orders):
        """Note the days of the orders' settlements, too: an adjustment has a day of its own."""
        res = super()._add_days(orders)
        self.env.cr.execute(SQL(
            """
            INSERT INTO stokiva_performance_day (day)
            SELECT DISTINCT date FROM stokiva_settlement WHERE work_order_id IN (SELECT id FROM (%s) touched)
                ON CONFLICT DO NOTHING
            """, orders))
        return res
