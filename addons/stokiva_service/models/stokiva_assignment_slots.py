from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import candidates, slots, workflow

# The time of so many of the best is read ahead for each group; when that is not enough, of four times as many, and so on.
AHEAD = 3
# The free time of so many days counts for an order without a wished window.
CAPACITY_DAYS = 7


class AssignmentEngine(models.AbstractModel):
    """What the ranking knows of the providers' time."""
    _inherit = 'stokiva.assignment.engine'

    @api.model
    def _get_visit_query(self, units):
        """Return the query of how many minutes the visit of the order ``o`` takes; no row where windows do not bind.

        :param int units: how many appliances are worked on together, None for those of the order's group
        """
        work = SQL("%s * t.duration_minutes", units) if units else SQL(
            """COALESCE((SELECT SUM(gt.duration_minutes) FROM stokiva_work_order g
                           JOIN stokiva_service_type gt ON gt.id = g.service_type_id
                          WHERE g.group_id = o.group_id AND g.state = ANY(%s)), t.duration_minutes)""", list(workflow.OPEN))
        return SQL(
            """SELECT LEAST(%s, c.stokiva_travel_minutes + %s) AS minutes
                 FROM res_company c, stokiva_service_type t
                WHERE c.id = o.company_id AND t.id = o.service_type_id AND c.stokiva_slots
                  AND o.window_end > %s AND o.window_start < %s""",
            slots.MOST_MINUTES, work, fields.Datetime.now(),
            datetime.combine(self.env['stokiva.slot']._get_horizon()[1], time()))

    @api.model
    def _get_visit_minutes(self, order):
        """Return what ``_get_visit_query`` gives for an order that is no part of a group, None for no row."""
        company, horizon = order.company_id, datetime.combine(self.env['stokiva.slot']._get_horizon()[1], time())
        if not (company.stokiva_slots and order.window_end > fields.Datetime.now() and order.window_start < horizon):
            return None
        return min(slots.MOST_MINUTES, company.stokiva_travel_minutes + order.service_type_id.duration_minutes)

    @api.model
    def _add_capacity(self, rankings):
        """Add ``free_minutes`` to the values, in one query; None who has no windows.

        :param dict rankings: ``{order: candidates.Ranking}`` of the orders whose rule weighs the free time
        """
        spans = {}
        for order in rankings:
            start = max(order.window_start or order.earliest_start or fields.Datetime.now(), fields.Datetime.now())
            end = order.window_end or start + timedelta(days=CAPACITY_DAYS)
            spans.setdefault((start.replace(minute=0, second=0, microsecond=0), end), []).append(rankings[order])
        if not spans:
            return
        providers = {row[candidates.PROVIDER] for ranking in rankings.values() for row in ranking.found}
        free = defaultdict(dict)
        for number, provider, minutes in self.env.execute_query(SQL(
            """SELECT v.number, t.provider_id, SUM(t.free_minutes)::integer
                 FROM unnest(%s, %s) WITH ORDINALITY AS v (start_at, end_at, number)
                 JOIN stokiva_slot t ON t.provider_id = ANY(%s) AND t.start_at < v.end_at AND t.end_at > v.start_at
             GROUP BY v.number, t.provider_id""",
            [start for start, _end in spans], [end for _start, end in spans], list(providers))):
            free[number][provider] = minutes
        for number, members in enumerate(spans.values(), 1):
            for ranking in members:
                ranking.add('free_minutes', free[number])

    @api.model
    def _get_fitting(self, groups, rankings):
        """Return the function by which ``candidates.allocate`` books time in memory, as ``_sync_slots`` will when the
        choices are carried out.

        :param list groups: stokiva.work.order records of each group
        :param list rankings: candidates.Ranking of each
        :return: function of a group's index and a provider's id
        """
        Slot, Booking = self.env['stokiva.slot'], self.env['stokiva.slot.booking']
        last = Slot._get_horizon()[1]
        bound = {
            index: group for index, group in enumerate(groups)
            if group[0].company_id.stokiva_slots and group[0].window_end
            and group[0].window_end > fields.Datetime.now() and group[0].window_start.date() <= last}
        if not bound:
            return lambda index, provider: True
        # What a visit takes and wants of people, without a query.
        orders = self.env['stokiva.work.order'].union(*bound.values())
        orders.service_type_id._warm()
        orders.device_type_id._warm()
        days = [moment.date() for group in bound.values() for moment in (group[0].window_start, group[0].window_end)]
        begin, end = min(days) - timedelta(days=1), min(last, max(days) + timedelta(days=1))
        diaries = {}

        def load(first):
            providers = {
                row.provider_id for index in bound if index >= first
                for row in rankings[index].rows[:depth] if not row.failed}
            providers -= diaries.keys()
            diaries.update(dict.fromkeys(providers))
            diaries.update(Slot._load(providers, begin, end))

        depth = AHEAD
        load(0)

        def fits(index, provider):
            nonlocal depth
            if index not in bound:
                return True
            while provider not in diaries:
                depth *= 4
                load(index)
            if not diaries[provider]:
                return True
            request = bound[index]._prepare_slot_request(self.env['stokiva.provider'].browse(provider))
            place = Booking._find_place(request, diaries[provider][0])
            if place:
                lane, moment = place
                lane.take(moment, moment + timedelta(minutes=Booking._get_length(request)))
            return bool(place)

        return fits
