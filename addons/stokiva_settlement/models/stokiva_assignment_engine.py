from odoo import api, fields, models

from .. import rates


class AssignmentEngine(models.AbstractModel):
    """What an order would cost with each provider, by the rate cards of today."""
    _inherit = 'stokiva.assignment.engine'

    @api.model
    def _add_costs(self, rankings):
        """Compare one piece of labour of the planned time and the way there, in the company's currency.

        The cheapest is sought among those that pass the hard filters. Of whom no card pays anything for it, the cost
        is not known.
        """
        res = super()._add_costs(rankings)
        today = fields.Date.context_today(self)
        providers = self.env['stokiva.provider'].browse({
            row['provider_id'] for ranking in rankings.values() for row in ranking.rows}).grouped('id')
        rules = self.env['stokiva.rate.card'].sudo()._get_rules({  # sudo: who assigns sees no rates, only who is dearer
            (order.company_id, providers[row['provider_id']], today)
            for order, ranking in rankings.items() for row in ranking.rows})
        for order, ranking in rankings.items():
            costs = {}
            for row in ranking.rows:
                currency, known = rules[order.company_id, providers[row['provider_id']], today]
                cost = currency._convert(
                    order._estimate_pay(known, row['values'].get('distance_km')), order.company_id.currency_id,
                    order.company_id, today)
                if cost > 0:
                    costs[row['provider_id']] = cost
            cheapest = min((
                costs[row['provider_id']] for row in ranking.rows if row['provider_id'] in costs and not row['failed']), default=0)
            for row in ranking.rows:
                cost = costs.get(row['provider_id'])
                row['values']['cost_excess'] = round(max(cost / cheapest - 1, 0), 4) if cost and cheapest else None
        return res


class WorkOrder(models.Model):
    _inherit = 'stokiva.work.order'

    def _estimate_pay(self, rules, distance_km):
        """Return what a provider would earn by the order if all goes as planned.

        :param list rules: of rates.Rule, that hold for the provider
        :param float distance_km: from the provider to the site, None if it is not known
        :return: money, in the currency of the rules
        :rtype: float
        """
        self.ensure_one()
        job = rates.Job(
            self.service_type_id.id, self._get_device_path(), self.city_id.id or None, self.site_id.state_id.id or None,
            distance_km)
        works = [
            rates.Work(rates.LABOUR, minutes=self.service_type_id.duration_minutes), rates.Work(rates.TRAVEL),
            rates.Work(rates.DISTANCE)]
        return sum(pay.quantity * pay.rate for pay in rates.price(works, job, rules))
