from datetime import datetime, time, timedelta

from babel.dates import format_timedelta
from pytz import utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse

from .. import workflow

# An offer that nobody answers is urgent in its last minutes.
ANSWER_SOON = timedelta(minutes=30)
IN_THE_FIELD = (workflow.ON_THE_WAY, workflow.IN_PROGRESS)


class WorkOrder(models.Model):
    """The dispatcher's board: in which column an order stands, how urgent it is, and what is counted above the lists.

    Nothing of it is stored. Columns and urgency are SQL over the open orders, which an index finds however many
    are closed.
    """
    _inherit = 'stokiva.work.order'

    board_column = fields.Selection(
        [
            ('decide', "To decide"),
            ('answer', "Waiting for the provider"),
            ('risk', "Late or at risk"),
            ('today', "In the field today"),
        ],
        compute='_compute_board', search='_search_board_column', group_expand=True)
    board_urgency = fields.Selection(
        [('late', "Late"), ('soon', "Soon due"), ('calm', "In time")], "Urgency", compute='_compute_board')
    answer_until = fields.Datetime(
        "Answer until", related='assignment_id.expires_at', related_sudo=False,
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement')

    answer_left = fields.Char(
        "Time to answer", compute='_compute_answer_left',
        groups='stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement')

    # === COMPUTE METHODS === #

    @api.depends('state', 'is_late', 'is_at_risk', 'window_start', 'assignment_id.expires_at')
    def _compute_board(self):
        columns, urgencies = self._get_board_columns(), self._get_board_urgencies()
        for order in self:
            order.board_column = next((name for name, domain in columns.items() if order.filtered_domain(domain)), False)
            order.board_urgency = next(
                (name for name, domain in urgencies.items() if order.filtered_domain(domain)), 'calm')

    @api.depends('state', 'answer_until')
    @api.depends_context('lang')
    def _compute_answer_left(self):
        now = fields.Datetime.now()
        locale = babel_locale_parse(self.env.lang or 'en_US')
        for order in self:
            left = order.state == workflow.ASSIGNED and order.answer_until and order.answer_until - now
            order.answer_left = left and (
                self.env._("%s to answer", format_timedelta(left, format='short', locale=locale)) if left > timedelta()
                else self.env._("No answer in time"))

    def _search_board_column(self, operator, value):
        if operator != 'in':
            return NotImplemented
        columns, found, before = self._get_board_columns(), Domain.FALSE, Domain.FALSE
        for name, domain in columns.items():
            if name in value:
                found |= domain & ~before
            before |= domain
        return found | ~before if False in value else found

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let orders be grouped by column and urgency."""
        choices = {
            'board_column': (self._get_board_columns, None), 'board_urgency': (self._get_board_urgencies, 'calm'),
        }.get(field_expr)
        if not choices or not query:
            return super()._field_to_sql(alias, field_expr, query)
        get_domains, otherwise = choices
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", domain.optimize_full(self)._to_sql(self, alias, query), name)
            for name, domain in get_domains().items())
        return SQL("CASE %s ELSE %s::varchar END", cases, otherwise)

    # === DOMAINS === #

    @api.model
    def _get_today(self):
        """Return the beginning and the end of the user's day.

        :return: two naive UTC datetimes
        """
        zone, day = self.env.tz, fields.Date.context_today(self)
        return tuple(
            zone.localize(datetime.combine(day + timedelta(days=days), time())).astimezone(utc).replace(tzinfo=None)
            for days in (0, 1))

    @api.model
    def _get_today_domain(self):
        """Return the domain of the accepted orders that are worked on, or should be today."""
        return Domain('state', 'in', IN_THE_FIELD) | (
            Domain('state', '=', workflow.ACCEPTED) & Domain('window_start', '<', self._get_today()[1]))

    @api.model
    def _get_board_columns(self):
        """Return ``{column: domain}``; an order stands in the first whose domain it meets."""
        urgent = Domain('is_late', '=', True) | self._get_at_risk_domain()
        return {
            'decide': Domain('state', '=', workflow.CREATED),
            'answer': Domain('state', '=', workflow.ASSIGNED),
            'risk': Domain('state', 'in', workflow.WITH_PROVIDER) & urgent,
            'today': self._get_today_domain(),
        }

    @api.model
    def _get_board_urgencies(self):
        """Return ``{urgency: domain}``, the gravest first; of an offer it is the time to answer that counts."""
        now = fields.Datetime.now()
        offered = Domain('state', '=', workflow.ASSIGNED)
        return {
            'late': Domain('is_late', '=', True) | (
                offered & Domain('assignment_id', 'any!', Domain('expires_at', '<', now))),
            'soon': self._get_at_risk_domain() | (
                offered & Domain('assignment_id', 'any!', Domain('expires_at', '<', now + ANSWER_SOON))),
        }

    @api.model
    def _get_strip_domains(self):
        """Return what is counted above the lists of orders: ``{filter of the search view: its domain}``.

        To be extended; every domain is of open orders.
        """
        return {
            'to_assign': Domain('state', '=', workflow.CREATED),
            'waiting_provider': Domain('state', '=', workflow.ASSIGNED),
            'late': Domain('is_late', '=', True),
            'at_risk': self._get_at_risk_domain(),
            'today_jobs': self._get_today_domain(),
            'no_window': Domain('state', '=', workflow.ACCEPTED) & Domain('window_start', '=', False),
            'awaiting_approval': Domain('state', '=', workflow.AWAITING_APPROVAL),
        }

    # === WHAT THE SCREENS ASK === #

    @api.model
    @api.readonly
    def get_strip(self):
        """Return how many open orders the user can see of each kind, in one query.

        :return: ``{filter of the search view: count}``
        :rtype: dict
        """
        domains = self._get_strip_domains()
        query = self._search(Domain('state', 'in', workflow.OPEN))
        counts = self.env.execute_query(query.select(*(
            SQL("COUNT(*) FILTER (WHERE %s)", domain.optimize_full(self)._to_sql(self, self._table, query))
            for domain in domains.values())))[0]
        return dict(zip(domains, counts, strict=True))
