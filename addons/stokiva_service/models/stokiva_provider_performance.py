from odoo import models
from odoo.fields import Domain

# Fewer others would tell what a single competitor does.
LEAST_PEERS = 3


class Provider(models.Model):
    """How a provider performs, and beside whom."""
    _inherit = 'stokiva.provider'

    def _get_performance(self, first, last, domain=()):
        """Return a provider's figures over a period, and those of its peers: all other providers of the companies that
        the user works in, taken together, so that a large one weighs more.

        The caller has checked who may see it; for a user of the portal call it in sudo, with the company it is about in
        ``allowed_company_ids``. What the peers' figures are made of is not told, and nothing where there are fewer than
        three of them.

        :param date first: first day, where the provider is
        :param date last: last day
        :param domain: further domain of ``stokiva.performance``, for instance on ``service_type_id``
        :return: ``{name: {'figure': performance.Figure, 'value': performance.Value, 'peers': float or None}}`` in the order
            in which figures are shown; names are fields of ``stokiva.performance``, whose labels and help texts are to be
            shown; shares are percentages, times hours; peers' sums are per provider
        :rtype: dict
        """
        self.ensure_one()
        model = self.env['stokiva.performance']
        period = Domain('day', '>=', first) & Domain('day', '<=', last) & Domain(domain) & Domain(
            'company_id', 'in', self.env.companies.ids)
        own, _one = model._get_values(period & Domain('provider_id', '=', self.id))
        others, number = model._get_values(period & Domain('provider_id', 'not in', (self.id, False)))
        return {
            name: {
                'figure': model._get_figures()[name], 'value': value,
                'peers': None if number < LEAST_PEERS else others[name].get_mean(number),
            } for name, value in own.items()}

    def action_view_performance(self):
        """Open the provider's figures of the last 90 days.

        :return: window action
        :rtype: dict
        """
        self.ensure_one()
        return self.env['stokiva.performance.sheet'].create({'provider_id': self.id})._get_action()
