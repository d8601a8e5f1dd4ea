from collections import defaultdict
from operator import itemgetter

from odoo import api, fields, models, tools
from odoo.tools import SQL

from .. import candidates, prepared, scoring
from ..geo import get_distance_sql

# What the ranking knows of an order, and of which type: orders that are alike in it have the same candidates.
WISH = {
    'company_id': 'integer', 'service_type_id': 'integer', 'device_type_id': 'integer', 'brand_id': 'integer',
    'city_id': 'integer', 'state_id': 'integer', 'country_id': 'integer', 'zip': 'text', 'latitude': 'float',
    'longitude': 'float', 'from_latitude': 'float', 'from_longitude': 'float', 'position': 'text',
    'window_start': 'timestamp', 'window_end': 'timestamp', 'visit_minutes': 'integer'}
# Types of the parameters of the query of candidates.
PARAMETERS = ('timestamp', 'boolean', 'integer[]', *(f'{kind}[]' for kind in WISH.values()))
# Of these, what a provider may do depends on.
WORK = ('service_type_id', 'device_type_id', 'brand_id')
# What an offer needs of its provider is in the record cache after the ranking of one order.
KNOWN_OF_PROVIDERS = ('active', 'company_id', 'offer_deadline_minutes', 'resource_calendar_id')


class AssignmentEngine(models.AbstractModel):
    """Ranks providers for orders. Another addon adds a filter or criterion by extending one method here."""
    _name = 'stokiva.assignment.engine'
    _description = "Assignment Engine"

    @api.model
    def _rank(self, orders, rules=None):
        """Rank the active providers that cover the address of each order, in two queries for all.

        :param orders: stokiva.work.order records
        :param dict rules: ``{order: snapshot of a rule}`` to try, by default those that apply
        :return: ``{order: candidates.Ranking}``; a row's ``failed`` is the first hard filter that it does not pass
        """
        self._flush_for_ranking(orders)
        rules = rules or self.env['stokiva.assignment.rule']._get_applying(orders)
        return self._get_rankings({order.id: order for order in orders}, rules, self._get_wanted(orders))

    @api.model
    def _rank_wish(self, company, site, city, service_type, device_type, brand, window=(None, None), units=1):
        """Rank the providers for an order that nobody has opened yet.

        :param company: res.company record
        :param site: res.partner record, the address; none where only its district is known
        :param city: its res.city, or none
        :param service_type: stokiva.service.type record
        :param device_type: stokiva.device.type record, or none
        :param brand: stokiva.brand record, or none
        :param tuple window: ``(start, end)`` of the visit, naive UTC, if it is wished
        :param int units: how many appliances are worked on together
        :return: candidates.Ranking
        """
        values = {
            'company_id': company.id, 'site_id': site.id, 'city_id': city.id, 'service_type_id': service_type.id,
            'device_type_id': device_type.id}
        wish = self.env['stokiva.work.order'].new(values)
        self._flush_for_ranking(self.env['stokiva.work.order'])
        columns = SQL(", ").join(
            SQL("%s::integer AS %s", value or None, SQL.identifier(name)) for name, value in values.items())
        wanted = self.env.execute_query(self._get_wanted_query(
            SQL("(SELECT 0 AS id, NULL::integer AS device_id, %s::timestamp AS window_start,"
                " %s::timestamp AS window_end, %s) o", window[0] or None, window[1] or None, columns),
            SQL("TRUE"), units=units, brand=SQL("%s::integer", brand.id or None), has_window=bool(window[1])))
        return self._get_rankings({0: wish}, self.env['stokiva.assignment.rule']._get_applying(wish), wanted)[wish]

    @api.model
    def _get_rankings(self, orders, rules, wanted):
        """Rank the providers once for all orders that are alike.

        :param dict orders: ``{id in the query: order}``
        :param dict rules: ``{order: snapshot of its rule}``
        :param list wanted: rows of ``_get_wanted_query``
        :return: ``{order: candidates.Ranking}``
        """
        wishes = {}
        for id_, refused, *wish in self._locate(wanted):
            wishes.setdefault(tuple(wish), []).append((orders[id_], refused))
        in_turn = any('rotation' in rule['weights'] for rule in rules.values())
        names, found = self._find_candidates(list(wishes), in_turn) if wishes else ((), {})
        made, rankings = {}, {}
        for number, alike in enumerate(wishes.values(), 1):
            for order, refused in alike:
                # Free time and cost are the order's own, and so is who refused it.
                is_own = refused or not rules[order]['weights'].keys().isdisjoint(('capacity', 'cost'))
                key = order.id if is_own else None, number, id(rules[order])
                if key not in made:
                    made[key] = order, candidates.Ranking(rules[order], names, found.get(number, ()))
                    if refused:
                        made[key][1].fail(dict.fromkeys(refused, 'refused'))
                rankings[order] = made[key][1]
        self._judge(dict(made.values()))
        return {order: rankings[order].fork() for order in orders.values()}

    @api.model
    def _judge(self, rankings):
        """Complete rankings of one order each by what no query tells, and put them in order.

        :param dict rankings: ``{order: candidates.Ranking}``
        """
        self._judge_parts(rankings)
        self._add_costs({order: ranking for order, ranking in rankings.items() if ranking.rule['weights'].get('cost')})
        self._add_capacity({
            order: ranking for order, ranking in rankings.items() if ranking.rule['weights'].get('capacity')})
        terms = {}
        for ranking in rankings.values():
            if id(ranking.rule) not in terms:
                terms[id(ranking.rule)] = scoring.get_terms(ranking.rule['weights'], ranking.names)
            ranking.sort(terms[id(ranking.rule)])

    @api.model
    def _add_costs(self, rankings):
        """Add ``cost_excess`` to the values: by which share the provider would be dearer than the
        cheapest. Here nobody knows what providers cost; to be extended.

        :param dict rankings: ``{order: candidates.Ranking}`` of the orders whose rule weighs the cost
        """

    @api.model
    def _find_candidates(self, wishes, in_turn):
        """Return whom the query of candidates finds.

        :param list wishes: tuples of the values of ``WISH``, no two alike
        :param bool in_turn: whether it counts when a provider had its last offer
        :return: names of the raw values, and ``{number of the wish, from 1: rows of _get_ranking_query}``
        """
        works = {}
        get_work = itemgetter(*map(list(WISH).index, WORK))
        work = [works.setdefault(get_work(wish), len(works)) for wish in wishes]
        statement, names = self._get_ranking_statement()
        values = [fields.Datetime.now(), in_turn, work, *map(list, zip(*wishes, strict=True))]
        if len(wishes) == 1:
            rows = prepared.execute_query(self.env, statement, values)
            providers = self.env['stokiva.provider'].browse(row[-1] for row in rows)
            for index, name in enumerate(KNOWN_OF_PROVIDERS, len(names)):
                providers._fields[name]._insert_cache(providers, [row[index] for row in rows])
        else:  # for a batch, a plan of its own pays, but not to compile it
            rows = self.env.execute_query(SQL(
                "SET LOCAL jit = off; %s", self._get_ranking_query(prepared.get_literals(values, PARAMETERS))))
        found = defaultdict(list)
        for row in rows:
            found[row[-3]].append(row)
        return names, found

    @api.model
    @tools.ormcache()
    def _get_ranking_statement(self):
        """Return the query of candidates as ``prepared.execute_query`` wants it, and the names of the raw values."""
        statement = prepared.Statement.make(
            self.env.cr, self._get_ranking_query(prepared.get_placeholders(PARAMETERS), KNOWN_OF_PROVIDERS), PARAMETERS)
        return statement, (*self._get_criteria(), *self._get_place_criteria())

    @api.model
    def _get_ranking_query(self, parameters, known=()):
        """Return the query of candidates; its parts are ``_get_filters``, ``_get_criteria`` and ``_get_place_criteria``,
        which are kept: nothing in them may depend on what is ranked, when, or by whom.

        Rows are the provider's raw values, what else is to be known of it, the wish's number, from 1, the first filter that the
        provider does not pass, and its id.

        :param list parameters: SQL of the time, of whether ``idle_hours`` count, and of a list each: the wishes' numbers of
            their work, and the values of ``WISH``
        :param known: names of columns of providers
        """
        now, in_turn, *columns = parameters
        filters, assignable = (
            SQL(" ").join(SQL("WHEN NOT (%s) THEN %s", condition, name) for name, condition in conditions.items())
            for conditions in (self._get_filters(), self.env['stokiva.provider']._get_assignable_sql()))
        criteria = self._get_criteria()
        return SQL(
            """
            WITH wanted AS MATERIALIZED (
                SELECT *, %(now)s AS now, %(in_turn)s AS in_turn
                  FROM unnest(%(columns)s) WITH ORDINALITY AS wish(work, %(names)s, id)
            ), covered AS MATERIALIZED (
                SELECT c.*, w.work FROM (%(coverage)s) c JOIN wanted w ON w.id = c.place_id
            ), able AS MATERIALIZED (
                SELECT p.*, pair.work, CASE %(assignable)s END AS failed,
                       -- Nobody is at 0, 0 in the Gulf of Guinea.
                       NULLIF(p.map_latitude, 0) AS latitude, NULLIF(p.map_longitude, 0) AS longitude,
                       %(criteria)s
                  FROM (SELECT DISTINCT work, provider_id FROM covered) pair
                  JOIN (SELECT DISTINCT ON (work) now, in_turn, work, %(parts)s FROM wanted) w ON w.work = pair.work
                  JOIN stokiva_provider p ON p.id = pair.provider_id AND p.active
                       %(authorised)s
            )
            SELECT %(values)s, w.id, COALESCE(p.failed, CASE %(filters)s END), p.id
              FROM covered c
              JOIN able p ON p.id = c.provider_id AND p.work = c.work
              JOIN wanted w ON w.id = c.place_id
             WHERE p.company_id IS NULL OR p.company_id = w.company_id
            """,
            now=now, in_turn=in_turn, columns=SQL(", ").join(columns), names=SQL(", ").join(map(SQL.identifier, WISH)),
            parts=SQL(", ").join(map(SQL.identifier, WORK)), assignable=assignable, filters=filters,
            criteria=SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in criteria.items()),
            values=SQL(", ").join([
                *(SQL.identifier('p', name) for name in criteria), *self._get_place_criteria().values(),
                *(SQL.identifier('p', name) for name in known)]),
            authorised=self.env['stokiva.provider']._get_assignable_join(),
            coverage=self.env['stokiva.service.area']._get_coverage_query(SQL("wanted")))

    @api.model
    def _get_filters(self):
        """Return the hard filters in order, ``{name: SQL condition that must hold}``, beside who refused the order and
        what ``_get_assignable_sql`` of providers says, which come before.

        Conditions may use the aliases of ``_get_place_criteria``.
        """
        return {
            'no_slot': SQL("""w.visit_minutes IS NULL OR p.resource_calendar_id IS NULL OR EXISTS (
                SELECT 1 FROM stokiva_slot t
                 WHERE t.provider_id = p.id AND t.start_at < w.window_end AND t.end_at > w.window_start
                   AND t.longest_gap >= w.visit_minutes)"""),
        }

    @api.model
    def _get_criteria(self):
        """Return the raw values of a provider, ``{name: SQL expression}``; ``scoring.CRITERIA`` tells what they weigh.

        Expressions may use the aliases ``p`` (provider) and ``w`` (``WORK``, ``now`` and ``in_turn``), and the names must not be
        columns of providers. Fractions are of type float, which is read fastest.
        """
        return {
            'open_orders': SQL("""(
                SELECT COUNT(*) FROM stokiva_work_order o
                 WHERE o.provider_id = p.id AND o.state IN ('assigned', 'accepted', 'on_the_way', 'in_progress'))"""),
            'rating': SQL("NULLIF(p.rating_score, 0)::float"),
            'on_time': SQL("NULLIF(p.on_time_rate, 0)::float"),
            'acceptance': SQL("NULLIF(p.acceptance_rate, 0)::float"),
            # The dearest of all, where everybody has had offers; hardly any rule weighs it.
            'idle_hours': SQL("""CASE WHEN w.in_turn THEN ROUND(EXTRACT(EPOCH FROM w.now - (
                SELECT MAX(a.offered_at) FROM stokiva_assignment a WHERE a.provider_id = p.id)) / 3600, 1)::float END"""),
        }

    @api.model
    def _get_place_criteria(self):
        """Return the raw values of a provider for a place, like ``_get_criteria``.

        Expressions may use the aliases ``p`` (provider, with its ``_get_criteria``, ``latitude`` and ``longitude``), ``w``
        (what is wished, see ``WISH``, with ``now``) and ``c`` (``level`` and ``priority`` of the coverage).
        """
        distance = get_distance_sql(
            SQL("p.latitude"), SQL("p.longitude"), SQL("w.from_latitude"), SQL("w.from_longitude"))
        return {
            'coverage': SQL("c.level"),
            'priority': SQL("c.priority"),
            'kind': SQL("p.kind"),
            'distance_km': SQL("round(100 * (%s)) / 100", distance),
            'position': SQL("w.position"),
        }

    @api.model
    def _allocate(self, rankings):
        """Choose a provider for each order, load growing inside the batch; a group goes to one provider.

        :param dict rankings: as ``_rank`` returns them; afterwards those from which was chosen, one per group
        :return: ``{order: provider id}`` for those orders that somebody fits
        """
        groups = {}
        for order in rankings:
            groups.setdefault(order.group_id or order, []).append(order)
        # The oldest first, as the time of providers is booked.
        groups = [self.env['stokiva.work.order'].union(*groups[lead]) for lead in sorted(groups, key=lambda lead: lead.id)]
        merged = [candidates.merge([rankings[order] for order in group]) for group in groups]
        choices = {}
        for group, ranking, provider in zip(groups, merged, candidates.allocate(
                [(ranking, len(group)) for ranking, group in zip(merged, groups, strict=True)],
                self._get_fitting(groups, merged)), strict=True):
            rankings.update(dict.fromkeys(group, ranking))
            if provider:
                choices.update(dict.fromkeys(group, provider))
        return choices
