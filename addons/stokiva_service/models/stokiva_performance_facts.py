from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import sla, workflow

DIMENSIONS = (
    'day', 'company_id', 'provider_id', 'personnel_id', 'service_type_id', 'device_type_id', 'city_id', 'state_id')


@dataclass(frozen=True)
class Source:
    """One kind of thing that happens to orders and is counted.

    :param SQL rows: joins and WHERE, after the alias ``o``, the orders that are looked at
    :param SQL moment: when it happened, naive UTC
    :param dict measures: ``{name: SQL of its number}``
    :param SQL provider: whose it is
    :param SQL personnel: which of its people's
    :param SQL day: the day, where that is known and no moment
    """
    rows: SQL
    moment: SQL
    measures: dict
    provider: SQL = SQL("NULL::integer")
    personnel: SQL = SQL("NULL::integer")
    day: SQL = SQL("NULL::date")


def _if(condition):
    """Return the SQL that counts rows of which a condition holds."""
    return SQL("CASE WHEN %s THEN 1 END", condition)


# A promised time that was not kept for a reason that is not the provider's counts neither way.
EXCUSED = SQL("""EXISTS (
    SELECT 1 FROM stokiva_late_reason reason WHERE reason.id = k.reason_id AND reason.party <> 'provider')""")


class Performance(models.Model):
    """What is counted, as one query: of a few orders, of the days of a month, or of all."""
    _inherit = 'stokiva.performance'

    @api.model
    def _get_sources(self):
        """Return what is counted; to be extended.

        :return: ``{name: Source}``
        """
        provider, personnel = SQL("o.provider_id"), SQL("o.personnel_id")
        # An offer of before does not make the order that of the provider who has it now.
        accepted = SQL("o.accepted_at >= o.assigned_at")
        done = SQL("o.state = 'completed'")
        repaired = SQL("%s AND o.submitted_at IS NOT NULL AND o.accepted_at IS NOT NULL", done)
        minutes = SQL(
            "FLOOR(GREATEST(0, EXTRACT(EPOCH FROM o.submitted_at - GREATEST(o.accepted_at, o.earliest_start)) / 60))::integer")
        disputed = SQL("""EXISTS (
            SELECT 1 FROM stokiva_approval a
             WHERE a.work_order_id = o.id AND a.kind = 'work' AND a.state = 'disputed')""")
        clock = {
            f'{kind}_{state}_count': _if(SQL(
                "k.clock = %s AND k.state = %s AND NOT (k.state = 'broken' AND %s)", kind, state, EXCUSED))
            for kind in sla.CLOCKS for state in (sla.KEPT, sla.BROKEN)}
        # Where a time of completion was promised, it decides; else the order's deadline. See ``_is_provider_late`` of
        # settlements.
        promise = SQL("""CROSS JOIN LATERAL (
            SELECT CASE WHEN COUNT(*) = 0 THEN o.submitted_at <= o.deadline
                        WHEN bool_and(k.state = 'kept') THEN TRUE
                        WHEN bool_or(k.state = 'broken' AND NOT %s) THEN FALSE END AS kept
              FROM stokiva_sla_clock k
             WHERE k.work_order_id = o.id AND k.clock = 'complete' AND k.state IN ('kept', 'broken')) promise""", EXCUSED)
        return {
            'opened': Source(SQL("WHERE o.opened_at IS NOT NULL"), SQL("o.opened_at"), {'opened_count': SQL("1")}),
            'accepted': Source(
                SQL("WHERE o.provider_id IS NOT NULL AND %s", accepted), SQL("o.accepted_at"),
                {'accepted_count': SQL("1")}, provider, personnel),
            'closed': Source(
                SQL("%s WHERE o.state IN %s AND (o.state <> 'canceled' OR %s)", promise, workflow.CLOSED, accepted),
                SQL("COALESCE(o.completed_at, o.closed_at)"), {
                    'closed_count': SQL("1"),
                    **{f'{state}_count': _if(SQL("o.state = %s", state)) for state in workflow.CLOSED},
                    'judged_count': _if(SQL("o.submitted_at IS NOT NULL")),
                    'disputed_count': _if(SQL("o.submitted_at IS NOT NULL AND %s", disputed)),
                    'on_time_count': _if(SQL("%s AND promise.kept", done)),
                    'late_count': _if(SQL("%s AND NOT promise.kept", done)),
                    'first_fix_count': _if(SQL("o.is_first_time_fix")),
                    'repair_count': _if(repaired),
                    'repair_minutes': SQL("CASE WHEN %s THEN %s END", repaired, minutes),
                }, provider, personnel),
            'repeats': Source(
                SQL("""JOIN stokiva_repeat_visit r ON r.earlier_id = o.id
                      WHERE r.state <> 'waived'
                        AND NOT EXISTS (  -- a fault that came back twice makes one order that did not last
                            SELECT 1 FROM stokiva_repeat_visit other
                             WHERE other.earlier_id = o.id AND other.state <> 'waived' AND other.id < r.id)"""),
                SQL("o.completed_at"), {'repeat_count': SQL("1")}, SQL("r.provider_id"), SQL("r.personnel_id")),
            'offers': Source(
                SQL("""JOIN stokiva_assignment_work_order_rel rel ON rel.work_order_id = o.id
                       JOIN stokiva_assignment offer ON offer.id = rel.assignment_id
                      WHERE offer.state IN ('accepted', 'rejected', 'expired')
                        AND NOT EXISTS (  -- of a group, the offer is one
                            SELECT 1 FROM stokiva_assignment_work_order_rel other
                             WHERE other.assignment_id = offer.id AND other.work_order_id < o.id)"""),
                SQL("offer.answered_at"),
                {f'offer_{state}_count': _if(SQL("offer.state = %s", state)) for state in ('accepted', 'rejected', 'expired')},
                SQL("offer.provider_id")),
            'answers': Source(
                SQL("""JOIN stokiva_approval a ON a.work_order_id = o.id
                      WHERE a.kind = 'work' AND a.state IN ('approved', 'disputed')
                        AND a.channel NOT IN ('silent', 'system')"""),
                SQL("a.answered_at"), {
                    f'answer_{state}_count': _if(SQL("a.state = %s", state)) for state in ('approved', 'disputed')
                }, SQL("a.provider_id"), personnel),
            # Given later, they still speak of the day on which the work was completed.
            'ratings': Source(
                SQL("""JOIN stokiva_rating r ON r.work_order_id = o.id
                      WHERE r.stars > 0 AND NOT COALESCE(r.is_hidden, FALSE)"""),
                SQL("o.completed_at"), {'stars_count': SQL("1"), 'stars_sum': SQL("r.stars")}, provider, personnel),
            'clocks': Source(
                SQL("""JOIN stokiva_sla_clock k ON k.work_order_id = o.id
                      WHERE k.state IN ('kept', 'broken')"""),
                SQL("k.ended_at"), {**clock, 'excused_count': _if(SQL("k.state = 'broken' AND %s", EXCUSED))},
                SQL("k.provider_id"),
                SQL("CASE WHEN k.clock IN ('arrive', 'complete') AND k.provider_id = o.provider_id THEN o.personnel_id END")),
            'visits': Source(
                SQL("JOIN stokiva_visit v ON v.work_order_id = o.id WHERE v.finished_at IS NOT NULL"),
                SQL("v.finished_at"), {
                    'visit_count': SQL("1"), 'wasted_count': _if(SQL("v.outcome IN %s", workflow.WASTED_OUTCOMES)),
                    'travel_minutes': SQL("NULLIF(v.travel_minutes, 0)"), 'work_minutes': SQL("NULLIF(v.work_minutes, 0)"),
                }, SQL("v.provider_id"), SQL("v.personnel_id")),
        }

    @api.model
    def _get_facts_query(self, orders=None, measures=None):
        """Return the query of all that is counted: rows of ``work_order_id``, ``DIMENSIONS`` and the measures, a row for
        each thing that happened. The day is that where the provider is, without one where the company is.

        :param SQL orders: query of the ids of the orders that are looked at, by default all
        :param measures: names of the measures that are wanted, by default all; what has none of them is not looked for
        :rtype: SQL
        """
        names = list(measures or self._get_measures())
        facts = SQL(" UNION ALL ").join(
            SQL(
                "SELECT o.id, %s, %s, %s, %s, %s FROM looked_at o %s",
                source.day, source.moment, source.provider, source.personnel,
                SQL(", ").join(source.measures.get(name, SQL("NULL::integer")) for name in names), source.rows)
            for source in self._get_sources().values() if not source.measures.keys().isdisjoint(names))
        return SQL(
            """
            WITH looked_at AS %(kept)s (SELECT * FROM stokiva_work_order %(orders)s)
            SELECT f.work_order_id,
                   COALESCE(f.day, (f.moment AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(p.tz, hours.tz, 'UTC'))::date) AS day,
                   o.company_id, f.provider_id, f.personnel_id, o.service_type_id, o.device_type_id, o.city_id,
                   COALESCE(city.state_id, site.state_id) AS state_id, %(values)s
              FROM (%(facts)s) f (work_order_id, day, moment, provider_id, personnel_id, %(names)s)
              JOIN stokiva_work_order o ON o.id = f.work_order_id  -- by its key: of looked_at, nothing is known to the planner
              JOIN res_company company ON company.id = o.company_id
         LEFT JOIN resource_calendar hours ON hours.id = company.resource_calendar_id
         LEFT JOIN stokiva_provider p ON p.id = f.provider_id
         LEFT JOIN res_city city ON city.id = o.city_id
         LEFT JOIN res_partner site ON site.id = o.site_id
            """,
            kept=SQL("MATERIALIZED") if orders else SQL("NOT MATERIALIZED"),
            orders=SQL("WHERE id IN (%s)", orders) if orders else SQL(),
            names=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(SQL.identifier('f', name) for name in names), facts=facts)

    @api.model
    def _get_orders_of_days(self, first, last):
        """Return queries of the ids of the orders of which something may have happened on some days; to be extended.

        :param date first: where a provider is, somewhere
        :param date last: likewise
        :rtype: list
        """
        return [SQL(
            "SELECT work_order_id FROM stokiva_event WHERE occurred_at >= %s AND occurred_at < %s",
            first - timedelta(days=1), last + timedelta(days=2))]
