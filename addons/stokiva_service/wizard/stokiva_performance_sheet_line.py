from odoo import api, fields, models
from odoo.tools import formatLang

from .. import performance


class PerformanceSheetLine(models.TransientModel):
    _name = 'stokiva.performance.sheet.line'
    _description = "Figure of a Period"
    _order = 'id'

    sheet_id = fields.Many2one('stokiva.performance.sheet', required=True, ondelete='cascade', index=True)
    name = fields.Char(required=True, help="The field of the figure.")
    label = fields.Char("Figure")
    value = fields.Char()
    interval = fields.Char("95 % Lie in", help="In which the share lies by 95 %, by Wilson's interval: with few orders, it is wide.")
    cases = fields.Integer(aggregator=None, help="Of how many cases the figure is made.")
    is_few = fields.Boolean("Few Cases", help="So few that the figure says little.")
    before = fields.Char("Period Before")
    peers = fields.Char(help="All others together; of sums the mean. Nothing where they are fewer than three.")
    standing = fields.Selection(
        [('better', "Better"), ('worse', "Worse")], "Beside Peers",
        help="Where the two intervals do not meet: the difference is hardly by chance.")
    formula = fields.Char("How It Is Computed")
    kind = fields.Char()

    @api.model
    def _prepare_values(self, name, figure, value, before, peers, number):
        """Return the values of a figure's line.

        :param str name: field of ``stokiva.performance``
        :param figure: performance.Figure
        :param value: performance.Value of the period
        :param float before: value of the period before, None without
        :param peers: performance.Value of the others together, None where it is not told
        :param int number: of the others
        :rtype: dict
        """
        field = self.env['stokiva.performance']._fields[name]
        is_above = performance.is_above(value, peers) if peers else None
        standing = False if is_above is None else 'better' if is_above == figure.is_more_better else 'worse'
        return {
            'name': name, 'kind': figure.kind, 'label': field._description_string(self.env),
            'formula': field._description_help(self.env), 'value': self._format(figure, value.value),
            'interval': self._format_interval(value), 'cases': value.cases or 0, 'is_few': value.is_few and value.cases > 0,
            'before': self._format(figure, before), 'peers': self._format(figure, peers.get_mean(number)) if peers else False, 'standing': standing}

    @api.model
    def _format(self, figure, value):
        """Return a value as text, False without."""
        if value is None:
            return False
        return formatLang(self.env, value, digits=0 if figure.kind == performance.SUM else 1)

    @api.model
    def _format_interval(self, value):
        """Return the interval of a share as text, False without."""
        if value.low is None:
            return False
        return f"{formatLang(self.env, value.low, digits=1)} – {formatLang(self.env, value.high, digits=1)}"

    # === ACTIONS === #

    def action_view_orders(self):
        """Open all orders that the figure is made of.

        :return: window action
        :rtype: dict
        """
        figure = self._get_figure()
        return self._get_orders_action(self._find(figure.bottom or figure.top))

    def action_view_counted(self):
        """Open the orders that count in a share.

        :return: window action
        :rtype: dict
        """
        return self._get_orders_action(self._find(self._get_figure().top))

    def action_view_others(self):
        """Open the orders that make up the rest of a share.

        :return: window action
        :rtype: dict
        """
        figure = self._get_figure()
        return self._get_orders_action(self._find(figure.bottom) - self._find(figure.top))

    def _get_figure(self):
        """Return what the line shows."""
        self.ensure_one()
        return self.env['stokiva.performance']._get_figures()[self.name]

    def _find(self, measures):
        """Return the orders that one of the measures counted."""
        sheet = self.sheet_id
        return self.env['stokiva.performance']._find_orders(sheet.date_from, sheet.date_to, measures, sheet._get_filters())

    def _get_orders_action(self, orders):
        """Return the action that shows orders."""
        return self.env['stokiva.performance']._get_orders_action(orders, self.label)
