"""How well a provider does, beside its peers."""
from datetime import timedelta

from odoo.tools import formatLang

from odoo.addons.stokiva_service.performance import SUM

# Figures of the page, as far as there are such.
SHOWN = (
    'completed_count', 'on_time_rate', 'offer_accepted_rate', 'accept_kept_rate', 'arrive_kept_rate', 'first_fix_rate',
    'repeat_rate', 'wasted_rate', 'approved_rate', 'disputed_rate', 'repair_hours', 'stars')
PERIODS = (90, 30, 365)


class PerformancePresenter:
    """Figures of one provider over the last days.

    :param provider: stokiva.provider record in sudo, which the user leads
    :param int days: length of the period that ends today
    :param formats: Formats of the reader
    """

    def __init__(self, provider, days, formats):
        self.provider, self.days, self.formats, self.env = provider, days, formats, provider.env

    def get_page(self):
        """Return the values of the template."""
        today = self.provider._get_today()
        company = self.provider.company_id or self.env.company
        found = self.provider.with_context(allowed_company_ids=company.ids)._get_performance(
            today - timedelta(days=self.days), today)
        figures = [self._get_figure(name, **found[name]) for name in SHOWN if name in found]
        return {
            'name': self.provider.name, 'figures': figures,
            'has_peers': any(figure['peers'] for figure in figures),
        }

    def _get_figure(self, name, figure, value, peers):
        tone = None
        if value.value is not None and peers is not None and not value.is_few and figure.is_more_better is not None:
            distance = round(value.value, 1) - round(peers, 1)
            tone = distance and ('ok' if (distance > 0) == figure.is_more_better else 'bad')
        field = self.env['stokiva.performance']._fields[name]
        return {
            'label': field._description_string(self.env), 'help': figure.kind != SUM and field._description_help(self.env),
            'value': self._format(figure, value.value), 'peers': peers is not None and self._format(figure, peers),
            'cases': value.cases if figure.kind != SUM else None, 'is_few': value.is_few,
            'judgement': tone and {
                'tone': tone, 'icon': 'fa-thumbs-o-up' if tone == 'ok' else 'fa-thumbs-o-down',
                'text': self.env._("Better than the others") if tone == 'ok' else self.env._("Worse than the others")},
        }

    def _format(self, figure, value):
        """Return a figure in words, a dash where there was nothing."""
        if value is None:
            return "–"
        return formatLang(self.env, value, digits=0 if figure.kind == SUM else 1)
