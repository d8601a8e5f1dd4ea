from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import faults
from .stokiva_expiring import WARNING

# A fault of these days is compared with the rest of the year before today.
FAULT_DAYS, FAULT_YEAR = 30, 365


class Alert(models.Model):
    """What is worth an alert: one or two statements a kind, over a whole company."""
    _inherit = 'stokiva.alert'

    @api.model
    def _get_finders(self, company):
        """Return who finds what, of the kinds that the company wants; to be extended.

        :param company: res.company record
        :return: ``{kind: method}``; a method takes the company and returns a list of dicts of an alert's values,
            the ids of what it is about among them
        """
        wanted = {
            'rating': company.stokiva_alert_rating, 'falling': company.stokiva_alert_drop,
            'refusal': company.stokiva_alert_refusal, 'late': company.stokiva_alert_late,
            'authorisation': True, 'document': True, 'stock': company.stokiva_alert_stock and company.stokiva_parts,
            'district': company.stokiva_alert_district, 'fault': company.stokiva_alert_fault,
        }
        return {kind: getattr(self, f'_find_{kind}') for kind, is_wanted in wanted.items() if is_wanted}

    @api.model
    def _query(self, names, query):
        """Run a query and name its columns.

        :param str names: separated by blanks
        :param SQL query: what to ask
        :rtype: list of dicts
        """
        self.env.flush_all()
        return [dict(zip(names.split(), row, strict=True)) for row in self.env.execute_query(query)]

    # === HOW PROVIDERS WORK === #

    @api.model
    def _find_rating(self, company):
        """Average stars of the last days below the company's threshold."""
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT provider_id, number, stars::float, %(limit)s FROM (%(rated)s) r
             WHERE number >= %(cases)s AND stars < %(limit)s
            """, rated=self._get_rated_query(company, 0), cases=company.stokiva_alert_cases,
            limit=company.stokiva_alert_rating))

    @api.model
    def _find_falling(self, company):
        """Average stars of the last days below those of as many days before, by the company's threshold."""
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT now.provider_id, now.number, (before.stars - now.stars)::float, %(limit)s
              FROM (%(now)s) now JOIN (%(before)s) before USING (provider_id)
             WHERE now.number >= %(cases)s AND before.number >= %(cases)s AND before.stars - now.stars >= %(limit)s
            """, now=self._get_rated_query(company, 0), before=self._get_rated_query(company, 1),
            cases=company.stokiva_alert_cases, limit=company.stokiva_alert_drop))

    @api.model
    def _get_rated_query(self, company, before):
        """Return the query of ratings by provider: ``provider_id``, ``number``, ``stars``.

        :param company: res.company record
        :param int before: 0 for the last days, 1 for as many before them
        """
        start, end = self._get_span(company, before)
        return SQL(
            """
            SELECT o.provider_id, COUNT(*) AS number, AVG(a.stars) AS stars
              FROM stokiva_approval a
              JOIN stokiva_work_order o ON o.id = a.work_order_id AND o.company_id = %s
              JOIN stokiva_provider p ON p.id = o.provider_id AND p.active
             WHERE a.kind = 'work' AND a.state = 'approved' AND a.stars > 0 AND a.answered_at >= %s AND a.answered_at < %s
          GROUP BY o.provider_id
            """, company.id, start, end)

    @api.model
    def _get_span(self, company, before=0):
        """Return the last days that alerts look at, or as many days before them.

        :param company: res.company record
        :param int before: how many times further back
        :return: two naive UTC datetimes
        """
        days = timedelta(days=company.stokiva_alert_days)
        end = fields.Datetime.now() - before * days
        return end - days, end

    @api.model
    def _find_refusal(self, company):
        """Share of the answered offers that were refused or not answered in time."""
        start, end = self._get_span(company)
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT provider_id, number, refused, %(limit)s FROM (
                SELECT a.provider_id, COUNT(*) AS number, AVG((a.state <> 'accepted')::int)::float AS refused
                  FROM stokiva_assignment a JOIN stokiva_provider p ON p.id = a.provider_id AND p.active
                 WHERE a.company_id = %(company)s AND a.state IN ('accepted', 'rejected', 'expired')
                       AND a.answered_at >= %(start)s AND a.answered_at < %(end)s
              GROUP BY a.provider_id) r
             WHERE number >= %(cases)s AND refused > %(limit)s
            """, company=company.id, start=start, end=end, cases=company.stokiva_alert_cases,
            limit=company.stokiva_alert_refusal))

    @api.model
    def _find_late(self, company):
        """Share of the completed orders that were completed after their deadline."""
        start, end = self._get_span(company)
        return self._query('provider_id cases value threshold', SQL(
            """
            SELECT provider_id, number, late, %(limit)s FROM (
                SELECT o.provider_id, COUNT(*) AS number, AVG((o.completed_at > o.deadline)::int)::float AS late
                  FROM stokiva_work_order o JOIN stokiva_provider p ON p.id = o.provider_id AND p.active
                 WHERE o.company_id = %(company)s AND o.state = 'completed'
                       AND o.completed_at >= %(start)s AND o.completed_at < %(end)s
              GROUP BY o.provider_id) r
             WHERE number >= %(cases)s AND late > %(limit)s
            """, company=company.id, start=start, end=end, cases=company.stokiva_alert_cases,
            limit=company.stokiva_alert_late))

    # === WHAT PROVIDERS HAVE === #

    @api.model
    def _find_authorisation(self, company):
        """Authorisations of active providers that end within 30 days, or have ended."""
        return self._find_ending(company, 'authorisation')

    @api.model
    def _find_document(self, company):
        """Documents of active providers that end within 30 days, or have ended."""
        return self._find_ending(company, 'document')

    @api.model
    def _find_ending(self, company, kind):
        """Return what of a company's providers ends; that of shared ones is the main company's.

        :param company: res.company record
        :param str kind: ``authorisation`` or ``document``
        """
        companies = [company.id] + [False] * (company == self.env.ref('base.main_company'))
        rows = self.env[f'stokiva.provider.{kind}'].search_fetch(
            [('date_to', '<=', fields.Date.today() + WARNING), ('provider_id.active', '=', True),
             ('company_id', 'in', companies)], ['provider_id', 'date_to'])
        return [{f'{kind}_id': row.id, 'provider_id': row.provider_id.id, 'date': row.date_to} for row in rows]

    @api.model
    def _find_stock(self, company):
        """How many of a provider's parts lie below their minimum; the vans' stock counts with it."""
        return self._query('provider_id cases', SQL(
            """
            SELECT provider_id, COUNT(*) FROM (
                SELECT rule.id, place.stokiva_provider_id AS provider_id
                  FROM stock_warehouse_orderpoint rule
                  JOIN stock_location place ON place.id = rule.location_id
                  JOIN stokiva_provider p ON p.id = place.stokiva_provider_id AND p.active
                  JOIN stock_location own ON (own.id = place.id OR own.location_id = place.id)
                       AND own.stokiva_is_defective IS NOT TRUE
             LEFT JOIN stock_quant quant ON quant.location_id = own.id AND quant.product_id = rule.product_id
                 WHERE rule.active AND rule.company_id = %s
              GROUP BY rule.id, place.stokiva_provider_id
                HAVING COALESCE(SUM(quant.quantity), 0) < rule.product_min_qty) short
          GROUP BY provider_id
            """, company.id))

    # === WHERE NOBODY GOES, AND WHAT RISES === #

    @api.model
    def _find_district(self, company):
        """Districts from which orders came in the last days, and that nobody covers."""
        start, end = self._get_span(company)
        orders = dict(self.env['stokiva.work.order']._read_group(
            [('company_id', '=', company.id), ('opened_at', '>=', start), ('opened_at', '<', end),
             ('city_id', '!=', False)], ['city_id'], ['__count']))
        uncovered = self.env['stokiva.coverage']._read_group(
            [('company_id', '=', company.id), ('city_id', 'in', [city.id for city in orders]), ('kind', '=', 'none')],
            ['city_id']) if orders else []
        return [{'city_id': city.id, 'cases': orders[city]} for (city,) in uncovered]

    @api.model
    def _find_fault(self, company):
        """Faults that a model has had more often in the last 30 days than in the year before them."""
        now = fields.Datetime.now()
        recent, earlier = now - timedelta(days=FAULT_DAYS), now - timedelta(days=FAULT_YEAR)
        rows = self._query('model fault recent earlier', SQL(
            """
            SELECT o.product_id, fault.id, COUNT(*) FILTER (WHERE o.opened_at >= %(recent)s),
                   COUNT(*) FILTER (WHERE o.opened_at < %(recent)s)
              FROM stokiva_work_order o
        CROSS JOIN LATERAL (VALUES (o.opened_symptom_id), (o.cause_id)) AS fault(id)
             WHERE o.company_id = %(company)s AND o.opened_at >= %(earlier)s AND o.product_id IS NOT NULL
                   AND fault.id IS NOT NULL AND o.state <> 'canceled'
          GROUP BY o.product_id, fault.id
            """, company=company.id, recent=recent, earlier=earlier))
        cases = {(row['model'], row['fault']): (row['recent'], row['earlier']) for row in rows}
        models = {model for (model, _fault), (late, _before) in cases.items() if late >= faults.FEWEST}
        rising = faults.find_rising(
            {key: value for key, value in cases.items() if key[0] in models},
            self._get_exposures(company, models, earlier.date(), recent.date(), now.date()))
        return [
            {'product_id': model, 'fault_id': fault, 'cases': cases[model, fault][0], 'value': times or 0}
            for (model, fault), times in rising.items()]

    @api.model
    def _get_exposures(self, company, models, earlier, recent, today):
        """Return how many days devices of each model were in service, of late and before.

        :param company: res.company record
        :param set models: ids of products
        :param date earlier: first day of the earlier time
        :param date recent: first day of the time of late
        :param date today: the day after its last
        :return: ``{product id: (recent, earlier)}``
        """
        rows = self._query('model recent earlier', SQL(
            """
            SELECT product_id, SUM(GREATEST(0, LEAST(until, %(today)s) - GREATEST(since, %(recent)s))),
                   SUM(GREATEST(0, LEAST(until, %(recent)s) - GREATEST(since, %(earlier)s)))
              FROM (
                SELECT product_id, COALESCE(date_installed, date_delivered, date_sold, create_date::date) AS since,
                       COALESCE(date_returned, %(today)s) AS until
                  FROM stokiva_device
                 WHERE company_id = %(company)s AND product_id = ANY(%(models)s)) device
          GROUP BY product_id
            """, company=company.id, models=list(models), today=today, recent=recent, earlier=earlier))
        return {row['model']: (row['recent'], row['earlier']) for row in rows}
