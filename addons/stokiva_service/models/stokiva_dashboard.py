from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import workflow
from .stokiva_work_order_board import ANSWER_SOON

DISPATCHER = 'stokiva_service.group_stokiva_dispatcher'
MANAGER = 'stokiva_service.group_stokiva_manager'
# Periods that are offered, in days.
PERIODS = (30, 90, 365)
ORDERS = 'stokiva_service.work_order_action'


class Dashboard(models.AbstractModel):
    """What the dashboards and the wall view show: counts of what is now, and graphs of what was.

    Nothing is stored. Counts come from indexed queries over what is open, graphs of the past from the figures counted by
    day; the graphs are Odoo's own, a click on one opens what it counts.
    """
    _name = 'stokiva.dashboard'
    _description = "Dashboards"

    @api.model
    def _get_boards(self):
        """Return who may see which dashboard: ``{key: group}``; to be extended.

        A board ``x`` has the methods ``_get_x_tiles()`` and ``_get_x_charts(since)``.
        """
        return {'dispatcher': DISPATCHER, 'manager': MANAGER}

    @api.model
    @api.readonly
    def get_board(self, key, days=90):
        """Return what a dashboard shows to the user.

        :param str key: of ``_get_boards``
        :param int days: how far back the graphs look, one of ``PERIODS``
        :return: ``{periods, tiles, charts}``, as ``_tile`` and ``_chart`` describe them
        :rtype: dict
        :raise AccessError: if it is not the user's
        """
        group = self._get_boards().get(key)
        if not group or not self.env.user.has_group(group):
            raise AccessError(self.env._("This dashboard is not yours."))
        since = fields.Date.context_today(self) - timedelta(days=days if days in PERIODS else PERIODS[1])
        return {
            'periods': PERIODS,
            'tiles': getattr(self, f'_get_{key}_tiles')(),
            'charts': getattr(self, f'_get_{key}_charts')(since),
        }

    @api.model
    def _tile(self, label, count, action, search, color=None):
        """Return one figure of what is now.

        :param str label: below the figure
        :param count: the figure
        :param str action: XML id of what a click opens
        :param str search: names of the filters with which it opens, separated by blanks: they find what is counted
        :param str color: ``danger`` or ``warning``: how grave it is if it is not zero
        :rtype: dict
        """
        return {
            'label': label, 'count': count, 'action': action, 'search': search.split(), 'color': color if count else None}

    @api.model
    def _chart(self, title, model, groups, domain, *, measure='__count', mode='bar', **context):
        """Return one graph.

        :param str title: above the graph
        :param str model: what is counted
        :param list groups: by which fields
        :param list domain: of which records
        :param str measure: field, or ``__count``
        :param str mode: ``bar``, ``line`` or ``pie``
        :param context: more of the graph's context
        :rtype: dict
        """
        return {
            'title': title, 'model': model, 'domain': domain,
            'context': {
                'graph_measure': measure, 'graph_mode': mode, 'graph_groupbys': groups, 'pivot_row_groupby': groups[:1],
                'pivot_column_groupby': groups[1:], 'pivot_measures': [measure], **context}}

    # === DISPATCHER === #

    @api.model
    def _get_strip_tiles(self):
        """Return the tiles of the open orders, as they are counted above the lists."""
        labels = {
            'to_assign': (self.env._("To decide"), 'danger'),
            'waiting_provider': (self.env._("Waiting for an answer"), 'warning'),
            'late': (self.env._("Late"), 'danger'),
            'at_risk': (self.env._("At risk"), 'warning'),
            'today_jobs': (self.env._("To do today"), None),
            'no_window': (self.env._("No time yet"), None),
            'awaiting_approval': (self.env._("At the customer's"), None),
        }
        counts = self.env['stokiva.work.order'].get_strip()
        return [self._tile(label, counts[name], ORDERS, name, color) for name, (label, color) in labels.items()]

    @api.model
    def _get_alert_tile(self):
        """Return the tile of the open alerts."""
        count = self.env['stokiva.alert'].search_count([('state', '=', 'open')])
        return self._tile(self.env._("Alerts"), count, 'stokiva_service.alert_action', 'open', 'warning')

    @api.model
    def _get_dispatcher_tiles(self):
        return [*self._get_strip_tiles(), self._get_alert_tile()]

    @api.model
    def _get_dispatcher_charts(self, since):
        is_open = [('state', 'in', workflow.OPEN)]
        urgent = [*is_open, '|', ('is_late', '=', True), ('is_at_risk', '=', True)]
        past = [('day', '>=', since)]
        return [
            self._chart(self.env._("Open orders"), 'stokiva.work.order', ['service_type_id', 'state'], is_open, graph_order='DESC'),
            self._chart(self.env._("Late or at risk"), 'stokiva.work.order', ['provider_id', 'state'], urgent,
                        graph_order='DESC'),
            self._chart(self.env._("Opened"), 'stokiva.performance', ['day:week'], past, measure='opened_count'),
            self._chart(self.env._("Completed"), 'stokiva.performance', ['day:week'], past, measure='completed_count'),
            self._chart(self.env._("Offers refused"), 'stokiva.performance', ['day:week'], past, measure='offer_rejected_count'),
            self._chart(self.env._("Wasted visits"), 'stokiva.performance', ['day:week'], past, measure='wasted_count'),
        ]

    # === MANAGER === #

    @api.model
    def _get_manager_tiles(self):
        shown = {'to_assign', 'late', 'at_risk', 'awaiting_approval'}
        disputed = self.env['stokiva.work.order'].search_count([('is_halted', '=', True), ('state', 'in', workflow.OPEN)])
        return [
            *(tile for tile in self._get_strip_tiles() if shown.issuperset(tile['search'])),
            self._tile(self.env._("Disputed"), disputed, ORDERS, 'disputed', 'danger'),
            self._get_alert_tile(),
        ]

    @api.model
    def _get_manager_charts(self, since):
        past = [('day', '>=', since)]
        judged = [*past, '|', ('on_time_count', '>', 0), ('late_count', '>', 0)]
        is_open = [('state', '=', 'open')]
        faults = [('opened_at', '>=', fields.Datetime.to_string(since)), ('opened_symptom_id', '!=', False)]
        return [
            self._chart(self.env._("Completed"), 'stokiva.performance', ['day:month', 'service_type_id'], past,
                        measure='completed_count'),
            self._chart(self.env._("On time (%)"), 'stokiva.performance', ['day:month'], past,
                        measure='on_time_rate', mode='line'),
            self._chart(self.env._("On time by province (%)"), 'stokiva.performance', ['state_id'], judged,
                        measure='on_time_rate', graph_order='ASC'),
            self._chart(self.env._("Done in one visit (%)"), 'stokiva.performance', ['day:month'], past,
                        measure='first_fix_rate', mode='line'),
            self._chart(self.env._("Reported faults"), 'stokiva.work.order', ['device_type_id'], faults, graph_order='DESC'),
            self._chart(self.env._("Open alerts"), 'stokiva.alert', ['kind'], is_open, mode='pie'),
        ]

    # === WALL === #

    @api.model
    @api.readonly
    def get_wall(self):
        """Return the few figures of the wall view.

        :return: list of tiles, see ``_tile``
        :raise AccessError: if the user is no dispatcher
        """
        if not self.env.user.has_group(DISPATCHER):
            raise AccessError(self.env._("Only a dispatcher may do this."))
        orders = self.env['stokiva.work.order']
        counts = orders.get_strip()
        ending = orders.search_count(Domain('state', '=', workflow.ASSIGNED) & Domain(
            'assignment_id', 'any!', Domain('expires_at', '<', fields.Datetime.now() + ANSWER_SOON)))
        return [
            self._tile(self.env._("Unassigned"), counts['to_assign'], ORDERS, 'to_assign', 'danger'),
            self._tile(self.env._("Offers running out"), ending, ORDERS, 'waiting_provider', 'warning'),
            self._tile(self.env._("Late"), counts['late'], ORDERS, 'late', 'danger'),
            self._tile(self.env._("At risk"), counts['at_risk'], ORDERS, 'at_risk', 'warning'),
            self._tile(self.env._("Today"), counts['today_jobs'], ORDERS, 'today_jobs'),
            self._tile(self.env._("Awaiting approval"), counts['awaiting_approval'], ORDERS, 'awaiting_approval'),
        ]
