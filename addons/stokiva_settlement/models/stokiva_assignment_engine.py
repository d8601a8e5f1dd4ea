from odoo import api, fields, models

from odoo.addons.stokiva_service.candidates import FAILED, PROVIDER

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
            row[PROVIDER] for ranking in rankings.values() for row in ranking.found}).grouped('id')
        rules = self.env['stokiva.rate.card'].sudo()._get_rules({  # sudo: who assigns sees no rates, only who is dearer
            (order.company_id, providers[row[PROVIDER]], today) for order, ranking in rankings.items() for row in ranking.found})
        for order, ranking in rankings.items():
            distance, costs, fitting = ranking.names.index('distance_km'), {}, []
            for row in ranking.found:
                currency, known = rules[order.company_id, providers[row[PROVIDER]], today]
                cost = currency._convert(
                    order._estimate_pay(known, row[distance]), order.company_id.currency_id, order.company_id, today)
                if cost > 0:
                    costs[row[PROVIDER]] = cost
                    if not row[FAILED]:
                        fitting.append(cost)
            cheapest = min(fitting, default=0)
            ranking.add('cost_excess', {
                provider: round(max(cost / cheapest - 1, 0), 4) for provider, cost in costs.items() if cheapest})
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
